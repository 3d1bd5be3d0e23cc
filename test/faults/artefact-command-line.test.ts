import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARTEFACT_FILES } from '../../src/artefact/artefact.files.js';
import { PROOFS_FILE } from '../../src/artefact/proof.pdf.js';
import { readPdf } from '../kit/office.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { countersign, dataFolder, discard, kekFile, ledgerKeyFile } from './command-line-kit.js';

jest.setTimeout(90_000);

const data = dataFolder();
const folder = join(data, 'artefacts');
let suite: Suite;
let world: World;
let here: Record<string, string>;
beforeAll(async () => {
  suite = await openSuite();
  suite.clock.at = mondayBefore(new Date());
  world = await suite.tenant((changed) => void (changed.tenant.slug = 'briefed-msp'));
  await playStory(world);
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

/** A Monday that is over: the command line goes by the database's own clock, for which the story is of the past. */
function mondayBefore(now: Date): Date {
  const days = ((now.getUTCDay() + 6) % 7) + 7;
  return new Date(`${new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10)}T14:00:00.000Z`);
}

it('writes the four artefacts, each on record, and the proof checks from the file alone', async () => {
  const { code, err } = await countersign(['artefacts', '--tenant', 'briefed-msp', '--out', folder], here);
  expect([code, err]).toEqual([0, '']);
  const entries = await world.rows(
    "select content from ledger_entry where tenant_id = $1 and action = 'recordArtefact' order by id",
  );
  const recorded = entries.map(({ content }) => JSON.parse(content as string).body);
  for (const [kind, { name }] of Object.entries(ARTEFACT_FILES)) {
    const bytes = readFileSync(join(folder, name));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(recorded).toContainEqual({ kind, sha256, bytes: bytes.length, rows: null });
  }
  const proofs = join(data, PROOFS_FILE);
  const pdf = readPdf(readFileSync(join(folder, ARTEFACT_FILES.PROOF_BRIEF.name)));
  writeFileSync(proofs, pdf.files.get(PROOFS_FILE)!);
  const key = (await countersign(['ledger', 'key'], here)).out.trim().split('\n').at(-1)!;
  const checked = await countersign(['ledger', 'check-proof', proofs, '--key', key], here);
  expect([checked.code, checked.out.includes('sound')]).toEqual([0, true]);
});
