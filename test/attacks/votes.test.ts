import { castVote, revokeVote, withdrawRequest } from '../../src/approval/approval.commands.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { VoteDecision } from '../../src/approval/vote.entity.js';
import { newId } from '../../src/core/id.js';
import { ballot, cast, count, open, read } from '../command/approval.kit.js';
import { usePaper } from '../command/engine.kit.js';
import type { Persona, World } from '../kit/world.js';
import { type Arena, attack, openArena, type Run } from './attack.kit.js';

let arena: Arena;
let world: World;
let freda: Persona;
let femi: Persona;
let fiona: Persona;
let sofia: Persona;
beforeAll(async () => {
  arena = await openArena();
  world = await arena.tenant();
  ({ freda, femi, fiona, sofia } = await cast(world));
}, 120_000);
afterAll(() => arena.close());

const stage = () => arena;
/** Opens a request on the database's clock, by one of the processes. */
async function request(run: Run, approvers: number): Promise<{ id: string; subjectId: string }> {
  const opened = await open(world, { approvers }, run.by(sofia));
  run.requests.push(opened.id);
  return opened;
}
const vote = (run: Run, persona: Persona, id: string, decision = VoteDecision.APPROVE) => {
  const by = run.by(persona);
  return () => by.run(castVote, ballot(id, 'a', decision));
};
const use = (run: Run, subjectId: string) => {
  const by = run.by(sofia);
  return () => by.run(usePaper, { subjectId });
};
/** Whether a request that is open still ends: its requester takes it back. */
async function end(run: Run, id: string): Promise<string[]> {
  const { state, revision } = await read(world, id);
  if (state !== ApprovalState.PENDING && state !== ApprovalState.APPROVED) return [];
  const ended = await run.outcome(() =>
    run.by(sofia).run(withdrawRequest, { requestId: id, expectedRevision: revision }),
  );
  return ended === 'done' ? [] : [`stuck: ${state} and ${ended}`];
}

attack('A1: two approvers race', stage, async (run) => {
  const { id, subjectId } = await request(run, 2);
  const third = run.chance() < 0.4 ? [vote(run, fiona, id)] : [];
  const votes = [vote(run, freda, id), vote(run, femi, id), ...third];
  const ended = await run.race(...votes, use(run, subjectId), use(run, subjectId));
  const accepted = ended.slice(0, votes.length).filter((one) => one === 'done').length;
  const [votesKept, grants] = [await count(world, 'approval_vote', id), await count(world, 'approval_grant', id)];
  await run.race(use(run, subjectId), use(run, subjectId));
  const { state } = await read(world, id);
  return [
    ...(accepted === 2 && votesKept === 2 && grants === 1
      ? []
      : [`${accepted} votes, ${votesKept} kept, ${grants} grants`]),
    ...(state === ApprovalState.USED ? [] : [`two voted and it is ${state}`]),
  ];
});

attack('A2: one approver double-clicks fifty times', stage, async (run) => {
  const { id, subjectId } = await request(run, 2);
  const key = run.chance() < 0.5 ? newId() : null;
  const clicks = Array.from({ length: 50 }, () => {
    const by = run.by(freda);
    return () => by.run(castVote, ballot(id), key);
  });
  const ended = await run.race(...clicks, use(run, subjectId));
  const done = ended.filter((one) => one === 'done').length;
  const kept = await count(world, 'approval_vote', id);
  const { state } = await read(world, id);
  return [
    // With one key every click gets the answer of the one vote; without, the others are refused. Busy is told as busy.
    ...(kept === 1 && (key ? done >= 1 : done === 1) ? [] : [`${done} done, ${kept} votes`]),
    ...(state === ApprovalState.PENDING ? [] : [`one of two approved it: ${state}`]),
    ...(await end(run, id)),
  ];
});

attack('A7: approve and cancel race', stage, async (run) => {
  const { id, subjectId } = await request(run, run.pick([1, 2]));
  const { revision } = await read(world, id);
  const [cancel, back] = [run.by(sofia), run.by(freda)];
  const expectedRevision = run.pick([revision, revision + 1, revision + 2]);
  await run.race(
    vote(run, freda, id),
    vote(run, femi, id),
    () => cancel.run(withdrawRequest, { requestId: id, expectedRevision }),
    () => back.run(revokeVote, { requestId: id, reason: 'I was wrong.', expectedRevision: revision }),
    use(run, subjectId),
    use(run, subjectId),
  );
  return end(run, id);
});

attack('A9: a captured vote is replayed after rejection or expiry', stage, async (run) => {
  const byTime = run.chance() < 0.5;
  const opened = byTime ? await open(world, { approvers: 2, lastsMs: 60 }, run.by(sofia)) : await request(run, 2);
  if (byTime) run.requests.push(opened.id);
  const { id, subjectId } = opened;
  const key = newId();
  const captured = ballot(id);
  await run.outcome(() => run.by(freda).run(castVote, captured, key));
  if (byTime) await new Promise((resolve) => setTimeout(resolve, 65));
  else await run.outcome(vote(run, femi, id, VoteDecision.REJECT));
  const before = await count(world, 'approval_vote', id);
  const replays = [freda, femi, fiona].flatMap((persona) =>
    [key, newId(), null].map((own) => {
      const by = run.by(persona);
      return () => by.run(castVote, captured, own);
    }),
  );
  await run.race(...replays, use(run, subjectId));
  const { state } = await read(world, id);
  return [
    ...((await count(world, 'approval_vote', id)) === before ? [] : ['a replay was counted']),
    ...((await count(world, 'approval_grant', id)) === 0 ? [] : ['a replay granted']),
    ...(state === (byTime ? ApprovalState.PENDING : ApprovalState.REJECTED) ? [] : [`it is ${state}`]),
  ];
});

attack('A10: one idempotency key, other bodies', stage, async (run) => {
  const { id, subjectId } = await request(run, 1);
  const other = await request(run, 1);
  const key = newId();
  const bodies = [
    ballot(id),
    ballot(id, 'a', VoteDecision.REJECT),
    ballot(other.id),
    { ...ballot(id), reason: 'Else.' },
  ];
  const ended = await run.race(
    ...bodies.map((body) => {
      const by = run.by(freda);
      return () => by.run(castVote, body, key);
    }),
    use(run, subjectId),
  );
  const done = ended.slice(0, bodies.length).filter((one) => one === 'done').length;
  const kept = (await count(world, 'approval_vote', id)) + (await count(world, 'approval_vote', other.id));
  return [
    ...(done === 1 && kept === 1 ? [] : [`${done} bodies took effect, ${kept} votes kept`]),
    ...(await end(run, id)),
    ...(await end(run, other.id)),
  ];
});
