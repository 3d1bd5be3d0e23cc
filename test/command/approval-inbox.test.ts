import { castVote, withdrawRequest } from '../../src/approval/approval.commands.js';
import { confirmDelegation, delegateVotes } from '../../src/approval/delegation.commands.js';
import { newId } from '../../src/core/id.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { GraphQLResult, Persona, World } from '../kit/world.js';
import { ballot, cast, open, read } from './approval.kit.js';

const INBOX = `query ($filter: ApprovalInboxFilter, $first: Int = 50, $after: String) {
  approvalInbox(filter: $filter, first: $first, after: $after) {
    edges { cursor canVote forWhom { handle } node { id canVote } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    counts { total awaitingMe dueWithin24h requestedByMe byKind { kind count } }
  }
}`;

let suite: Suite;
let world: World;
let people: Awaited<ReturnType<typeof cast>>;

beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  people = await cast(world);
});
afterAll(() => suite.close());

const ask = (persona: Persona, variables: Record<string, unknown> = {}): Promise<GraphQLResult> =>
  persona.graphql(INBOX, variables);
async function ids(persona: Persona, filter: Record<string, unknown> = {}): Promise<string[]> {
  const { data, errors } = await ask(persona, { filter });
  expect(errors).toEqual([]);
  return (data!.approvalInbox.edges as { node: { id: string } }[]).map(({ node }) => node.id);
}
const figures = async (persona: Persona): Promise<Record<string, unknown>> =>
  (await ask(persona)).data!.approvalInbox.counts as Record<string, unknown>;

describe('the approval inbox', () => {
  it('holds what is undecided and in time, the one due first at the top', async () => {
    const { freda, femi, sofia } = people;
    const late = await open(world, { hours: 30 });
    const soon = await open(world, { hours: 3 });
    const decided = await open(world, { hours: 5 });
    for (const voter of [freda, femi]) await voter.done(castVote, ballot(decided.id));
    const withdrawn = await open(world, { hours: 5 });
    const { revision } = await read(world, withdrawn.id);
    await sofia.done(withdrawRequest, { requestId: withdrawn.id, expectedRevision: revision });
    expect(await ids(freda)).toEqual([soon.id, late.id]);
    suite.clock.advanceHours(3);
    expect(await ids(freda)).toEqual([late.id]);
    expect(await figures(freda)).toMatchObject({ total: 1, awaitingMe: 1, dueWithin24h: 0 });
  });

  it('is narrowed by what I may answer, by kind, subject, deadline and requester, all at once', async () => {
    const { freda, sofia } = people;
    const mine = await open(world, { hours: 3 });
    const voted = await open(world, { hours: 6 });
    await freda.done(castVote, ballot(voted.id));
    expect(await ids(freda, { canVote: true })).toEqual([mine.id]);
    expect(await ids(freda, { canVote: false })).toEqual([voted.id]);
    expect(await ids(sofia, { canVote: true })).toEqual([]);
    expect(await ids(sofia, { requestedByMe: true })).toEqual([mine.id, voted.id]);
    expect(await ids(freda, { requestedByMe: true })).toEqual([]);
    expect(await ids(freda, { kind: 'TEST_EXCEPTION' })).toHaveLength(2);
    expect(await ids(freda, { kind: 'MARGIN_EXCEPTION' })).toEqual([]);
    expect(await ids(freda, { subjectId: voted.subjectId })).toEqual([voted.id]);
    expect(await ids(freda, { subjectId: newId() })).toEqual([]);
    expect(await ids(freda, { dueBefore: '2026-11-23T17:00:00.001Z' })).toEqual([mine.id]);
    expect(await ids(freda, { canVote: true, subjectId: voted.subjectId })).toEqual([]);
  });

  it('awaits who stands in for somebody, and says for whom', async () => {
    const { freda, femi, sofia } = people;
    const sam = await world.as('sam.sales');
    await open(world);
    const edge = async (persona: Persona): Promise<unknown> => {
      const { data } = await ask(persona);
      const { canVote, forWhom } = data!.approvalInbox.edges[0] as { canVote: boolean; forWhom: unknown };
      return { canVote, forWhom, awaitingMe: data!.approvalInbox.counts.awaitingMe };
    };
    const idle = { canVote: false, forWhom: [], awaitingMe: 0 };
    expect(await edge(sam)).toEqual(idle);
    const delegationId = await femi.done(delegateVotes, {
      delegatorId: femi.actor.id,
      delegateId: sam.actor.id,
      fromAt: START,
      untilAt: new Date(START.getTime() + 5 * 86_400_000),
      kinds: null,
      reason: 'On leave.',
    });
    expect(await edge(sam)).toEqual(idle);
    const admin = await world.as('REVOPS_ADMIN');
    await admin.done(confirmDelegation, { delegationId, expectedRevision: 1 });
    expect(await edge(sam)).toEqual({ canVote: true, forWhom: [{ handle: 'femi.finance' }], awaitingMe: 1 });
    expect(await ids(sam, { canVote: true })).toHaveLength(1);
    expect(await edge(freda)).toEqual({ canVote: true, forWhom: [], awaitingMe: 1 });
    expect(await edge(sofia)).toEqual(idle);
  });

  it('counts the whole inbox, whatever the page is narrowed to', async () => {
    const { freda, sofia } = people;
    await open(world, { hours: 3 });
    const voted = await open(world, { hours: 30 });
    await freda.done(castVote, ballot(voted.id));
    const counts = { total: 2, dueWithin24h: 1, byKind: [{ kind: 'TEST_EXCEPTION', count: 2 }] };
    const narrowed = await ask(freda, { filter: { kind: 'NONE' }, first: 1 });
    expect(narrowed.data!.approvalInbox.counts).toEqual({ ...counts, awaitingMe: 1, requestedByMe: 0 });
    expect(await figures(sofia)).toEqual({ ...counts, awaitingMe: 0, requestedByMe: 2 });
  });

  it("says the same as the request's own canVote", async () => {
    for (let n = 1; n <= 3; n++) await open(world, { hours: n });
    const [first] = await ids(people.freda);
    await people.freda.done(castVote, ballot(first!));
    for (const persona of [people.freda, people.femi, people.sofia, await world.as('audrey.audit')]) {
      const { data } = await ask(persona);
      const own = (data!.approvalInbox.edges as { node: { id: string; canVote: boolean } }[])
        .filter(({ node }) => node.canVote)
        .map(({ node }) => node.id);
      expect(await ids(persona, { canVote: true })).toEqual(own);
    }
  });

  it('goes on from a cursor when rows before it were decided', async () => {
    const { freda, femi } = people;
    const opened = [];
    for (let n = 1; n <= 5; n++) opened.push((await open(world, { hours: n })).id);
    const page = (await ask(freda, { first: 2 })).data!.approvalInbox;
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    for (const voter of [freda, femi]) await voter.done(castVote, ballot(opened[1]!));
    const rest = (await ask(freda, { after: page.pageInfo.endCursor })).data!.approvalInbox;
    expect(rest.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(opened.slice(2));
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it.each([
    { how: 'a page of 0', variables: { first: 0 }, field: 'first' },
    { how: 'a page of 101', variables: { first: 101 }, field: 'first' },
    {
      how: 'a cursor of another list',
      variables: { after: Buffer.from(`id:${newId()}`).toString('base64url') },
      field: 'after',
    },
    { how: 'an id that is none', variables: { filter: { subjectId: 'x' } }, field: 'filter.subjectId' },
    { how: 'an empty kind', variables: { filter: { kind: '' } }, field: 'filter.kind' },
  ])('refuses $how, naming the field', async ({ variables, field }) => {
    const { errors } = await ask(people.freda, variables);
    expect(errors.map(({ extensions }) => [extensions.code, extensions.field])).toEqual([['BAD_USER_INPUT', field]]);
    expect(errors[0]!.extensions.remedy).toBeTruthy();
  });

  it('holds nothing of another tenant', async () => {
    const { subjectId } = await open(world);
    const other = await suite.tenant();
    const freda = await other.as('freda.finance');
    expect(await ids(freda)).toEqual([]);
    expect(await ids(freda, { subjectId })).toEqual([]);
    expect(await figures(freda)).toMatchObject({ total: 0, byKind: [] });
  });

  it('costs as many statements for thirty as for one, whatever is asked', async () => {
    const cost = async (variables: Record<string, unknown>): Promise<number> => {
      suite.statements.length = 0;
      expect((await ask(people.freda, variables)).errors).toEqual([]);
      return suite.statements.length;
    };
    await open(world, { hours: 1 });
    const one = await cost({ first: 1 });
    for (let n = 2; n <= 30; n++) await open(world, { hours: n });
    expect([await cost({ first: 1 }), await cost({ first: 30 }), await cost({ filter: { canVote: true } })]).toEqual([
      one,
      one,
      one,
    ]);
  });
});
