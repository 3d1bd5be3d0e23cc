import { AbilityBuilder, createMongoAbility, type MongoAbility } from '@casl/ability';
import fc from 'fast-check';
import pg from 'pg';
import { Column, Entity } from 'typeorm';
import {
  type AbilityConditions,
  type AbilityContribution,
  abilityOf,
  allows,
  readCondition,
} from '../../src/core/ability.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { moment } from '../rules/handoff.kit.js';

@Entity()
class Sample {
  @Column('text', { nullable: true })
  stage: string | null;

  @Column('text', { nullable: true })
  ownerId: string | null;

  @Column('int', { nullable: true })
  size: number | null;
}

interface Rule {
  readonly inverted: boolean;
  readonly conditions: AbilityConditions | null;
}

const text = fc.constantFrom('a', 'b', 'c');
const number = fc.constantFrom(1, 2, 3);
const textTest = fc.oneof(
  text,
  fc.array(text, { minLength: 1, maxLength: 3 }).map(($in) => ({ $in })),
  fc.constant(null),
);
const numberTest = fc.oneof(
  number,
  fc.array(number, { minLength: 1, maxLength: 3 }).map(($in) => ({ $in })),
  fc.constant(null),
);
const conditions: fc.Arbitrary<AbilityConditions> = fc
  .record({ stage: textTest, ownerId: textTest, size: numberTest }, { requiredKeys: [] })
  .filter((record) => Object.keys(record).length > 0);
const rules: fc.Arbitrary<Rule[]> = fc.array(fc.record({ inverted: fc.boolean(), conditions: fc.option(conditions) }), {
  maxLength: 5,
});
const row = fc.record({ stage: fc.option(text), ownerId: fc.option(text), size: fc.option(number) });

function abilityFrom(list: readonly Rule[]): MongoAbility {
  const { can, cannot, build } = new AbilityBuilder<MongoAbility>(createMongoAbility);
  for (const { inverted, conditions: own } of list) (inverted ? cannot : can)('read', 'Sample', own ?? undefined);
  return build();
}

describe('abilities as SQL', () => {
  let suite: Suite;
  let client: pg.Client;
  beforeAll(async () => {
    suite = await openSuite();
    client = new pg.Client({ connectionString: suite.appUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await suite.close();
  });

  it('answer as CASL does, NULL included, for any rules and rows', async () => {
    await fc.assert(
      fc.asyncProperty(rules, fc.array(row, { minLength: 1, maxLength: 12 }), async (list, rows) => {
        const ability = abilityFrom(list);
        const values: unknown[] = [];
        const condition = readCondition(ability, Sample, values);
        const params: unknown[] = ['tenant', ...values];
        const tuples = rows.map((r, index) => {
          params.push(r.stage, r.ownerId, r.size);
          return `(${index}, $${params.length - 2}::text, $${params.length - 1}::text, $${params.length}::int)`;
        });
        const sql = `select n from (values ${tuples.join(', ')}) as t(n, stage, owner_id, size) where $1::text is not null${condition}`;
        const found = (await client.query<{ n: number }>(sql, params)).rows.map((r) => r.n).toSorted((a, b) => a - b);
        const expected = rows.flatMap((r, index) => (allows(ability, 'read', 'Sample', r) ? [index] : []));
        expect(found).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuse an operator that has no SQL form', () => {
    const ability = abilityFrom([{ inverted: false, conditions: { size: { $gt: 1 } } as never }]);
    expect(() => readCondition(ability, Sample, [])).toThrow(/no SQL form/);
  });

  it('refuse rows to belong to such as have the naming property themselves', () => {
    const { actor } = moment();
    const within: AbilityContribution = (...[, , belong]) => belong('ownerId', Sample);
    expect(() => abilityOf(actor, [within])).toThrow('Sample has a property ownerId of its own');
  });
});
