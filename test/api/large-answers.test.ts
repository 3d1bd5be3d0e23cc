import { readFileSync } from 'node:fs';
import type { Gateway } from '../../src/core/gateway.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona } from '../kit/world.js';
import { populate, type Population } from '../tenancy/population.js';

/** Asks for far more than 4,000 fields, some of which rules work out. */
const LARGE = `{ handoffs(first: 100) { edges { node { completenessBps checklist { code status evidence { kind submittedAt } } } } } }`;
/** As many fields, all of which the database writes. */
const STORED = LARGE.replace('completenessBps', '').replace(' status', '');
/** What nobody compiles, and large. */
const ORDINARY = readFileSync('bench/operations/inbox.graphql', 'utf8');
const SMALL = '{ handoffs(first: 1) { edges { node { completenessBps } } } }';
/** At once in a process for one tenant (large-answers.ts). */
const SHARE = 2;

let suite: Suite;
let ours: Population;
let sofia: Persona;
/** Reads that are held at the database until the test lets them go. */
let held: (() => void)[] = [];
let database: 'ANSWERS' | 'HOLDS' | 'GONE' = 'ANSWERS';

beforeAll(async () => {
  suite = await openSuite();
  ours = await populate(await suite.tenant(), { closed: false });
  sofia = await ours.world.as('sofia.sales');
  const read: Gateway['read'] = suite.gateway.read.bind(suite.gateway);
  suite.gateway.read = async (...args) => {
    if (database === 'GONE') throw new Error('gone');
    if (database === 'HOLDS') await new Promise<void>((release) => held.push(release));
    return read(...args);
  };
});
afterAll(() => suite.close());

/** Waits until as many reads are held as will ever be. */
async function settled(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return held.length;
}

/** Asks a document so many times at once, and answers how many of them reached the database together, and the answers. */
async function together(document: string, times: number) {
  database = 'HOLDS';
  const answers = Array.from({ length: times }, () => sofia.graphql(document));
  const reached = await settled();
  database = 'ANSWERS';
  for (const release of held) release();
  held = [];
  return { reached, answers: await Promise.all(answers) };
}

it.each([
  ['that rules work out', LARGE],
  ['that the database writes whole', STORED],
])('makes so many large answers of a tenant at once, and the others behind them: those %s', async (_what, document) => {
  const { reached, answers } = await together(document, 5);
  expect(reached).toBe(SHARE);
  for (const { data, errors } of answers) {
    expect(errors).toEqual([]);
    expect(data!.handoffs.edges.length).toBeGreaterThan(0);
  }
});

it('lets small ones pass', async () => {
  expect((await together(SMALL, 5)).reached).toBe(5);
});

it('gives a turn back when the answer is an error', async () => {
  database = 'GONE';
  for (let n = 0; n <= SHARE; n++) expect((await sofia.graphql(LARGE)).errors).not.toEqual([]);
  database = 'ANSWERS';
  expect((await together(LARGE, 3)).reached).toBe(SHARE);
});

it('holds what is executed in the ordinary way to the same', async () => {
  const { ordinary } = suite.plans.counts;
  const { reached, answers } = await together(ORDINARY, 4);
  expect(suite.plans.counts.ordinary).toBeGreaterThan(ordinary);
  expect(answers.map(({ errors }) => errors)).toEqual([[], [], [], []]);
  expect(reached).toBe(SHARE);
});
