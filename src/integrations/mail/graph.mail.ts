import { VendorError } from '../../core/outbox/vendor-error.js';
import type { OpenConnection } from '../connection/connection.secret.js';
import type { VendorAnswer, VendorHttp } from '../http/client.js';
import { codeIn, faultOfStatus } from '../http/fault.rules.js';
import type { EntraTokens } from '../microsoft/entra.tokens.js';
import { oneLine } from './mail.content.js';
import type { Mail, MailWay } from './mail.way.js';

const VENDOR = 'Exchange Online';

/** Exchange Online takes 30 messages a minute from a mailbox (learn.microsoft.com, "Exchange Online limits"). */
const BUDGET = { perMinute: 30, burst: 10 };

/** The header by which a person finds the mail in Sent Items; Graph takes headers of our own that begin with x-. */
export const EFFECT_HEADER = 'x-countersign-effect';

const NOT_ALLOWED =
  'Three ways to allow it, the first is the narrowest: assign the role "Application Mail.Send" to the application for this one mailbox (RBAC for Applications in Exchange Online); or consent to Mail.Send and limit it by an application access policy. A change can take an hour. Then test the connection.';
const NO_MAILBOX = 'Set mailbox to a mailbox of the directory that can send, with updateIntegrationSettings.';

/**
 * Mail by Microsoft Graph from one mailbox (learn.microsoft.com/graph/api/user-sendmail): application permission
 * Mail.Send, 202 without a body. Graph names neither the message nor its Message-ID, and Mail.Send may not read Sent
 * Items: a lost answer cannot be looked up by us, a person can.
 */
export class GraphMail implements MailWay {
  constructor(
    private readonly http: VendorHttp,
    readonly tokens: EntraTokens,
  ) {}

  /** Answers the value of the header that names the mail. */
  async send(connection: OpenConnection, mail: Mail, signal: AbortSignal): Promise<string> {
    const doubt = `Look in the Sent Items of ${connection.settings.mailbox ?? ''} for "${mail.subject}" (header ${EFFECT_HEADER}: ${mail.id}): adoptEffect if it is there, confirmEffect if it is not.`;
    try {
      await this.post(connection, mail, signal);
      return `${EFFECT_HEADER}: ${mail.id}`;
    } catch (error) {
      if (!(error instanceof VendorError) || error.kind !== 'UNKNOWN_OUTCOME') throw error;
      const { code, message, status } = error;
      throw new VendorError('UNKNOWN_OUTCOME', {
        code,
        message,
        remedy: doubt,
        ...(status === null ? {} : { status }),
      });
    }
  }

  private async post(connection: OpenConnection, mail: Mail, signal: AbortSignal): Promise<void> {
    const first = await this.once(connection, mail, signal);
    if (first.status === 202) return;
    // The token was revoked, or may have been made before the permission.
    if (first.status === 401 || first.status === 403) this.tokens.forget(connection);
    // Certainly not sent, so once more with a new one.
    if (first.status !== 401) throw refusal(first);
    const second = await this.once(connection, mail, signal);
    if (second.status !== 202) throw refusal(second);
  }

  private async once(connection: OpenConnection, mail: Mail, signal: AbortSignal): Promise<VendorAnswer> {
    const token = await this.tokens.of(connection);
    const { to, subject, html, id } = mail;
    return this.http.send({
      vendor: VENDOR,
      method: 'POST',
      url: `https://graph.microsoft.com/v1.0/users/${encodeURIComponent(connection.settings.mailbox ?? '')}/sendMail`,
      headers: { authorization: `Bearer ${token}` },
      json: {
        message: {
          subject,
          body: { contentType: 'HTML', content: html },
          toRecipients: [{ emailAddress: { address: to.address, name: oneLine(to.name, 120) } }],
          internetMessageHeaders: [{ name: EFFECT_HEADER, value: id }],
        },
        saveToSentItems: true,
      },
      accept: [400, 401, 403, 404],
      budget: { ...BUDGET, instance: `mail/${connection.id}` },
      signal,
    });
  }
}

function refusal(answer: VendorAnswer): VendorError {
  const { status, headers } = answer;
  const code = codeIn(quietly(answer));
  const fault = faultOfStatus(status, headers, code, { vendor: VENDOR, isRepeatable: false }, new Date());
  if (status === 403) return mended('MAIL_NOT_ALLOWED', NOT_ALLOWED, fault);
  if (status === 404) return mended('MAIL_MAILBOX', NO_MAILBOX, fault);
  return fault;
}

const mended = (code: string, remedy: string, { message, status }: VendorError): VendorError =>
  new VendorError('DISCONNECTED', { code, message, remedy, ...(status === null ? {} : { status }) });

function quietly(answer: VendorAnswer): unknown {
  try {
    return answer.json();
  } catch {
    return null;
  }
}
