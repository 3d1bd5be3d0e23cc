import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { StartupError } from './startup-error.js';

/**
 * The API's own app registration in Entra ID with its proof: what exchanges a person's token for one of Microsoft Graph in
 * their name. Held in memory alone.
 */
export type EntraApp =
  | { readonly clientId: string; readonly clientSecret: string }
  | {
      readonly clientId: string;
      readonly clientCertificate: { readonly privateKey: string; readonly thumbprintSha256: string };
    };

/**
 * Reads ENTRA_CLIENT_SECRET, or ENTRA_CERTIFICATE_FILE (a PEM file with the certificate and its PKCS #8 private key);
 * null where neither is set: then nobody posts in somebody else's name.
 */
export function readEntraApp(
  env: Readonly<Record<string, string | undefined>>,
  clientId: string | null,
): EntraApp | null {
  const { ENTRA_CLIENT_SECRET: clientSecret, ENTRA_CERTIFICATE_FILE: file } = env;
  if (!clientSecret && !file) return null;
  if (clientId === null)
    throw new StartupError('ENTRA_CLIENT_SECRET or ENTRA_CERTIFICATE_FILE is set without ENTRA_CLIENT_ID: set both.');
  if (clientSecret && file)
    throw new StartupError('ENTRA_CLIENT_SECRET and ENTRA_CERTIFICATE_FILE are both set: choose one.');
  if (clientSecret) return { clientId, clientSecret };
  return { clientId, clientCertificate: certificateIn(file!) };
}

function certificateIn(file: string): { privateKey: string; thumbprintSha256: string } {
  try {
    const pem = readFileSync(file, 'utf8');
    const privateKey = createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }) as string;
    const thumbprintSha256 = new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
    return { privateKey, thumbprintSha256 };
  } catch (error) {
    throw new StartupError(
      `ENTRA_CERTIFICATE_FILE is "${file}": it must be a PEM file with a certificate and its private key.`,
      { cause: error },
    );
  }
}
