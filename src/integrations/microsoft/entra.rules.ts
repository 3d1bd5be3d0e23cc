import { VendorError } from '../../core/outbox/vendor-error.js';
import { type Headers, retryAfterMs } from '../http/retry-after.rules.js';

/** What was seen of the token endpoint in the last request: MSAL's own errors keep too little of it. */
export interface Seen {
  status: number | null;
  headers: Headers;
  fault: VendorError | null;
}

/** MSAL sends nothing for a minute after a 429 or 5xx without Retry-After, and throws at once meanwhile. */
const MSAL_PAUSE_MS = 60_000;

interface Judgement {
  readonly code: string;
  readonly remedy: string;
}

const CREDENTIALS: Judgement = {
  code: 'MICROSOFT_CREDENTIALS',
  remedy:
    "Give the value of the app registration's client secret (not its id), or the certificate's key and SHA-256 thumbprint, with rotateIntegrationSecret.",
};
const CONSENT: Judgement = {
  code: 'MICROSOFT_CONSENT',
  remedy:
    "Have a directory administrator consent to the app registration's application permission Sites.Selected, then test the connection.",
};

/** What an administrator does about each number of the token endpoint (learn.microsoft.com, AADSTS error codes). */
const JUDGEMENTS: Readonly<Record<string, Judgement>> = {
  '7000215': CREDENTIALS,
  '7000218': CREDENTIALS,
  '700027': CREDENTIALS,
  '7000222': {
    code: 'MICROSOFT_SECRET_EXPIRED',
    remedy: 'Make a new client secret or certificate at the app registration and give it with rotateIntegrationSecret.',
  },
  '700016': CONSENT,
  '65001': CONSENT,
  '500011': CONSENT,
  '650057': CONSENT,
  '90002': {
    code: 'MICROSOFT_DIRECTORY',
    remedy: 'Set directoryId to the tenant id that Entra ID shows in its overview, with updateIntegrationSettings.',
  },
};

/** Why there is no token: by the AADSTS number where there is one. Everything that an administrator must mend waits. */
export function signInFault(error: unknown, seen: Seen, now: Date): VendorError {
  if (error instanceof VendorError) return error;
  if (seen.fault) return seen.fault;
  const { errorNo, name } = (error ?? {}) as { errorNo?: unknown; name?: unknown };
  const number = /^\d{1,9}$/.test(String(errorNo)) ? String(errorNo) : null;
  // MSAL throws the vendor's last refusal again without asking, while it holds back; its other errors are our own input.
  const isBusy = seen.status === null ? name === 'ServerError' : seen.status === 429 || seen.status >= 500;
  if (isBusy)
    return new VendorError('THROTTLED', {
      code: 'MICROSOFT_SIGN_IN_BUSY',
      message: `Entra ID gave no token${seen.status === null ? '' : ` (${seen.status})`}.`,
      remedy: 'It is tried again by itself; look at the service health of Microsoft 365 if it lasts.',
      retryAfterMs: retryAfterMs(seen.headers, now) ?? MSAL_PAUSE_MS,
      ...(seen.status === null ? {} : { status: seen.status }),
    });
  const { code, remedy } = JUDGEMENTS[number ?? ''] ?? { ...CREDENTIALS, code: 'MICROSOFT_SIGN_IN' };
  return new VendorError('DISCONNECTED', {
    code,
    message: `Entra ID gave no token${number === null ? '' : ` (AADSTS${number})`}.`,
    remedy,
    ...(seen.status === null ? {} : { status: seen.status }),
  });
}
