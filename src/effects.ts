import type { Config } from './core/config.js';
import type { EffectHandler } from './core/dispatcher.js';
import { briefStoreHandler } from './brief/brief.handler.js';
import { LocalFolderStore } from './brief/brief.store.js';

/** What the worker can do, by the kind of the outbox's effect. */
export function effectHandlers(config: Config): Readonly<Record<string, EffectHandler>> {
  return { 'brief.store': briefStoreHandler(new LocalFolderStore(config.documentsFolder)) };
}
