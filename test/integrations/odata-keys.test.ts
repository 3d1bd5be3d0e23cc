import { FeedClass } from '../../src/odata/keys/feed-key.entity.js';
import { createFeedKey, revokeFeedKey, rotateFeedKey } from '../../src/odata/keys/feed-key.commands.js';
import { grantRole, revokeRole } from '../../src/identity/role.commands.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { Role } from '../../src/identity/roles.js';
import { startServer, type TestServer } from '../kit/server.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { ask, credentials, type Credentials, feedKey, fill, PUBLIC } from './odata.kit.js';

let suite: Suite;
let server: TestServer;
let world: World;

beforeAll(async () => {
  suite = await openSuite();
  server = await startServer(suite, { PUBLIC_URL: PUBLIC });
  world = await suite.tenant();
  await fill(world, {});
});
afterAll(async () => {
  await server.close();
  await suite.close();
});

const status = async ({ headers }: Pick<Credentials, 'headers'>, path = '/Handoffs/$count'): Promise<number> =>
  (await ask(server, path, headers)).status;
const bearer = async (role: Role): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await server.token(world, role)}`,
});
const entries = async (action: string): Promise<readonly Record<string, unknown>[]> =>
  world.rows(
    'select actor_kind, actor_id, subject_id, content as body from ledger_entry where tenant_id = $1 and action = $2 order by id',
    [action],
  );

describe('a feed key', () => {
  it('is made by RevOps and finance, who see its secret once, and by nobody else', async () => {
    const made =
      'mutation { createFeedKey(input: {name: "Power BI", sees: [MARGIN]}) { ... on FeedKey { id user secret sees voucher { handle } } ... on Refused { findings { code path remedy } } } }';
    const finance = await world.as(Role.FINANCE_APPROVER);
    const { data, errors } = await finance.graphql(made);
    expect(errors).toEqual([]);
    const { id, user, secret, sees, voucher } = data!.createFeedKey;
    expect(sees).toEqual(['MARGIN']);
    expect(voucher.handle).toBeTruthy();
    expect(user).toBe(credentials(world.tenantId, id, secret).user);
    expect(await status(credentials(world.tenantId, id, secret))).toBe(200);
    const listed = await finance.graphql('{ feedKeys(first: 5) { edges { node { id secret sessionAt } } } }');
    expect(listed.data!.feedKeys.edges[0].node).toMatchObject({ id, secret: null, sessionAt: expect.any(String) });
    expect(JSON.stringify(await entries('createFeedKey'))).not.toContain(secret);
    // RevOps sees no margin: no key of theirs does.
    const refused = await (await world.as(Role.REVOPS_ADMIN)).graphql(made);
    expect(refused.data!.createFeedKey.findings).toEqual([
      { code: 'FEED_CLASS_NOT_YOURS', path: 'feedKey.sees.MARGIN', remedy: expect.stringContaining('MARGIN') },
    ]);
    for (const role of [Role.SALES_MANAGER, Role.DELIVERY_MANAGER, Role.SERVICE_DELIVERY_LEAD, Role.AUDITOR])
      expect((await (await world.as(role)).graphql(made)).errors[0]!.extensions.code).toBe('FORBIDDEN');
  });

  it('is nobody once it is revoked or has expired, or under another password or tenant', async () => {
    const key = await feedKey(world);
    const admin = await world.as(Role.REVOPS_ADMIN);
    expect(await status(key)).toBe(200);
    const wrong = `${key.secret.slice(0, -2)}AA`;
    const [, tenant, id] = key.user.split('_');
    for (const [user, secret] of [
      [key.user, wrong],
      [`csf_${id}_${tenant}`, key.secret],
      [key.user, ''],
      ['', ''],
      ["csf_' or 1=1", key.secret],
    ]) {
      const headers = { authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` };
      expect({ user, status: await status({ headers }) }).toEqual({ user, status: 401 });
    }
    for (const authorization of [
      'Basic',
      'Basic x',
      'Negotiate abc',
      `${key.headers.authorization}, ${key.headers.authorization}`,
    ])
      expect({ authorization, status: await status({ headers: { authorization } }) }).toEqual({
        authorization,
        status: 401,
      });
    const start = suite.clock.at;
    suite.clock.advanceHours(30 * 24);
    expect(await status(key)).toBe(401);
    suite.clock.at = start;
    expect(await status(key)).toBe(200);
    await admin.done(revokeFeedKey, { feedKeyId: key.id });
    expect(await status(key)).toBe(401);
    await admin.done(revokeFeedKey, { feedKeyId: key.id });
    expect(await admin.refused(rotateFeedKey, { feedKeyId: key.id, days: 30 })).toMatchObject([
      { code: 'FEED_KEY_REVOKED' },
    ]);
  });

  it('gets another secret at once, and another voucher with it', async () => {
    const key = await feedKey(world);
    const finance = await world.as(Role.FINANCE_APPROVER);
    const result = await finance.run(rotateFeedKey, { feedKeyId: key.id, days: 1 });
    if (result.kind !== 'done') throw new Error('It was refused');
    expect(await status(key)).toBe(401);
    expect(await status(credentials(world.tenantId, key.id, result.secret!))).toBe(200);
    const [row] = await world.rows('select created_by, vouched_by from feed_key where tenant_id = $1 and id = $2', [
      key.id,
    ]);
    expect(row).toEqual({ created_by: await world.idOf(Role.REVOPS_ADMIN), vouched_by: finance.actor.id });
  });

  it('sees no more than its voucher does at the time', async () => {
    const key = await feedKey(world, Role.FINANCE_APPROVER, [FeedClass.MARGIN]);
    const finance = await world.as(Role.FINANCE_APPROVER);
    const admin = await world.as(Role.REVOPS_ADMIN);
    const change = async () => ({
      personId: finance.actor.id,
      role: Role.FINANCE_APPROVER,
      expectedRevision: (
        await world.rows('select revision from person where tenant_id = $1 and id = $2', [finance.actor.id])
      )[0]!.revision as number,
    });
    expect((await ask(server, '/Handoffs?$top=1', key.headers)).json.value[0]).toHaveProperty('MarginBps');
    await admin.done(revokeRole, await change());
    const refused = await ask(server, '/Handoffs?$top=1', key.headers);
    expect([refused.status, refused.json.error.message]).toEqual([403, expect.stringContaining('MARGIN')]);
    expect(await status(await feedKey(world))).toBe(200);
    await admin.done(grantRole, await change());
    expect(await status(key)).toBe(200);
  });

  it('has one entry in the ledger for every hour in which it reads', async () => {
    const key = await feedKey(world);
    const sessions = async () => (await entries('beginFeedSession')).filter(({ subject_id }) => subject_id === key.id);
    expect(await status(key, '/')).toBe(200);
    expect(await sessions()).toHaveLength(0);
    await Promise.all([1, 2, 3, 4].map(() => status(key)));
    await status(key, '/Votes');
    expect(await sessions()).toMatchObject([{ actor_kind: 'SYSTEM', actor_id: 'odata.feed' }]);
    const start = suite.clock.at;
    suite.clock.advanceHours(1);
    await status(key);
    expect(await sessions()).toHaveLength(2);
    suite.clock.at = start;
  });

  it('ends with its tenant', async () => {
    const gone = await suite.tenant();
    const key = await feedKey(gone);
    expect(await status(key)).toBe(200);
    await suspend(gone);
    expect(await status(key)).toBe(401);
  });
});

/** As an operator's suspension leaves the tenant. */
async function suspend(of: World): Promise<void> {
  await suite.gateway.transaction(of.tenantId, (tx) =>
    tx.commit([{ text: "update tenant_profile set state = 'SUSPENDED' where tenant_id = $1", values: [] }]),
  );
}

describe('people', () => {
  it('read the feed by their own token, with the classes of their roles', async () => {
    const names = async (role: Role): Promise<{ margin: boolean; names: boolean }> => {
      const { text } = await ask(server, '/$metadata', await bearer(role));
      return {
        margin: text.includes('"MarginBps"'),
        names: /<EntityType Name="Person">.*?<\/EntityType>/s.exec(text)![0].includes('Name="Name"'),
      };
    };
    expect(await names(Role.FINANCE_APPROVER)).toEqual({ margin: true, names: false });
    expect(await names(Role.REVOPS_ADMIN)).toEqual({ margin: false, names: true });
    expect(await names(Role.SALES_MANAGER)).toEqual({ margin: true, names: true });
    expect(await status({ headers: await bearer(Role.DELIVERY_MANAGER) })).toBe(403);
    expect(await status({ headers: { authorization: 'Bearer nonsense' } })).toBe(401);
    const made = await (
      await world.as(Role.REVOPS_ADMIN)
    ).run(createApiKey, { name: 'program', scopes: ['handoffs:read'], days: 1 });
    expect(await status({ headers: { authorization: `Bearer ${(made as { secret: string }).secret}` } })).toBe(403);
  });

  it('who read on record have each question in the ledger before its answer, and others none', async () => {
    await ask(server, '/Handoffs?$top=1', await bearer(Role.SALES_MANAGER));
    expect(await entries('readFeed')).toEqual([]);
    const headers = await bearer(Role.AUDITOR);
    const { json } = await ask(server, '/Handoffs', { ...headers, prefer: 'odata.maxpagesize=2' });
    await ask(server, json['@odata.nextLink'], headers);
    await ask(server, '/Votes/$count', headers);
    await ask(server, '/$metadata', headers);
    const read = await entries('readFeed');
    expect(read.map(({ subject_id }) => subject_id)).toEqual(['Handoffs', 'Votes']);
    expect(read[0]!.actor_id).toBe(await world.idOf(Role.AUDITOR));
    expect((JSON.parse(read[0]!.body as string) as { body: unknown }).body).toEqual({
      set: 'Handoffs',
      addressHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('who read on record have a page of somebody else’s question, or of an old one of theirs, in the ledger too', async () => {
    const small = { prefer: 'odata.maxpagesize=2' };
    const colleague = await ask(server, '/Handoffs', { ...(await bearer(Role.SALES_MANAGER)), ...small });
    const headers = await bearer(Role.AUDITOR);
    const before = (await entries('readFeed')).length;
    const counted = async (link: string): Promise<{ next: string; more: number }> => {
      const { json } = await ask(server, link, headers);
      return { next: json['@odata.nextLink'] as string, more: (await entries('readFeed')).length - before };
    };
    const first = await counted(colleague.json['@odata.nextLink']);
    expect(first.more).toBe(1);
    // From there on it is a question of their own.
    expect((await counted(first.next)).more).toBe(1);
    const { clock } = suite;
    const morning = clock.at;
    try {
      clock.at = new Date(morning.getTime() + 3_600_001);
      expect((await counted(first.next)).more).toBe(2);
    } finally {
      clock.at = morning;
    }
  });
});

it('counts the requests of a key against the same limit as everybody’s', async () => {
  const strict = await startServer(suite, { REQUESTS_PER_MINUTE: '3' });
  try {
    const key = await feedKey(world);
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) statuses.push((await ask(strict, '/', key.headers)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const refused = await ask(strict, '/', key.headers);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(
      await (await world.as(Role.REVOPS_ADMIN)).run(createFeedKey, { name: 'another', sees: [], days: 1 }),
    ).toMatchObject({ kind: 'done' });
  } finally {
    await strict.close();
  }
});
