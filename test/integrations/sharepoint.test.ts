import { existsSync, readdirSync } from 'node:fs';
import { useSharePoint } from './sharepoint.kit.js';

const bench = useSharePoint();

const FILES = `query ($id: ID!) { brief(id: $id) { markdownPath docxPath markdownFileHash
  files { format name webUrl shareUrl version state sha256 } } }`;

test('from submit to file: one file a format, with version and link on the brief', async () => {
  await bench.connect({ settings: { links: 'ORGANIZATION' } });
  await bench.submitted();
  await bench.work();
  const names = bench.files();
  expect(names).toEqual([
    expect.stringMatching(/^Handoffs\/[^/]+\/[^/]+\/brief-v1\.docx$/),
    expect.stringMatching(/brief-v1\.md$/),
  ]);
  const { brief } = await bench.stored();
  const delivery = await bench.world.as('DELIVERY_MANAGER');
  const { data, errors } = await delivery.graphql(FILES, { id: brief.id });
  expect(errors).toEqual([]);
  const [docx, markdown] = data!.brief.files;
  expect(docx).toMatchObject({ format: 'DOCX', version: '1.0', state: 'SOUND' });
  expect(markdown).toMatchObject({ format: 'MARKDOWN', name: 'brief-v1.md', version: '1.0', state: 'SOUND' });
  expect(markdown.sha256).toBe(data!.brief.markdownFileHash);
  expect(markdown.shareUrl).toMatch(/^https:\/\/northwind-managed\.sharepoint\.com\//);
  expect([docx.webUrl, markdown.webUrl]).toEqual([data!.brief.docxPath, data!.brief.markdownPath]);
  expect(bench.simulator.people.read(bench.sample.tid, names[1]!).toString()).toContain('# ');
  expect((await bench.effects()).map(({ kind, state, receipt }) => [kind, state, receipt])).toEqual([
    ['sharepoint.store', 'DONE', markdown.webUrl],
  ]);
  expect(readdirSync(bench.folder)).toEqual([]);
});

test('a tenant without SharePoint keeps its files in the local folder', async () => {
  await bench.submitted();
  await bench.work();
  expect(bench.files()).toEqual([]);
  expect(existsSync(`${bench.folder}/${bench.world.tenantId}`)).toBe(true);
  expect((await bench.stored()).files).toEqual([]);
});
