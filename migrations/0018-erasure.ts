import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration, withoutForce } from '../src/core/migration.js';

/** What held names in the clear before there were keys. */
const HELD_NAMES = ['configuration_version', 'deal_payload', 'brief'];

/** Keys of people and of texts about them, and personal texts held apart from immutable records. */
export class Erasure1700000000018 extends TablesMigration {
  readonly tables = ['personal_key', 'personal_text'];

  async up(runner: QueryRunner): Promise<void> {
    await refuseOverNames(runner);
    const role = await applicationRole(runner);
    await createTenantTable(
      runner,
      'personal_key',
      `kind text not null check (kind in ('PERSON', 'STAKEHOLDER', 'DEAL_SNAPSHOT', 'BRIEF')),
      wrapped text,
      kek_id text,
      created_at timestamptz(3) not null,
      destroyed_at timestamptz(3),
      check ((wrapped is null) = (kek_id is null)),
      check ((wrapped is null) = (destroyed_at is not null))`,
      'select, insert',
    );
    await runner.query(`grant update (wrapped, kek_id, destroyed_at) on personal_key to ${role}`);
    await runner.query('create index personal_key_kind on personal_key (tenant_id, kind, id)');
    await createTenantTable(
      runner,
      'personal_text',
      `subject_id uuid not null,
      record_id uuid not null,
      field text not null,
      sealed text not null check (sealed like 'sealed:v1:%'),
      unique (tenant_id, record_id, subject_id, field),
      foreign key (tenant_id, subject_id) references personal_key (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index personal_text_subject on personal_text (tenant_id, subject_id)');
    await withoutForce(runner, 'person', async () => {
      await runner.query('alter table person drop constraint person_state_check');
      await runner.query(
        "alter table person add constraint person_state_check check (state in ('ACTIVE', 'SUSPENDED', 'ERASED'))",
      );
    });
    for (const column of ['raw', 'imported']) {
      await runner.query(
        `alter table deal_payload add constraint deal_payload_${column}_sealed check (${column} like 'sealed:v1:%')`,
      );
    }
    // With names, so that it is another hash than that of the content, and may change when somebody is erased.
    await runner.query(
      "alter table brief add markdown_file_hash text check (markdown_file_hash ~ '^[0-9a-f]{64}$'), add constraint brief_markdown_stored check ((stored_at is null) = (markdown_file_hash is null))",
    );
    await runner.query(`grant update (markdown_file_hash) on brief to ${role}`);
    // No digest covers these three: erasure overwrites the names in them.
    await runner.query(`grant update (signers, title, statement) on evidence to ${role}`);
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query('alter table brief drop markdown_file_hash');
    await runner.query(`revoke update (signers, title, statement) on evidence from ${await applicationRole(runner)}`);
    for (const column of ['raw', 'imported'])
      await runner.query(`alter table deal_payload drop constraint deal_payload_${column}_sealed`);
    await withoutForce(runner, 'person', async () => {
      await runner.query('alter table person drop constraint person_state_check');
      await runner.query(
        "alter table person add constraint person_state_check check (state in ('ACTIVE', 'SUSPENDED'))",
      );
    });
  }
}

/**
 * Content that was hashed with the names in it cannot be rewritten without breaking the proofs that hold its digest, and
 * no version with such content was released.
 */
async function refuseOverNames(runner: QueryRunner): Promise<void> {
  for (const table of HELD_NAMES) {
    let held = true;
    await withoutForce(runner, table, async () => {
      const rows = (await runner.query(`select exists (select 1 from ${table}) as held`)) as { held: boolean }[];
      held = rows[0]?.held ?? true;
    });
    if (held)
      throw new Error(
        'This database was filled before names were sealed, by a version that was never released: its content cannot be converted without breaking its proofs. Delete the sandbox data folder (.countersign, or COUNTERSIGN_DATA) and start again.',
      );
  }
}
