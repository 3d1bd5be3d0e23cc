import type { DataSource } from 'typeorm';

/** Runs a statement inside the owner's transaction; rows as TypeORM gives them. */
export type Ask = <T = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<T[]>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** One text form for every value, whatever server, role or session: what is exported is what was stored. */
const TEXT_FORMS = [
  "set local timezone to 'UTC'",
  "set local datestyle to 'ISO, YMD'",
  "set local intervalstyle to 'iso_8601'",
  'set local extra_float_digits to 1',
  "set local bytea_output to 'hex'",
];

/** The tenant as a literal of SQL, for statements that take no parameter. */
export function tenantLiteral(tenantId: string): string {
  if (!UUID.test(tenantId)) throw new Error(`${tenantId} is not a tenant's id`);
  return `'${tenantId}'`;
}

/**
 * One transaction of the role that owns the tables, in one tenant: forced row-level security binds the owner too, so
 * that no statement in here reaches another tenant's rows. Ends in COMMIT, or in nothing when the work throws.
 */
export async function asOwnerOf<T>(
  owner: DataSource,
  tenantId: string,
  mode: '' | 'isolation level repeatable read read only',
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const runner = owner.createQueryRunner();
  const ask: Ask = (text, values = []) => runner.query(text, [...values]);
  try {
    await ask(`begin ${mode}`);
    for (const text of [`set local app.tenant_id = ${tenantLiteral(tenantId)}`, ...TEXT_FORMS]) await ask(text);
    const answer = await work(ask);
    await ask('commit');
    return answer;
  } catch (error) {
    // A rollback that fails as well must not hide why.
    await ask('rollback').catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}
