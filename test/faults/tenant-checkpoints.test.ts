import { join } from 'node:path';
import { notesOf } from '../../src/cli/ledger-offline.js';
import { LocalCheckpointFile } from '../../src/core/ledger/checkpoint-store.js';
import { LedgerBench } from '../command/ledger.kit.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { asSuper, exportedLines, heldAt, Installation } from '../kit/tenant-life.js';

let source: Suite;
let here: Installation;
beforeAll(async () => {
  source = await openSuite();
  here = await Installation.over(source);
});
afterAll(async () => {
  await here?.close();
  await source?.close();
});

test('an export holds no checkpoint of entries that its tables do not hold', async () => {
  const world = await source.tenant();
  const { tenantId } = world;
  const ledger = new LedgerBench(world);
  const store = new LocalCheckpointFile(here.documentsFolder);
  const note = 'select note from ledger_checkpoint where tenant_id = $1 order by size desc limit 1';
  const goOn = async (): Promise<void> => {
    await ledger.write(2);
    await ledger.sealer().cover(tenantId);
    await store.keep(tenantId, (await asSuper(source.superuserUrl, note, [tenantId]))[0]!.note as string);
  };
  await goOn();
  const other = here.newFolder();
  await heldAt(source.superuserUrl, 'person', 'access exclusive', () => here.export(tenantId, other), goOn);
  const file = 'checkpoints.txt';
  const kept = notesOf(join(other, 'documents', file));
  const signed = exportedLines(other, 'ledger_checkpoint').map((line) => (JSON.parse(line) as { note: string }).note);
  expect(signed).toEqual(expect.arrayContaining(kept));
  expect(notesOf(join(here.documentsFolder, tenantId, file))).toEqual([...kept, expect.any(String)]);
});
