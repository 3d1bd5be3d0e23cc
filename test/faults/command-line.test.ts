import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { operation } from '../kit/operation.js';
import {
  ask,
  asSuperuser,
  countersign,
  dataFolder,
  discard,
  expectSentence,
  type Instance,
  kekFile,
  pause,
  serversIn,
  startPart,
} from './command-line-kit.js';

jest.setTimeout(90_000);

const SOFIA = 'sofia.sales@northwind-managed';

/** One instance that most tests share, and a folder whose instance is stopped. */
const data = dataFolder();
const stopped = dataFolder();
// No PORT for the commands beside it: they find the instance by its data folder.
const here = { COUNTERSIGN_DATA: data };
let running: Instance;

beforeAll(async () => {
  running = await startPart('start', 'Ctrl-C stops', { ...here, PORT: '0' });
});
afterAll(() => discard(data, stopped));

const tokenOf = async (person: string): Promise<string> => (await countersign(['token', person], here)).out.trim();

describe('start', () => {
  it('prints what runs, where, and the one command for a token', async () => {
    expect(running.out()).toMatch(/Database +embedded PostgreSQL 18\.\d+ on port \d+, data in /);
    expect(running.out()).toMatch(/API +http:\/\/127\.0\.0\.1:\d+\/graphql/);
    expect(running.out()).toMatch(/Worker +running/);
    expect(running.out()).not.toContain('Connected');
    for (const person of [SOFIA, 'stella.sales@harbor-it']) expect(running.out()).toContain(person);
    const shown = /npm run --silent countersign token (\S+)/.exec(running.out())![1]!;
    const token = await tokenOf(shown);
    expect((await ask(running.address, token, operation('me'))).data.me.handle).toBe(shown.split('@')[0]);
  });

  it('answers health, readiness and the API', async () => {
    expect(await (await fetch(`${running.address}/healthz`)).json()).toEqual({ status: 'alive' });
    expect(await (await fetch(`${running.address}/readyz`)).json()).toEqual({ status: 'ready' });
    const { errors } = await ask(running.address, 'nonsense', '{ me { id } }');
    expect(errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect((await ask(running.address, await tokenOf(SOFIA), operation('me'))).data.tenant.slug).toBe(
      'northwind-managed',
    );
  });

  it('serves GraphiQL whole, from nowhere else', async () => {
    const response = await fetch(`${running.address}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    // What stands inside a script is text to the browser, not a tag.
    const tags = (await response.text())
      .replaceAll(/(<script[^>]*>)[\s\S]*?<\/script>/g, '$1')
      .replaceAll(/(<style[^>]*>)[\s\S]*?<\/style>/g, '$1');
    expect(tags).toContain('<div id="root">');
    const sources = [...tags.matchAll(/\b(?:src|href|action|data)\s*=\s*["']?([^"'\s>]+)/g)].map((match) => match[1]!);
    expect(sources.filter((source) => !source.startsWith('data:'))).toEqual([]);
    expect(tags).not.toMatch(/@import|url\(\s*["']?(https?:)?\/\//);
  });
});

describe('what cannot start', () => {
  it('a second instance on the same data', async () => {
    expectSentence(
      await countersign(['start'], { ...here, PORT: '0' }),
      /^Another Countersign \(process \d+\) is using the data folder \S+: stop it first/,
    );
  });

  it('a taken port, leaving no database behind', async () => {
    const PORT = new URL(running.address).port;
    expectSentence(
      await countersign(['start'], { COUNTERSIGN_DATA: stopped, PORT }),
      new RegExp(`^Port ${PORT} is taken: stop what uses it, or set PORT to another\\.$`),
    );
    expect(serversIn(stopped)).toEqual([]);
  });

  it.each([
    ['no address', 'nonsense', /^DATABASE_URL is not a PostgreSQL address: write it as postgresql:/],
    [
      'nothing that answers',
      'postgresql://u:secret@localhost:1/x',
      /^The database of DATABASE_URL cannot be used: connect ECONNREFUSED \S+:1\.$/,
    ],
    [
      'an unknown host',
      'postgresql://u:secret@host.invalid/x',
      /^The database of DATABASE_URL cannot be used: getaddrinfo \w+ host\.invalid\.$/,
    ],
  ])('DATABASE_URL with %s', async (_what, url, sentence) => {
    for (const command of [['start'], ['serve'], ['ledger', 'verify']]) {
      const outcome = await countersign(command, { ...here, DATABASE_URL: url, DATABASE_OWNER_URL: url });
      expectSentence(outcome, sentence);
      expect(outcome.err).not.toContain('secret');
    }
  });

  it('DATABASE_URL with a wrong password, or without its owner', async () => {
    const { applicationUrl } = JSON.parse(readFileSync(join(data, 'database.json'), 'utf8')) as {
      applicationUrl: string;
    };
    const wrong = Object.assign(new URL(applicationUrl), { password: 'secret' }).href;
    expectSentence(
      await countersign(['serve'], { ...here, DATABASE_URL: wrong }),
      /^The database of DATABASE_URL cannot be used: password authentication failed for user "countersign_app"\.$/,
    );
    expectSentence(
      await countersign(['start'], { ...here, DATABASE_URL: applicationUrl }),
      /^DATABASE_OWNER_URL is not set: migrations need /,
    );
    expectSentence(
      await countersign(['start'], { ...here, DATABASE_URL: applicationUrl, DATABASE_OWNER_URL: wrong }),
      /^The database of DATABASE_OWNER_URL cannot be used: password /,
    );
  });

  it('a host that is not this machine', async () => {
    const { applicationUrl } = JSON.parse(readFileSync(join(data, 'database.json'), 'utf8')) as {
      applicationUrl: string;
    };
    const elsewhere = {
      COUNTERSIGN_DATA: stopped,
      DATABASE_URL: applicationUrl,
      HOST: '192.0.2.1',
      KEK_FILE: kekFile(stopped),
    };
    expectSentence(
      await countersign(['serve'], elsewhere),
      /^Without an identity provider Countersign listens on this machine alone: /,
    );
    expectSentence(
      await countersign(['serve'], { ...elsewhere, OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'api' }),
      /^HOST is "192\.0\.2\.1": this machine has no such address/,
    );
  });
});

describe('stop', () => {
  const file = resolve('samples/halopsa/managed-network-healthy.json');
  /** The handoff of the one deal: the same content again makes no second. */
  const imported = async (): Promise<string> =>
    JSON.parse((await countersign(['import', 'halopsa', file, '--as', SOFIA], here)).out).importDeal.id as string;
  let handoffId: string;

  it('SIGTERM lets a running request end, then stops everything; the note of its address goes', async () => {
    handoffId = await imported();
    const token = await tokenOf(SOFIA);
    const locked = asSuperuser(data, 'begin; lock table tenant_profile; select pg_sleep(2); commit');
    await pause(300);
    const answer = ask(running.address, token, operation('me'));
    await pause(300);
    const code = running.stop('SIGTERM');
    expect((await answer).data).toMatchObject({ me: { handle: 'sofia.sales' } });
    await locked;
    expect(await code).toBe(0);
    expect(serversIn(data)).toEqual([]);
    expect(existsSync(join(data, 'address'))).toBe(false);
    expectSentence(
      await countersign(['token', SOFIA], { ...here, PORT: '9' }),
      /^Nothing answers at http:\/\/127\.0\.0\.1:9: start Countersign with `npm start`/,
    );
  });

  it('a second start finds its data again; two Ctrl-C, as npm sends them, are one', async () => {
    running = await startPart('start', 'Ctrl-C stops', { ...here, PORT: '0' });
    expect(await imported()).toBe(handoffId);
    running.process.kill('SIGINT');
    expect(await running.stop('SIGINT')).toBe(0);
    expect(serversIn(data)).toEqual([]);
  });

  it('starts again after kill -9', async () => {
    running = await startPart('start', 'Ctrl-C stops', { ...here, PORT: '0' });
    await running.stop('SIGKILL');
    expect(serversIn(data)).not.toEqual([]);
    running = await startPart('start', 'Ctrl-C stops', { ...here, PORT: '0' });
    expect((await ask(running.address, await tokenOf(SOFIA), operation('me'))).data.me.handle).toBe('sofia.sales');
    expect(await running.stop('SIGHUP')).toBe(0);
  });

  it('a signal in the middle of a start leaves no database', async () => {
    const starting = countersign(['start'], { ...here, PORT: '0' });
    while (serversIn(data).length === 0) await pause(20);
    process.kill(nodeOf(data), 'SIGINT');
    expectSentence(await starting, /^Stopped\.$/);
    expect(serversIn(data)).toEqual([]);
  });

  it('the ledger of the stopped instance verifies', async () => {
    const { code, out } = await countersign(['ledger', 'verify'], here);
    expect({ code, tampered: out.includes('tampered') }).toEqual({ code: 0, tampered: false });
    expect(serversIn(data)).toEqual([]);
  });
});

/** The process that holds the data folder, as its lock says. */
function nodeOf(folder: string): number {
  return (JSON.parse(readFileSync(join(folder, 'postgres/instance.lock'), 'utf8')) as { pid: number }).pid;
}
