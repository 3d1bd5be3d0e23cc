import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { readConfig } from '../../src/core/config.js';
import { newKeyBytes } from '../../src/core/keys.js';
import { type KeyService, KeyServiceError, ServedKeyRing } from '../../src/core/served-keys.js';
import { StartupError } from '../../src/core/startup-error.js';
import type { AzureCredential } from '../../src/core/vault-key-settings.js';
import { type Keys, makeKek, openKeys } from '../../src/open-keys.js';
import { KeyVaultServer } from '../kit/key-vault.js';

let server: KeyVaultServer;
let folder: string;
const opened: Keys[] = [];

beforeEach(async () => {
  server = new KeyVaultServer();
  await server.start();
  folder = mkdtempSync(join(tmpdir(), 'kek-'));
});
afterEach(async () => {
  for (const keys of opened.splice(0)) await keys.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const bySecret = (): AzureCredential => {
  const { tenantId, clientId, clientSecret } = server;
  return { kind: 'SECRET', tenantId, clientId, clientSecret };
};

async function open(key: string, files: string[], credential = bySecret()): Promise<Keys> {
  const keys = await openKeys({ files, make: true, vault: { key, credential } }, { http: server.http });
  opened.push(keys);
  return keys;
}

async function failure(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail');
}

test('the file holds what the vault alone unwraps, and every start has the same key', async () => {
  const key = server.version('a');
  const file = join(folder, 'kek.json');
  const first = await open(key, [file]);
  const dataKey = newKeyBytes();
  const wrapped = first.ring.wrap(dataKey);
  const text = readFileSync(file, 'utf8');
  expect(JSON.parse(text)).toEqual({ countersign: 'kek/v1', key, wrapped: expect.stringMatching(/^[\w-]{342}$/) });
  const second = await open(key, [file]);
  expect(second.ring.currentId).toBe(first.ring.currentId);
  expect(second.ring.unwrap(wrapped, first.ring.currentId)).toEqual(dataKey);
  expect(second.reason()).toBeNull();
  expect(server.asked).toEqual([`wrapkey kek/${'a'.repeat(32)}`, ...Array(2).fill(`unwrapkey kek/${'a'.repeat(32)}`)]);
});

test('a new version wraps new keys and the old one still unwraps', async () => {
  const [older, newer] = [server.version('a'), server.version('b')];
  const [before, after] = [join(folder, '1.json'), join(folder, '2.json')];
  const old = await open(older, [before]);
  const dataKey = newKeyBytes();
  const wrapped = old.ring.wrap(dataKey);
  const settings = { files: [before], make: false, vault: { key: newer, credential: bySecret() } };
  await makeKek(settings, after, { http: server.http });
  expect(JSON.parse(readFileSync(after, 'utf8')).key).toBe(newer);
  expect((await failure(makeKek(settings, after, { http: server.http }))).message).toContain('is there already');
  const both = await open(newer, [after, before]);
  expect(both.ring.currentId).not.toBe(old.ring.currentId);
  expect(both.ring.unwrap(wrapped, old.ring.currentId)).toEqual(dataKey);
  const alone = await open(newer, [after]);
  expect(() => alone.ring.unwrap(wrapped, old.ring.currentId)).toThrow('is not here');
});

test('a certificate and a managed identity open it as well', async () => {
  const key = server.version('a');
  const file = join(folder, 'kek.json');
  const pem = join(folder, 'client.pem');
  const parts = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  const subject = ['-subj', '/CN=countersign'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject];
  execFileSync('openssl', [...made, '-keyout', parts[0]!, '-out', parts[1]!], { stdio: 'ignore' });
  writeFileSync(pem, parts.map((part) => readFileSync(part, 'utf8')).join(''));
  server.certificate = new X509Certificate(readFileSync(pem));
  const { tenantId, clientId } = server;
  const byCertificate = await open(key, [file], { kind: 'CERTIFICATE', tenantId, clientId, file: pem });
  process.env.IDENTITY_ENDPOINT = `${server.origin}/msi/token`;
  process.env.IDENTITY_HEADER = 'identity-header';
  try {
    const byIdentity = await open(key, [file], { kind: 'MANAGED_IDENTITY', clientId: null });
    expect(byIdentity.ring.currentId).toBe(byCertificate.ring.currentId);
  } finally {
    delete process.env.IDENTITY_ENDPOINT;
    delete process.env.IDENTITY_HEADER;
  }
});

describe('a start fails closed and says why', () => {
  const cases: {
    what: string;
    breaks: (file: string, key: string) => void | Promise<void>;
    says: RegExp;
    credential?: () => AzureCredential;
  }[] = [
    {
      what: 'a wrong secret',
      breaks: () => undefined,
      says: /AADSTS7000215.*AZURE_CLIENT_ID/,
      credential: () => ({ ...bySecret(), clientSecret: 'wrong' }) as AzureCredential,
    },
    { what: 'a disabled version', breaks: (_file, key) => server.disable(key), says: /403 \(Forbidden\).*Crypto User/ },
    { what: 'a vault that is down', breaks: () => server.stop(), says: /could not be reached|gave no token/ },
    {
      what: 'a vault that is busy',
      breaks: () => void (server.failing = { status: 503, code: 'Busy' }),
      says: /answered 503/,
    },
    {
      what: 'a file of another vault',
      breaks: (file) => {
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace(server.host, 'somebody-else.vault.azure.net'));
      },
      says: /wrapped in the vault somebody-else/,
    },
    {
      what: 'a file that was changed',
      breaks: (file) => {
        const kek = JSON.parse(readFileSync(file, 'utf8')) as { wrapped: string };
        writeFileSync(file, JSON.stringify({ ...kek, wrapped: `AAAA${kek.wrapped.slice(4)}` }));
      },
      says: /answered 400/,
    },
    {
      what: 'a key in clear',
      breaks: (file) => writeFileSync(file, newKeyBytes()),
      says: /holds a key in clear.*keys make/,
    },
  ];

  test.each(cases)('$what', async ({ breaks, says, credential }) => {
    const key = server.version('a');
    const file = join(folder, 'kek.json');
    await (await open(key, [file])).close();
    await breaks(file, key);
    const error = await failure(open(key, [file], credential?.()));
    expect(error).toBeInstanceOf(StartupError);
    expect(error.message).toMatch(says);
  });

  test('nothing is made where the vault does not answer', async () => {
    server.failing = { status: 403, code: 'Forbidden' };
    const file = join(folder, 'kek.json');
    expect(await failure(open(server.version('a'), [file]))).toBeInstanceOf(StartupError);
    expect(existsSync(file)).toBe(false);
  });
});

test('keys are kept for ten minutes without the vault, and then nothing is opened any more', async () => {
  let now = 0;
  let isUp = true;
  const bytes = newKeyBytes();
  const service: KeyService = {
    wrap: () => Promise.reject(new Error('not asked')),
    unwrap: async () => {
      if (!isUp) throw new KeyServiceError('The vault answered 403: give the role.');
      return Buffer.from(bytes);
    },
  };
  const told: unknown[] = [];
  const kek = { kind: 'WRAPPED' as const, kek: { key: 'k', wrapped: 'w' } };
  const onFault = (error: unknown): void => void told.push(error);
  const ring = await ServedKeyRing.open({ keks: [kek], service, clock: () => now, onFault });
  const wrapped = ring.wrap(bytes);
  now = 9 * 60_000;
  await ring.renew();
  isUp = false;
  now += 9 * 60_000;
  await ring.renew();
  expect(ring.unwrap(wrapped, ring.currentId)).toEqual(bytes);
  expect(ring.reason()).toBeNull();
  now += 2 * 60_000;
  expect(() => ring.unwrap(wrapped, ring.currentId)).toThrow('gives the key-encrypting key no more');
  expect(() => ring.wrap(bytes)).toThrow('gives the key-encrypting key no more');
  expect(ring.reason()).toContain('The vault answered 403: give the role.');
  await ring.renew();
  expect(told).toHaveLength(2);
  isUp = true;
  await ring.renew();
  expect(ring.unwrap(wrapped, ring.currentId)).toEqual(bytes);
  expect(ring.reason()).toBeNull();
  ring.close();
  expect(() => ring.wrap(bytes)).toThrow('gives the key-encrypting key no more');
});

test.each([
  { env: { KEK_VAULT_KEY: 'https://evil.example.com/keys/kek/1' }, says: 'KEK_VAULT_KEY is no key identifier' },
  { env: { KEK_VAULT_KEY: 'KEY', AZURE_CLIENT_SECRET: 'x' }, says: 'without AZURE_TENANT_ID and AZURE_CLIENT_ID' },
  { env: { KEK_VAULT_KEY: 'KEY', AZURE_CLIENT_ID: 'me' }, says: 'AZURE_CLIENT_ID is "me"' },
])('wrong settings are one sentence: $says', ({ env, says }) => {
  const key = `https://countersign-test.vault.azure.net/keys/kek/${'a'.repeat(32)}`;
  const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value === 'KEY' ? key : value]));
  expect(() => readConfig(given, '/tmp/none')).toThrow(says);
  expect(readConfig({ KEK_VAULT_KEY: key }, '/tmp/none').kek).toMatchObject({
    files: [expect.stringMatching(/kek\.json$/)],
    vault: { key, credential: { kind: 'MANAGED_IDENTITY', clientId: null } },
  });
});
