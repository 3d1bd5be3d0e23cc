import { openVoteLink } from '../../src/approval/vote-link.commands.js';
import { newId } from '../../src/core/id.js';
import { cast, changePaper, count, open } from '../command/approval.kit.js';
import { sendLinks } from '../command/engine.kit.js';
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

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The token with a spoilt secret, or another link's or tenant's id in it. */
function forged(run: Run, token: string, other: string): string {
  const [tenant, link, secret] = token.split('.') as [string, string, string];
  const at = Math.floor(run.chance() * (secret.length - 1));
  const letter = run.pick([...ALPHABET].filter((one) => one !== secret[at]));
  return run.pick([
    `${tenant}.${link}.${secret.slice(0, at)}${letter}${secret.slice(at + 1)}`,
    `${tenant}.${other.split('.')[1]}.${secret}`,
    `${tenant}.${newId()}.${secret}`,
    `${newId()}.${link}.${secret}`,
    token.slice(0, -1),
    `${token}A`,
  ]);
}

attack(
  'Forged and replayed links',
  () => arena,
  async (run) => {
    const { id, subjectId } = await open(world, {}, run.by(sofia));
    run.requests.push(id);
    const kept = new Map<string, string>();
    await run.outcome(() => run.by(sofia).run(sendLinks, { requestId: id, kept }));
    const [own, other] = [kept.get(freda.actor.id)!, kept.get(femi.actor.id)!];
    const opening = (persona: Persona, token: string) => {
      const by = run.by(persona);
      return () => by.run(openVoteLink, { token });
    };
    const wrong = await run.race(opening(freda, forged(run, own, other)), opening(femi, own), opening(sofia, own));
    const ended = await run.race(...Array.from({ length: 4 }, () => opening(freda, own)));
    await run.outcome(() => run.by(sofia).run(changePaper, { subjectId, letter: 'b', revision: 2 }));
    const stale = await run.race(opening(femi, other), opening(freda, own));
    const opened = ended.filter((one) => one === 'done').length;
    return [
      ...([...wrong, ...stale].includes('done') ? [`opened: ${wrong.join()} and ${stale.join()}`] : []),
      ...(opened === 1 ? [] : [`one link opened ${opened} times`]),
      ...((await count(world, 'approval_vote', id)) === 0 ? [] : ['a link cast a vote']),
    ];
  },
);
