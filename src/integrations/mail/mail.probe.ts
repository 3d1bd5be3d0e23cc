import { newId } from '../../core/id.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { CheckState, type ConnectionCheck } from '../connection/connection.entity.js';
import type { ConnectionProbe } from '../connection/connection.handler.js';
import type { OpenConnection } from '../connection/connection.secret.js';
import { excessRoles } from '../microsoft/graph.permissions.js';
import type { GraphMail } from './graph.mail.js';
import { mailTexts } from './mail.content.js';
import type { Smtp } from './smtp.js';

const ok = (name: string): ConnectionCheck => ({ name, state: CheckState.OK, remedy: null });

/** Tests a connection to a mail service: signs in, and finds whether the mailbox may be used. */
export function mailProbe(graph: GraphMail, smtp: Smtp): ConnectionProbe {
  return (connection, signal) =>
    connection.settings.kind === 'SMTP' ? probeSmtp(smtp, connection, signal) : probeGraph(graph, connection, signal);
}

async function probeSmtp(smtp: Smtp, connection: OpenConnection, signal: AbortSignal): Promise<ConnectionCheck[]> {
  await smtp.verify(connection, signal);
  return [ok('SIGN_IN')];
}

/**
 * Mail.Send lets nothing be read, so that the one proof is a mail: from the mailbox to itself. Permissions beyond it are
 * named as far as the token tells them.
 */
async function probeGraph(
  graph: GraphMail,
  connection: OpenConnection,
  signal: AbortSignal,
): Promise<ConnectionCheck[]> {
  const excess = excessRoles(await graph.tokens.of(connection));
  return [ok('SIGN_IN'), ...(await mailboxChecks(graph, connection, signal)), ...excess];
}

async function mailboxChecks(
  graph: GraphMail,
  connection: OpenConnection,
  signal: AbortSignal,
): Promise<ConnectionCheck[]> {
  const address = connection.settings.mailbox ?? '';
  const texts = mailTexts({
    subject: 'Countersign: connection test',
    sections: [
      { title: null, lines: ['Countersign can send from this mailbox. This mail may be deleted.'], link: null },
    ],
    footer: 'Sent because an administrator tested the connection.',
  });
  try {
    await graph.send(connection, { id: newId(), to: { name: 'Countersign', address }, ...texts }, signal);
    return [ok('Mail.Send'), ok('MAILBOX')];
  } catch (error) {
    const check = error instanceof VendorError ? STEPS[error.code] : undefined;
    if (check === undefined || !(error instanceof VendorError)) throw error;
    return [{ ...check, remedy: error.remedy }];
  }
}

/** The step that each fault after signing in belongs to. */
const STEPS: Readonly<Record<string, Omit<ConnectionCheck, 'remedy'>>> = {
  MAIL_NOT_ALLOWED: { name: 'Mail.Send', state: CheckState.MISSING },
  MAIL_MAILBOX: { name: 'MAILBOX', state: CheckState.FAILED },
};
