import { castVote } from '../../src/approval/approval.commands.js';
import { confirmDelegation, delegateVotes, endDelegation } from '../../src/approval/delegation.commands.js';
import { Delegation } from '../../src/approval/delegation.entity.js';
import { newId } from '../../src/core/id.js';
import { insert } from '../../src/core/statement.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { ApprovalParticipant, ApprovalVote, VoteDecision } from '../../src/approval/vote.entity.js';
import { mergeMember, suspendMember } from '../../src/identity/member.commands.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { attempt, ballot, cast, changePaper, digestOf, financeNeed, KIND, open, read } from './approval.kit.js';
import { codes, delegated, oldMember, usePaper } from './engine.kit.js';

const HOUR = 3_600_000;

let suite: Suite;
let world: World;
let freda: Persona;
let femi: Persona;
let fiona: Persona;
let sofia: Persona;
let leah: Persona;
let admin: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  ({ freda, femi, fiona, sofia } = await cast(world));
  leah = await world.as('leah.lead');
  admin = await world.as(Role.REVOPS_ADMIN);
});
afterAll(() => suite.close());

const stateOf = async (id: string): Promise<ApprovalState> => (await read(world, id)).state;
const instead = (requestId: string, of: Persona, letter = 'a') => ({
  ...ballot(requestId, letter),
  onBehalfOf: of.actor.id,
});
const terms = (delegator: Persona, delegate: Persona, parts: object = {}) => ({
  delegatorId: delegator.actor.id,
  delegateId: delegate.actor.id,
  fromAt: START,
  untilAt: new Date(START.getTime() + 24 * HOUR),
  kinds: null,
  reason: 'Out of office.',
  ...parts,
});

describe('rule 9: delegation', () => {
  it('rule 9: lets one vote for another, shown as "X for Y", also on what was pending before', async () => {
    const { id } = await open(world);
    await delegated(world, freda, leah);
    await leah.done(castVote, instead(id, freda));
    await femi.done(castVote, ballot(id));
    expect(await stateOf(id)).toBe(ApprovalState.APPROVED);
    const { data } = await sofia.graphql(
      'query ($id: ID!) { approvalRequest(id: $id) { approvals votes { voter { handle } onBehalfOf { handle } } } }',
      { id },
    );
    expect(data!.approvalRequest).toEqual({
      approvals: 2,
      votes: [
        { voter: { handle: 'leah.lead' }, onBehalfOf: { handle: 'freda.finance' } },
        { voter: { handle: 'femi.finance' }, onBehalfOf: null },
      ],
    });
  });

  it('rule 9: never makes two of one human, nor one human of two', async () => {
    const { id, subjectId } = await open(world);
    await delegated(world, freda, femi);
    await delegated(world, fiona, femi);
    await femi.done(castVote, instead(id, freda));
    expect(codes(await femi.refused(castVote, ballot(id)))).toEqual(['ALREADY_VOTED']);
    expect(codes(await femi.refused(castVote, instead(id, fiona)))).toContain('ALREADY_VOTED');
    expect(codes(await freda.refused(castVote, ballot(id)))).toEqual(['ALREADY_VOTED']);
    expect(await stateOf(id)).toBe(ApprovalState.PENDING);
    await fiona.done(castVote, ballot(id));
    expect(await stateOf(id)).toBe(ApprovalState.APPROVED);
    // The two who are left turn out to be one human: nothing is covered any more.
    await admin.done(mergeMember, { personId: fiona.actor.id, intoPersonId: femi.actor.id, expectedRevision: 1 });
    expect(codes(await sofia.refused(usePaper, { subjectId, need: financeNeed(2) }))).toEqual(['NOT_COVERED']);
  });

  it('rule 9: does not chain, and is for its kinds and its time alone', async () => {
    const { id } = await open(world);
    await delegated(world, freda, leah);
    const liam = await world.as('liam.lead');
    await delegated(world, leah, liam);
    expect(codes(await liam.refused(castVote, instead(id, freda)))).toEqual(['NOT_DELEGATED']);
    expect(codes(await liam.refused(castVote, instead(id, leah)))).toEqual(['NOT_ELIGIBLE']);
    await delegated(world, femi, liam, ['REBASELINE']);
    expect(codes(await liam.refused(castVote, instead(id, femi)))).toEqual(['NOT_DELEGATED']);
    await delegated(world, fiona, liam, [KIND]);
    suite.clock.advanceHours(-2);
    expect(codes(await liam.refused(castVote, instead(id, fiona)))).toEqual(['NOT_DELEGATED']);
    suite.clock.advanceHours(2);
    await liam.done(castVote, instead(id, fiona));
  });

  it('rule 9: is independent of who asks and who wrote: as delegate, as delegator, as maker', async () => {
    const { id, subjectId } = await open(world);
    await delegated(world, freda, sofia);
    expect(codes(await sofia.refused(castVote, instead(id, freda)))).toEqual(['SELF_APPROVAL']);
    await femi.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    await delegated(world, femi, leah);
    expect(codes(await leah.refused(castVote, instead(id, femi, 'b')))).toEqual(['DELEGATOR_BARRED']);
    const maker = await oldMember(world, 'maker', [Role.REVOPS_ADMIN]);
    const delegationId = await maker.done(delegateVotes, terms(fiona, leah));
    await admin.done(confirmDelegation, { delegationId, expectedRevision: 1 });
    await maker.done(changePaper, { subjectId, letter: 'c', revision: 3 });
    expect(codes(await leah.refused(castVote, instead(id, fiona, 'c')))).toEqual(['DELEGATION_NOT_INDEPENDENT']);
  });

  it('rule 9: is independent of the other approver, who did not choose who stands in beside them', async () => {
    const chooser = await oldMember(world, 'chooser', [Role.REVOPS_ADMIN, Role.FINANCE_APPROVER]);
    const [first, second] = [await open(world), await open(world)];
    const delegationId = await chooser.done(delegateVotes, terms(freda, leah));
    await admin.done(confirmDelegation, { delegationId, expectedRevision: 1 });
    await chooser.done(castVote, ballot(first.id));
    expect(codes(await leah.refused(castVote, instead(first.id, freda)))).toEqual(['DELEGATION_NOT_INDEPENDENT']);
    await leah.done(castVote, instead(second.id, freda));
    await chooser.done(castVote, ballot(second.id));
    expect(await stateOf(second.id)).toBe(ApprovalState.PENDING);
    await femi.done(castVote, ballot(second.id));
    expect(await stateOf(second.id)).toBe(ApprovalState.APPROVED);
  });

  it('rule 9: holds once somebody else has confirmed it, and never for the one who gives it to themselves', async () => {
    const { id } = await open(world);
    const delegationId = await freda.done(delegateVotes, terms(freda, leah));
    expect(codes(await leah.refused(castVote, instead(id, freda)))).toEqual(['NOT_DELEGATED']);
    expect(codes(await leah.refused(confirmDelegation, { delegationId, expectedRevision: 1 }))).toEqual([
      'SELF_APPROVAL',
    ]);
    await admin.done(confirmDelegation, { delegationId, expectedRevision: 1 });
    await leah.done(castVote, instead(id, freda));
    expect(codes(await admin.refused(delegateVotes, terms(femi, admin)))).toEqual(['SELF_GRANT']);
    expect(codes(await sofia.refused(delegateVotes, terms(femi, leah)))).toEqual(['NOT_YOURS']);
    expect(codes(await freda.refused(delegateVotes, terms(freda, freda)))).toContain('SAME_PERSON');
    const late = { untilAt: new Date(START.getTime() + 61 * 24 * HOUR) };
    expect(codes(await freda.refused(delegateVotes, terms(freda, leah, late)))).toEqual(['PERIOD']);
  });

  it('rule 9: has a reason; what was pending before moves to the inbox of who stands in, and back', async () => {
    const { id } = await open(world);
    const awaiting = async (): Promise<unknown> => {
      const query = '{ approvalInbox(first: 5) { edges { canVote forWhom { handle } node { id } } } }';
      return (await leah.graphql(query)).data!.approvalInbox.edges;
    };
    const idle = [{ canVote: false, forWhom: [], node: { id } }];
    expect(await awaiting()).toEqual(idle);
    const { fromAt, untilAt } = terms(freda, leah);
    const input = { ...terms(freda, leah), fromAt: fromAt.toISOString(), untilAt: untilAt.toISOString(), reason: ' ' };
    const setUp = 'mutation ($input: DelegateVotesInput!) { delegateVotes(input: $input) { __typename } }';
    const { errors } = await freda.graphql(setUp, { input });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'reason' } }]);
    const delegationId = await delegated(world, freda, leah);
    expect(await awaiting()).toEqual([{ canVote: true, forWhom: [{ handle: 'freda.finance' }], node: { id } }]);
    await freda.done(endDelegation, { delegationId, expectedRevision: 2 });
    expect(await awaiting()).toEqual(idle);
  });

  it('rule 9: ends at once, and its votes fall before their effect; after it they stand', async () => {
    const first = await open(world, { approvers: 1 });
    const second = await open(world, { approvers: 1 });
    const delegationId = await delegated(world, freda, leah);
    for (const { id } of [first, second]) await leah.done(castVote, instead(id, freda));
    await sofia.done(usePaper, { subjectId: first.subjectId });
    suite.clock.advanceHours(1);
    await freda.done(endDelegation, { delegationId, expectedRevision: 2 });
    expect(codes(await sofia.refused(usePaper, { subjectId: second.subjectId }))).toEqual(['NOT_COVERED']);
    expect(await stateOf(first.id)).toBe(ApprovalState.USED);
  });

  it('rule 9: falls when the one who is stood in for, or who stands in, may no longer', async () => {
    for (const gone of [freda, leah]) {
      const { id, subjectId } = await open(world, { approvers: 1 });
      if (gone === freda) await delegated(world, freda, leah);
      await leah.done(castVote, instead(id, freda));
      await admin.done(suspendMember, { personId: gone.actor.id, expectedRevision: 1 });
      expect(codes(await sofia.refused(usePaper, { subjectId }))).toEqual(['NOT_COVERED']);
      const reinstated = { text: "update person set state = 'ACTIVE', revision = 1 where tenant_id = $1", values: [] };
      expect(await attempt(suite, world, [reinstated])).toBe('accepted');
    }
  });

  it('rule 9: falls when who confirmed it turns out to be who got it', async () => {
    const { id, subjectId } = await open(world, { approvers: 1 });
    await delegated(world, freda, leah);
    await leah.done(castVote, instead(id, freda));
    const other = await oldMember(world, 'other.admin', [Role.REVOPS_ADMIN]);
    await other.done(mergeMember, { personId: admin.actor.id, intoPersonId: leah.actor.id, expectedRevision: 1 });
    expect(codes(await sofia.refused(usePaper, { subjectId }))).toEqual(['NOT_COVERED']);
  });

  it('rule 9: the database refuses what would make one of two', async () => {
    const row = (parts: Partial<Delegation>) =>
      insert(Delegation, {
        id: newId(),
        ...terms(freda, leah),
        kinds: [],
        createdBy: freda.actor.id,
        createdAt: START,
        revision: 1,
        ...parts,
      });
    const confirmed = (confirmedBy: string) => row({ confirmedBy, confirmedAt: START });
    expect(await attempt(suite, world, [row({ delegateId: freda.actor.id, createdBy: admin.actor.id })])).toBe(
      'delegation_two_people',
    );
    expect(await attempt(suite, world, [row({ createdBy: leah.actor.id })])).toBe('delegation_not_by_delegate');
    for (const hand of [freda, leah])
      expect(await attempt(suite, world, [confirmed(hand.actor.id)])).toBe('delegation_four_eyes');
    expect(await attempt(suite, world, [confirmed(admin.actor.id)])).toBe('accepted');
  });

  it('rule 9: the database refuses a vote for the requester, for oneself, by no delegation, and a second human', async () => {
    const { id } = await open(world);
    const delegationId = await delegated(world, freda, leah);
    const vote = (parts: Partial<ApprovalVote>) => [
      ...[leah.actor.id, freda.actor.id].map((personId) =>
        insert(ApprovalParticipant, { requestId: id, round: 1, personId, part: 'VOTER' }),
      ),
      insert(ApprovalVote, {
        id: newId(),
        requestId: id,
        round: 1,
        requesterId: sofia.actor.id,
        voterId: leah.actor.id,
        accountId: leah.actor.accountId!,
        onBehalfOf: freda.actor.id,
        delegationId,
        part: 'VOTER',
        decision: VoteDecision.APPROVE,
        reason: 'forged',
        digest: digestOf('a'),
        contentRevision: 1,
        castAt: START,
        ...parts,
      }),
    ];
    expect(await attempt(suite, world, vote({ onBehalfOf: sofia.actor.id }))).toBe('approval_vote_principal');
    expect(await attempt(suite, world, vote({ onBehalfOf: leah.actor.id }))).toBe('approval_vote_principal');
    expect(await attempt(suite, world, vote({ delegationId: null }))).toBe('approval_vote_delegated');
    expect(await attempt(suite, world, vote({ delegationId: newId() }))).toBe('approval_vote_delegation');
    expect(await attempt(suite, world, vote({ onBehalfOf: femi.actor.id }))).toMatch(
      /^approval_vote_(principal_|deleg)/,
    );
    await leah.done(castVote, instead(id, freda));
    expect(await attempt(suite, world, vote({ voterId: freda.actor.id }))).toBe('approval_participant_pkey');
  });
});
