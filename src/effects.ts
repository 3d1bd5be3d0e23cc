import type { Config } from './core/config.js';
import { checkpointHandler, LocalCheckpointFile } from './core/ledger/checkpoint-store.js';
import type { Vault } from './core/vault.js';
import type { EffectHandler } from './core/outbox/handler.js';
import { briefEraseHandler, briefStoreHandler } from './brief/brief.handler.js';
import { LocalFolderStore } from './brief/brief.store.js';
import { POLICY_TIGHTEN, tightenHandler } from './governance/tighten.handler.js';
import { connectionTestHandler } from './integrations/connection/connection.handler.js';
import { Connections } from './integrations/connection/connection.secret.js';

/** What the worker can do, by the kind of the outbox's effect. */
export function effectHandlers(config: Config, vault: Vault): Readonly<Record<string, EffectHandler>> {
  const store = new LocalFolderStore(config.documentsFolder);
  return {
    'brief.store': briefStoreHandler(store, vault),
    'brief.erase': briefEraseHandler(store, vault),
    'integration.test': connectionTestHandler(new Connections(vault), {}),
    [POLICY_TIGHTEN]: tightenHandler,
    'ledger.checkpoint': checkpointHandler(new LocalCheckpointFile(config.documentsFolder)),
  };
}
