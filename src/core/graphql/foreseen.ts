import { type GraphQLResolveInfo, isObjectType } from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import type { Ability } from '../ability.js';
import { type Reader, readableRow } from '../reader.js';
import type { Queries } from '../statement.js';
import type { EntityClass } from '../table.js';
import { type Relation, relationOf } from './relations.js';

/** The name of the answered row itself; no field has a blank. */
const ROW = 'the row';

type ToOne = Extract<Relation, { kind: 'one' }>;

/**
 * What the answer of a change will ask for, as far as its own fields tell: the row, and each single row that it names.
 * They are read in the flush of the COMMIT, so that a change whose answer shows its handoff takes two flushes, not three.
 */
export class Foreseen<T extends { id: string }> {
  private readonly named: ReadonlyMap<string, ToOne>;

  constructor(
    info: GraphQLResolveInfo,
    private readonly entity: EntityClass<T>,
  ) {
    this.named = relationsIn(info, entity);
  }

  /** The queries to be sent with the COMMIT. */
  queries(id: string, ability: Ability): Queries {
    const named = [...this.named].map(([field, { entity, key }]) => {
      const holder = { entity: this.entity, key };
      return [field, readableRow(entity, id, ability, holder)] as const;
    });
    return { [ROW]: readableRow(this.entity, id, ability), ...Object.fromEntries(named) };
  }

  /** Hands the answers to whoever reads the fields; without any (a change that was replayed) they are read as ever. */
  prime(reader: Reader, id: string, answers: Readonly<Record<string, unknown>>): void {
    if (!(ROW in answers)) return;
    const row = answers[ROW] as (T & Readonly<Record<string, unknown>>) | null;
    reader.prime(this.entity, id, row);
    for (const [field, { entity, key }] of this.named) {
      const other = row?.[key];
      if (typeof other === 'string') reader.prime(entity, other, answers[field] as { id: string } | null);
    }
  }
}

/** The relations to one row among the fields that are asked of the answered type, by field: aliases of one ask once. */
function relationsIn(info: GraphQLResolveInfo, entity: EntityClass): Map<string, ToOne> {
  const { schema, fragments, variableValues, fieldNodes } = info;
  const found = new Map<string, ToOne>();
  const type = schema.getType(entity.name);
  if (!isObjectType(type)) return found;
  for (const [node] of collectSubfields(schema, fragments, variableValues, type, fieldNodes).values()) {
    const name = node!.name.value;
    const field = type.getFields()[name];
    const relation = field && relationOf(field);
    if (relation?.kind === 'one') found.set(name, relation);
  }
  return found;
}
