import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { castVote } from '../../src/approval/approval.commands.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { newId } from '../../src/core/id.js';
import { ballot, cast, count, open, read } from '../command/approval.kit.js';
import { usePaper } from '../command/engine.kit.js';
import { Persona, type World } from '../kit/world.js';
import { type Arena, attack, openArena, openProcess, type Run, RUNS } from './attack.kit.js';
import { CrashProxy, type Cut } from './crash-proxy.js';

/** Requests whose votes are under way when a process is killed. */
const BATCH = 10;
const TRIES = 20;

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
async function request(run: Run): Promise<{ id: string; subjectId: string }> {
  const opened = await open(world, { approvers: 2 }, run.by(sofia));
  run.requests.push(opened.id);
  return opened;
}

/** Sends a vote by healthy processes until it is answered, always under its key; what is wrong when it never is. */
async function again(run: Run, persona: Persona, requestId: string, key: string): Promise<string[]> {
  let ended = '';
  for (let tries = 0; tries < TRIES; tries += 1) {
    ended = await run.outcome(() => run.by(persona).run(castVote, ballot(requestId), key));
    if (ended === 'done') return [];
    if (ended !== 'UNAVAILABLE' && ended !== 'BUSY') break;
  }
  return [`a vote that was cut off comes to ${ended} when it is sent again`];
}

/** What must stand after two people's votes have arrived, however often they were sent. */
async function settled(run: Run, { id, subjectId }: { id: string; subjectId: string }): Promise<string[]> {
  const use = run.by(sofia);
  const ended = await run.race(
    () => use.run(usePaper, { subjectId }),
    () => use.run(usePaper, { subjectId }),
  );
  const kept = [await count(world, 'approval_vote', id), await count(world, 'approval_grant', id)];
  const { state } = await read(world, id);
  return [
    ...(kept.join() === '2,1' ? [] : [`${kept.join(' votes, ')} grants`]),
    ...(state === ApprovalState.USED && ended.includes('done') ? [] : [`it is ${state} after ${ended.join()}`]),
  ];
}

attack('A11: a process crashes between approval and commit, or between commit and response', stage, async (run) => {
  const opened = await request(run);
  const key = newId();
  const cut = run.pick<Cut>(['before commit', 'after commit', 'anywhere']);
  const proxy = await CrashProxy.open(arena.suite.appUrl, cut, 200 + run.chance() * 6_000);
  const doomed = openProcess(arena.suite, { url: proxy.url });
  const lost = new Persona({ ...arena.suite, ...doomed }, freda.actor);
  const first = await run.outcome(() => lost.run(castVote, ballot(opened.id), key));
  const wasCut = proxy.hasCut;
  run.count(`cut ${wasCut ? cut : 'never'}`);
  await doomed.gateway.end();
  await proxy.close();
  const wrong = [
    ...(await again(run, freda, opened.id, key)),
    ...(await again(run, femi, opened.id, newId())),
    ...(await settled(run, opened)),
  ];
  return wasCut === (first === 'UNAVAILABLE') ? wrong : [...wrong, `cut: ${wasCut}, and told ${first}`];
});

/** Starts an API process of its own and waits until it is there. */
async function start(): Promise<ChildProcessByStdio<Writable, Readable, null>> {
  const child = spawn(process.execPath, [resolve('test/attacks/crash-child.mjs'), arena.suite.appUrl], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write('ready?\n');
  await new Promise<void>((ready, failed) => {
    child.stdout.once('data', () => ready());
    child.once('exit', (code) => failed(new Error(`The process ended with ${code} before it was ready`)));
  });
  return child;
}

attack(
  'A11: kill -9 while votes are under way',
  stage,
  async (run) => {
    const child = await start();
    const opened = await Promise.all(Array.from({ length: BATCH }, () => request(run)));
    const sent = opened.flatMap(({ id }) => [freda, femi].map((persona) => ({ id, persona, key: newId() })));
    const gone = new Promise((ended) => child.once('exit', ended));
    let answers = 0;
    child.stdout.on('data', (text: Buffer) => {
      answers += text.toString().split('\n').length - 1;
    });
    for (const { id, persona, key } of sent)
      child.stdin.write(`${JSON.stringify({ actor: persona.actor, input: ballot(id), key })}\n`);
    await new Promise((later) => setTimeout(later, run.chance() * 120));
    child.kill('SIGKILL');
    await gone;
    run.count(answers === sent.length ? 'killed after all answers' : 'killed with votes under way');
    const wrong: string[] = [];
    for (const { id, persona, key } of sent) wrong.push(...(await again(run, persona, id, key)));
    for (const one of opened) wrong.push(...(await settled(run, one)));
    return wrong;
  },
  { runs: Math.ceil(RUNS / BATCH) },
);
