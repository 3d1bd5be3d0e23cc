import { castVote } from '../../src/approval/approval.commands.js';
import type { Actor } from '../../src/core/actor.js';
import { newId } from '../../src/core/id.js';
import { insert } from '../../src/core/statement.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { ApprovalParticipant, ApprovalVote, VoteDecision } from '../../src/approval/vote.entity.js';
import { erasePerson } from '../../src/erasure/erasure.commands.js';
import { ErasureReason } from '../../src/erasure/erasure.input.js';
import { mergeMember, reinstateMember, suspendMember } from '../../src/identity/member.commands.js';
import { revokeRole } from '../../src/identity/role.commands.js';
import { Role } from '../../src/identity/roles.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import {
  attempt,
  ballot,
  byAccount,
  cast,
  changePaper,
  digestOf,
  financeNeed,
  open,
  read,
  writePaper,
} from './approval.kit.js';
import { codes, oldMember, revisionOf, step, usePaper } from './engine.kit.js';

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
const FINANCE_AND_DELIVERY = financeNeed(1, {
  quorums: [[step('finance', 2, Role.FINANCE_APPROVER), step('delivery', 1, Role.SERVICE_DELIVERY_LEAD)]],
});
/** A vote's row of a person, by the application role, past every rule. */
const forged = (requestId: string, by: Actor, parts: Partial<ApprovalVote> = {}) => [
  insert(ApprovalParticipant, { requestId, round: 1, personId: by.id, part: 'VOTER' }),
  insert(ApprovalVote, {
    id: newId(),
    requestId,
    round: 1,
    requesterId: sofia.actor.id,
    voterId: by.id,
    accountId: by.accountId!,
    part: 'VOTER',
    decision: VoteDecision.APPROVE,
    reason: 'forged',
    digest: digestOf('a'),
    contentRevision: 1,
    castAt: START,
    ...parts,
  }),
];

describe('who may approve', () => {
  it('rule 1: requester, owner and everyone who ever wrote on the content cannot approve', async () => {
    const subjectId = newId();
    await freda.done(writePaper, { subjectId });
    const { id } = await open(world, { subjectId, barred: [femi.actor.id] });
    const asFinance = await oldMember(world, 'two.hats', [Role.FINANCE_APPROVER, Role.SALES_MANAGER]);
    await asFinance.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    await sofia.done(changePaper, { subjectId, letter: 'c', revision: 3 });
    for (const persona of [freda, femi, asFinance])
      expect(codes(await persona.refused(castVote, ballot(id, 'c')))).toEqual(['CONTRIBUTOR']);
    expect(codes(await sofia.refused(castVote, ballot(id, 'c')))).toEqual(['SELF_APPROVAL', 'NOT_ELIGIBLE']);
    expect(codes(await fiona.run(castVote, ballot(id, 'c')).then((r) => ('findings' in r ? r.findings : [])))).toEqual(
      [],
    );
  });

  it('rule 1: who is merged with the requester or a writer is barred too, and their vote counts no longer', async () => {
    const { id, subjectId } = await open(world, { approvers: 1 });
    await freda.done(castVote, ballot(id));
    const expectedRevision = await revisionOf(world, sofia.actor.id);
    await admin.done(mergeMember, { personId: sofia.actor.id, intoPersonId: freda.actor.id, expectedRevision });
    expect(codes(await femi.refused(usePaper, { subjectId }))).toEqual(['NOT_COVERED']);
    expect(codes(await freda.refused(castVote, ballot(id)))).toContain('SELF_APPROVAL');
  });

  it('rule 1: the database itself refuses requester and contributor', async () => {
    const { id } = await open(world, { barred: [freda.actor.id] });
    expect(await attempt(suite, world, forged(id, sofia.actor))).toBe('approval_participant_pkey');
    expect(await attempt(suite, world, forged(id, sofia.actor).slice(1))).toBe('approval_vote_not_requester');
    expect(await attempt(suite, world, forged(id, freda.actor))).toBe('approval_participant_pkey');
    expect(await attempt(suite, world, forged(id, freda.actor).slice(1))).toBe('approval_vote_participant');
  });

  it('rule 2: two accounts, two records or two roles of one person are one person', async () => {
    const { id, subjectId } = await open(world);
    await freda.done(castVote, ballot(id));
    const second = await byAccount(suite, world, 'freda.finance', 1);
    expect(codes(await second.refused(castVote, ballot(id)))).toEqual(['ALREADY_VOTED']);
    await femi.done(castVote, ballot(id));
    expect(await stateOf(id)).toBe(ApprovalState.APPROVED);
    await admin.done(mergeMember, { personId: femi.actor.id, intoPersonId: freda.actor.id, expectedRevision: 1 });
    expect(codes(await sofia.refused(usePaper, { subjectId }))).toEqual(['NOT_COVERED']);
  });

  it('rule 2: service accounts and API keys never count, in the engine and in the database', async () => {
    const { id } = await open(world);
    const keyId = await admin.done(createApiKey, { name: 'Key', scopes: ['handoffs:read'], days: 1 });
    const actor: Actor = { ...freda.actor, kind: 'SERVICE', id: keyId, accountId: null, scopes: ['handoffs:read'] };
    await expect(world.acting(actor).run(castVote, ballot(id), newId())).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await attempt(suite, world, forged(id, { ...freda.actor, accountId: null }))).toBe('23502');
    expect(await attempt(suite, world, forged(id, { ...freda.actor, accountId: femi.actor.accountId }))).toBe(
      'approval_vote_account',
    );
    expect(await attempt(suite, world, forged(id, { ...freda.actor, id: newId() }))).toMatch(/person_id_fkey$/);
  });
});

describe('steps', () => {
  it('rule 3: k of n in each group, and one person satisfies one step only', async () => {
    const both = await oldMember(world, 'both.hats', [Role.FINANCE_APPROVER, Role.SERVICE_DELIVERY_LEAD]);
    const { id } = await open(world, { need: FINANCE_AND_DELIVERY });
    await both.done(castVote, ballot(id));
    await freda.done(castVote, ballot(id));
    expect(await stateOf(id)).toBe(ApprovalState.PENDING);
    // Whichever seat the one with two roles had, it is given up for the one that the third can take.
    await femi.done(castVote, ballot(id));
    expect(await stateOf(id)).toBe(ApprovalState.APPROVED);
  });

  it('rule 3: three of finance are none of delivery', async () => {
    const { id } = await open(world, { need: FINANCE_AND_DELIVERY });
    for (const persona of [freda, femi, fiona]) await persona.done(castVote, ballot(id));
    expect(await stateOf(id)).toBe(ApprovalState.PENDING);
    const { data } = await leah.graphql(
      'query ($id: ID!) { approvalRequest(id: $id) { state missingApprovals steps { name missing candidates { handle } } } }',
      { id },
    );
    expect(data!.approvalRequest.steps).toMatchObject([
      { name: 'finance', missing: 0 },
      { name: 'delivery', missing: 1, candidates: [{ handle: 'leah.lead' }, { handle: 'liam.lead' }] },
    ]);
    await leah.done(castVote, ballot(id));
    expect(await stateOf(id)).toBe(ApprovalState.APPROVED);
  });
});

describe('who may no longer', () => {
  const approved = async () => {
    const request = await open(world);
    for (const persona of [freda, femi]) await persona.done(castVote, ballot(request.id));
    return request;
  };
  const covers = async (subjectId: string): Promise<boolean> =>
    (await sofia.run(usePaper, { subjectId, need: financeNeed(2) })).kind === 'done';

  it('rule 10: a vote whose voter lost the role stays in history and counts no longer', async () => {
    const { id, subjectId } = await approved();
    await admin.done(revokeRole, { personId: freda.actor.id, role: Role.FINANCE_APPROVER, expectedRevision: 1 });
    expect(await covers(subjectId)).toBe(false);
    const votes = await world.rows('select 1 from approval_vote where tenant_id = $1 and request_id = $2', [id]);
    expect(votes).toHaveLength(2);
  });

  it('rule 10: nor one whose voter is suspended, until they are back', async () => {
    const { subjectId } = await approved();
    await admin.done(suspendMember, { personId: femi.actor.id, expectedRevision: 1 });
    expect(await covers(subjectId)).toBe(false);
    await admin.done(reinstateMember, { personId: femi.actor.id, expectedRevision: 2 });
    expect(await covers(subjectId)).toBe(true);
  });

  it('rule 10: nor one whose voter has left the tenant for good', async () => {
    const { id, subjectId } = await approved();
    const leaving = { personId: femi.actor.id, reason: ErasureReason.NO_LONGER_NEEDED, expectedRevision: 1 };
    await admin.done(erasePerson, leaving);
    expect(await covers(subjectId)).toBe(false);
    await expect(femi.run(castVote, ballot(id))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const votes = await world.rows('select voter_id from approval_vote where tenant_id = $1 and request_id = $2', [id]);
    expect(votes).toContainEqual({ voter_id: femi.actor.id });
  });

  it('rule 10: before the quorum is reached it is counted anew with every vote', async () => {
    const { id } = await open(world);
    await freda.done(castVote, ballot(id));
    await admin.done(suspendMember, { personId: freda.actor.id, expectedRevision: 1 });
    await femi.done(castVote, ballot(id));
    expect(await stateOf(id)).toBe(ApprovalState.PENDING);
    await fiona.done(castVote, ballot(id));
    expect(await stateOf(id)).toBe(ApprovalState.APPROVED);
  });
});
