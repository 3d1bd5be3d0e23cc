import { decodeJwt } from 'jose';
import { CLI_CLIENT, PERSON_GRANT, SANDBOX_IDENTITY_PATH } from './constants.js';

/** What may be asked of a sandbox token. */
export interface SandboxTokenOptions {
  /** Pretends that the person signed in so many seconds ago: for trying re-authentication. */
  authAgeSeconds?: number;
  /** How to send the request; the runtime's `fetch` by default. */
  fetch?: typeof globalThis.fetch;
}

/** A token of the sandbox provider. */
export interface SandboxToken {
  /** For `Authorization: Bearer ...`. */
  accessToken: string;
  /** When it ends, by the server's clock. */
  expiresAt: Date;
}

/** The sandbox gave no token. `code` is OAuth's (`invalid_grant`: no such person), or `unreachable`, `no_sandbox`. */
export class SandboxTokenError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'SandboxTokenError';
  }
}

/**
 * A token for a sample person, over HTTP: for the command line and for tests.
 *
 * @param baseUrl the server's origin, for example `http://127.0.0.1:4000`
 * @param person for example `sofia.sales@northwind-managed`
 * @throws SandboxTokenError with one clear sentence
 */
export async function requestSandboxToken(
  baseUrl: string,
  person: string,
  options: SandboxTokenOptions = {},
): Promise<SandboxToken> {
  const url = new URL(`${SANDBOX_IDENTITY_PATH}/token`, baseUrl);
  const form = new URLSearchParams({ grant_type: PERSON_GRANT, client_id: CLI_CLIENT, person });
  if (options.authAgeSeconds !== undefined) form.set('auth_age', String(options.authAgeSeconds));
  const response = await (options.fetch ?? globalThis.fetch)(url, {
    method: 'POST',
    body: form,
    redirect: 'manual',
    headers: { accept: 'application/json' },
  }).catch((cause: unknown) => {
    const message = `Nothing answers at ${url.origin}: start Countersign with \`npm start\`, or give its address.`;
    throw Object.assign(new SandboxTokenError('unreachable', message), { cause });
  });
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok && typeof answer.access_token === 'string') {
    const { exp = 0 } = decodeJwt(answer.access_token);
    return { accessToken: answer.access_token, expiresAt: new Date(exp * 1000) };
  }
  if (response.status === 404 || typeof answer.error !== 'string') {
    throw new SandboxTokenError(
      'no_sandbox',
      `${url.origin} has no sandbox identity provider (status ${response.status}): get a token from its real one.`,
    );
  }
  const said = typeof answer.error_description === 'string' ? answer.error_description : answer.error;
  throw new SandboxTokenError(answer.error, `${url.origin} says: ${said}`);
}
