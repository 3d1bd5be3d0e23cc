import { insert } from '../../src/core/statement.js';
import { newId } from '../../src/core/id.js';
import { castVote, withdrawRequest } from '../../src/approval/approval.commands.js';
import { contributorsOf, grantQueries, requestsOf } from '../../src/approval/approval.queries.js';
import { barFromRounds } from '../../src/approval/approval.effects.js';
import { coveringGrant } from '../../src/approval/grant.rules.js';
import { standingOf } from '../../src/approval/standing.rules.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { ApprovalParticipant, ApprovalVote, VoteDecision } from '../../src/approval/vote.entity.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { mergeMember } from '../../src/identity/member.commands.js';
import { revokeRole } from '../../src/identity/role.commands.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import {
  askApproval,
  attempt,
  ballot,
  byAccount,
  cast,
  changePaper,
  count,
  digestOf,
  financeNeed,
  KIND,
  open,
  read,
  subjectOf,
  writePaper,
} from './approval.kit.js';

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

const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);
const live = async (subjectId: string, letter: string, revision: number) => {
  const subject = subjectOf(subjectId);
  const { people, merged, ...known } = await world.read({ requests: requestsOf(subject), ...grantQueries(subject) });
  const facts = { ...known, standing: standingOf(people, merged) };
  const about = { kind: KIND, digest: digestOf(letter), contentRevision: revision };
  return coveringGrant(facts, { ...about, need: financeNeed(1), breakGlass: null }, suite.clock.at) !== null;
};

describe('voting', () => {
  it('grants with the second person, once', async () => {
    const { id, subjectId } = await open(world);
    await freda.done(castVote, ballot(id));
    expect(await read(world, id)).toMatchObject({ state: ApprovalState.PENDING, revision: 1 });
    expect(await live(subjectId, 'a', 1)).toBe(false);
    await femi.done(castVote, ballot(id));
    expect(await read(world, id)).toMatchObject({ state: ApprovalState.APPROVED, revision: 2, decidedAt: START });
    expect(await live(subjectId, 'a', 1)).toBe(true);
    expect(codes(await fiona.refused(castVote, ballot(id)))).toEqual(['NOT_PENDING']);
    expect(await count(world, 'approval_grant', id)).toBe(1);
  });

  it('refuses the requester, and keeps the refusal', async () => {
    const { id } = await open(world);
    expect(codes(await sofia.refused(castVote, ballot(id)))).toEqual(['SELF_APPROVAL', 'NOT_ELIGIBLE']);
    const rows = await world.rows(
      "select content from ledger_entry where tenant_id = $1 and action = 'castVote' and outcome = 'REFUSED' and subject_id = $2",
      [id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.content).toContain('SELF_APPROVAL');
  });

  it('counts a person with two accounts once', async () => {
    const { id } = await open(world);
    await freda.done(castVote, ballot(id));
    const other = await byAccount(suite, world, 'freda.finance', 1);
    expect(other.actor.accountId).not.toBe(freda.actor.accountId);
    expect(codes(await other.refused(castVote, ballot(id)))).toEqual(['ALREADY_VOTED']);
  });

  it('counts two records of one human once, whichever votes first', async () => {
    const admin = await world.as(Role.REVOPS_ADMIN);
    const { id } = await open(world);
    await femi.done(castVote, ballot(id));
    await admin.done(mergeMember, { personId: femi.actor.id, intoPersonId: freda.actor.id, expectedRevision: 1 });
    expect(codes(await freda.refused(castVote, ballot(id)))).toEqual(['ALREADY_VOTED']);
    suite.clock.advanceHours(24);
    const second = await open(world);
    // Signs in by the account of the record that was merged a cool-down ago: the vote names that record, the count the human.
    await (await byAccount(suite, world, 'femi.finance', 0)).done(castVote, ballot(second.id));
    expect(codes(await freda.refused(castVote, ballot(second.id)))).toEqual(['ALREADY_VOTED']);
    await fiona.done(castVote, ballot(second.id));
    expect(await read(world, second.id)).toMatchObject({ state: ApprovalState.APPROVED });
  });

  it('stops counting a vote whose voter lost the role', async () => {
    const admin = await world.as(Role.REVOPS_ADMIN);
    const { id } = await open(world);
    await freda.done(castVote, ballot(id));
    await admin.done(revokeRole, { personId: freda.actor.id, role: Role.FINANCE_APPROVER, expectedRevision: 1 });
    await femi.done(castVote, ballot(id));
    expect(await read(world, id)).toMatchObject({ state: ApprovalState.PENDING });
    await fiona.done(castVote, ballot(id));
    expect(await read(world, id)).toMatchObject({ state: ApprovalState.APPROVED });
  });

  it('ends with one rejection', async () => {
    const { id, subjectId } = await open(world, { approvers: 1 });
    await freda.done(castVote, ballot(id, 'a', VoteDecision.REJECT));
    expect(await read(world, id)).toMatchObject({ state: ApprovalState.REJECTED });
    expect(codes(await femi.refused(castVote, ballot(id)))).toEqual(['NOT_PENDING']);
    await sofia.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    expect(await read(world, id)).toMatchObject({ state: ApprovalState.REJECTED, round: 1 });
  });

  it('is not for API keys, whatever their scopes', async () => {
    const { id } = await open(world);
    const admin = await world.as(Role.REVOPS_ADMIN);
    const keyId = await admin.done(createApiKey, { name: 'Key', scopes: ['handoffs:read'], days: 1 });
    const service = world.acting({
      kind: 'SERVICE',
      tenantId: world.tenantId,
      id: keyId,
      roles: [Role.INTEGRATOR],
      scopes: ['handoffs:read'],
      authTime: null,
      accountId: null,
    });
    await expect(service.run(castVote, ballot(id), newId())).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('refuses a stale revision and stale content', async () => {
    const { id, subjectId } = await open(world);
    await sofia.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    await expect(freda.run(castVote, { ...ballot(id, 'b'), expectedRevision: 1 })).rejects.toMatchObject({
      code: 'STALE_REVISION',
    });
    expect(codes(await freda.refused(castVote, ballot(id, 'a')))).toEqual(['STALE_CONTENT']);
  });

  it('answers NOT_FOUND for the request of another tenant', async () => {
    const { id } = await open(world);
    const other = await (await suite.tenant()).as('freda.finance');
    await expect(other.run(castVote, ballot(id))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a change of the content', () => {
  it('voids the votes, keeps them, and lets the same people vote again; changed back revives nothing', async () => {
    const { id, subjectId } = await open(world, { approvers: 1 });
    await freda.done(castVote, ballot(id));
    expect(await live(subjectId, 'a', 1)).toBe(true);
    await sofia.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    // A new round needs the policy's most, whatever the first one needed.
    expect(await read(world, id)).toMatchObject({
      state: ApprovalState.PENDING,
      round: 2,
      need: financeNeed(2),
      decidedAt: null,
    });
    await sofia.done(changePaper, { subjectId, letter: 'a', revision: 3 });
    for (const revision of [1, 3]) expect(await live(subjectId, 'a', revision)).toBe(false);
    await femi.done(castVote, ballot(id, 'a'));
    expect(await read(world, id)).toMatchObject({ state: ApprovalState.PENDING, round: 3 });
    await freda.done(castVote, ballot(id, 'a'));
    expect(await live(subjectId, 'a', 3)).toBe(true);
    expect(await count(world, 'approval_vote', id)).toBe(3);
    expect(await count(world, 'approval_grant', id)).toBe(2);
  });

  it('bars the editor from then on, also when content and rounds have moved on', async () => {
    const { id, subjectId } = await open(world);
    await freda.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    await sofia.done(changePaper, { subjectId, letter: 'c', revision: 3 });
    expect(codes(await freda.refused(castVote, ballot(id, 'c')))).toEqual(['CONTRIBUTOR']);
    const again = await open(world, { subjectId: newId() });
    await freda.done(castVote, ballot(again.id));
  });

  it('bars who wrote before any request was open, and whom the domain names', async () => {
    const subjectId = newId();
    await freda.done(writePaper, { subjectId });
    await freda.done(writePaper, { subjectId });
    const { people } = await world.read({ people: contributorsOf(subjectOf(subjectId)) });
    expect(people).toEqual([freda.actor.id]);
    const { id } = await open(world, { subjectId, barred: [femi.actor.id] });
    await sofia.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    for (const persona of [freda, femi])
      expect(codes(await persona.refused(castVote, ballot(id, 'b')))).toEqual(['CONTRIBUTOR']);
  });

  it('leaves what has run out of time as it is', async () => {
    const { id, subjectId } = await open(world, { hours: 2 });
    suite.clock.advanceHours(2);
    await sofia.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    expect(await read(world, id)).toMatchObject({ round: 1 });
  });
});

describe('time', () => {
  it('denies what was not decided, and makes place for a new request', async () => {
    const { id, subjectId } = await open(world, { hours: 2 });
    await freda.done(castVote, ballot(id));
    suite.clock.advanceHours(2);
    expect(codes(await femi.refused(castVote, ballot(id)))).toEqual(['EXPIRED']);
    const next = await open(world, { subjectId, revision: 1 });
    expect(await read(world, id)).toMatchObject({ state: ApprovalState.EXPIRED });
    await freda.done(castVote, ballot(next.id));
  });

  it('ends a grant that was not used', async () => {
    const { subjectId, id } = await open(world, { approvers: 1 });
    await freda.done(castVote, ballot(id));
    suite.clock.advanceHours(79);
    expect(await live(subjectId, 'a', 1)).toBe(true);
    suite.clock.advanceHours(1);
    expect(await live(subjectId, 'a', 1)).toBe(false);
  });

  it('lets the requester alone withdraw, also an approval', async () => {
    const { id, subjectId } = await open(world, { approvers: 1 });
    await freda.done(castVote, ballot(id));
    const sam = await world.as('sam.sales');
    expect(codes(await sam.refused(withdrawRequest, { requestId: id, expectedRevision: 2 }))).toEqual([
      'NOT_REQUESTER',
    ]);
    await sofia.done(withdrawRequest, { requestId: id, expectedRevision: 2 });
    expect(await live(subjectId, 'a', 1)).toBe(false);
    expect(codes(await sofia.refused(withdrawRequest, { requestId: id, expectedRevision: 3 }))).toEqual(['NOT_OPEN']);
  });

  it('has one open request a subject and kind', async () => {
    const { subjectId } = await open(world);
    const ask = { subjectId, approvers: 2, letter: 'a', revision: 1, barred: [], hours: 24 };
    await expect(sofia.run(askApproval, ask)).rejects.toMatchObject({ constraint: 'approval_request_open' });
  });
});

/** A vote of freda's that is in order, but for what is said. */
const ballotRow = (requestId: string, parts: Partial<ApprovalVote> = {}): Partial<ApprovalVote> => ({
  id: newId(),
  requestId,
  round: 1,
  requesterId: sofia.actor.id,
  voterId: freda.actor.id,
  accountId: freda.actor.accountId!,
  part: 'VOTER',
  decision: VoteDecision.APPROVE,
  reason: 'forged',
  digest: digestOf('a'),
  contentRevision: 1,
  castAt: START,
  ...parts,
});
const part = (requestId: string, personId: string, round = 1) =>
  insert(ApprovalParticipant, { requestId, round, personId, part: 'VOTER' });
const both = (requestId: string, parts: Partial<ApprovalVote> = {}) => {
  const row = ballotRow(requestId, parts);
  return [part(requestId, row.voterId!, row.round), insert(ApprovalVote, row)];
};

describe('the database itself, asked as the application role', () => {
  it.each([
    ['a vote in order is accepted', () => ({}), 'accepted'],
    [
      "the requester's",
      () => ({ voterId: sofia.actor.id, accountId: sofia.actor.accountId! }),
      'approval_participant_pkey',
    ],
    ['a forged requester', () => ({ requesterId: fiona.actor.id }), 'approval_vote_requester'],
    ['a forged requester who is the voter', () => ({ requesterId: freda.actor.id }), 'approval_vote_not_requester'],
    ["a service's, as person", () => ({ voterId: newId() }), 'approval_participant_tenant_id_person_id_fkey'],
    ["a service's, without an account", () => ({ accountId: null as never }), '23502'],
    ["with somebody else's account", () => ({ accountId: femi.actor.accountId! }), 'approval_vote_account'],
    ['in the part of a contributor', () => ({ part: 'CONTRIBUTOR' as never }), 'approval_vote_part_check'],
    ['on another digest', () => ({ digest: digestOf('b') }), 'approval_vote_content'],
    ['on another revision', () => ({ contentRevision: 2 }), 'approval_vote_content'],
    ['in another round', () => ({ round: 2 }), 'approval_participant_tenant_id_request_id_round_fkey'],
  ])('%s', async (_what, parts, expected) => {
    const { id } = await open(world);
    expect(await attempt(suite, world, both(id, parts()))).toBe(expected);
  });

  it('refuses the requester without a participant row as well', async () => {
    const { id } = await open(world);
    const own = { voterId: sofia.actor.id, accountId: sofia.actor.accountId! };
    expect(await attempt(suite, world, [insert(ApprovalVote, ballotRow(id, own))])).toBe('approval_vote_not_requester');
  });

  it('refuses a contributor, with and without a participant row', async () => {
    const { id, subjectId } = await open(world, { barred: [freda.actor.id] });
    expect(await attempt(suite, world, both(id))).toBe('approval_participant_pkey');
    expect(await attempt(suite, world, [insert(ApprovalVote, ballotRow(id))])).toBe('approval_vote_participant');
    expect(await attempt(suite, world, [barFromRounds(subjectOf(subjectId), femi.actor.id)])).toBe('accepted');
    expect(await attempt(suite, world, both(id, { voterId: femi.actor.id, accountId: femi.actor.accountId! }))).toBe(
      'approval_participant_pkey',
    );
  });

  it('refuses a second vote', async () => {
    const { id } = await open(world);
    await freda.done(castVote, ballot(id));
    expect(await attempt(suite, world, [insert(ApprovalVote, ballotRow(id))])).toBe('approval_vote_once');
  });

  it('refuses another tenant', async () => {
    const { id } = await open(world);
    const other = await suite.tenant();
    expect(await attempt(suite, other, both(id))).toMatch(/fkey$/);
  });

  it.each([
    'approval_vote',
    'approval_revocation',
    'approval_round',
    'approval_participant',
    'approval_grant',
    'approval_use',
    'contribution',
  ])('never changes or deletes %s', async (table) => {
    expect(
      await attempt(suite, world, [{ text: `update ${table} set tenant_id = $1 where tenant_id = $1`, values: [] }]),
    ).toBe('42501');
    expect(await attempt(suite, world, [{ text: `delete from ${table} where tenant_id = $1`, values: [] }])).toBe(
      '42501',
    );
  });

  it.each(['requester_id', 'pending_hours', 'policy', 'subject_id', 'opened_at'])(
    'never changes %s of a request',
    async (column) => {
      expect(
        await attempt(suite, world, [
          { text: `update approval_request set ${column} = ${column} where tenant_id = $1`, values: [] },
        ]),
      ).toBe('42501');
    },
  );
});
