import { type KeyService, KeyServiceError, type WrappedKek } from '../../core/served-keys.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import type { VendorHttp } from '../http/client.js';

/** The version of the interface (learn.microsoft.com/rest/api/keyvault/keys/wrap-key). */
const API_VERSION = '7.4';

/** RSAES-OAEP with SHA-256 and MGF1 with SHA-256 (RFC 8017 7.1); what 32 bytes are wrapped with. */
const ALGORITHM = 'RSA-OAEP-256';

const KEK_BYTES = 32;
const VENDOR = 'Azure Key Vault';

/** What an operator does about each status. */
const REMEDIES: Readonly<Record<number, string>> = {
  401: 'check that the identity belongs to the directory of the vault',
  403: 'give the identity the role Key Vault Crypto User (wrapKey and unwrapKey), let this network through the firewall of the vault, and look whether the version of the key is enabled',
  404: 'check the name and the version of the key in KEK_VAULT_KEY, and whether it was deleted',
};

export interface KeyVaultOptions {
  /** The way out; its hosts must include the vault's. */
  readonly http: VendorHttp;
  /** The key's identifier with its version. */
  readonly key: string;
  /** A token of the vault; a KeyServiceError when there is none. */
  readonly token: () => Promise<string>;
}

/** Wraps and unwraps KEKs by a key in Azure Key Vault that never leaves it. */
export class KeyVault implements KeyService {
  constructor(private readonly options: KeyVaultOptions) {}

  async wrap(kek: Buffer): Promise<WrappedKek> {
    const { key } = this.options;
    return { key, wrapped: await this.ask(key, 'wrapkey', kek.toString('base64url')) };
  }

  async unwrap({ key, wrapped }: WrappedKek): Promise<Buffer> {
    // What lies in a file does not choose where our token goes.
    if (hostOf(key) !== hostOf(this.options.key))
      throw new KeyServiceError(
        `A key-encrypting key is wrapped in the vault ${hostOf(key)}, and KEK_VAULT_KEY names ${hostOf(this.options.key)}: set it to a key of that vault.`,
      );
    const bytes = Buffer.from(await this.ask(key, 'unwrapkey', wrapped), 'base64url');
    if (bytes.length === KEK_BYTES) return bytes;
    throw new KeyServiceError(
      `${VENDOR} unwrapped something that is no key-encrypting key: restore the file of KEK_FILE.`,
    );
  }

  private async ask(key: string, operation: 'wrapkey' | 'unwrapkey', value: string): Promise<string> {
    const token = await this.options.token();
    try {
      const answer = await this.options.http.send({
        vendor: VENDOR,
        method: 'POST',
        url: `${key}/${operation}?api-version=${API_VERSION}`,
        headers: { authorization: `Bearer ${token}` },
        json: { alg: ALGORITHM, value },
        // Wrapped twice is as good as once.
        isRepeatable: true,
        withinMs: 10_000,
      });
      const { value: given } = answer.json() as { value?: unknown };
      if (typeof given === 'string' && /^[A-Za-z0-9_-]+$/.test(given)) return given;
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      const remedy = REMEDIES[error.status ?? 0] ?? 'see that it can be reached from here; it is asked again by itself';
      throw new KeyServiceError(`${error.message.replace(/\.$/, '')}: ${remedy}.`, { cause: error });
    }
    throw new KeyServiceError(`${VENDOR} answered without a value: see whether a proxy stands before it.`);
  }
}

const hostOf = (key: string): string => new URL(key).hostname;
