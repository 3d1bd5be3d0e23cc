import { castVote } from '../../src/approval/approval.commands.js';
import { confirmDelegation, delegateVotes, endDelegation } from '../../src/approval/delegation.commands.js';
import { newId } from '../../src/core/id.js';
import { linkAccount, mergeMember, suspendMember } from '../../src/identity/member.commands.js';
import { TENANT_DIRECTORY } from '../../src/identity/actor.queries.js';
import { confirmRole, grantRole, revokeRole } from '../../src/identity/role.commands.js';
import { Role } from '../../src/identity/roles.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { ballot, cast, count, financeNeed, open } from '../command/approval.kit.js';
import { oldMember, usePaper } from '../command/engine.kit.js';
import type { Persona, World } from '../kit/world.js';
import { type Arena, attack, delegation, openArena, type Run } from './attack.kit.js';

const MINUTE = 60_000;
const RUNS_A_TENANT = 25;

let arena: Arena;
let world: World;
let freda: Persona;
let sofia: Persona;
let ravi: Persona;
let rita: Persona;
let keyId: string;
/** A new tenant with its people: every run leaves members behind. */
async function enter(): Promise<void> {
  world = await arena.tenant();
  ({ freda, sofia } = await cast(world));
  [ravi, rita] = [await world.as('ravi.revops'), await world.as('rita.revops')];
  keyId = await ravi.done(createApiKey, { name: 'Key', scopes: ['handoffs:read'], days: 30 });
}
beforeAll(async () => {
  arena = await openArena();
  await enter();
}, 120_000);
afterAll(() => arena.close());

const MANNER = { renew: { every: RUNS_A_TENANT, stage: enter } };
/** A vote holds every delegation of the tenant: one run at a time, so that who waits for it is who is raced with. */
const ALONE = { ...MANNER, lanes: 1 };
const stage = () => arena;
const FINANCE = [Role.FINANCE_APPROVER];
let people = 0;
/** A new member who has been one for long. */
const member = (roles: readonly Role[] = FINANCE): Promise<Persona> => oldMember(world, `m${++people}`, roles);
/** Opens a request by a requester, sofia unless said otherwise. */
async function request(run: Run, approvers: number, by = sofia): Promise<{ id: string; subjectId: string }> {
  const opened = await open(world, { need: financeNeed(approvers) }, run.by(by));
  run.requests.push(opened.id);
  return opened;
}
const vote = (run: Run, persona: Persona, id: string, onBehalfOf?: string) => {
  const by = run.by(persona);
  const key = persona.actor.kind === 'SERVICE' ? newId() : null;
  return () => by.run(castVote, { ...ballot(id), ...(onBehalfOf ? { onBehalfOf } : {}) }, key);
};
const use = (run: Run, subjectId: string, approvers = 1) => {
  const by = run.by(sofia);
  return () => by.run(usePaper, { subjectId, need: financeNeed(approvers) });
};
const merging = (run: Run, person: Persona, into: Persona) => {
  const by = run.by(ravi);
  const input = { personId: person.actor.id, intoPersonId: into.actor.id, expectedRevision: 1 };
  return () => by.run(mergeMember, input);
};

attack(
  'A3: the requester approves, however disguised',
  stage,
  async (run) => {
    // Somebody who sells and holds the finance role as well, with a second account, and a second record of the same human.
    const asker = await member([Role.SALES_MANAGER, Role.FINANCE_APPROVER]);
    const second = await member();
    const alias = await member();
    await run.outcome(merging(run, second, asker));
    const { id, subjectId } = await request(run, 1, asker);
    const byMerged = world.acting({ ...asker.actor, accountId: second.actor.accountId });
    const byKey = world.acting({
      ...asker.actor,
      kind: 'SERVICE',
      id: keyId,
      accountId: null,
      scopes: ['handoffs:read'],
    });
    const absent = await member();
    await delegation(world, absent, asker, rita);
    const friend = await member([Role.SERVICE_DELIVERY_LEAD]);
    const own = run.by(asker);
    const made = run.by(asker).run(delegateVotes, {
      delegatorId: asker.actor.id,
      delegateId: friend.actor.id,
      fromAt: new Date(Date.now() - MINUTE),
      untilAt: new Date(Date.now() + 60 * MINUTE),
      kinds: null,
      reason: 'Vote for me.',
    });
    const result = await made;
    if (result.kind === 'done')
      await run.outcome(() => run.by(rita).run(confirmDelegation, { delegationId: result.id, expectedRevision: 1 }));
    const ended = await run.race(
      vote(run, asker, id),
      vote(run, byMerged, id),
      vote(run, byKey, id),
      vote(run, asker, id, absent.actor.id),
      vote(run, friend, id, asker.actor.id),
      use(run, subjectId),
    );
    const got = ended.filter((one) => one === 'done');
    // A record that is shown to be theirs only now: its vote may have been cast before, and is worth nothing afterwards.
    await run.race(vote(run, alias, id), merging(run, alias, asker), () => own.run(usePaper, { subjectId }));
    const after = await run.race(use(run, subjectId));
    const used = await world.rows('select 1 from approval_use where tenant_id = $1 and request_id = $2', [id]);
    return [
      ...(got.length === 0 ? [] : [`the requester voted or used it: ${ended.join()}`]),
      ...(after[0] === 'done' && used.length > 0 ? ["the requester's other record approved it"] : []),
    ];
  },
  MANNER,
);

attack(
  'A4: a role is revoked between check and commit',
  stage,
  async (run) => {
    const [one, two] = [await member(), await member()];
    const { id, subjectId } = await request(run, 2);
    const delegate = run.chance() < 0.5 ? await member([Role.SERVICE_DELIVERY_LEAD]) : null;
    const delegationId = delegate ? await delegation(world, two, delegate, rita) : null;
    const first = await run.outcome(vote(run, one, id));
    const gone = run.pick([one, two]);
    const admin = run.by(ravi);
    const himself = run.by(two);
    const revoking = { personId: gone.actor.id, role: Role.FINANCE_APPROVER, expectedRevision: 1 };
    const ending = run.pick([
      () => admin.run(revokeRole, revoking),
      () => admin.run(suspendMember, { personId: gone.actor.id, expectedRevision: 1 }),
      ...(delegationId
        ? [1, 2].map(() => () => himself.run(endDelegation, { delegationId, expectedRevision: 2 }))
        : []),
    ]);
    const ballotOfTwo = { ...ballot(id), ...(delegate ? { onBehalfOf: two.actor.id } : {}) };
    const atVote = run.chance() < 0.5;
    if (!atVote) await run.outcome(() => run.by(delegate ?? two).run(castVote, ballotOfTwo));
    const { first: result, overtaken } = atVote
      ? await run.between(delegate ?? two, (by) => by.run(castVote, ballotOfTwo), ending)
      : await run.between(sofia, (by) => by.run(usePaper, { subjectId, need: financeNeed(2) }), ending);
    const [late] = await run.race(use(run, subjectId, 2));
    return [
      ...(first === 'done' ? [] : [`an eligible vote came to ${first}`]),
      ...(overtaken && result === 'done'
        ? [`a role was taken between check and commit of the ${atVote ? 'vote' : 'use'}`]
        : []),
      ...(late === 'done' ? ['used after a role was taken'] : []),
    ];
  },
  ALONE,
);

attack(
  'A12: two approvers become one while both their votes are counted',
  stage,
  async (run) => {
    const [one, two] = [await member(), await member()];
    const { id, subjectId } = await request(run, 2);
    const [person, into] = run.chance() < 0.5 ? [one, two] : [two, one];
    await run.race(
      vote(run, one, id),
      vote(run, two, id),
      merging(run, person, into),
      use(run, subjectId, 2),
      use(run, subjectId, 2),
    );
    const [late] = await run.race(use(run, subjectId, 2));
    // The two records are one human: somebody else has to vote, and then it may pass.
    await run.race(vote(run, freda, id), vote(run, run.pick([one, two]), id));
    return late === 'done' ? ['used when both were one'] : [];
  },
  MANNER,
);

attack(
  'A14: a suspended member votes with a token that still lives',
  stage,
  async (run) => {
    const [one, two] = [await member(), await member()];
    const { id, subjectId } = await request(run, 2);
    await run.outcome(vote(run, one, id));
    const admin = run.by(ravi);
    const gone = run.pick([one, two]);
    const ended = await run.race(
      () => admin.run(suspendMember, { personId: gone.actor.id, expectedRevision: 1 }),
      vote(run, two, id),
      use(run, subjectId, 2),
    );
    const votes = await count(world, 'approval_vote', id);
    const again = await open(world, { need: financeNeed(1) }, run.by(sofia));
    run.requests.push(again.id);
    const live = await run.race(vote(run, gone, again.id), vote(run, gone, again.id));
    const [late] = await run.race(use(run, subjectId, 2));
    return [
      ...(ended[0] === 'done' ? [] : [`the suspension came to ${ended[0]}`]),
      ...(live.every((one_) => one_ === 'FORBIDDEN') ? [] : [`a suspended member votes: ${live.join()}`]),
      ...(late === 'done' ? [`used with ${votes} votes after a suspension`] : []),
    ];
  },
  MANNER,
);

/** An approver of long standing by an account that an administrator links to their record, and a merge of both. */
async function disguised(run: Run, admin: Persona) {
  const { actor } = await member();
  const by = run.by(admin);
  const subject = newId();
  await by.run(linkAccount, { personId: actor.id, issuer: TENANT_DIRECTORY, subject, expectedRevision: 1 });
  const [account] = await world.rows('select id from account where tenant_id = $1 and subject = $2', [subject]);
  const pair = [admin.actor.id, actor.id] as const;
  const [personId, intoPersonId] = run.chance() < 0.5 ? pair : [pair[1], pair[0]];
  const expectedRevision = personId === actor.id ? 2 : 1;
  return {
    asApprover: world.acting({ ...actor, accountId: account!.id as string }),
    merge: () => by.run(mergeMember, { personId, intoPersonId, expectedRevision }),
  };
}

attack(
  'A15: an administrator gives the role to a friend',
  stage,
  async (run) => {
    const requester = await member([Role.SALES_MANAGER, Role.REVOPS_ADMIN]);
    const friend = await member([Role.SERVICE_DELIVERY_LEAD]);
    const giver = run.pick([requester, ravi]);
    const confirmer = run.pick([null, requester, ravi, rita]);
    const { id, subjectId } = await request(run, 1, requester);
    const role = { personId: friend.actor.id, role: Role.FINANCE_APPROVER };
    const given = await run.outcome(() => run.by(giver).run(grantRole, { ...role, expectedRevision: 1 }));
    const confirm = confirmer ? [() => run.by(confirmer).run(confirmRole, { ...role, expectedRevision: 2 })] : [];
    const itself = run.by(requester);
    // Or becomes one: by an account of their own on an approver's record, or by a merge with it.
    const disguise = await disguised(run, requester);
    const becoming = await run.race(vote(run, disguise.asApprover, id), disguise.merge);
    await run.race(
      ...confirm,
      vote(run, friend, id),
      () => itself.run(castVote, ballot(id)),
      () => itself.run(grantRole, { personId: requester.actor.id, role: role.role, expectedRevision: 1 }),
      use(run, subjectId),
    );
    const last = await run.race(vote(run, friend, id), vote(run, disguise.asApprover, id));
    const isOutside = giver === ravi && confirmer === rita;
    const votes = await count(world, 'approval_vote', id);
    run.count(isOutside ? 'confirmed from outside' : 'from the circle');
    return [
      ...(becoming.includes('done') ? [`the administrator became an approver: ${becoming.join()}`] : []),
      ...(given === 'done' ? [] : [`the role was not given: ${given}`]),
      ...(isOutside === (votes === 1) ? [] : [`${votes} votes by a role of this minute, last ${last.join()}`]),
    ];
  },
  MANNER,
);
