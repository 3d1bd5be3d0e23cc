import { castVote } from '../../src/approval/approval.commands.js';
import { lockRequest, votingQueries } from '../../src/approval/approval.queries.js';
import { confirmDelegation, delegateVotes } from '../../src/approval/delegation.commands.js';
import { standingOf } from '../../src/approval/standing.rules.js';
import { openVoteLink } from '../../src/approval/vote-link.commands.js';
import { type IssuedLink, issueVoteLinks } from '../../src/approval/vote-link.effects.js';
import { VoteLink } from '../../src/approval/vote-link.entity.js';
import { command, done } from '../../src/core/command.js';
import { newId } from '../../src/core/id.js';
import { select, update } from '../../src/core/statement.js';
import { mergeMember } from '../../src/identity/member.commands.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { attempt, ballot, cast, changePaper, count, open, read } from './approval.kit.js';
import { sendLink } from './vote-link.kit.js';

/** Stands in for whoever sends messages to all who may vote; what they carry is seen here alone. */
let sent: readonly IssuedLink[] = [];
const subject = (id: string) => ({ type: 'ApprovalRequest', id });
const anybody = { action: 'read', subject: 'ApprovalRequest' } as const;
const sendAll = command({
  name: 'sendAllForTest',
  ...anybody,
  facts: ({ requestId }: { requestId: string }) => ({ request: lockRequest(requestId), ...votingQueries(requestId) }),
  decide: ({ people, merged, ...known }, { requestId }, moment) => {
    const { links, statements } = issueVoteLinks({ ...known, standing: standingOf(people, merged) }, moment);
    sent = links;
    return done({ id: requestId, subject: subject(requestId), writes: statements });
  },
});

let suite: Suite;
let world: World;
let freda: Persona;
let femi: Persona;
let sofia: Persona;
let request: { id: string; subjectId: string };
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  ({ freda, femi, sofia } = await cast(world));
  request = await open(world, { hours: 30 });
});
afterAll(() => suite.close());

const tokenOf = (path: string): string => path.replace('/approve/', '');
const send = async (to: Persona, requestId = request.id): Promise<string> =>
  tokenOf(await sendLink(world, requestId, to.actor.id));
const refusedAs = async (persona: Persona, token: string): Promise<string[]> =>
  (await persona.refused(openVoteLink, { token })).map(({ code }) => code);
const ledger = () =>
  world.rows(
    `select outcome, subject_id, content from ledger_entry where tenant_id = $1 and action = 'openVoteLink' order by id`,
  );
const links = async (): Promise<VoteLink[]> =>
  (await world.read({ rows: select(VoteLink, {}, { orderBy: ['id'] }) })).rows;

describe('a vote link', () => {
  it('opens the request for its person, and changes nothing of it', async () => {
    const token = await send(freda);
    expect(await freda.done(openVoteLink, { token })).toBe(request.id);
    expect(await read(world, request.id)).toMatchObject({ state: 'PENDING', revision: 1 });
    expect(await count(world, 'approval_vote', request.id)).toBe(0);
    const [entry] = await ledger();
    expect(entry).toMatchObject({ outcome: 'DONE', subject_id: request.id });
    expect(entry!.content).not.toContain(token.split('.')[2]);
    await freda.done(castVote, ballot(request.id));
  });

  it('keeps the hash of its secret alone', async () => {
    const token = await send(freda);
    const rows = await world.rows('select l::text as row from vote_link l where tenant_id = $1');
    expect(JSON.stringify(rows)).not.toContain(token.split('.')[2]);
    expect((await links())[0]!.secretHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('opens once, also for two at the same time', async () => {
    const token = await send(freda);
    // Eight open connections, so that all begin before the first has ended.
    await Promise.all(Array.from({ length: 8 }, () => world.rows('select pg_sleep(0.05) where $1::uuid is not null')));
    const tries = await Promise.all(Array.from({ length: 8 }, () => freda.run(openVoteLink, { token })));
    expect(tries.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    expect(await refusedAs(freda, token)).toEqual(['LINK_USED']);
  });

  it('opens for nobody else, is not used up by the attempt, and the attempt is recorded', async () => {
    const token = await send(freda);
    expect(await refusedAs(femi, token)).toEqual(['LINK_NOT_YOURS']);
    expect(await ledger()).toMatchObject([{ outcome: 'REFUSED', subject_id: request.id }]);
    await freda.done(openVoteLink, { token });
    expect(await refusedAs(femi, token)).toEqual(['LINK_NOT_YOURS']);
  });

  it('opens for the same human by another record', async () => {
    const admin = await world.as('REVOPS_ADMIN');
    const token = await send(femi);
    const fiona = await world.as('fiona.finance');
    await admin.done(mergeMember, { personId: femi.actor.id, intoPersonId: fiona.actor.id, expectedRevision: 1 });
    expect(await fiona.done(openVoteLink, { token })).toBe(request.id);
  });

  it('opens for a working day, and never longer than the request can be decided', async () => {
    const token = await send(freda);
    suite.clock.advanceHours(8);
    expect(await refusedAs(freda, token)).toEqual(['LINK_EXPIRED']);
    const short = await open(world, { hours: 3 });
    await send(freda, short.id);
    expect((await links())[1]!.expiresAt).toEqual((await read(world, short.id)).decideBy);
  });

  it('opens no content but that for which it was sent', async () => {
    const token = await send(freda);
    await sofia.done(changePaper, { subjectId: request.subjectId, letter: 'b', revision: 2 });
    expect(await refusedAs(freda, token)).toEqual(['LINK_STALE']);
    await sofia.done(changePaper, { subjectId: request.subjectId, letter: 'a', revision: 3 });
    expect(await refusedAs(freda, token)).toEqual(['LINK_STALE']);
  });

  it('says everything at once', async () => {
    const token = await send(freda);
    await freda.done(openVoteLink, { token });
    await sofia.done(changePaper, { subjectId: request.subjectId, letter: 'b', revision: 2 });
    suite.clock.advanceHours(9);
    expect(await refusedAs(freda, token)).toEqual(['LINK_USED', 'LINK_EXPIRED', 'LINK_STALE']);
  });

  it('gives nobody a right to vote', async () => {
    const token = await send(sofia);
    await sofia.done(openVoteLink, { token });
    expect((await sofia.refused(castVote, ballot(request.id))).map(({ code }) => code)).toContain('SELF_APPROVAL');
  });
});

describe('a forged link', () => {
  it('cannot be told from one that never was, nor from one of another tenant', async () => {
    const token = await send(freda);
    const [tenant, id, secret] = token.split('.') as [string, string, string];
    const otherWorld = await suite.tenant();
    const others = await cast(otherWorld);
    const otherRequest = await open(otherWorld);
    const foreign = tokenOf(await sendLink(otherWorld, otherRequest.id, others.freda.actor.id));
    const [otherTenant, otherId, otherSecret] = foreign.split('.') as [string, string, string];
    const forged = {
      'another secret': `${tenant}.${id}.${'A'.repeat(43)}`,
      'one letter off': `${tenant}.${id}.${secret.startsWith('A') ? 'B' : 'A'}${secret.slice(1)}`,
      'an unknown id': `${tenant}.${newId()}.${secret}`,
      'another tenant': foreign,
      'another tenant named as ours': `${tenant}.${otherId}.${otherSecret}`,
      'our link named as theirs': `${otherTenant}.${id}.${secret}`,
      'no token': 'x',
      'a longer one': `${token}A`,
      'with a lone surrogate': `${tenant}.${id}.\ud800${'A'.repeat(42)}`,
    };
    const answers = new Set<string>();
    const sentStatements = new Set<string>();
    for (const text of Object.values(forged)) {
      suite.statements.length = 0;
      answers.add(JSON.stringify(await freda.refused(openVoteLink, { token: text })));
      sentStatements.add(suite.statements.join('\n'));
    }
    expect([...answers].map((text) => JSON.parse(text))).toMatchObject([[{ code: 'LINK_UNKNOWN', facts: {} }]]);
    expect(sentStatements.size).toBe(1);
    const entries = await ledger();
    expect(entries).toHaveLength(Object.keys(forged).length);
    const recorded = entries.map(({ outcome, subject_id, content }) => [
      outcome,
      subject_id,
      (JSON.parse(content as string) as { body: unknown }).body,
    ]);
    expect(new Set(recorded.map((entry) => JSON.stringify(entry))).size).toBe(1);
    expect((await links()).map(({ usedAt }) => usedAt)).toEqual([null]);
    await freda.done(openVoteLink, { token });
  });

  it('is refused by its length and kind before anything is asked', async () => {
    for (const token of ['', 'x'.repeat(201), '\u0000']) {
      const { data, errors } = await freda.graphql(
        'mutation ($input: OpenVoteLinkInput!) { openVoteLink(input: $input) { ... on Refused { findings { code } } } }',
        { input: { token } },
      );
      const said = errors[0]?.extensions.code ?? data?.openVoteLink.findings[0].code;
      expect(['BAD_USER_INPUT', 'LINK_UNKNOWN']).toContain(said);
    }
  });
});

describe('many at once in one document', () => {
  const aliased = (field: string, times: number): string =>
    `mutation ($input: ${field === 'castVote' ? 'CastVoteInput' : 'OpenVoteLinkInput'}!) { ${Array.from(
      { length: times },
      (_, n) => `a${n}: ${field}(input: $input) { __typename ... on Refused { findings { code } } }`,
    ).join(' ')} }`;

  it.each([{ field: 'openVoteLink' }, { field: 'castVote' }])(
    'refuses 200 aliases of $field whole',
    async ({ field }) => {
      const token = await send(freda);
      const input = field === 'castVote' ? ballot(request.id) : { token };
      const { errors } = await freda.graphql(aliased(field, 200), { input });
      // The parser's own bound of tokens speaks first.
      expect(errors[0]!.extensions.code).toBe('GRAPHQL_PARSE_FAILED');
      const fewer = await freda.graphql(aliased(field, 31), { input });
      expect(fewer.errors[0]!.extensions).toMatchObject({ code: 'QUERY_TOO_COSTLY', limit: 'aliases' });
      expect(await count(world, 'approval_vote', request.id)).toBe(0);
      expect((await links())[0]!.usedAt).toBeNull();
    },
  );

  it.each([
    { field: 'openVoteLink', again: 'LINK_USED' },
    { field: 'castVote', again: 'ALREADY_VOTED' },
  ])('of 20 aliases of $field one counts', async ({ field, again }) => {
    const token = await send(freda);
    const input = field === 'castVote' ? ballot(request.id) : { token };
    const { data, errors } = await freda.graphql(aliased(field, 20), { input });
    expect(errors).toEqual([]);
    const answers = Object.values(data!) as { __typename: string; findings?: { code: string }[] }[];
    expect(answers.filter(({ __typename }) => __typename === 'ApprovalRequest')).toHaveLength(1);
    expect(answers.filter(({ findings }) => findings?.some(({ code }) => code === again))).toHaveLength(19);
    expect(await count(world, 'approval_vote', request.id)).toBe(field === 'castVote' ? 1 : 0);
  });
});

describe('links for a request', () => {
  it('go to everyone who may vote now, and to who stands in for one of them', async () => {
    await freda.done(castVote, ballot(request.id));
    const keys = async (): Promise<string[]> => {
      await sofia.done(sendAll, { requestId: request.id });
      const rows = await world.rows('select id, handle from person where tenant_id = $1');
      return sent.map(({ personId }) => rows.find(({ id }) => id === personId)!.handle as string).sort();
    };
    expect(await keys()).toEqual(['femi.finance', 'fiona.finance']);
    const sam = await world.as('sam.sales');
    const until = new Date(START.getTime() + 5 * 86_400_000);
    const delegationId = await femi.done(delegateVotes, {
      delegatorId: femi.actor.id,
      delegateId: sam.actor.id,
      fromAt: START,
      untilAt: until,
      kinds: [],
      reason: 'On leave.',
    });
    const admin = await world.as('REVOPS_ADMIN');
    await admin.done(confirmDelegation, { delegationId, expectedRevision: 1 });
    expect(await keys()).toEqual(['femi.finance', 'fiona.finance', 'sam.sales']);
    suite.clock.advanceHours(30);
    expect(await keys()).toEqual([]);
  });

  it('are changed by the application in nothing but their use', async () => {
    await send(freda);
    const { id } = (await links())[0]!;
    const change = (changes: Partial<VoteLink>): Promise<string> =>
      attempt(suite, world, [update(VoteLink, { id }, changes as Omit<Partial<VoteLink>, 'id' | 'tenantId'>)]);
    expect(await change({ personId: femi.actor.id })).toBe('42501');
    expect(await change({ expiresAt: new Date('2030-01-01') })).toBe('42501');
    expect(await change({ usedAt: START })).toBe('accepted');
  });
});
