import { decodeProtectedHeader, importSPKI, jwtVerify } from 'jose';
import type { AppRegistration, Directory } from '../records.js';
import type { MicrosoftWorld } from '../world.js';
import { EntraError } from './entra-error.js';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ALGORITHMS = ['PS256', 'RS256'];

/**
 * That the client is who it says: a secret, or an assertion signed by a registered certificate
 * (learn.microsoft.com/entra/identity-platform/certificate-credentials). Throws `EntraError`.
 */
export async function checkClient(
  world: MicrosoftWorld,
  app: AppRegistration,
  directory: Directory,
  form: URLSearchParams,
): Promise<void> {
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion');
  if (secret !== null) return checkSecret(world, app, secret);
  if (assertion !== null && form.get('client_assertion_type') === JWT_BEARER) {
    return checkAssertion(world, app, directory, assertion);
  }
  throw new EntraError(
    401,
    'invalid_client',
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  );
}

function checkSecret(world: MicrosoftWorld, app: AppRegistration, given: string): void {
  const secret = app.secrets.find((one) => one.value === given);
  if (!secret) {
    throw new EntraError(
      401,
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.id}'.`,
    );
  }
  if (secret.expiresAt && new Date(secret.expiresAt) <= world.now()) {
    throw new EntraError(
      401,
      'invalid_client',
      7000222,
      `The provided client secret keys for app '${app.id}' are expired. Visit the Azure portal to create new keys for your app, or consider using certificate credentials for added security.`,
    );
  }
}

async function checkAssertion(
  world: MicrosoftWorld,
  app: AppRegistration,
  directory: Directory,
  assertion: string,
): Promise<void> {
  const certificate = app.certificates.find(({ thumbprintSha256 }) => thumbprintSha256 === thumbprintOf(assertion));
  if (!certificate) throw badAssertion('The key was not found.');
  for (const algorithm of ALGORITHMS) {
    try {
      await jwtVerify(assertion, await importSPKI(certificate.publicKey, algorithm), {
        algorithms: [algorithm],
        audience: `https://login.microsoftonline.com/${directory.id}/oauth2/v2.0/token`,
        issuer: app.id,
        subject: app.id,
        requiredClaims: ['exp', 'jti'],
        currentDate: world.now(),
        clockTolerance: 300,
      });
      return;
    } catch {
      // The other algorithm, or refused below: Entra's answer does not say which check failed either.
    }
  }
  throw badAssertion('The signature or a claim of the client assertion is not valid.');
}

function thumbprintOf(assertion: string): string {
  try {
    const { 'x5t#S256': thumbprint } = decodeProtectedHeader(assertion) as { 'x5t#S256'?: string };
    return Buffer.from(thumbprint ?? '', 'base64url').toString('hex');
  } catch {
    return '';
  }
}

function badAssertion(reason: string): EntraError {
  return new EntraError(
    401,
    'invalid_client',
    700027,
    `The certificate with identifier used to sign the client assertion is not registered on application. ${reason}`,
  );
}
