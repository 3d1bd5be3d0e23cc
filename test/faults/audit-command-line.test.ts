import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { playStory, type Story } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { countersign, dataFolder, discard, kekFile, ledgerKeyFile } from './command-line-kit.js';

jest.setTimeout(90_000);

const data = dataFolder();
const out = join(data, 'pack.zip');
let suite: Suite;
let world: World;
let story: Story;
let here: Record<string, string>;
beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant((changed) => void (changed.tenant.slug = 'packed-msp'));
  story = await playStory(world);
  here = {
    COUNTERSIGN_DATA: data,
    DATABASE_URL: suite.appUrl,
    KEK_FILE: kekFile(data),
    LEDGER_KEY_FILE: ledgerKeyFile(data),
  };
});
afterAll(async () => {
  await suite.close();
  await discard(data);
});

const pack = (...more: string[]) =>
  countersign(['audit', 'pack', '--tenant', 'packed-msp', '--out', out, ...more], here);

it('packs one request, signs what it proves, and records that it did', async () => {
  const { code, out: said, err } = await pack('--request', story.requestId);
  expect([code, err]).toEqual([0, '']);
  const bytes = readFileSync(out);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(said).toContain(sha256);
  const files = unzipSync(bytes);
  const proofs = `requests/${story.requestId}/ledger-proofs.ndjson`;
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['README.txt', 'manifest.json', proofs]));
  const entries = await world.rows("select content from ledger_entry where tenant_id = $1 and action = 'recordPack'");
  expect(entries.map(({ content }) => JSON.parse(content as string).body)).toEqual([{ bytes: bytes.length, sha256 }]);
  expect(Buffer.from(files[`requests/${story.requestId}/votes.json`]!).toString()).not.toContain('"name"');
  await pack('--request', story.requestId, '--names');
  const named = unzipSync(readFileSync(out));
  expect(Buffer.from(named[`requests/${story.requestId}/votes.json`]!).toString()).toContain('"name"');
});

it.each([
  { more: ['--request', 'x'], said: 'is not the id of an approval request' },
  { more: ['--request', '00000000-0000-7000-8000-000000000000'], said: 'There is no ApprovalRequest' },
])('says in a sentence what is wrong with $more', async ({ more, said }) => {
  const { code, err } = await pack(...more, '--out', join(data, 'none.zip'));
  expect(code).toBe(1);
  expect(err).toContain(said);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(existsSync(join(data, 'none.zip'))).toBe(false);
});
