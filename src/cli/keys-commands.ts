import type { Command } from 'commander';
import { readConfig } from '../core/config.js';
import { Gateway } from '../core/gateway.js';
import { type KeyTable, rewrapKeys } from '../core/rewrap.js';
import { Vault } from '../core/vault.js';
import { TenantRegistry } from '../identity/registry.js';
import { makeKek, openKeys } from '../open-keys.js';
import { assertMigrated, borrowDatabase } from './database.js';
import { projectRoot } from './project-root.js';
import { stopSignal, unlessStopped } from './stop-signal.js';

const TABLES: readonly KeyTable[] = ['personal_key', 'integration_secret', 'event_secret'];

/** `keys make` and `keys rewrap`: a new key-encrypting key, and its rotation. */
export function registerKeyCommands(program: Command): void {
  const keys = program.command('keys').description('The keys under which personal data and secrets are sealed.');
  keys
    .command('make')
    .argument('<file>', 'a file that is not there yet')
    .description('Makes a key-encrypting key for KEK_FILE; wrapped in Azure Key Vault where KEK_VAULT_KEY is set.')
    .action(async (file: string) => {
      const { kek } = readConfig(process.env, projectRoot());
      await makeKek(kek, file);
      console.log(
        `${file} holds a new key${kek.vault ? `, wrapped under ${kek.vault.key}` : ' in clear'}. Name it first in KEK_FILE, restart, and run \`countersign keys rewrap\`.`,
      );
    });
  keys
    .command('rewrap')
    .description('Wraps every data key under the first key of KEK_FILE, while the servers go on.')
    .action(async () => {
      const root = projectRoot();
      const config = readConfig(process.env, root);
      const stop = stopSignal();
      const opened = await openKeys(config.kek);
      const vault = new Vault(opened.ring);
      const database = await borrowDatabase(config, root);
      const gateway = new Gateway({ url: database.applicationUrl, poolSize: 2, prepare: false });
      try {
        await assertMigrated(database);
        const count = await unlessStopped(rewrapAll(gateway, vault), stop);
        console.log(
          `${count} keys were wrapped anew; every key is under ${vault.kekId} now. Once each server reads this file first, the other files of KEK_FILE are needed for old backups alone.`,
        );
      } finally {
        await gateway.end();
        await database.release();
        await opened.close();
      }
    });
}

/** Every tenant, whatever its state; answers how many keys were wrapped. */
export async function rewrapAll(gateway: Gateway, vault: Vault): Promise<number> {
  let count = 0;
  for (const { tenantId } of await new TenantRegistry(gateway).all())
    for (const table of TABLES) count += await rewrapKeys(gateway, vault, tenantId, table);
  return count;
}
