import { Column, type ColumnOptions, Entity } from '../core/column.js';
import { type EntityClass, Instant } from '../core/table.js';
import type { Dataset, EdmType } from './dataset.js';
import { DIMENSIONS } from './datasets.dimensions.js';
import { FACTS } from './datasets.facts.js';
import { propertyOf } from './projection.insert.js';

/** How far the projection of a tenant has come. */
@Entity()
export class ReportingProgress {
  @Column('uuid', { primary: true })
  tenantId: string;

  /** The number of the last sealed entry of the ledger whose handoffs were projected. */
  @Column('bigint', { transformer: { to: (value: unknown) => value, from: Number } })
  projectedSeq: number;

  /** When it was last moved. */
  @Instant()
  projectedAt: Date;

  /** The version of the model that the rows were projected by; another one than this software's is rebuilt. */
  @Column('int')
  modelVersion: number;

  /** A rebuild is under way and has come to this handoff; null when none is. */
  @Column('uuid', { nullable: true })
  rebuiltTo: string | null;

  /** What the dimensions were made from, as one text: something else makes them anew. */
  @Column('text')
  dimensions: string;
}

const TYPES: Readonly<Record<EdmType, ColumnOptions['type']>> = {
  'Edm.Guid': 'uuid',
  'Edm.String': 'text',
  'Edm.Boolean': 'boolean',
  'Edm.Int32': 'int',
  'Edm.Int64': 'bigint',
  'Edm.Decimal': 'numeric',
  'Edm.Date': 'date',
  'Edm.DateTimeOffset': 'timestamptz',
};

/** The entity of a table whose columns the datasets state: stated once, they cannot differ. Its key is the tenant's and `id`. */
function entityOf(table: string, columns: Dataset['columns']): EntityClass {
  const name = table.replaceAll(/(?:^|_)([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  const type = { [name]: class {} }[name]!;
  const { prototype } = type;
  for (const key of ['tenantId', 'id']) Column('uuid', { primary: true })(prototype, key);
  for (const one of columns.filter(({ column }) => column !== 'id')) {
    const precision = one.type === 'Edm.DateTimeOffset' ? { precision: 3 } : {};
    const options = { type: TYPES[one.type], nullable: one.nullable, name: one.column, ...precision };
    Column(options)(prototype, propertyOf(one.column));
  }
  Entity(table)(type);
  return type;
}

/** The words of the three dimensions that are no tables of their own. */
const words = DIMENSIONS.find(({ name }) => name === 'Tiers')!;
const WORD_KIND = { name: 'Kind', type: 'Edm.String', nullable: false, column: 'kind', description: '' } as const;

/** The tables of the star schema: every fact, and the dimensions that are tables. */
export const STAR: readonly EntityClass[] = [
  ...[...FACTS, ...DIMENSIONS.filter(({ relation }) => relation.startsWith('dim_'))].map(({ relation, columns }) =>
    entityOf(relation, columns),
  ),
  entityOf('dim_word', [WORD_KIND, ...words.columns]),
];
