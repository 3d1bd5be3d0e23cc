import { PRESENT } from '../core/clock.js';
import { type Query, sql } from '../core/statement.js';
import { columnsOf, hydrate } from '../core/table.js';
import { Certification, TrainingRecord } from './training.entity.js';

/** The human behind a person's record. */
const human = (alias: string): string => `coalesce(${alias}.merged_into, ${alias}.id)`;

/** Every member with a certification that holds now, by canonical person. */
export const certifiedMembers = (): Query<ReadonlySet<string>> =>
  sql(
    `select distinct ${human('p')} as id from certification c join person p on p.tenant_id = $1 and p.id = c.person_id
      where c.tenant_id = $1 and c.ended_at is null and (c.expires_at is null or c.expires_at > ${PRESENT})`,
    [],
    (rows) => new Set(rows.map((row) => row.id as string)),
  );

/** The certification of a human that was not ended, locked; expired ones too. Null when there is none. */
export const lockOpenCertification = (personId: string): Query<Certification | null> =>
  sql(
    `select ${columnsOf(Certification, 'c')} from certification c join person p on p.tenant_id = $1 and p.id = c.person_id
      where c.tenant_id = $1 and c.ended_at is null
        and ${human('p')} = (select ${human('q')} from person q where q.tenant_id = $1 and q.id = $2)
      order by c.id desc limit 1 for update of c`,
    [personId],
    ([row]) => (row ? hydrate(Certification, row) : null),
  );

/** What a human has learned by, oldest first. */
export const trainingOf = (personId: string): Query<TrainingRecord[]> =>
  sql(
    `select ${columnsOf(TrainingRecord, 't')} from training_record t join person p on p.tenant_id = $1 and p.id = t.person_id
      where t.tenant_id = $1 and ${human('p')} = (select ${human('q')} from person q where q.tenant_id = $1 and q.id = $2)
      order by t.id`,
    [personId],
    (rows) => rows.map((row) => hydrate(TrainingRecord, row)),
  );
