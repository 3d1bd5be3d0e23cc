import { StartupError } from './startup-error.js';

/** How this process proves to Azure who it is. */
export type AzureCredential =
  | { readonly kind: 'SECRET'; readonly tenantId: string; readonly clientId: string; readonly clientSecret: string }
  | {
      readonly kind: 'CERTIFICATE';
      readonly tenantId: string;
      readonly clientId: string;
      /** A PEM file with the certificate and its private key (PKCS #8). */
      readonly file: string;
    }
  | {
      readonly kind: 'MANAGED_IDENTITY';
      /** Of a user-assigned identity; null: the system-assigned one. */
      readonly clientId: string | null;
    };

/** The key of a key service under which key-encrypting keys (KEKs) are wrapped. */
export interface VaultKeySettings {
  /** The key's identifier with its version: new KEKs are wrapped under it, older ones name their own. */
  readonly key: string;
  readonly credential: AzureCredential;
}

type Environment = Readonly<Record<string, string | undefined>>;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Names and versions as Key Vault forms them (learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates). */
const KEY =
  /^https:\/\/[a-z0-9][a-z0-9-]{1,22}[a-z0-9]\.(vault\.azure\.net|managedhsm\.azure\.net)\/keys\/[0-9A-Za-z-]{1,127}\/[0-9a-f]{32}$/;

/** Whether a text is the identifier of one version of a key in Azure Key Vault. */
export const isVaultKey = (text: string): boolean => KEY.test(text);

/** Reads KEK_VAULT_KEY and how to sign in, by the names that Azure's own libraries use; null when it is not set. */
export function readVaultKey(env: Environment): VaultKeySettings | null {
  const key = env.KEK_VAULT_KEY;
  if (!key) return null;
  if (!isVaultKey(key))
    throw new StartupError(
      'KEK_VAULT_KEY is no key identifier: write it with its version, as https://<vault>.vault.azure.net/keys/<name>/<32 hexadecimal digits>.',
    );
  return { key, credential: readCredential(env) };
}

function readCredential(env: Environment): AzureCredential {
  const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH } = env;
  for (const [name, value] of Object.entries({ AZURE_TENANT_ID, AZURE_CLIENT_ID }))
    if (value && !GUID.test(value)) throw new StartupError(`${name} is "${value}": it must be a GUID.`);
  if (!AZURE_CLIENT_SECRET && !AZURE_CLIENT_CERTIFICATE_PATH)
    return { kind: 'MANAGED_IDENTITY', clientId: AZURE_CLIENT_ID || null };
  if (!AZURE_TENANT_ID || !AZURE_CLIENT_ID)
    throw new StartupError(
      'KEK_VAULT_KEY is set with a secret or certificate but without AZURE_TENANT_ID and AZURE_CLIENT_ID: set both, or leave all out for a managed identity.',
    );
  const app = { tenantId: AZURE_TENANT_ID, clientId: AZURE_CLIENT_ID };
  if (AZURE_CLIENT_CERTIFICATE_PATH) return { kind: 'CERTIFICATE', ...app, file: AZURE_CLIENT_CERTIFICATE_PATH };
  return { kind: 'SECRET', ...app, clientSecret: AZURE_CLIENT_SECRET! };
}
