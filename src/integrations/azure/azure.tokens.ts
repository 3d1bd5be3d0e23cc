import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConfidentialClientApplication, ManagedIdentityApplication, NodeAuthOptions } from '@azure/msal-node';
import { KeyServiceError } from '../../core/served-keys.js';
import { StartupError } from '../../core/startup-error.js';
import type { AzureCredential } from '../../core/vault-key-settings.js';
import type { VendorHttp } from '../http/client.js';
import { entraNetwork } from '../microsoft/entra.network.js';
import { type Seen, signInFault } from '../microsoft/entra.rules.js';

/**
 * Tokens for a resource of Azure, such as `https://vault.azure.net`, by MSAL, which keeps them. A managed identity asks
 * the platform's own endpoint on this machine (IMDS at 169.254.169.254, or IDENTITY_ENDPOINT), by addresses that the
 * platform sets and no tenant; everything else goes by the guarded way out.
 */
export function azureTokens(credential: AzureCredential, resource: string, http: VendorHttp): () => Promise<string> {
  return credential.kind === 'MANAGED_IDENTITY'
    ? managedIdentity(credential.clientId, resource)
    : application(credential, resource, http);
}

function managedIdentity(clientId: string | null, resource: string): () => Promise<string> {
  let msal: ManagedIdentityApplication | null = null;
  return async () => {
    try {
      const { ManagedIdentityApplication } = await import('@azure/msal-node');
      msal ??= new ManagedIdentityApplication(
        clientId === null ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } },
      );
      return (await msal.acquireToken({ resource })).accessToken;
    } catch (error) {
      throw new KeyServiceError(
        'The managed identity gave no token: assign one to this machine or container, and set AZURE_CLIENT_ID when it is a user-assigned one.',
        { cause: error },
      );
    }
  };
}

function application(
  credential: Exclude<AzureCredential, { kind: 'MANAGED_IDENTITY' }>,
  resource: string,
  http: VendorHttp,
): () => Promise<string> {
  const { tenantId, clientId } = credential;
  const seen: Seen = { status: null, headers: {}, fault: null };
  const auth = { clientId, ...proofOf(credential) };
  let msal: ConfidentialClientApplication | null = null;
  return async () => {
    Object.assign(seen, { status: null, headers: {}, fault: null });
    try {
      const { ConfidentialClientApplication } = await import('@azure/msal-node');
      msal ??= new ConfidentialClientApplication({ auth, system: { networkClient: entraNetwork(http, seen) } });
      const result = await msal.acquireTokenByClientCredential({
        scopes: [`${resource}/.default`],
        authority: `https://login.microsoftonline.com/${tenantId}`,
      });
      return result!.accessToken;
    } catch (error) {
      const { message } = signInFault(error, seen, new Date());
      throw new KeyServiceError(
        `${message.replace(/\.$/, '')}: check AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret or certificate of the app registration.`,
        { cause: error },
      );
    }
  };
}

function proofOf(
  credential: Exclude<AzureCredential, { kind: 'MANAGED_IDENTITY' }>,
): Omit<NodeAuthOptions, 'clientId'> {
  if (credential.kind === 'SECRET') return { clientSecret: credential.clientSecret };
  const { file } = credential;
  try {
    const pem = readFileSync(file, 'utf8');
    const thumbprintSha256 = new X509Certificate(pem).fingerprint256.replaceAll(':', '');
    const [privateKey] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(pem) ?? [];
    if (privateKey === undefined) throw new Error('no private key');
    return { clientCertificate: { privateKey, thumbprintSha256 } };
  } catch {
    // The reason may quote the file: it is left out.
    throw new StartupError(
      `AZURE_CLIENT_CERTIFICATE_PATH names ${file}, which is not a PEM file with a certificate and its private key in PKCS #8.`,
    );
  }
}
