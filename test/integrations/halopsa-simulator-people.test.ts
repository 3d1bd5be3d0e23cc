import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HaloClient, type Json, SCOPE } from '../kit/halopsa.js';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
}

let client: HaloClient;
let receiver: Server;
let received: Received[];
let answerWith: number;

beforeEach(async () => {
  received = [];
  answerWith = 202;
  receiver = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, body: JSON.parse(text) as Json });
      response.writeHead(answerWith).end('noted');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  client = await HaloClient.start({}, `${SCOPE} edit:webhooks`);
});
afterEach(async () => {
  await client.close();
  await new Promise((resolve) => receiver.close(resolve));
});

function act(name: string, input: Json) {
  return client.control('POST', `acts/${name}`, input);
}

async function opportunity(id = 2205): Promise<Json> {
  return (await client.get(`/Opportunities/${id}?includedetails=true`)).body;
}

function address(): string {
  return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/inbound/secret-path`;
}

async function register(over: Json = {}): Promise<Json> {
  const basic = { authentication_type: 1, basic_username: 'tenant-7', basic_password: 's3cret' };
  return (await client.post('/Webhook', [{ name: 'Handoff', url: address(), ...basic, ...over }])).body;
}

describe('sales', () => {
  it('wins, loses after all, and opens again', async () => {
    await act('win', { id: 2205 });
    const won = await opportunity();
    expect(won).toMatchObject({
      status_name: 'Won',
      oppclosurecategory: 3,
      pipeline_stage_id: 5,
      oppconversionprobability: 100,
    });
    expect(won.dateclosed).toBe(won.oppconverteddate);
    await act('lose', { id: 2205 });
    expect(await opportunity()).toMatchObject({ status_name: 'Lost', oppclosurecategory: 4 });
    await act('reopen', { id: 2205 });
    expect(await opportunity()).toMatchObject({ status_name: 'In progress', dateclosed: '1899-12-30T00:00:00' });
    await act('stage', { id: 2205, stage: 2, probability: 30 });
    expect(await opportunity()).toMatchObject({ pipeline_stage_name: 'Discovery', oppconversionprobability: 30 });
    const actions = await client.rows('/Actions?ticket_id=2205');
    expect(actions.map(({ outcome, who_agentid }) => [outcome, who_agentid])).toEqual([
      ['Win', 7],
      ['Lost after all', 7],
      ['Reopen', 7],
    ]);
  });

  it('cannot win without the field that the outcome asks for, while a status write through the API passes it by', async () => {
    client.halo.configure({ wonNeedsField: 'CFHandoffGate' });
    const refused = await act('win', { id: 2205 });
    expect(refused.body.message).toBe('CFHandoffGate is mandatory for "Win".');
    await act('bypass', { id: 2206 });
    expect(await opportunity(2206)).toMatchObject({ status_name: 'Won' });
    expect(await client.rows('/Actions?ticket_id=2206')).toEqual([]);
    await client.post('/Opportunities', [{ id: 2205, customfields: [{ name: 'CFHandoffGate', value: 'Passed' }] }]);
    expect((await act('win', { id: 2205 })).status).toBe(200);
    expect((await act('win', { id: 2205 })).body.message).toContain('workflow does not allow');
  });

  it('changes a price of the quotation', async () => {
    const [row] = await client.rows('/Quotation?ticket_id=2205&includelines=true');
    const line = (row?.lines as Json[] | undefined)?.[1];
    await act('quote', { id: row?.id, line: line?.id, price: 101.5 });
    const { body } = await client.get(`/Quotation/${String(row?.id)}?includedetails=true`);
    expect((body.lines as Json[])[1]).toMatchObject({ id: line?.id, baseprice: 101.5 });
  });
});

describe("HaloPSA's own approval of the Won outcome", () => {
  beforeEach(() => client.halo.configure({ wonApproverAgentId: 90 }));

  it.each([
    { result: 1, status: 'Won' },
    { result: 2, status: 'In progress' },
  ])('answered with $result leaves the opportunity $status', async ({ result, status }) => {
    await act('win', { id: 2205 });
    expect(await opportunity()).toMatchObject({ status_name: 'Awaiting approval', dateclosed: '1899-12-30T00:00:00' });
    const [waiting] = await client.rows('/TicketApproval?mine=true');
    expect(waiting).toMatchObject({ ticket_id: 2205, seq: 1, agent_id: 90, result: 0 });
    const answer = [{ ticket_id: 2205, seq: 1, result, approver_note: 'The gate has answered.' }];
    expect((await client.post('/TicketApproval', answer)).status).toBe(200);
    expect(await opportunity()).toMatchObject({ status_name: status });
    expect((await client.post('/TicketApproval', answer)).status).toBe(400);
    expect(await client.rows('/TicketApproval?mine=true')).toEqual([]);
  });

  it('is not ours to answer when another agent is asked', async () => {
    client.halo.configure({ wonApproverAgentId: 8 });
    await act('win', { id: 2205 });
    expect((await client.post('/TicketApproval', [{ ticket_id: 2205, seq: 1, result: 1 }])).status).toBe(403);
    expect((await act('approve', { id: 2205 })).body).toMatchObject({ result: 1 });
    expect(await opportunity()).toMatchObject({ status_name: 'Won' });
  });
});

describe('delivery', () => {
  it('logs time, edits a budget, completes tasks, milestones and to-dos', async () => {
    const { projectId, taskId } = await client.project();
    const project = async (): Promise<Json> => (await client.get(`/Projects/${projectId}?includedetails=true`)).body;
    await act('time', { id: taskId, hours: 2.5 });
    expect(await project()).toMatchObject({
      projecttimeactual: 2.5,
      projectmoneyactual: 250,
      budgets: [{ hours: 10, actual_hours: 2.5, actual_money: 250, remaining_hours: 7.5, remaining_value: 750 }],
    });
    await act('budget', { id: projectId, hours: 14 });
    expect(await project()).toMatchObject({ projecttimebudget: 14, budgets: [{ money: 1400, remaining_hours: 11.5 }] });
    await act('milestone', { id: projectId, milestone: ((await project()).milestones as Json[])[0]?.id });
    expect(await project()).toMatchObject({ child_count: 1, child_count_open: 0, milestones: [{ _complete: true }] });
    expect((await client.get(`/Tickets/${taskId}`)).body).toMatchObject({ status_name: 'Completed', timetaken: 2.5 });
    const todo = (await client.post('/ToDo', [{ ticket_id: projectId, text: 'Badge' }])).body;
    await act('todo', { id: projectId, todo: todo.id });
    expect((await client.get(`/ToDo?ticket_id=${projectId}`)).body).toMatchObject([
      { text: 'Badge', done: true, done_by_id: 8 },
    ]);
    await act('email', { id: projectId });
    const contact = (await client.rows(`/Actions?ticket_id=${projectId}`)).at(-1);
    expect(contact).toMatchObject({ outcome: 'Email user', hiddenfromuser: false, who_agentid: 8 });
    expect(contact).not.toHaveProperty('actionby_application_id');
  });

  it('makes a project by hand before ours', async () => {
    await act('project', { id: 2205 });
    expect(await client.rows('/Projects')).toMatchObject([{ summary: 'Acme – managed network' }]);
  });
});

describe('webhooks', () => {
  it('tell of a change with Basic credentials, and keep what was answered', async () => {
    const webhook = await register();
    expect(webhook).not.toHaveProperty('basic_password');
    await act('win', { id: 2205 });
    await client.halo.webhooks.settled();
    expect(received).toHaveLength(1);
    expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('tenant-7:s3cret').toString('base64')}`);
    expect(received[0]?.body).toMatchObject({
      event: 'Status Changed',
      ticket: { id: 2205, status_id: 9 },
      action: { outcome: 'Win' },
    });
    const [kept] = await client.rows(`/WebhookEvent?webhook_id=${String(webhook.id)}`);
    expect(kept).toMatchObject({ entity_id: 2205, responsestatus: 202, error: false });
    expect(JSON.stringify(client.halo.log.list())).not.toContain('s3cret');
  });

  it('tell of our own writes too', async () => {
    await register();
    await client.post('/Opportunities', [{ id: 2205, oppreason: 'x' }]);
    await client.halo.webhooks.settled();
    expect(received.map(({ body }) => body.event)).toEqual(['Ticket Updated']);
  });

  it.each([
    { payload: 'OBJECT_ID', body: { object_id: 2205 } },
    { payload: 'TICKET_ID', body: { ticket_id: 2205 } },
    { payload: 'FAULT_ID', body: { faultid: 2205 } },
    { payload: 'ID', body: { id: 2205 } },
    { payload: 'BATCH', body: [{ ticket: { id: 2205 } }] },
  ] as const)('look as the instance is set: $payload', async ({ payload, body }) => {
    client.halo.configure({ payload });
    await register();
    await act('win', { id: 2205 });
    await client.halo.webhooks.settled();
    expect(received[0]?.body).toMatchObject(body);
  });

  it('come twice, out of order, late, or never', async () => {
    await register();
    const ids = async (): Promise<unknown[]> => {
      await client.halo.webhooks.settled();
      return received.splice(0).map(({ body }) => (body.ticket as Json).id);
    };
    await client.control('POST', 'webhooks', { plan: ['DUPLICATE', 'SWAP', 'DUPLICATE', 'HOLD', 'NEVER'] });
    await act('win', { id: 2205 });
    expect(await ids()).toEqual([2205, 2205]);
    await act('win', { id: 2206 });
    expect(await ids()).toEqual([]);
    await act('win', { id: 2207 });
    expect(await ids()).toEqual([2207, 2207, 2206]);
    await act('win', { id: 2208 });
    await act('lose', { id: 2205 });
    expect(await ids()).toEqual([]);
    await client.control('POST', 'webhooks', { release: true });
    expect(await ids()).toEqual([2208]);
  });

  it('are not repeated when they fail, and a deleted ticket is told of', async () => {
    answerWith = 500;
    await register();
    await act('delete', { id: 2207 });
    await client.halo.webhooks.settled();
    expect(received).toHaveLength(1);
    expect((await client.rows('/WebhookEvent'))[0]).toMatchObject({ responsestatus: 500, error: true });
    expect((await client.get('/Opportunities/2207')).status).toBe(404);
  });

  it('go to this machine alone, on the triggers that were chosen, until they are deleted', async () => {
    expect((await client.post('/Webhook', [{ name: 'x', url: 'https://example.com/x' }])).status).toBe(400);
    const { id } = await register({ events: [{ name: 'New Ticket Logged' }] });
    await act('win', { id: 2205 });
    await client.project();
    await client.halo.webhooks.settled();
    expect(received.map(({ body }) => body.event)).toEqual(['New Ticket Logged', 'New Ticket Logged']);
    expect((await client.call('DELETE', `/Webhook/${String(id)}`)).status).toBe(200);
    await client.project();
    await client.halo.webhooks.settled();
    expect(received).toHaveLength(2);
  });
});
