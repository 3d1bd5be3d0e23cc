import { VendorError } from '../../core/outbox/vendor-error.js';
import { MAIL_ADDRESS } from '../connection/connection.rules.js';
import type { OpenConnection } from '../connection/connection.secret.js';
import type { MailTexts } from './mail.content.js';

/** Whom a mail goes to: read when it is sent, and kept nowhere. */
export interface Recipient {
  readonly name: string;
  readonly address: string;
}

/** One mail, ready to be handed over. */
export interface Mail extends MailTexts {
  /** The effect's id: names the mail in headers, so that a person who looks finds exactly this one. */
  readonly id: string;
  readonly to: Recipient;
}

/** A way by which mails go out. */
export interface MailWay {
  /**
   * Hands one mail over; answers by what it can be found there. VendorError otherwise, UNKNOWN_OUTCOME when it was
   * handed over and the answer never came.
   */
  send(connection: OpenConnection, mail: Mail, signal: AbortSignal): Promise<string>;
}

/** `kind` of a connection to a mail service. */
export type MailKind = 'GRAPH' | 'SMTP';

/** The recipient, or REFUSED when the person's address is none. */
export function checkedRecipient({ name, address }: Recipient): Recipient {
  if (MAIL_ADDRESS.test(address)) return { name, address };
  throw new VendorError('REFUSED', {
    code: 'MAIL_RECIPIENT',
    message: "The person's mail address cannot be used.",
    remedy:
      'Correct the mail address of the person in the configuration; the notice stands in their list all the same.',
  });
}
