import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseOverEvidence, withoutForce } from '../src/core/migration.js';

/**
 * Who handed it over in sales, whoever owns it later: the sign-off is never theirs (approvals rule 1). Of handoffs that are
 * there it is who asked when the submit gate last let them pass, other than the contract of a review before the close.
 */
export class SubmittedBy1700000000058 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await withoutForce(runner, 'handoff', async () => {
      await runner.query(`alter table handoff add column submitted_by uuid,
        add constraint handoff_submitted_by foreign key (tenant_id, submitted_by) references person (tenant_id, id)`);
      await withoutForce(runner, 'gate_evaluation', async () => {
        await withoutForce(runner, 'person', async () => {
          await runner.query(`update handoff h set submitted_by = (
            select p.id from (
              select e.*, lag(e.gate) over (order by e.evaluated_at, e.id) as before from gate_evaluation e
              where e.tenant_id = h.tenant_id and e.handoff_id = h.id and e.gate in ('SUBMIT', 'PRE_CLOSE') and e.verdict = 'PASSED'
            ) x join person p on p.tenant_id = h.tenant_id and p.id::text = x.asked_by
            where not (x.gate = 'SUBMIT' and x.before is not distinct from 'PRE_CLOSE')
            order by x.evaluated_at desc, x.id desc limit 1)`);
        });
      });
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await runner.query('alter table handoff drop column submitted_by');
  }
}
