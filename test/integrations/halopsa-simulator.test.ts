import { DEFAULT_SETTINGS, SAMPLE_APPLICATION } from '../../src/sandbox/halopsa/settings.js';
import { HaloClient } from '../kit/halopsa.js';

let client: HaloClient;
let present: Date;

beforeEach(async () => {
  present = new Date('2026-10-01T09:00:00.250Z');
  client = await HaloClient.start({ now: () => present });
});
afterEach(() => client.close());

function later(seconds: number): void {
  present = new Date(present.getTime() + seconds * 1000);
}

/** The requests that the simulator logged for a path. */
function logged(path: string) {
  return client.halo.log.list({ path });
}

describe('what is refused', () => {
  it.each([
    { why: 'a wrong secret', form: { client_secret: 'x' }, error: 'invalid_client' },
    { why: 'an unknown scope', form: { scope: 'read:everything' }, error: 'invalid_scope' },
    { why: 'no scope', form: { scope: '' }, error: 'invalid_scope' },
    { why: 'another grant', form: { grant_type: 'password' }, error: 'unsupported_grant_type' },
    { why: 'no tenant', form: {}, tenant: null, error: 'invalid_request' },
    { why: "another's tenant", form: {}, tenant: 'other', error: 'invalid_request' },
  ])('a token for $why', async ({ form, tenant, error }) => {
    const { status, body } = await client.askToken(form, tenant);
    expect({ status, error: body.error }).toEqual({ status: 400, error });
  });

  it('a token for an application of the password grant, which looks the same on the screen', async () => {
    client.halo.configure({ applications: [{ ...SAMPLE_APPLICATION, method: 'PASSWORD' }] });
    expect((await client.askToken()).body).toEqual({ error: 'unauthorized_client' });
  });

  it.each([
    {
      why: 'an object in the place of the array',
      path: '/Tickets',
      body: { summary: 'x' },
      status: 400,
      message: 'array',
    },
    { why: 'an empty array', path: '/Tickets', body: [], status: 400, message: 'no record' },
    { why: 'a wrong type', path: '/Tickets', body: [{ id: '2205' }], status: 400, message: '[0].id must be integer' },
    {
      why: 'an impossible date',
      path: '/Tickets',
      body: [{ id: 2205, startdate: '2026-02-30' }],
      status: 400,
      message: 'startdate',
    },
    {
      why: 'a client that does not exist',
      path: '/Tickets',
      body: [{ id: 2205, client_id: 999 }],
      status: 400,
      message: 'client_id 999',
    },
    {
      why: 'a project without a title',
      path: '/Projects',
      body: [{ tickettype_id: 5 }],
      status: 400,
      message: 'summary',
    },
    {
      why: 'a ticket that does not exist',
      path: '/Tickets',
      body: [{ id: 1, summary: 'x' }],
      status: 404,
      message: 'ticket 1',
    },
    { why: 'a call that it does not know', path: '/Invoice', body: [{}], status: 501, message: 'POST /api/Invoice' },
  ])('$why', async ({ path, body, status, message }) => {
    const answer = await client.post(path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.message).toContain(message);
    expect(logged('/api').flatMap(({ effects }) => effects)).toEqual([]);
  });

  it('a body that is no JSON, or is not called so', async () => {
    expect((await client.call('POST', '/Tickets', '[{')).status).toBe(400);
    const form = await fetch(`${client.simulator.resourceServer('acme-msp')}/Tickets`, { method: 'POST', body: 'a=b' });
    expect(form.status).toBe(401);
  });

  it('an ended, a revoked and a foreign token', async () => {
    later(3601);
    expect((await client.get('/Status')).status).toBe(401);
    await client.signIn();
    expect((await client.get('/Status')).status).toBe(200);
    await client.control('POST', 'tokens/revoke');
    expect((await client.get('/Status')).status).toBe(401);
  });

  it('a call past the scope of the token, or of the role of the agent', async () => {
    expect((await client.get('/Agent')).status).toBe(403);
    await client.signIn('read:tickets');
    expect((await client.post('/Tickets', [{ id: 2205, summary: 'x' }])).status).toBe(403);
    client.halo.configure({ applications: [{ ...SAMPLE_APPLICATION, agentScopes: ['read:customers'] }] });
    await client.signIn('all');
    expect((await client.get('/Opportunities')).status).toBe(403);
    expect((await client.get('/Client')).status).toBe(200);
  });

  it('more requests than the window allows, with when to come again', async () => {
    client.halo.configure({ rateLimit: 3 });
    for (let number = 0; number < 3; number += 1) expect((await client.get('/Status')).status).toBe(200);
    later(100);
    const refused = await client.get('/Status');
    expect({ status: refused.status, wait: refused.headers.get('retry-after') }).toEqual({ status: 429, wait: '200' });
    client.halo.configure({ retryAfter: 'DATE' });
    expect((await client.get('/Status')).headers.get('retry-after')).toBe('Thu, 01 Oct 2026 09:05:00 GMT');
    client.halo.configure({ retryAfter: 'NONE' });
    expect((await client.get('/Status')).headers.get('retry-after')).toBeNull();
    later(201);
    expect((await client.get('/Status')).status).toBe(200);
    expect(DEFAULT_SETTINGS).toMatchObject({ rateLimit: 700, rateWindowSeconds: 300 });
  });
});

describe('what happens in silence', () => {
  it('a page holds a hundred rows, whatever is asked for, and the count stays right', async () => {
    for (let number = 0; number < 117; number += 1)
      await client.post('/Tickets', [{ tickettype_id: 1, summary: `T${number}` }]);
    const first = (await client.get('/Tickets?pageinate=true&page_size=1000&page_no=1&tickettype_id=1')).body;
    expect(first).toMatchObject({ record_count: 117, page_no: 1 });
    expect(first.tickets).toHaveLength(100);
    const second = (await client.get('/Tickets?pageinate=true&page_size=1000&page_no=2&tickettype_id=1')).body;
    expect(second.tickets).toHaveLength(17);
    const misspelt = (await client.get('/Tickets?paginate=true&page_size=100&page_no=2&tickettype_id=1')).body;
    expect(misspelt.tickets).toHaveLength(50);
    expect(logged('/api/Tickets').at(-1)?.ignored).toEqual(['paginate']);
  });

  it('unknown fields, unknown custom fields and counted figures are dropped with 200', async () => {
    const { projectId } = await client.project({
      handoff_reference: 'H-1',
      projecttimeactual: 99,
      customfields: [{ name: 'CFNobodyMadeThis', value: '1' }],
      budgets: [{ budgettype_id: 1, hours: 10, hourz: 3, actual_hours: 5 }],
    });
    const { body } = await client.get(`/Projects/${projectId}?includedetails=true`);
    expect(body).toMatchObject({ customfields: [], budgets: [{ hours: 10, actual_hours: 0, money: 950 }] });
    expect(body).not.toHaveProperty('handoff_reference');
    expect(logged('/api/Projects')[0]?.dropped).toEqual([
      '[0].budgets[0].hourz',
      '[0].handoff_reference',
      'projecttimeactual',
      'customfields.CFNobodyMadeThis',
      'budgets.actual_hours',
    ]);
  });

  it('a task whose project does not exist has none', async () => {
    const { body } = await client.post('/Tickets', [{ tickettype_id: 6, summary: 'Lost', parent_id: 987_654 }]);
    expect(body).not.toHaveProperty('parent_id');
  });

  it('fields that the agent may not write stay as they were', async () => {
    client.halo.configure({ applications: [{ ...SAMPLE_APPLICATION, silentFields: ['budgets'] }] });
    await client.signIn();
    const { projectId } = await client.project();
    expect((await client.get(`/Projects/${projectId}?includedetails=true`)).body.budgets).toEqual([]);
  });

  it('the default template adds a task of its own, unless it is told not to', async () => {
    const made = await client.post('/Projects', [{ tickettype_id: 5, summary: 'With template', client_id: 12 }]);
    expect(await client.rows(`/Tickets?parent_id=${String(made.body.id)}`)).toMatchObject([
      { summary: 'Send the welcome pack' },
    ]);
    const { projectId } = await client.project();
    expect(await client.rows(`/Tickets?parent_id=${projectId}`)).toHaveLength(1);
  });

  it('the same project posted twice is two projects', async () => {
    const [one, two] = [await client.project(), await client.project()];
    expect(one.projectId).not.toBe(two.projectId);
    expect(await client.rows('/Projects?search=H-1')).toHaveLength(2);
  });

  it('details come with one record alone, and only when they are asked for', async () => {
    const { projectId } = await client.project();
    const [row] = await client.rows('/Projects');
    const plain = (await client.get(`/Projects/${projectId}`)).body;
    for (const record of [row, plain]) {
      expect(Object.keys(record ?? {})).not.toEqual(expect.arrayContaining(['milestones']));
      expect(record).not.toHaveProperty('budgets');
      expect(record).not.toHaveProperty('customfields');
    }
    expect(row).not.toHaveProperty('third_party_id_string');
    expect(plain.third_party_id_string).toBe('handoff:H-1');
  });

  it('times lose their zone', async () => {
    const { projectId } = await client.project({ startdate: '2026-10-05T12:00:00+02:00', targetdate: '2026-12-01' });
    expect((await client.get(`/Projects/${projectId}`)).body).toMatchObject({
      startdate: '2026-10-05T10:00:00',
      targetdate: '2026-12-01T00:00:00',
      last_update: '2026-10-01T09:00:00.250',
      dateclosed: '1899-12-30T00:00:00',
    });
  });

  it('a filter that an older version does not know is passed over, as is a fresh ticket by a list that lags', async () => {
    const { projectId } = await client.project();
    client.halo.configure({ ignoredFilters: ['parent_id'] });
    expect((await client.rows(`/Tickets?parent_id=${projectId}`)).length).toBeGreaterThan(1);
    client.halo.configure({ ignoredFilters: [], listLagMs: 5000 });
    expect(await client.rows(`/Tickets?parent_id=${projectId}`)).toEqual([]);
    later(6);
    expect(await client.rows(`/Tickets?parent_id=${projectId}`)).toHaveLength(1);
  });

  it('a bad record of a batch is left out of a 200, or stops it half-way', async () => {
    const batch = [
      { tickettype_id: 1, summary: 'Good' },
      { tickettype_id: 1 },
      { tickettype_id: 1, summary: 'Also good' },
    ];
    expect((await client.post('/Tickets', batch)).body).toHaveLength(2);
    client.halo.configure({ badRecordInBatch: 'STOP' });
    expect((await client.post('/Tickets', batch)).status).toBe(400);
    expect(await client.rows('/Tickets?tickettype_id=1')).toHaveLength(3);
  });

  it('one record is answered as an object, or as an array, by the instance', async () => {
    expect(Array.isArray((await client.post('/Tickets', [{ id: 2205, summary: 'x' }])).body)).toBe(false);
    client.halo.configure({ reply: 'ARRAY', singleObjectBody: true });
    expect(Array.isArray((await client.post('/Tickets', { id: 2205, summary: 'x' })).body)).toBe(true);
  });
});

describe('lists', () => {
  it('closed opportunities come latest first, by the date that is asked for', async () => {
    later(10);
    await client.control('POST', 'acts/win', { id: 2206 });
    later(10);
    await client.control('POST', 'acts/win', { id: 2205 });
    const path =
      '/Opportunities?pageinate=true&page_size=100&page_no=1&includecolumns=false&order=lastactiondate&orderdesc=true&requesttype_id=30&closed_only=true';
    expect((await client.rows(path)).map(({ id }) => id)).toEqual([2205, 2206, 2209]);
    const since = '&lastupdatefromdate=2026-10-01T09:00:15Z';
    expect((await client.rows(path + since)).map(({ id }) => id)).toEqual([2205]);
    expect((await client.rows(`${path}&lastupdatefromdate=true`)).length).toBe(3);
  });

  it('each list has its own key, or none', async () => {
    expect(Object.keys((await client.get('/Status')).body)).toEqual(['record_count', 'statuses']);
    expect(Array.isArray((await client.get('/TicketType')).body)).toBe(true);
    expect(await client.rows('/Client?search=acme')).toMatchObject([{ id: 12, name: 'Acme Ltd' }]);
    expect((await client.get('/BudgetType/1')).body).toMatchObject({ name: 'Labour' });
    expect((await client.get('/budgettype/77')).status).toBe(404);
  });
});
