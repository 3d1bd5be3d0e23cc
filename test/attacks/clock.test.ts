import { castVote } from '../../src/approval/approval.commands.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import type { CommandResult } from '../../src/core/command.js';
import { ballot, cast, changePaper, open, read } from '../command/approval.kit.js';
import { usePaper } from '../command/engine.kit.js';
import type { Persona, World } from '../kit/world.js';
import { type Arena, attack, openArena, type Run } from './attack.kit.js';

const HOUR = 3_600_000;

// Ids of processes whose clocks are wrong by up to an hour: nothing may be decided by their order.
jest.mock('../../src/core/id.js', () => {
  const { v7 } = jest.requireActual<{ v7: (options: { msecs: number }) => string }>('uuid');
  return { newId: () => v7({ msecs: Math.floor(Date.now() + (Math.random() * 2 - 1) * 3_600_000) }) };
});

let arena: Arena;
let world: World;
let freda: Persona;
let femi: Persona;
let sofia: Persona;
beforeAll(async () => {
  arena = await openArena();
  world = await arena.tenant();
  ({ freda, femi, sofia } = await cast(world));
  const right = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => right() + (Math.random() * 2 - 1) * HOUR);
}, 120_000);
afterAll(async () => {
  jest.restoreAllMocks();
  await arena.close();
});

/** The database's time: the one that decides. */
async function present(): Promise<Date> {
  const [row] = await arena.processes[0]!.gateway.global("select date_trunc('milliseconds', clock_timestamp()) as now");
  return row!.now as Date;
}

/** A vote, and what is wrong with its answer by the database's clock. */
function timed(run: Run, persona: Persona, id: string, decideBy: Date, wrong: string[]): () => Promise<CommandResult> {
  const by = run.by(persona);
  return async () => {
    const before = await present();
    const result = await by.run(castVote, ballot(id));
    const after = await present();
    if (result.kind === 'done' && before >= decideBy) wrong.push('a vote after the deadline');
    if (result.kind === 'refused' && result.findings[0]!.code === 'EXPIRED' && after < decideBy)
      wrong.push('denied before the deadline');
    return result;
  };
}

attack(
  'A13: application clocks are wrong by an hour at expiry',
  () => arena,
  async (run) => {
    const wrong: string[] = [];
    const lastsMs = Math.ceil(20 + run.chance() * 60);
    const { id, subjectId } = await open(world, { approvers: 2, lastsMs }, run.by(sofia));
    run.requests.push(id);
    const { decideBy } = await read(world, id);
    const use = run.by(sofia);
    await run.race(timed(run, freda, id, decideBy, wrong), timed(run, femi, id, decideBy, wrong), () =>
      use.run(usePaper, { subjectId }),
    );
    return wrong;
  },
);

attack(
  'A13: a later request is the later one, whatever the clock that made its id',
  () => arena,
  async (run) => {
    const first = await open(world, { approvers: 1 }, run.by(sofia));
    const { subjectId } = first;
    await run.outcome(() => run.by(freda).run(castVote, ballot(first.id)));
    await run.outcome(() => run.by(sofia).run(usePaper, { subjectId }));
    const second = await open(world, { approvers: 1, subjectId }, run.by(sofia));
    run.requests.push(first.id, second.id);
    const change = run.by(sofia);
    await run.outcome(() => change.run(changePaper, { subjectId, letter: 'b', revision: 2 }));
    const [former, later] = [await read(world, first.id), await read(world, second.id)];
    return [
      ...(former.state === ApprovalState.USED && former.round === 1 ? [] : [`the former request is ${former.state}`]),
      ...(later.round === 2 ? [] : [`the later request is in round ${later.round}`]),
    ];
  },
);
