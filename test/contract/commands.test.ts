import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemActor } from '../../src/core/actor.js';
import type { Command } from '../../src/core/command.js';
import { newId } from '../../src/core/id.js';
import type { Queries } from '../../src/core/statement.js';
import { tableOf } from '../../src/core/table.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';

type AnyCommand = Command<unknown, Queries>;

const isCommand = (value: unknown): value is AnyCommand =>
  typeof value === 'object' && value !== null && 'facts' in value && 'decide' in value;

/** Every command that a file of commands exports, by its name. */
async function everyCommand(): Promise<Map<string, AnyCommand>> {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.commands?\.ts$/.test(path),
  );
  const modules = await Promise.all(
    files.map((path) => import(pathToFileURL(resolve('src', path)).href) as Promise<Record<string, unknown>>),
  );
  return new Map(
    modules
      .flatMap((module) => Object.values(module))
      .filter(isCommand)
      .map((command) => [command.name, command]),
  );
}

/** An input in which every field is an id. */
const ANY = new Proxy({}, { get: () => newId() });

/** The facts of a command, or null when an input of ids alone is none of its. */
function factsOf({ facts }: AnyCommand): Queries | null {
  try {
    return facts(ANY, systemActor(newId(), 'test'));
  } catch {
    return null;
  }
}

/** Whether the query answers with rows of handoffs, or locks some. */
const isOfHandoffs = (text: string): boolean =>
  text.startsWith(`select ${tableOf(Handoff).selection} from handoff `) ||
  /\bfor (?:update|share) of h$/.test(text.trim());

/** Facts that are many handoffs, found by what they tell of or by their deal, for those who read them all. */
const MANY = [
  'choosePilot.asked',
  'eraseClientContact.handoffs',
  'eraseDealContacts.handoffs',
  'erasePerson.handoffs',
  'importDeal.handoffs',
];

/** Commands that ask for days, weeks or names, and of no handoff. */
const WITHOUT_IDS = ['exportDataset', 'makeWeeklyReview', 'setAbsence'];

it('asks of every handoff that a command reads or locks whether the actor may read it', async () => {
  const commands = await everyCommand();
  const [asked, unasked]: [string[], string[]] = [[], []];
  const untold: string[] = [];
  for (const [name, command] of commands) {
    const facts = factsOf(command);
    if (!facts) untold.push(name);
    for (const [key, { text, visibleAs }] of Object.entries(facts ?? {}))
      if (isOfHandoffs(text)) (visibleAs === 'Handoff' ? asked : unasked).push(`${name}.${key}`);
  }
  expect(untold.toSorted()).toEqual(WITHOUT_IDS);
  expect(unasked.toSorted()).toEqual(MANY);
  expect(asked).toEqual(expect.arrayContaining(['openDecision.handoff', 'restoreBaseline.handoff']));
});
