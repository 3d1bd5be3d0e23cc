import { writeFileSync } from 'node:fs';
import { type Arena, openArena } from '../kit/documents/arena.js';
import { Campaign } from '../kit/documents/campaign.js';
import { Dice } from '../kit/documents/dice.js';
import { openSuperuser } from '../kit/documents/difference.js';
import { askedOf, shippedQueries } from '../kit/documents/operations.js';
import { sabotaged } from '../kit/documents/sabotage.js';

/** How many documents, and their seed; more of them by scripts/difference.mjs. */
const DOCUMENTS = Number(process.env.DIFFERENCE_DOCUMENTS ?? 300);
const SEED = Number(process.env.DIFFERENCE_SEED ?? 20261121);
const RESULT = process.env.DIFFERENCE_RESULT;

/** What the report of a campaign is made of. */
const told: Record<string, unknown> = {};
function tell(part: object): void {
  Object.assign(told, part);
  if (RESULT) writeFileSync(RESULT, JSON.stringify(told));
}

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena.close());

it(
  `answers ${DOCUMENTS} generated documents with the same bytes, compiled or not`,
  async () => {
    const campaign = new Campaign(arena, RESULT ? (text) => process.stderr.write(`${text}\n`) : undefined);
    const result = await campaign.play(SEED, DOCUMENTS);
    tell({ salted: arena.salted, compiled: result });
    expect(result.differences).toEqual([]);
    // A comparison of refusals, or of a path with itself, would prove nothing.
    expect(result.compiled / result.documents).toBeGreaterThan(0.2);
    expect(result.withData / result.documents).toBeGreaterThan(0.5);
    expect(arena.salted).toBeGreaterThan(1_000);
  },
  24 * 3_600_000,
);

it(
  `answers ${DOCUMENTS} generated documents with the same bytes when resolvers write all of them`,
  async () => {
    const campaign = new Campaign({ ...arena, pair: arena.writtenPair });
    const result = await campaign.play(SEED, DOCUMENTS);
    tell({ written: result });
    expect(result.differences).toEqual([]);
    expect(result.withData / result.documents).toBeGreaterThan(0.5);
  },
  24 * 3_600_000,
);

it('answers every query of schema/operations with the same bytes, by each role', async () => {
  const dice = new Dice(SEED);
  const { schema } = arena;
  const players = arena.players.filter(({ asker }) => asker.tenantId === arena.populations[0]!.world.tenantId);
  const campaign = new Campaign(arena);
  for (const { asker, material } of players) {
    for (const shipped of shippedQueries())
      await campaign.compare(asker, askedOf(shipped, schema, material.candidates, dice));
  }
  expect(campaign.result().differences).toEqual([]);
});

it('tells the error of a flush that failed in the order of the executor, whatever was read before it', async () => {
  const { asker } = arena.players.find(({ asker: { name } }) => name === 'REVOPS_ADMIN')!;
  const query = `{ reportingState { projectedSeq }
    kpiTrend(from: "2026-11-01", to: "2026-11-30", key: "COMPLETION_RATE", step: MONTH) { numerator } }`;
  const superuser = await openSuperuser(arena.suite.superuserUrl);
  const { rows } = await superuser.query('select seq from ledger_head where tenant_id = $1', [asker.tenantId]);
  const setHead = (seq: string) =>
    superuser.query('update ledger_head set seq = $2 where tenant_id = $1', [asker.tenantId, seq]);
  try {
    // A number that the statement cannot answer fails what is read beside it.
    await setHead('9007199254740993');
    for (const pair of [arena.pair, arena.writtenPair]) {
      const found = await pair.difference(asker, { query, variables: {} });
      expect(found.ordinary.body).toContain('"path":["reportingState"]');
      expect(found.compiled.body).toBe(found.ordinary.body);
    }
  } finally {
    await setHead(rows[0].seq as string);
    await superuser.end();
  }
});

describe('a fault in the compiled path is seen', () => {
  const SABOTAGES = [
    {
      what: 'a time without milliseconds',
      text: (text: string) => text.replaceAll('SS.MS"Z"', 'SS"Z"'),
    },
    { what: "another tenant's rows", tenant: () => arena.populations[1]!.world.tenantId },
    {
      what: 'another order of keys',
      answer: (answer: string) => JSON.stringify(reversed(JSON.parse(answer))),
    },
    {
      what: 'another escape of the same character',
      answer: (answer: string) => answer.replaceAll(String.raw`\b`, String.raw`\u0008`),
    },
    { what: 'whitespace', answer: (answer: string) => answer.replaceAll(',"', ', "') },
    { what: 'null for an empty list', answer: (answer: string) => answer.replaceAll('[]', 'null') },
  ];

  it.each(SABOTAGES)('$what', async (sabotage) => {
    const campaign = new Campaign(arena);
    const mend = sabotaged(arena.compiled.app, sabotage);
    try {
      expect(await campaign.firstDifference(SEED, 200)).not.toBeNull();
    } finally {
      mend();
    }
  });

  it('rows that the ability does not give', async () => {
    const everyRow = (text: string): string =>
      text.replaceAll(/\b(owner_id|rep_id|requested_by|actor_id) = (\$\d+)/g, '($1 = $2 or true)');
    const mend = sabotaged(arena.compiled.app, { what: 'no ability', text: everyRow });
    const seen: string[] = [];
    try {
      for (const list of ['ledger(first: 50)', 'followUps(first: 50, openOnly: false)', 'reportFiles(first: 50)']) {
        const query = `{ ${list} { edges { node { id } } } }`;
        for (const { asker } of arena.players) {
          const { isSame } = await arena.pair.difference(asker, { query, variables: {} });
          if (!isSame) seen.push(`${list} by ${asker.name}`);
        }
      }
    } finally {
      mend();
    }
    expect(seen).not.toEqual([]);
  });
});

/** The same with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
