import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseOverEvidence, withoutForce } from '../src/core/migration.js';

/**
 * When the owner of a decision was given it, or another day for it: each assignment is told once. Of those that are there it
 * is when the ledger last says so, and what was told of them stays told.
 */
export class AssignedAt1700000000059 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table decision add column assigned_at timestamptz(3)');
    await withoutForce(runner, 'decision', async () => {
      await withoutForce(runner, 'ledger_entry', async () => {
        await runner.query(`update decision d set assigned_at = greatest(d.opened_at, (select max(l.at) from ledger_entry l
          where l.tenant_id = d.tenant_id and l.subject_id = d.handoff_id::text and l.action = 'reassignDecision'
            and l.outcome = 'DONE' and position(d.id::text in l.content) > 0))`);
      });
      await withoutForce(runner, 'teams_card', async () => {
        await runner.query(`update teams_card k set mark = 'open/' || extract(epoch from d.assigned_at) from decision d
          where d.tenant_id = k.tenant_id and d.id = k.subject_id and d.state = 'OPEN'
            and k.mark = 'open/' || d.owner_id || '/' || d.due_on`);
      });
      await withoutForce(runner, 'person', () => withoutForce(runner, 'notice', () => this.told(runner)));
    });
    await runner.query('alter table decision alter column assigned_at set not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await runner.query('alter table decision drop column assigned_at');
  }

  /** Notices name the person of record: whoever was merged is told as that one. */
  private async told(runner: QueryRunner): Promise<void> {
    await runner.query(`update notice n set event_key = 'DECISION_OPENED/' || d.id || '/open/' || extract(epoch from d.assigned_at)
      from decision d join person p on p.tenant_id = d.tenant_id and p.id = d.owner_id
      where d.tenant_id = n.tenant_id and d.id = n.subject_id and d.state = 'OPEN'
        and n.person_id = coalesce(p.merged_into, p.id) and n.event_key = 'DECISION_OPENED/' || d.id || '/open/' || d.due_on`);
  }
}
