import { VendorError, type VendorFault } from '../../core/outbox/vendor-error.js';
import { checkedTarget } from '../http/address.rules.js';

/** Ports of submission: 465 with TLS from the start (RFC 8314), 587 (RFC 6409) and 2525, its usual second. */
const PORTS: readonly number[] = [465, 587, 2525];

/** Hosts of well-known submission services; an operator adds others by VENDOR_HOSTS. */
export const SMTP_HOSTS: readonly string[] = ['smtp.office365.com', 'smtp.gmail.com', 'smtp-relay.gmail.com'];

/** How a connection is secured: `NONE` exists for this machine's own simulators and tests alone. */
export type SmtpTls = 'STARTTLS' | 'IMPLICIT' | 'NONE';

/** Where a message is submitted. */
export interface SmtpTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: SmtpTls;
  /** This machine's own address, by the operator's setting. */
  readonly isLoopback: boolean;
}

/**
 * The server that the settings name, by the same rules as every other way out (checkedTarget): a listed host, no address
 * that is not public; `loopback` holds the origins of this machine's own simulators, such as http://127.0.0.1:2525.
 * VendorError REFUSED otherwise.
 */
export function smtpTarget(
  settings: Readonly<Record<string, string>>,
  loopback: readonly string[],
  hosts: readonly string[] | null,
): SmtpTarget {
  const host = (settings.host ?? '').trim().toLowerCase();
  const tls = (settings.tls ?? 'STARTTLS') as SmtpTls;
  const port = Number(settings.port ?? (tls === 'IMPLICIT' ? 465 : 587));
  if (loopback.includes(`http://${host}:${port}`)) return { host, port, tls, isLoopback: true };
  if (tls === 'NONE') throw refused('is not secured', 'Set tls to STARTTLS or IMPLICIT.');
  if (!PORTS.includes(port)) throw refused(`uses port ${port}`, `Use port ${PORTS.join(', ')}.`);
  const { url } = checkedTarget(`https://${host}/`, [], hosts);
  return { host: url.hostname.replaceAll(/^\[|\]$/g, ''), port, tls, isLoopback: false };
}

function refused(why: string, remedy: string): VendorError {
  return new VendorError('REFUSED', { code: 'ADDRESS_REFUSED', message: `The mail server ${why}.`, remedy });
}

/** What went wrong in a conversation with a mail server, as nodemailer tells it. */
export interface SmtpFault {
  /** EAUTH, ETLS, ESOCKET, ECONNECTION, ETIMEDOUT, EENVELOPE, EMESSAGE, ... */
  readonly code?: unknown;
  /** The code of the socket or of the certificate's check, where there is one. */
  readonly originalCode?: unknown;
  /** The three digits of the server's reply. */
  readonly responseCode?: unknown;
  /** The command that was answered: `MAIL FROM`, `RCPT TO`, `DATA`, ... */
  readonly command?: unknown;
}

interface Judgement {
  readonly kind: VendorFault;
  readonly code: string;
  readonly remedy: string;
}

const AGAIN = 'It is tried again by itself; look at the mail service if it lasts.';
const SIGN_IN: Judgement = {
  kind: 'DISCONNECTED',
  code: 'MAIL_SIGN_IN',
  remedy: 'Give a user and a password that may submit mail, with rotateIntegrationSecret.',
};
const TLS: Judgement = {
  kind: 'DISCONNECTED',
  code: 'MAIL_TLS',
  remedy:
    'The server offers no TLS, or its certificate is not valid for its name: correct host, port and tls with updateIntegrationSettings, or have the certificate renewed.',
};
const UNREACHABLE: Judgement = { kind: 'RETRY', code: 'MAIL_UNREACHABLE', remedy: AGAIN };
const LATER: Judgement = { kind: 'RETRY', code: 'MAIL_LATER', remedy: AGAIN };
/** Each mail has one recipient: what is said of it, or of its text, says nothing of the next. */
const THIS_LATER: Judgement = {
  kind: 'BUSY',
  code: 'MAIL_LATER',
  remedy:
    'The mailbox, or who receives for it, takes no mail just now: it is tried again by itself for a day; after that, look at the mail service and retry it.',
};
const SENDER: Judgement = {
  kind: 'DISCONNECTED',
  code: 'MAIL_SENDER',
  remedy: 'Let the user send from this address at the mail service, or correct `from` with updateIntegrationSettings.',
};
const RECIPIENT: Judgement = {
  kind: 'REFUSED',
  code: 'MAIL_RECIPIENT',
  remedy: 'Correct the mail address of the person in the configuration; the notice stands in their list all the same.',
};
const MESSAGE: Judgement = {
  kind: 'REFUSED',
  code: 'MAIL_REFUSED',
  remedy:
    'The mail service took the recipient and refused the message: look at its rules for this sender, then retry it.',
};
const SERVER: Judgement = {
  kind: 'DISCONNECTED',
  code: 'MAIL_SERVER',
  remedy: 'The server does not take mail from here: correct the settings, or have it let this machine submit.',
};
const UNKNOWN: Judgement = {
  kind: 'UNKNOWN_OUTCOME',
  code: 'MAIL_NO_ANSWER',
  remedy: '',
};

/**
 * What a fault means for the mail (RFC 5321 4.2 and 4.5.3.2.6). Before the message's text began to flow nothing was
 * sent; a reply after it says what became of it, 4yz for now and 5yz for good; no reply after it says nothing, and the
 * server may have taken it. The server's own words are not kept.
 */
export function smtpFault(fault: SmtpFault, isBegun: boolean, doubt: string): VendorError {
  const { kind, code, remedy } = judged(fault, isBegun);
  const reply = replyOf(fault);
  return new VendorError(kind, {
    code,
    message: `The mail server ${reply === null ? `gave no answer (${codeOf(fault)})` : `answered ${reply}`}.`,
    remedy: kind === 'UNKNOWN_OUTCOME' ? doubt : remedy,
    ...(reply === null ? {} : { status: reply }),
  });
}

function judged(fault: SmtpFault, isBegun: boolean): Judgement {
  const reply = replyOf(fault);
  // 421 says that the server closes, whatever it was doing (RFC 5321 3.8): it is no answer to the message.
  if (isBegun && (reply === null || reply === 421)) return UNKNOWN;
  if (fault.code === 'ETLS' || isCertificate(fault)) return TLS;
  if (reply === null) return fault.code === 'EAUTH' ? SIGN_IN : UNREACHABLE;
  const isOfThis = isBegun || fault.command === 'RCPT TO' || fault.command === 'DATA';
  if (reply < 500) return isOfThis && reply !== 421 ? THIS_LATER : LATER;
  if (fault.code === 'EAUTH' || [530, 534, 535, 538].includes(reply)) return SIGN_IN;
  if (isBegun) return MESSAGE;
  if (fault.command === 'RCPT TO') return RECIPIENT;
  return fault.command === 'MAIL FROM' ? SENDER : SERVER;
}

/** 400 and up; a 2yz that was not understood is none. */
function replyOf({ responseCode }: SmtpFault): number | null {
  return typeof responseCode === 'number' && responseCode >= 400 && responseCode < 600 ? responseCode : null;
}

/** The codes of node's TLS: OpenSSL's verification results, and names that do not match. */
function isCertificate({ originalCode }: SmtpFault): boolean {
  return (
    typeof originalCode === 'string' &&
    /CERT|SELF_SIGNED|ISSUER|^ERR_TLS|^ERR_SSL|^EPROTO$|^CRL_|HOSTNAME_MISMATCH/.test(originalCode)
  );
}

function codeOf({ code, originalCode }: SmtpFault): string {
  const found = [originalCode, code].find((one) => typeof one === 'string' && /^\w{1,60}$/.test(one));
  return typeof found === 'string' ? found : 'unknown';
}
