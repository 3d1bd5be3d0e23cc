import { castVote } from '../../src/approval/approval.commands.js';
import { openVoteLink } from '../../src/approval/vote-link.commands.js';
import { newId } from '../../src/core/id.js';
import { sql } from '../../src/core/statement.js';
import { mergeMember } from '../../src/identity/member.commands.js';
import { Role } from '../../src/identity/roles.js';
import { startServer, type TestServer } from '../kit/server.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { ballot, cast, changePaper, count, open, read } from './approval.kit.js';
import { codes, sendLinks } from './engine.kit.js';

const OPEN = `mutation ($input: OpenVoteLinkInput!) { openVoteLink(input: $input) {
  ... on ApprovalRequest { id } ... on Refused { findings { code } } } }`;
const VOTE = `mutation ($input: CastVoteInput!) { castVote(input: $input) {
  ... on ApprovalRequest { id } ... on Refused { findings { code } } } }`;

let suite: Suite;
let server: TestServer;
let world: World;
let freda: Persona;
let femi: Persona;
let fiona: Persona;
let sofia: Persona;
let request: { id: string; subjectId: string };
/** The tokens that went out, by person. */
let sent: Map<string, string>;
let tenants = 0;
beforeAll(async () => {
  suite = await openSuite();
  server = await startServer(suite);
});
beforeEach(async () => {
  suite.clock.at = START;
  // People sign in at the server by their tenant's short name.
  world = await suite.tenant(({ tenant }) => void (tenant.slug = `links-${++tenants}`));
  ({ freda, femi, fiona, sofia } = await cast(world));
  request = await open(world);
  sent = await linksTo(request.id);
});
afterAll(async () => {
  await server.close();
  await suite.close();
});

async function linksTo(requestId: string): Promise<Map<string, string>> {
  const kept = new Map<string, string>();
  await sofia.done(sendLinks, { requestId, kept });
  return kept;
}
const tokenOf = ({ actor }: Persona): string => sent.get(actor.id)!;
const opening = async (persona: Persona, token: string): Promise<string[]> =>
  codes(await persona.refused(openVoteLink, { token }));
const usedLinks = async (): Promise<number> =>
  (await world.rows('select 1 from vote_link where tenant_id = $1 and used_at is not null')).length;
/** How many wait for a lock in this suite's database. */
const waiting = async (): Promise<number> =>
  (
    await world.rows(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and $1::uuid is not null",
    )
  ).length;

describe('rule 15: links in messages', () => {
  it('rule 15: a link opens for its person alone, by whatever record of theirs, and is sent to nobody who may not vote', async () => {
    expect([...sent.keys()].toSorted()).toEqual([freda, femi, fiona].map(({ actor }) => actor.id).toSorted());
    for (const other of [femi, sofia]) expect(await opening(other, tokenOf(freda))).toEqual(['LINK_NOT_YOURS']);
    expect(await usedLinks()).toBe(0);
    const admin = await world.as(Role.REVOPS_ADMIN);
    await admin.done(mergeMember, { personId: freda.actor.id, intoPersonId: fiona.actor.id, expectedRevision: 1 });
    expect(await fiona.done(openVoteLink, { token: tokenOf(freda) })).toBe(request.id);
  });

  it('rule 15: a link opens with its secret: a forged one is told from an unknown one by nothing', async () => {
    const [tenant, link, secret] = tokenOf(freda).split('.') as [string, string, string];
    const stranger = await (await suite.tenant()).as('freda.finance');
    const other = tokenOf(femi).split('.')[1]!;
    const letter = secret.startsWith('A') ? 'B' : 'A';
    const forged = [
      `${tenant}.${link}.${letter}${secret.slice(1)}`,
      `${tenant}.${other}.${secret}`,
      `${tenant}.${newId()}.${secret}`,
      `${stranger.actor.tenantId}.${link}.${secret}`,
      `${tenant}.${link}`,
    ];
    for (const token of forged) expect(await opening(freda, token)).toEqual(['LINK_UNKNOWN']);
    expect(await opening(stranger, tokenOf(freda))).toEqual(['LINK_UNKNOWN']);
    expect(await usedLinks()).toBe(0);
  });

  it('rule 15: a link opens once, also for two who have both seen it unused', async () => {
    const token = tokenOf(freda);
    const tries = await suite.gateway.transaction(world.tenantId, async (tx) => {
      await tx.flush({ held: sql('select 1 from vote_link where tenant_id = $1 for update', [], () => undefined) });
      const both = [1, 2].map(() => freda.run(openVoteLink, { token }));
      while ((await waiting()) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      return { both };
    });
    const kinds = (await Promise.all(tries.both)).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['done', 'refused']);
    expect(await opening(freda, token)).toEqual(['LINK_USED']);
  });

  it('rule 15: a link opens the content that it was sent for and no other, also when that comes back', async () => {
    const { subjectId } = request;
    await sofia.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    expect(await opening(freda, tokenOf(freda))).toEqual(['LINK_STALE']);
    await sofia.done(changePaper, { subjectId, letter: 'a', revision: 3 });
    expect(await opening(freda, tokenOf(freda))).toEqual(['LINK_STALE']);
    sent = await linksTo(request.id);
    await freda.done(openVoteLink, { token: tokenOf(freda) });
  });

  it('rule 15: a link opens for a working day, and never longer than the request can be decided', async () => {
    const short = await open(world, { hours: 3 });
    const soon = await linksTo(short.id);
    suite.clock.at = new Date((await read(world, short.id)).decideBy.getTime());
    expect(await opening(freda, soon.get(freda.actor.id)!)).toEqual(['LINK_EXPIRED']);
    suite.clock.at = new Date(START.getTime() + 8 * 3_600_000 - 1);
    await freda.done(openVoteLink, { token: tokenOf(freda) });
    suite.clock.at = new Date(suite.clock.at.getTime() + 1);
    expect(await opening(femi, tokenOf(femi))).toEqual(['LINK_EXPIRED']);
  });

  it('rule 15: a link is no sign-in and no vote: whoever holds it signs in, and votes by their own right', async () => {
    const token = tokenOf(freda);
    const send = async (query: string, input: object, bearer: string | null, key?: string): Promise<string> => {
      const headers = {
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...(key ? { 'idempotency-key': key } : {}),
      };
      const { json } = await server.send({ query, variables: { input } }, headers);
      const [answer] = Object.values<{ id?: string; findings?: { code: string }[] } | null>(json.data ?? {});
      return json.errors?.[0].extensions.code ?? answer?.findings?.[0]!.code ?? `done ${answer?.id}`;
    };
    const own = await server.token(world, 'freda.finance');
    const [head, claims, signature] = own.split('.') as [string, string, string];
    const forged = `${head}.${claims}.${[...signature].toReversed().join('')}`;
    for (const bearer of [null, token, forged]) {
      expect(await send(OPEN, { token }, bearer)).toBe('UNAUTHENTICATED');
      expect(await send(VOTE, ballot(request.id), bearer)).toBe('UNAUTHENTICATED');
    }
    expect(await send(OPEN, { token }, await server.token(world, 'femi.finance'))).toBe('LINK_NOT_YOURS');
    expect(await usedLinks()).toBe(0);
    const key = newId();
    // The same request again has the same answer; the link again, or by a captured key with another link, has none.
    const twice = [await send(OPEN, { token }, own, key), await send(OPEN, { token }, own, key)];
    expect(twice).toEqual([`done ${request.id}`, `done ${request.id}`]);
    expect(await send(OPEN, { token }, own)).toBe('LINK_USED');
    expect(await send(OPEN, { token: tokenOf(femi) }, own, key)).toBe('IDEMPOTENCY_CONFLICT');
    expect([await count(world, 'approval_vote', request.id), await usedLinks()]).toEqual([0, 1]);
    expect((await read(world, request.id)).revision).toBe(1);
    expect(codes(await sofia.refused(castVote, ballot(request.id)))).toContain('SELF_APPROVAL');
    await freda.done(castVote, ballot(request.id));
  });
});
