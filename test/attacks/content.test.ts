import { castVote } from '../../src/approval/approval.commands.js';
import { ConfigurationVersion } from '../../src/catalogue/configuration-version.entity.js';
import { selectRequired } from '../../src/core/statement.js';
import { enactConfiguration } from '../../src/governance/enact.command.js';
import { proposeConfiguration } from '../../src/governance/propose.command.js';
import { Role } from '../../src/identity/roles.js';
import { ballot, cast, changePaper, count, open, read } from '../command/approval.kit.js';
import { usePaper } from '../command/engine.kit.js';
import { ask, ballotOn, bring, passMargin, plainPolicy } from '../command/exception.kit.js';
import type { Persona, World } from '../kit/world.js';
import { type Arena, attack, openArena, type Run } from './attack.kit.js';

let arena: Arena;
let world: World;
let freda: Persona;
let femi: Persona;
let sofia: Persona;
beforeAll(async () => {
  arena = await openArena();
  world = await arena.tenant();
  ({ freda, femi, sofia } = await cast(world));
}, 120_000);
afterAll(() => arena.close());

const stage = () => arena;
async function request(run: Run, approvers: number): Promise<{ id: string; subjectId: string }> {
  const opened = await open(world, { approvers }, run.by(sofia));
  run.requests.push(opened.id);
  return opened;
}
const vote = (run: Run, persona: Persona, id: string, letter = 'a') => {
  const by = run.by(persona);
  return () => by.run(castVote, ballot(id, letter));
};
const change = (run: Run, persona: Persona, subjectId: string, letter: string, revision: number) => {
  const by = run.by(persona);
  return () => by.run(changePaper, { subjectId, letter, revision });
};
const use = (run: Run, subjectId: string, letter: string, revision: number) => {
  const by = run.by(sofia);
  return () => by.run(usePaper, { subjectId, letter, revision });
};

attack('A5: the content is edited between two approvals', stage, async (run) => {
  const { id, subjectId } = await request(run, 2);
  const editor = run.pick([sofia, femi]);
  await run.race(
    vote(run, freda, id),
    change(run, editor, subjectId, 'b', 2),
    vote(run, femi, id),
    use(run, subjectId, 'a', 1),
  );
  const late = [
    vote(run, freda, id, 'a'),
    vote(run, femi, id, 'b'),
    use(run, subjectId, 'a', 1),
    use(run, subjectId, 'b', 2),
  ];
  const [stale] = await run.race(...late);
  const old = await world.rows(
    "select 1 from approval_vote where tenant_id = $1 and request_id = $2 and round = 2 and digest like 'a%'",
    [id],
  );
  const uses = await world.rows(
    'select u.used_at, r.opened_at from approval_use u join approval_round r on r.tenant_id = $1 and r.request_id = u.request_id and r.round = 2 where u.tenant_id = $1 and u.request_id = $2 and u.round = 1 and u.used_at > r.opened_at',
    [id],
  );
  return [
    ...(stale === 'done' ? ['a vote on old content was taken'] : []),
    ...(old.length === 0 ? [] : ['an old digest counts for new content']),
    ...(uses.length === 0 ? [] : ['old content was passed after it was changed']),
  ];
});

attack('A6: the content is edited and changed back', stage, async (run) => {
  const { id, subjectId } = await request(run, 2);
  await run.race(vote(run, freda, id), ...(run.chance() < 0.5 ? [vote(run, femi, id)] : []));
  await run.outcome(change(run, sofia, subjectId, 'b', 2));
  // The digest is the old one again, the revision is not: what was voted before is worth nothing.
  await run.race(change(run, sofia, subjectId, 'a', 3), use(run, subjectId, 'a', 1), vote(run, femi, id, 'b'));
  const before = await count(world, 'approval_grant', id);
  await run.race(use(run, subjectId, 'a', 3), use(run, subjectId, 'a', 1), use(run, subjectId, 'b', 2));
  const used = await world.rows('select 1 from approval_use where tenant_id = $1 and request_id = $2', [id]);
  const ended = await run.race(vote(run, freda, id, 'a'), vote(run, femi, id, 'a'), use(run, subjectId, 'a', 3));
  const both = ended[0] === 'done' && ended[1] === 'done';
  return [
    ...(used.length === 0 ? [] : [`passed by votes on former content (${before} grants)`]),
    ...(both ? [] : [`the same people could not vote on it anew: ${ended.join()}`]),
  ];
});

attack('A8: approval and a change of policy race', stage, async (run) => {
  // A tenant of its own: one of finance is enough, until the change asks for two.
  const own = await arena.tenant((configuration) => plainPolicy(configuration));
  const [sales, admin, second] = [
    await own.as('sofia.sales'),
    await own.as(Role.REVOPS_ADMIN),
    await own.as(Role.REVOPS_ADMIN, 1),
  ];
  const [approver, other] = [await own.as('freda.finance'), await own.as('femi.finance')];
  const handoffId = await bring(run.by(sales), { id: 1, price: 1000, cost: 760 });
  const requestId = await ask(own, run.by(sales), handoffId);
  run.requests.push(requestId);
  own.configuration.approvalPolicy.marginException.below = { approvers: 2, roles: ['FINANCE_APPROVER'] };
  const payload = JSON.stringify(own.configuration);
  const versionId = await run.by(admin).done(proposeConfiguration, { payload, effectiveFrom: null });
  const [asked] = await own.rows('select id from approval_request where tenant_id = $1 and subject_id = $2', [
    versionId,
  ]);
  await run.by(second).done(castVote, await ballotOn(own, asked!.id as string));
  const { version } = await own.read({ version: selectRequired(ConfigurationVersion, versionId) });
  const ballotNow = await ballotOn(own, requestId);
  const pass = () => run.by(sales).run(passMargin, { handoffId });
  const enact = run.by(admin);
  const enacting = () => enact.run(enactConfiguration, { versionId, digest: version.digest });
  const approving = () => run.by(approver).run(castVote, ballotNow);
  let overtaken = false;
  if (run.chance() < 0.5) await run.race(approving, enacting, pass, pass);
  else {
    await run.outcome(approving);
    const ended = await run.between(sales, (by) => by.run(passMargin, { handoffId }), enacting);
    overtaken = ended.overtaken && ended.first === 'done';
  }
  await run.race(pass, () => run.by(other).run(castVote, ballotNow));
  const [bad] = await own.rows(
    `select (select count(*)::int from approval_vote w where w.tenant_id = $1 and w.request_id = u.request_id and w.cast_at <= u.used_at) as votes
      from approval_use u join configuration_version v on v.tenant_id = $1 and v.id = $3 and v.state = 'EFFECTIVE' and v.effective_from < u.used_at
      where u.tenant_id = $1 and u.request_id = $2`,
    [requestId, versionId],
  );
  const { state } = await read(own, requestId);
  run.count(`ends ${state}`);
  return [
    ...(overtaken ? ['the policy changed between check and commit'] : []),
    ...(bad && (bad.votes as number) < 2 ? ['passed by one where the policy of the moment asks for two'] : []),
  ];
});
