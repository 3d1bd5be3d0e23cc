import { VendorError } from '../../../core/outbox/vendor-error.js';
import { type Seen, signInFault } from '../entra.rules.js';

interface Judgement {
  readonly code: string;
  readonly remedy: string;
}

const CONSENT: Judgement = {
  code: 'TEAMS_CONSENT',
  remedy:
    "Have a directory administrator consent to the delegated permission ChannelMessage.Send of the API's app registration, or set delegated to OFF. Until then the webhook posts.",
};
const AGAIN: Judgement = {
  code: 'TEAMS_SIGN_IN_AGAIN',
  remedy:
    'Entra ID asks for an interactive sign-in of whoever acted (MFA, conditional access, an ended session): they sign in anew, or the policy lets the API act on their behalf. Until then the webhook posts.',
};
const AUDIENCE: Judgement = {
  code: 'TEAMS_APP',
  remedy:
    "The operator's client secret or certificate belongs to another app registration than the one that people's tokens are made for: correct ENTRA_CLIENT_SECRET or ENTRA_CERTIFICATE_FILE. Until then the webhook posts.",
};
const OPERATOR: Judgement = {
  code: 'TEAMS_APP',
  remedy:
    "The client secret or certificate of the API's own app registration is wrong or has ended: the operator gives a new one in ENTRA_CLIENT_SECRET or ENTRA_CERTIFICATE_FILE. Until then the webhook posts.",
};

/** What each number of the token endpoint means for an exchange (learn.microsoft.com, AADSTS error codes). */
const JUDGEMENTS: Readonly<Record<string, Judgement>> = {
  '65001': CONSENT,
  '650057': CONSENT,
  '700016': CONSENT,
  '500011': CONSENT,
  '500131': AUDIENCE,
  '50013': AUDIENCE,
  '7000215': OPERATOR,
  '7000218': OPERATOR,
  '7000222': OPERATOR,
  '700027': OPERATOR,
};

/**
 * Why there is no token in somebody's name. Nothing was posted, whatever the reason: a busy sign-in is THROTTLED, all else
 * DISCONNECTED with a code and remedy of its own.
 */
export function oboFault(error: unknown, seen: Seen, now: Date): VendorError {
  const fault = signInFault(error, seen, now);
  if (fault.kind !== 'DISCONNECTED') return fault;
  const { errorNo } = (error ?? {}) as { errorNo?: unknown };
  const number = /^\d{1,9}$/.test(String(errorNo)) ? String(errorNo) : '';
  const { code, remedy } = JUDGEMENTS[number] ?? AGAIN;
  return new VendorError('DISCONNECTED', {
    code,
    message: fault.message,
    remedy,
    ...(fault.status === null ? {} : { status: fault.status }),
  });
}
