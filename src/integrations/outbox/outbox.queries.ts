import { Field, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../core/graphql/scalars.js';
import { VendorPause } from '../../core/outbox/attempt.entity.js';
import { EffectState } from '../../core/outbox/effect.entity.js';
import { type Query, sql } from '../../core/statement.js';

/** How many side effects of a vendor stand in a state. */
@ObjectType({ description: 'How many side effects of one vendor stand in one state.' })
export class EffectCount {
  @Field(() => String, { nullable: true, description: 'The vendor; null for our own work.' })
  vendor: string | null;

  @Field(() => EffectState, { description: 'The state.' })
  state: EffectState;

  @Field(() => Int, { description: 'How many.' })
  count: number;

  @Field(() => DateTimeScalar, { description: 'When the oldest of them was asked for.' })
  oldest: Date;
}

/** What waits, what failed, and which vendors are paused. */
@ObjectType({ description: 'What of the side effects is not done, and which vendors they wait for.' })
export class OutboxStatus {
  @Field(() => [EffectCount], { description: 'Counts by vendor and state of everything that is not done.' })
  counts: EffectCount[];

  @Field(() => [VendorPause], { description: 'The vendors that are paused now.' })
  pauses: VendorPause[];
}

/** Counts of everything that is not done. */
export function openCounts(): Query<EffectCount[]> {
  return sql(
    `select vendor, state, count(*)::int as count, min(created_at) as oldest from outbox_effect
     where tenant_id = $1 and state <> 'DONE' group by vendor, state order by vendor nulls first, state`,
    [],
    (rows) => rows.map((row) => Object.assign(new EffectCount(), row)),
  );
}

/** The pauses that hold at a moment. */
export const holding = (pauses: readonly VendorPause[], now: Date): VendorPause[] =>
  pauses.filter(({ until }) => until === null || until > now);
