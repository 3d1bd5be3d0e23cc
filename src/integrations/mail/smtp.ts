import { connect, isIP, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { VendorError } from '../../core/outbox/vendor-error.js';
import type { OpenConnection } from '../connection/connection.secret.js';
import { checkedAddress } from '../http/address.rules.js';
import { type Resolve, systemResolve } from '../http/resolve.js';
import { oneLine } from './mail.content.js';
import type { Mail, MailWay } from './mail.way.js';
import { type SmtpFault, smtpFault, type SmtpTarget, smtpTarget } from './smtp.rules.js';

const CONNECT_MS = 5000;
const GREETING_MS = 10_000;
const REPLY_MS = 30_000;

export interface SmtpOptions {
  /** The origins of this machine's own simulators, as VendorHttp has them: the only servers without TLS. */
  readonly loopback: () => readonly string[];
  /** Hosts that may be reached, with everything under them; null for any public one. */
  readonly hosts: readonly string[] | null;
  /** Resolves a name to all its addresses; the system's resolver when left out. */
  readonly resolve?: Resolve;
  /** Further certificate authorities, PEM: those of a test's own server. */
  readonly ca?: string;
}

/**
 * Mail by SMTP submission (RFC 6409), with nodemailer's connection on a socket of our own: the name is resolved here,
 * each address of it judged, and the connection made to the judged one. One mail a connection, one recipient a mail.
 */
export class Smtp implements MailWay {
  constructor(private readonly options: SmtpOptions) {}

  /** Answers the Message-ID. */
  async send(connection: OpenConnection, mail: Mail, signal: AbortSignal): Promise<string> {
    const from = connection.settings.from ?? '';
    const messageId = `<${mail.id}@${from.split('@').at(-1) ?? ''}>`;
    const doubt = `Look in the mail server's log for the Message-ID ${messageId}: adoptEffect if it was taken, confirmEffect if it was not.`;
    const text = await composed(mail, from, messageId);
    const message = new Watched(text);
    await this.conversation(connection, signal, { isBegun: () => message.isBegun, doubt }, (smtp, step) =>
      step((done) => smtp.send({ from, to: [mail.to.address], size: text.length }, message, done)),
    );
    return messageId;
  }

  /** Connects and signs in, and sends nothing. */
  async verify(connection: OpenConnection, signal: AbortSignal): Promise<void> {
    const nothing = { isBegun: () => false, doubt: '' };
    await this.conversation(connection, signal, nothing, () => Promise.resolve());
  }

  /** The server, and the one of its addresses that was judged. */
  private async target(settings: OpenConnection['settings']): Promise<SmtpTarget & { readonly address: string }> {
    const { loopback, hosts, resolve = systemResolve } = this.options;
    try {
      const target = smtpTarget(settings, loopback(), hosts);
      return { ...target, address: checkedAddress(await resolved(resolve, target.host), target.isLoopback) };
    } catch (error) {
      throw unreachable(error);
    }
  }

  private async conversation(
    { settings, credentials }: OpenConnection,
    signal: AbortSignal,
    { isBegun, doubt }: { readonly isBegun: () => boolean; readonly doubt: string },
    work: (smtp: SMTPConnection, step: Step) => Promise<unknown>,
  ): Promise<void> {
    const { ca } = this.options;
    const { host, port, tls, address } = await this.target(settings);
    const socket = await opened(address, port, signal);
    const smtp = new SMTPConnection({
      host,
      port,
      connection: socket,
      name: 'countersign.invalid',
      secure: tls === 'IMPLICIT',
      requireTLS: tls === 'STARTTLS',
      ignoreTLS: tls === 'NONE',
      connectionTimeout: CONNECT_MS + GREETING_MS,
      greetingTimeout: GREETING_MS,
      socketTimeout: REPLY_MS,
      tls: { minVersion: 'TLSv1.2', ...(isIP(host) ? {} : { servername: host }), ...(ca ? { ca } : {}) },
    });
    const { step, end } = stepsOf(smtp, signal);
    try {
      await step((done) => smtp.connect(done));
      const { user, password } = credentials;
      if (user !== undefined) await step((done) => smtp.login({ credentials: { user, pass: password ?? '' } }, done));
      await work(smtp, step);
      // The message was taken: what becomes of the farewell changes nothing.
      smtp.quit();
    } catch (error) {
      smtp.close();
      throw error instanceof VendorError ? error : smtpFault(error as SmtpFault, isBegun(), doubt);
    } finally {
      end();
    }
  }
}

/** It is the connection that must be mended, not this one mail: all of them wait. */
function unreachable(error: unknown): unknown {
  if (!(error instanceof VendorError) || error.kind !== 'REFUSED') return error;
  const { code, message } = error;
  const remedy =
    'Correct host, port and tls with updateIntegrationSettings, or have the operator add the host to VENDOR_HOSTS.';
  return new VendorError('DISCONNECTED', { code, message, remedy });
}

type Step = (run: (done: (error?: Error | null) => void) => void) => Promise<void>;

/** Runs nodemailer's calls as promises that also end with the connection, or with the attempt. */
function stepsOf(smtp: SMTPConnection, signal: AbortSignal): { readonly step: Step; readonly end: () => void } {
  let fail: (error: Error) => void = () => undefined;
  const broken = new Promise<never>((_resolve, reject) => (fail = reject));
  // Heard by whoever waits; between two steps nobody does.
  broken.catch(() => undefined);
  smtp.on('error', (error: Error) => fail(error));
  smtp.once('end', () => fail(Object.assign(new Error('closed'), { code: 'ECONNECTION' })));
  const stop = (): void => {
    fail(Object.assign(new Error('stopped'), { code: 'STOPPED' }));
    smtp.close();
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const step: Step = (run) =>
    Promise.race([new Promise<void>((resolve, reject) => run((error) => (error ? reject(error) : resolve()))), broken]);
  return { step, end: () => signal.removeEventListener('abort', stop) };
}

async function resolved(resolve: Resolve, host: string): Promise<readonly string[]> {
  try {
    return isIP(host) ? [host] : await resolve(host);
  } catch (error) {
    throw smtpFault(error as SmtpFault, false, '');
  }
}

function opened(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void => {
      socket.destroy();
      reject(smtpFault(error as SmtpFault, false, ''));
    };
    const socket = connect({ host, port, timeout: CONNECT_MS, signal });
    socket.once('timeout', () => failed({ code: 'ETIMEDOUT' }));
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.removeAllListeners('timeout').removeListener('error', failed);
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

/** A text that knows whether anybody has begun to read it: nodemailer does once the server said 354. */
class Watched extends Readable {
  isBegun = false;

  constructor(private readonly text: Buffer) {
    super();
  }

  override _read(): void {
    this.isBegun = true;
    this.push(this.text);
    this.push(null);
  }
}

/** The message as it travels (RFC 5322, MIME): nothing in it is read from a file or an address. */
function composed({ id, to, subject, text, html }: Mail, from: string, messageId: string): Promise<Buffer> {
  const composer = new MailComposer({
    from: { name: 'Countersign', address: from },
    to: { name: oneLine(to.name, 120), address: to.address },
    subject,
    text,
    html,
    messageId,
    headers: { 'X-Countersign-Effect': id, 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
