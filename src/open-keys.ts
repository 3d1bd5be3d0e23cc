import type { Logger } from 'pino';
import { assertNamed, type KekSettings, openKeyRing, readKek, wrappedKekText, writeOnce } from './core/key-files.js';
import { type KeyRing, newKeyBytes } from './core/keys.js';
import { type KeyService, KeyServiceError, ServedKeyRing } from './core/served-keys.js';
import { StartupError } from './core/startup-error.js';
import type { VaultKeySettings } from './core/vault-key-settings.js';
import { azureTokens } from './integrations/azure/azure.tokens.js';
import { KeyVault } from './integrations/azure/key-vault.js';
import { VendorHttp, type VendorHttpOptions } from './integrations/http/client.js';
import { existsSync } from 'node:fs';

/** The ring of key-encrypting keys of a process. */
export interface Keys {
  readonly ring: KeyRing;
  /** Why sealed texts cannot be opened any more, for `/readyz`; null while they can. */
  readonly reason: () => string | null;
  readonly close: () => Promise<void>;
}

export interface OpenKeysOptions {
  readonly log?: Pick<Logger, 'warn'>;
  /** In place of Azure's addresses: tests alone. */
  readonly http?: Pick<VendorHttpOptions, 'loopback' | 'simulated'>;
}

/**
 * The keys as the settings say: files in clear, or files that Azure Key Vault unwraps. StartupError, one sentence with the
 * remedy, when one is not to be had.
 */
export async function openKeys(settings: KekSettings, options: OpenKeysOptions = {}): Promise<Keys> {
  const { vault, files, make } = settings;
  if (!vault) return { ring: openKeyRing(settings), reason: () => null, close: () => Promise.resolve() };
  assertNamed(settings);
  const { service, http } = serviceOf(vault, options.http);
  try {
    if (make && !existsSync(files[0]!)) await makeWrapped(service, files[0]!);
    const keks = files.map(readKek);
    if (keks[0]?.kind === 'CLEAR')
      throw new StartupError(
        `KEK_VAULT_KEY is set, and ${files[0]} holds a key in clear: make one with \`countersign keys make <file>\`, name it first in KEK_FILE, and run \`countersign keys rewrap\`.`,
      );
    const onFault = (error: unknown): void =>
      options.log?.warn({ err: error }, 'the key-encrypting keys could not be asked for again; the next try follows');
    const ring = await ServedKeyRing.open({ keks, service, onFault });
    return {
      ring,
      reason: () => ring.reason(),
      close: async () => {
        ring.close();
        await http.close();
      },
    };
  } catch (error) {
    await http.close();
    throw startupError(error);
  }
}

/** Writes a fresh key-encrypting key into a file that is not there yet: wrapped where the settings name a vault. */
export async function makeKek(settings: KekSettings, file: string, options: OpenKeysOptions = {}): Promise<void> {
  if (existsSync(file)) throw new StartupError(`${file} is there already: a key is never written over.`);
  if (!settings.vault) return writeOnce(file, newKeyBytes());
  const { service, http } = serviceOf(settings.vault, options.http);
  try {
    await makeWrapped(service, file);
  } catch (error) {
    throw startupError(error);
  } finally {
    await http.close();
  }
}

async function makeWrapped(service: KeyService, file: string): Promise<void> {
  const kek = newKeyBytes();
  writeOnce(file, wrappedKekText(await service.wrap(kek)));
  kek.fill(0);
}

function serviceOf(
  { key, credential }: VaultKeySettings,
  { loopback = () => [], simulated }: Partial<NonNullable<OpenKeysOptions['http']>> = {},
): { service: KeyService; http: VendorHttp } {
  const { hostname } = new URL(key);
  const http = new VendorHttp({
    loopback,
    hosts: [hostname, 'login.microsoftonline.com'],
    ...(simulated ? { simulated } : {}),
  });
  // vault.azure.net or managedhsm.azure.net, without the vault's own name.
  const resource = `https://${hostname.slice(hostname.indexOf('.') + 1)}`;
  return { service: new KeyVault({ http, key, token: azureTokens(credential, resource, http) }), http };
}

function startupError(error: unknown): unknown {
  return error instanceof KeyServiceError ? new StartupError(error.message, { cause: error }) : error;
}
