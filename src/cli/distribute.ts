import { assertCitus, distributionSteps } from '../core/distribution.js';
import { asOwner, asksOwner, type Database, migrateUp } from './database.js';

/**
 * Brings the schema up to date and spreads it over a Citus cluster: each step in a transaction of its own, so that a run
 * that was stopped is simply run again. Answers a line for each step.
 * @throws StartupError where Citus is missing, before anything is changed.
 */
export async function migrateDistributed(database: Database): Promise<string[]> {
  await asOwner(database, (owner) => assertCitus(asksOwner(owner)));
  const names = await migrateUp(database);
  return asOwner(database, async (owner) => {
    const steps = await distributionSteps(asksOwner(owner));
    for (const { statements } of steps)
      await owner.transaction(async (tx) => {
        for (const text of statements) await tx.query(text);
      });
    return [...names, ...steps.map(({ what }) => what)];
  });
}

/** The same as SQL for psql; needs no Citus, only the tables. */
export async function distributionScript(database: Database): Promise<string> {
  return asOwner(database, async (owner) => {
    const steps = await distributionSteps(asksOwner(owner));
    const parts = steps.map(({ what, statements }) => [
      `-- ${what}`,
      'begin;',
      ...statements.map((s) => `${s};`),
      'commit;',
    ]);
    return parts.map((lines) => `${lines.join('\n')}\n`).join('\n');
  });
}
