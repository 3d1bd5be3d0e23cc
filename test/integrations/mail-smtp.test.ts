import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { newId } from '../../src/core/id.js';
import { VendorError } from '../../src/core/outbox/vendor-error.js';
import { Vendor } from '../../src/integrations/connection/connection.entity.js';
import type { OpenConnection } from '../../src/integrations/connection/connection.secret.js';
import { mailTexts } from '../../src/integrations/mail/mail.content.js';
import type { Mail } from '../../src/integrations/mail/mail.way.js';
import { Smtp, type SmtpOptions } from '../../src/integrations/mail/smtp.js';

const PASSWORD = 'canary-password-91c';
const FROM = 'countersign@msp.example';

let folder: string;
let key: string;
let cert: string;
let server: SMTPServer;
let taken: { from: string; to: string[]; text: string; secure: boolean }[];
let port: number;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'smtp-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const named = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', [...made, ...named, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
  [key, cert] = [readFileSync(keyFile, 'utf8'), readFileSync(certFile, 'utf8')];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  taken = [];
});
afterEach(() => new Promise<void>((closed) => server.close(() => closed())));

/** A mail server that takes everything, but for what `more` says. */
async function serve(more: SMTPServerOptions = {}): Promise<void> {
  server = new SMTPServer({
    key,
    cert,
    closeTimeout: 200,
    onAuth: ({ username, password }, _session, done) =>
      username === 'countersign' && password === PASSWORD
        ? done(null, { user: username })
        : done(Object.assign(new Error('no such user'), { responseCode: 535 })),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({
          from: (mailFrom as { address: string }).address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString('utf8'),
          secure: session.secure,
        });
        done();
      });
    },
    ...more,
  });
  // Cut connections are what some of these tests are about.
  server.on('error', () => undefined);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  port = (server.server.address() as AddressInfo).port;
}

/** The sockets of the server's conversations. */
const lines = (): Socket[] =>
  [...(server as unknown as { connections: Set<{ _socket: Socket }> }).connections].map(({ _socket }) => _socket);

const says = (responseCode: number): Error => Object.assign(new Error('the server has its reasons'), { responseCode });

const connection = (settings: Record<string, string> = {}, password = PASSWORD): OpenConnection => ({
  id: newId(),
  tenantId: newId(),
  vendor: Vendor.MAIL,
  baseUrl: 'https://mail.msp.example',
  settings: { kind: 'SMTP', from: FROM, host: 'localhost', port: String(port), tls: 'STARTTLS', ...settings },
  credentials: { user: 'countersign', password },
  secretVersion: 1,
});

const way = (more: Partial<SmtpOptions> = {}): Smtp =>
  new Smtp({
    loopback: () => [`http://localhost:${port}`],
    hosts: [],
    resolve: async () => ['127.0.0.1'],
    ca: cert,
    ...more,
  });

function mail(more: Partial<Mail> = {}): Mail {
  const texts = mailTexts({
    subject: 'Decision D-1 of "Müller & Söhne" <b>\r\nBcc: everybody@example.com',
    sections: [{ title: null, lines: ['Question: <script>alert(1)</script>'], link: null }],
    footer: 'why',
  });
  return { id: newId(), to: { name: 'Dana\r\nBcc: x@example.com', address: 'dana@msp.example' }, ...texts, ...more };
}

const send = (of = connection(), by = way(), what = mail(), signal = new AbortController().signal): Promise<string> =>
  by.send(of, what, signal);

async function fault(sending: Promise<unknown>): Promise<VendorError> {
  const error: unknown = await sending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof VendorError) return error;
  throw new Error(`It was ${String(error)}`);
}

it.each<{ what: string; options: SMTPServerOptions; settings: Record<string, string> }>([
  { what: 'STARTTLS', options: {}, settings: {} },
  { what: 'TLS from the start', options: { secure: true }, settings: { tls: 'IMPLICIT' } },
])(
  'sends over $what: plain text and HTML, our own Message-ID, no header that somebody typed',
  async ({ options, settings }) => {
    await serve(options);
    const what = mail();
    const id = await send(connection(settings), way(), what);
    expect(id).toBe(`<${what.id}@msp.example>`);
    const [{ text, ...envelope }] = taken as [(typeof taken)[number]];
    expect(envelope).toEqual({ from: FROM, to: ['dana@msp.example'], secure: true });
    const head = text.slice(0, text.indexOf('\r\n\r\n'));
    const names = head.match(/^[\w-]+(?=:)/gm)!.map((name) => name.toLowerCase());
    expect(names.toSorted()).toEqual(
      [
        'from',
        'to',
        'subject',
        'message-id',
        'x-countersign-effect',
        'auto-submitted',
        'date',
        'mime-version',
        'content-type',
      ].toSorted(),
    );
    expect(head).toContain(`Message-ID: ${id}`);
    expect(text).toContain('Content-Type: text/plain');
    expect(text).toContain('Content-Type: text/html');
    expect(text).not.toContain('<script>alert(1)</script></p>');
  },
);

it('tests a connection without sending anything', async () => {
  await serve();
  await way().verify(connection(), new AbortController().signal);
  expect(taken).toEqual([]);
  const wrong = way().verify(connection({}, 'wrong'), new AbortController().signal);
  expect(await fault(wrong)).toMatchObject({ kind: 'DISCONNECTED', code: 'MAIL_SIGN_IN', status: 535 });
});

it.each<{ what: string; options: SMTPServerOptions; found: Partial<VendorError> }>([
  {
    what: 'a refused recipient',
    options: { onRcptTo: (_address, _session, done) => done(says(550)) },
    found: { kind: 'REFUSED', code: 'MAIL_RECIPIENT', status: 550 },
  },
  {
    what: 'greylisting',
    options: { onRcptTo: (_address, _session, done) => done(says(450)) },
    found: { kind: 'BUSY', code: 'MAIL_LATER', status: 450 },
  },
  {
    what: 'a foreign sender',
    options: { onMailFrom: (_address, _session, done) => done(says(553)) },
    found: { kind: 'DISCONNECTED', code: 'MAIL_SENDER', status: 553 },
  },
  {
    what: 'a 5yz after the text',
    options: { onData: (stream, _session, done) => void stream.resume().on('end', () => done(says(554))) },
    found: { kind: 'REFUSED', code: 'MAIL_REFUSED', status: 554 },
  },
  {
    what: 'a 4yz after the text',
    options: { onData: (stream, _session, done) => void stream.resume().on('end', () => done(says(451))) },
    found: { kind: 'BUSY', code: 'MAIL_LATER', status: 451 },
  },
  {
    what: 'a server that turns us away',
    options: { onConnect: (_session, done) => done(says(554)) },
    found: { kind: 'DISCONNECTED', code: 'MAIL_SERVER', status: 554 },
  },
  {
    what: 'a server without STARTTLS',
    options: { disabledCommands: ['STARTTLS'] },
    found: { kind: 'DISCONNECTED', code: 'MAIL_TLS' },
  },
])('$what: $found.kind', async ({ options, found }) => {
  await serve(options);
  const error = await fault(send());
  expect(error).toMatchObject(found);
  expect(error.remedy.length).toBeGreaterThan(20);
  // The server's own words may hold anything.
  expect(error.message).not.toContain('reasons');
});

it('a wrong password is the connection that must be mended, and stands in no error', async () => {
  await serve();
  const error = await fault(send(connection({}, 'secret-that-is-wrong')));
  expect(error).toMatchObject({ kind: 'DISCONNECTED', code: 'MAIL_SIGN_IN' });
  expect(JSON.stringify(error) + error.message).not.toContain('secret-that-is-wrong');
});

it.each<{ what: string; more: Partial<SmtpOptions>; settings: Record<string, string> }>([
  { what: 'that nobody vouches for', more: { ca: undefined }, settings: {} },
  { what: 'of another name', more: { loopback: () => [`http://127.0.0.1:${port}`] }, settings: { host: '127.0.0.1' } },
  { what: 'that nobody vouches for, with TLS from the start', more: { ca: undefined }, settings: { tls: 'IMPLICIT' } },
])('a certificate $what: not sent, and the connection says so', async ({ more, settings }) => {
  await serve({ secure: 'tls' in settings });
  expect(await fault(send(connection(settings), way(more)))).toMatchObject({ kind: 'DISCONNECTED', code: 'MAIL_TLS' });
  expect(taken).toEqual([]);
});

it.each<{ what: string; end: () => void; status: number | null }>([
  { what: 'cut', end: () => lines().forEach((line) => line.destroy()), status: null },
  { what: 'closed by the server', end: () => server.close(() => undefined), status: 421 },
])('$what after the text: the outcome is unknown, with the Message-ID to look for', async ({ end, status }) => {
  await serve({ onData: (stream) => void stream.resume().on('end', end), closeTimeout: 1 });
  const what = mail();
  const error = await fault(send(connection(), way(), what));
  expect(error).toMatchObject({ kind: 'UNKNOWN_OUTCOME', code: 'MAIL_NO_ANSWER', status });
  expect(error.remedy).toContain(`<${what.id}@msp.example>`);
});

it('cut before the text: nothing was sent, it is tried again', async () => {
  await serve({ onRcptTo: () => lines().forEach((line) => line.destroy()) });
  expect(await fault(send())).toMatchObject({ kind: 'RETRY', code: 'MAIL_UNREACHABLE' });
});

it('stopped after the text: the outcome is unknown; stopped before: it is tried again', async () => {
  const stopped = new AbortController();
  await serve({ onData: (stream) => void stream.resume().on('end', () => stopped.abort()) });
  expect(await fault(send(connection(), way(), mail(), stopped.signal))).toMatchObject({ kind: 'UNKNOWN_OUTCOME' });
  expect(await fault(send(connection(), way(), mail(), stopped.signal))).toMatchObject({ kind: 'RETRY' });
});

it.each<{ what: string; resolve: SmtpOptions['resolve']; found: Partial<VendorError> }>([
  {
    what: 'this machine',
    resolve: async () => ['127.0.0.1'],
    found: { kind: 'DISCONNECTED', code: 'ADDRESS_REFUSED' },
  },
  {
    what: 'a private address',
    resolve: async () => ['10.0.0.7'],
    found: { kind: 'DISCONNECTED', code: 'ADDRESS_REFUSED' },
  },
  {
    what: 'one public address and a private one',
    resolve: async () => ['93.184.216.34', '192.168.1.1'],
    found: { kind: 'DISCONNECTED', code: 'ADDRESS_REFUSED' },
  },
  {
    what: 'nothing',
    resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    found: { kind: 'RETRY', code: 'MAIL_UNREACHABLE' },
  },
])('a name that resolves to $what is never connected to', async ({ resolve, found }) => {
  await serve();
  const by = way({ resolve, hosts: ['mail.msp.example'], loopback: () => [] });
  expect(await fault(send(connection({ host: 'mail.msp.example', port: '587' }), by))).toMatchObject(found);
});

it('nobody listens: nothing was sent, it is tried again', async () => {
  await serve();
  const closedPort = port;
  await new Promise<void>((closed) => server.close(() => closed()));
  const by = way({ loopback: () => [`http://localhost:${closedPort}`] });
  expect(await fault(send(connection(), by))).toMatchObject({ kind: 'RETRY', code: 'MAIL_UNREACHABLE' });
  await serve();
});
