import { castVote, withdrawRequest } from '../../src/approval/approval.commands.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { selectRequired } from '../../src/core/statement.js';
import { configurationOf } from '../../src/catalogue/catalogue.queries.js';
import { termsOf } from '../../src/deal/deal.queries.js';
import { assignOwner } from '../../src/handoff/handoff.commands.js';
import { DealType, Handoff } from '../../src/handoff/handoff.entity.js';
import { requestMarginException } from '../../src/margin/margin.commands.js';
import { judgeMarginGate, MARGIN_EXCEPTION } from '../../src/margin/margin.gate.js';
import { handoffSubject } from '../../src/handoff/handoff.rules.js';
import { grantQueries, requestsOf } from '../../src/approval/approval.queries.js';
import { coveringGrant } from '../../src/approval/grant.rules.js';
import { approversNeeded } from '../../src/approval/need.rules.js';
import { standingOf } from '../../src/approval/standing.rules.js';
import { marginFacts } from '../../src/margin/margin.queries.js';
import { classifyForTest, importForTest } from '../kit/deal.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read as sample } from '../rules/handoff.kit.js';
import { cast, count, open, read as readRequest } from './approval.kit.js';

let suite: Suite;
let world: World;
let freda: Persona;
let femi: Persona;
let fiona: Persona;
let sofia: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  ({ freda, femi, fiona, sofia } = await cast(world));
});
afterAll(() => suite.close());

const REASON = 'A foothold at Acme: the second year pays for it.';
const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);
const load = async (id: string): Promise<Handoff> => (await world.read({ row: selectRequired(Handoff, id) })).row;
const belowFloor = (): Promise<string> => sofia.done(importForTest, sample('managed-network-below-floor'));
const ask = async (handoffId: string) => ({
  handoffId,
  expectedRevision: (await load(handoffId)).revision,
  reason: REASON,
});
const ballot = async (requestId: string, decision = 'APPROVE') => ({
  requestId,
  decision: decision as never,
  reason: 'Seen.',
  digest: (await readRequest(world, requestId)).digest,
  expectedRevision: null,
});
const gate = async (handoffId: string) => {
  const handoff = await load(handoffId);
  const subject = handoffSubject(handoffId);
  const { people, merged, snapshot, version, ruling, priors, handleIds, ...known } = await world.read({
    ...marginFacts(handoffId),
    requests: requestsOf(subject),
    ...grantQueries(subject),
  });
  const { termsDigest: digest, termsRevision: contentRevision } = handoff;
  const facts = { ...known, standing: standingOf(people, merged) };
  const now = suite.clock.at;
  return judgeMarginGate({
    terms: termsOf(snapshot),
    configuration: configurationOf(version),
    ruling: configurationOf(ruling),
    handoff,
    priors,
    handleIds,
    now,
    coverFor: ({ need, breakGlass }) =>
      coveringGrant(facts, { kind: MARGIN_EXCEPTION, digest, contentRevision, need, breakGlass }, now),
  }).findings;
};
const verdicts = async (handoffId: string): Promise<string[]> => [
  ...new Set((await gate(handoffId)).map(({ code, severity }) => `${code} ${severity}`)),
];

describe('a margin exception', () => {
  it('passes the gate with two different people, and not before', async () => {
    const handoffId = await belowFloor();
    expect(await verdicts(handoffId)).toEqual(['MARGIN_BELOW_FLOOR BLOCKING']);
    const id = await sofia.done(requestMarginException, await ask(handoffId));
    expect(approversNeeded((await readRequest(world, id)).need)).toBe(2);
    expect(await readRequest(world, id)).toMatchObject({
      state: ApprovalState.PENDING,
      expiresAt: new Date('2026-11-26T12:30:00.000Z'),
    });
    expect((await load(handoffId)).revision).toBe(2);
    await freda.done(castVote, await ballot(id));
    expect(await verdicts(handoffId)).toEqual(['MARGIN_BELOW_FLOOR BLOCKING']);
    await femi.done(castVote, await ballot(id));
    expect(await verdicts(handoffId)).toEqual(['MARGIN_EXCEPTION_GRANTED WARNING']);
  });

  it('needs votes anew when the terms change, and again when they change back', async () => {
    const handoffId = await belowFloor();
    const id = await sofia.done(requestMarginException, await ask(handoffId));
    for (const persona of [freda, femi]) await persona.done(castVote, await ballot(id));
    const change = async (dealType: DealType) => sofia.done(classifyForTest, { handoffId, dealType });
    await change(DealType.EXPANSION);
    expect(await verdicts(handoffId)).toEqual(['MARGIN_BELOW_FLOOR BLOCKING']);
    await change(DealType.NEW_BUSINESS);
    expect(await verdicts(handoffId)).toEqual(['MARGIN_BELOW_FLOOR BLOCKING']);
    expect(await readRequest(world, id)).toMatchObject({
      state: ApprovalState.PENDING,
      round: 3,
      digest: (await load(handoffId)).termsDigest,
    });
    for (const persona of [freda, fiona]) await persona.done(castVote, await ballot(id));
    expect(await verdicts(handoffId)).toEqual(['MARGIN_EXCEPTION_GRANTED WARNING']);
    expect(await count(world, 'approval_vote', id)).toBe(4);
  });

  it('bars the owner, before and after the handoff changes hands', async () => {
    const handoffId = await belowFloor();
    const id = await sofia.done(requestMarginException, await ask(handoffId));
    const sam = await world.as('sam.sales');
    await sofia.done(assignOwner, { handoffId, expectedRevision: 2, personId: sam.actor.id });
    expect(codes(await sam.refused(castVote, await ballot(id)))).toEqual(['CONTRIBUTOR', 'NOT_ELIGIBLE']);
  });

  it('is refused with every reason', async () => {
    const healthy = await sofia.done(importForTest, sample('managed-network-healthy'));
    expect(codes(await sofia.refused(requestMarginException, await ask(healthy)))).toEqual(['NOTHING_TO_EXCEPT']);
    const other = await suite.tenant();
    const theirs = await other.as('sofia.sales');
    const missing = await theirs.done(importForTest, sample('managed-network-missing-cost'));
    const input = { handoffId: missing, expectedRevision: 1, reason: REASON };
    expect(codes(await theirs.refused(requestMarginException, input))).toContain('COST_MISSING');
  });

  it('is asked for once at a time; withdrawn, it may be asked for anew', async () => {
    const handoffId = await belowFloor();
    const id = await sofia.done(requestMarginException, await ask(handoffId));
    expect(codes(await sofia.refused(requestMarginException, await ask(handoffId)))).toEqual(['ALREADY_REQUESTED']);
    await sofia.done(withdrawRequest, { requestId: id, expectedRevision: 1 });
    await sofia.done(requestMarginException, await ask(handoffId));
  });

  it('never opens when it could not be approved', async () => {
    world = await suite.tenant((configuration) => {
      for (const person of configuration.people)
        if (person.key !== 'freda.finance')
          person.roles = person.roles.map((role) => (role === 'FINANCE_APPROVER' ? 'AUDITOR' : role));
    });
    sofia = await world.as('sofia.sales');
    const handoffId = await belowFloor();
    expect(await sofia.refused(requestMarginException, await ask(handoffId))).toMatchObject([
      { code: 'QUORUM_UNREACHABLE', facts: { needed: 2, available: 1 } },
    ]);
  });

  it('two who ask at once make one request', async () => {
    const handoffId = await belowFloor();
    const input = await ask(handoffId);
    const sam = await world.as('sam.sales');
    const settled = await Promise.allSettled([
      sofia.run(requestMarginException, input),
      sam.run(requestMarginException, input),
    ]);
    expect(settled.filter((s) => s.status === 'fulfilled')).toHaveLength(1);
    expect(settled.find((s) => s.status === 'rejected')).toMatchObject({ reason: { code: 'STALE_REVISION' } });
  });
});

const INBOX = `{ approvalRequests(state: PENDING, first: 50) { edges { node {
  id state expired round digest approversNeeded approvals missingApprovals canVote eligibleRoles
  voteFindings { code } requester { handle } contributors { handle } votes { round decision voter { handle } } rounds { round }
  grant { approvers } handoff { number }
  marginException { meetsFloor total { revenue { amount } marginBps floorBps shortfall { amount currency } } parts { scope meetsFloor } }
} } } }`;

/** The newest request of the inbox, as this person sees it. */
const seen = async (persona: Persona) => {
  const { data, errors } = await persona.graphql(INBOX);
  expect(errors).toEqual([]);
  return data!.approvalRequests.edges[0].node;
};

/** How many statements the inbox takes. */
const statements = async () => {
  suite.statements.length = 0;
  expect((await freda.graphql(INBOX)).errors).toEqual([]);
  return suite.statements.length;
};

describe('the inbox', () => {
  it('shows each approver what they decide, and why not', async () => {
    const handoffId = await belowFloor();
    const id = await sofia.done(requestMarginException, await ask(handoffId));
    expect(await seen(freda)).toMatchObject({
      id,
      canVote: true,
      voteFindings: [],
      approvals: 0,
      missingApprovals: 2,
      expired: false,
      requester: { handle: 'sofia.sales' },
      contributors: [{ handle: 'sofia.sales' }],
      handoff: { number: 'H-2205' },
      marginException: { meetsFloor: false, total: { floorBps: 3000 } },
    });
    expect(await seen(sofia)).toMatchObject({
      canVote: false,
      voteFindings: [{ code: 'SELF_APPROVAL' }, { code: 'NOT_ELIGIBLE' }],
    });
    const vote =
      'mutation ($input: CastVoteInput!) { castVote(input: $input) { ... on ApprovalRequest { state approvals } ... on Refused { findings { code } } } }';
    const input = {
      requestId: id,
      decision: 'APPROVE',
      reason: 'Seen.',
      digest: (await readRequest(world, id)).digest,
    };
    expect((await freda.graphql(vote, { input })).data).toEqual({ castVote: { state: 'PENDING', approvals: 1 } });
    expect((await freda.graphql(vote, { input })).data).toEqual({
      castVote: { findings: [{ code: 'ALREADY_VOTED' }] },
    });
    const bad = await freda.graphql(vote, { input: { ...input, digest: 'x', reason: '' } });
    expect(bad.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    // The time of the tests, not of the machine.
    suite.clock.advanceHours(24 * 4);
    expect(await seen(freda)).toMatchObject({
      expired: true,
      canVote: false,
      missingApprovals: null,
      state: 'PENDING',
    });
    suite.clock.at = START;
    // After a change of the terms the figures are those of the new content.
    await sofia.done(classifyForTest, { handoffId, dealType: DealType.EXPANSION });
    expect(await seen(freda)).toMatchObject({
      canVote: true,
      round: 2,
      approvals: 0,
      rounds: [{ round: 1 }, { round: 2 }],
      votes: [{ round: 1, voter: { handle: 'freda.finance' } }],
      marginException: { meetsFloor: false },
    });
  });

  it('hides the figures from whoever may not see margins', async () => {
    await sofia.done(requestMarginException, await ask(await belowFloor()));
    const dana = await world.as('dana.delivery');
    expect((await dana.graphql(INBOX)).errors[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await dana.graphql('{ approvalRequests { edges { node { id canVote } } } }')).errors).toEqual([]);
  });

  it('asks as many statements for one request as for many', async () => {
    await sofia.done(requestMarginException, await ask(await belowFloor()));
    const one = await statements();
    for (let n = 0; n < 5; n += 1) await open(world);
    expect(await statements()).toBe(one);
  });

  it("shows a handoff's margin to sales", async () => {
    const handoffId = await belowFloor();
    const { data, errors } = await sofia.graphql(
      'query ($id: ID!) { handoff(id: $id) { margin { meetsFloor total { scope revenue { amount currency } cost { amount } margin { amount } marginBps floorBps shortfallBps } parts { scope meetsFloor } } approvalRequests { id } } }',
      { id: handoffId },
    );
    expect(errors).toEqual([]);
    expect(data!.handoff.margin).toMatchObject({
      meetsFloor: false,
      total: { scope: 'TOTAL', revenue: { currency: 'GBP' }, floorBps: 3000 },
    });
    expect(data!.handoff.approvalRequests).toEqual([]);
  });
});
