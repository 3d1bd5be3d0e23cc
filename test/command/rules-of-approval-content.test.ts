import { castVote, revokeVote, withdrawRequest } from '../../src/approval/approval.commands.js';
import { endExpired } from '../../src/approval/approval.effects.js';
import { useGrant } from '../../src/approval/vote.effects.js';
import { newId } from '../../src/core/id.js';
import { insert, select } from '../../src/core/statement.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { ApprovalGrant, ApprovalUse, VoteDecision } from '../../src/approval/vote.entity.js';
import { revokeRole } from '../../src/identity/role.commands.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { attempt, ballot, cast, changePaper, count, financeNeed, open, read } from './approval.kit.js';
import { codes, usePaper } from './engine.kit.js';

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

const stateOf = async (id: string): Promise<ApprovalState> => (await read(world, id)).state;
const uses = (requestId: string) => world.read({ uses: select(ApprovalUse, { requestId }) }).then(({ uses: u }) => u);
const approved = async () => {
  const request = await open(world);
  for (const persona of [freda, femi]) await persona.done(castVote, ballot(request.id));
  return request;
};
const revoking = async (requestId: string) => ({
  requestId,
  reason: 'I was wrong.',
  expectedRevision: (await read(world, requestId)).revision,
});

describe('rule 5: votes are for exact content', () => {
  it('rule 5: a governed change voids the votes and says so; the same content again revives nothing', async () => {
    const { id, subjectId } = await approved();
    await sofia.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    await sofia.done(changePaper, { subjectId, letter: 'a', revision: 3 });
    for (const revision of [1, 3])
      expect(codes(await sofia.refused(usePaper, { subjectId, letter: 'a', revision }))).toEqual(['NOT_COVERED']);
    const { data } = await freda.graphql(
      'query ($id: ID!) { approvalRequest(id: $id) { state round approvals rounds { round contentRevision } votes { round } } }',
      { id },
    );
    expect(data!.approvalRequest).toEqual({
      state: 'PENDING',
      round: 3,
      approvals: 0,
      rounds: [1, 2, 3].map((round) => ({ round, contentRevision: round })),
      votes: [{ round: 1 }, { round: 1 }],
    });
  });

  it('rule 5: a vote names the content that its voter saw', async () => {
    const { id, subjectId } = await open(world, { approvers: 1 });
    await sofia.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    expect(codes(await freda.refused(castVote, ballot(id, 'a')))).toEqual(['STALE_CONTENT']);
    expect(await count(world, 'approval_vote', id)).toBe(0);
  });
});

describe('rule 6: time', () => {
  it('rule 6: what is not decided in time is denied', async () => {
    const { id } = await open(world, { hours: 2 });
    await freda.done(castVote, ballot(id));
    suite.clock.at = new Date((await read(world, id)).decideBy.getTime() - 1);
    expect(codes(await sofia.refused(castVote, ballot(id)))).not.toContain('EXPIRED');
    suite.clock.at = new Date(suite.clock.at.getTime() + 1);
    expect(codes(await femi.refused(castVote, ballot(id)))).toEqual(['EXPIRED']);
    expect(codes(await freda.refused(revokeVote, await revoking(id)))).toEqual(['EXPIRED']);
  });

  it('rule 6: an approval that is not used in time covers nothing', async () => {
    const { id, subjectId } = await approved();
    suite.clock.at = (await read(world, id)).expiresAt;
    expect(codes(await sofia.refused(usePaper, { subjectId }))).toEqual(['NOT_COVERED']);
    suite.clock.at = new Date(suite.clock.at.getTime() - 1);
    await sofia.done(usePaper, { subjectId });
  });

  it('rule 6: a change does not prolong a request that is undecided', async () => {
    const { id, subjectId } = await open(world, { hours: 2 });
    const { decideBy } = await read(world, id);
    suite.clock.advanceHours(1.5);
    await sofia.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    expect((await read(world, id)).expiresAt).toEqual(decideBy);
    expect(endExpired([await read(world, id)], 'TEST_EXCEPTION', { now: decideBy } as never)).toHaveLength(1);
  });
});

describe('rule 7: taking back, and the one effect', () => {
  it('rule 7: the requester alone withdraws', async () => {
    const { id, subjectId } = await approved();
    const { revision: expectedRevision } = await read(world, id);
    expect(
      codes(await (await world.as('sam.sales')).refused(withdrawRequest, { requestId: id, expectedRevision })),
    ).toEqual(['NOT_REQUESTER']);
    await sofia.done(withdrawRequest, { requestId: id, expectedRevision });
    expect(codes(await sofia.refused(usePaper, { subjectId }))).toEqual(['NOT_COVERED']);
  });

  it('rule 7: an approval is taken back until its effect, not after it', async () => {
    const { id, subjectId } = await approved();
    await femi.done(revokeVote, await revoking(id));
    expect(await stateOf(id)).toBe(ApprovalState.PENDING);
    expect(codes(await sofia.refused(usePaper, { subjectId }))).toEqual(['NOT_COVERED']);
    expect(codes(await femi.refused(castVote, ballot(id)))).toEqual(['ALREADY_VOTED']);
    await fiona.done(castVote, ballot(id));
    await sofia.done(usePaper, { subjectId });
    for (const persona of [freda, fiona])
      expect(codes(await persona.refused(revokeVote, await revoking(id)))).toEqual(['ALREADY_USED']);
    const { revision: expectedRevision } = await read(world, id);
    expect(codes(await sofia.refused(withdrawRequest, { requestId: id, expectedRevision }))).toEqual(['NOT_OPEN']);
    expect(codes(await (await world.as('sam.sales')).refused(revokeVote, await revoking(id)))).toContain(
      'NOTHING_TO_REVOKE',
    );
  });

  it('rule 7: the effect happens once, and asks again who may approve and what the policy wants', async () => {
    const { id, subjectId } = await approved();
    expect(codes(await sofia.refused(usePaper, { subjectId, need: financeNeed(3) }))).toEqual(['NOT_COVERED']);
    const ended = await Promise.allSettled(Array.from({ length: 6 }, () => sofia.run(usePaper, { subjectId })));
    const kinds = ended.map((one) => (one.status === 'fulfilled' ? one.value.kind : String(one.reason)));
    expect(kinds.toSorted()).toEqual(['done', ...Array.from({ length: 5 }, () => 'refused')]);
    expect(await uses(id)).toMatchObject([{ round: 1, effect: 'usePaper', usedBy: sofia.actor.id }]);
    const next = await approved();
    const admin = await world.as(Role.REVOPS_ADMIN);
    await admin.done(revokeRole, { personId: femi.actor.id, role: Role.FINANCE_APPROVER, expectedRevision: 1 });
    expect(codes(await sofia.refused(usePaper, { subjectId: next.subjectId, need: financeNeed(2) }))).toEqual([
      'NOT_COVERED',
    ]);
  });

  it('rule 7: the database refuses a second use of a grant, and a second grant used in a round', async () => {
    const { id, subjectId } = await approved();
    await sofia.done(usePaper, { subjectId });
    const [grant] = (await world.read({ grants: select(ApprovalGrant, { requestId: id }) })).grants;
    const use = { id: newId(), requestId: id, round: 1, grantId: grant!.id, effect: 'x', usedBy: 'x', usedAt: START };
    expect(await attempt(suite, world, [insert(ApprovalUse, use)])).toBe('approval_use_once');
    expect(await attempt(suite, world, [insert(ApprovalUse, { ...use, round: 2 })])).toBe(
      'approval_use_tenant_id_grant_id_key',
    );
    const { tenantId: _tenant, ...row } = grant!;
    const second = { ...row, id: newId() };
    const moment = { now: START, newId, actor: sofia.actor } as never;
    expect(
      await attempt(suite, world, [
        insert(ApprovalGrant, second),
        ...useGrant(second, await read(world, id), 'x', moment),
      ]),
    ).toBe('approval_use_once');
  });
});

describe('rule 8: a rejection', () => {
  it('rule 8: one ends the request, needs a reason, and is never overwritten', async () => {
    const { id, subjectId } = await open(world);
    await freda.done(castVote, ballot(id));
    const document =
      'mutation ($input: CastVoteInput!) { castVote(input: $input) { ... on ApprovalRequest { state } } }';
    const input = { ...ballot(id, 'a', VoteDecision.REJECT), reason: ' ' };
    const { errors } = await femi.graphql(document, { input });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    await femi.done(castVote, ballot(id, 'a', VoteDecision.REJECT));
    expect(await stateOf(id)).toBe(ApprovalState.REJECTED);
    for (const persona of [femi, fiona])
      expect(codes(await persona.refused(castVote, ballot(id)))).toContain('NOT_PENDING');
    expect(codes(await femi.refused(revokeVote, await revoking(id)))).toEqual(['NOT_OPEN', 'NOTHING_TO_REVOKE']);
    expect(await count(world, 'approval_grant', id)).toBe(0);
    await sofia.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    expect(await stateOf(id)).toBe(ApprovalState.REJECTED);
  });

  it('rule 8: so many end it as the policy says, and none of them is taken back', async () => {
    const { id } = await open(world, { need: financeNeed(1, { rejections: 2 }) });
    await freda.done(castVote, ballot(id, 'a', VoteDecision.REJECT));
    expect(await stateOf(id)).toBe(ApprovalState.PENDING);
    expect(codes(await freda.refused(revokeVote, await revoking(id)))).toEqual(['NOTHING_TO_REVOKE']);
    expect(codes(await freda.refused(castVote, ballot(id)))).toEqual(['ALREADY_VOTED']);
    await femi.done(castVote, ballot(id, 'a', VoteDecision.REJECT));
    expect(await stateOf(id)).toBe(ApprovalState.REJECTED);
  });
});

describe('rule 16: once', () => {
  it('rule 16: a vote that is sent again with its key is the same vote', async () => {
    const { id } = await open(world);
    const key = newId();
    const first = await freda.run(castVote, ballot(id), key);
    const again = await Promise.all(Array.from({ length: 4 }, () => freda.run(castVote, ballot(id), key)));
    expect(first).toMatchObject({ kind: 'done', replayed: false });
    for (const answer of again) expect(answer).toEqual({ ...first, replayed: true });
    expect(await count(world, 'approval_vote', id)).toBe(1);
  });

  it('rule 16: votes at once are counted one after the other: never three of two, never two grants', async () => {
    const { id, subjectId } = await open(world);
    const ended = await Promise.all([freda, femi, fiona].map((persona) => persona.run(castVote, ballot(id))));
    expect(ended.map(({ kind }) => kind).toSorted()).toEqual(['done', 'done', 'refused']);
    expect([await count(world, 'approval_vote', id), await count(world, 'approval_grant', id)]).toEqual([2, 1]);
    await sofia.done(usePaper, { subjectId });
    expect(codes(await sofia.refused(usePaper, { subjectId }))).toEqual(['ALREADY_USED']);
  });
});
