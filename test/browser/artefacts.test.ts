import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARTEFACT_FILES, makeArtefact } from '../../src/artefact/artefact.files.js';
import { AUTOMATIONS } from '../../src/artefact/automations.js';
import { ArtefactKind } from '../../src/artefact/report-file.entity.js';
import { abilityOf } from '../../src/core/ability.js';
import { Reader } from '../../src/core/reader.js';
import { ABILITIES } from '../../src/abilities.js';
import { Role } from '../../src/identity/roles.js';
import { refreshReporting } from '../kit/reporting.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { seedYear } from '../kit/year/seed.mjs';
import { configureYear, YEAR, YEAR_TENANTS } from '../kit/year/tenants.js';

const TENANT = YEAR_TENANTS[0]!;
const hasOffice = ['/usr/bin/soffice', '/usr/bin/pdftotext'].every((path) => existsSync(path));
const ifOffice = hasOffice ? it : it.skip;
/** Where pages are kept as images to be looked at; nowhere when unset. */
const KEPT = process.env.ARTEFACT_PAGES;

let suite: Suite;
let world: World;
let folder: string;

beforeAll(async () => {
  suite = await openSuite();
  suite.clock.at = YEAR.asOf;
  world = await suite.tenant((configuration) => configureYear(configuration, TENANT));
  await seedYear(suite.ownerUrl, {
    tenantId: world.tenantId,
    seed: TENANT.seed,
    handoffs: 180,
    zone: TENANT.calendar.timeZone,
    currency: TENANT.currency,
    foreignCurrency: 'EUR',
    from: YEAR.from,
    to: YEAR.to,
    asOf: YEAR.asOf,
  });
  await refreshReporting(world);
  const revops = await world.as(Role.REVOPS_ADMIN);
  for (const kpi of ['KICKOFF_DELAY_RATE', 'SCOPE_CHANGE_INCIDENTS', 'COMPLETENESS_SCORE', 'TIME_TO_FIRST_VALUE'])
    await revops.graphql(
      `mutation { freezeKpiBaselineFromCases(input: { kpi: "${kpi}", fromOn: "2026-02-01", toOn: "2026-05-31" }) { __typename } }`,
    );
  folder = KEPT ?? mkdtempSync(join(tmpdir(), 'countersign-artefacts-'));
  mkdirSync(folder, { recursive: true });
  const { actor } = await world.as(Role.SERVICE_DELIVERY_LEAD);
  const ability = abilityOf(actor, ABILITIES);
  for (const kind of Object.values(ArtefactKind)) {
    const reader = new Reader(suite.gateway, world.tenantId, ability, suite.clock);
    const bytes = await makeArtefact(kind, { reader, ability, tenantId: world.tenantId, issuedBy: actor.id });
    writeFileSync(join(folder, ARTEFACT_FILES[kind].name), bytes);
  }
}, 180_000);
afterAll(async () => {
  if (KEPT === undefined) rmSync(folder, { recursive: true, force: true });
  await suite.close();
});

/** The file as LibreOffice prints it: its PDF. */
function printed(name: string): string {
  // A profile of its own: another LibreOffice of the same user would take the file and answer nothing.
  const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
  execFileSync(
    '/usr/bin/soffice',
    [profile, '--headless', '--convert-to', 'pdf', '--outdir', folder, join(folder, name)],
    {
      stdio: 'ignore',
      timeout: 120_000,
    },
  );
  return join(folder, name.replace(/\.[a-z]+$/, '.pdf'));
}

const infoOf = (pdf: string): { pages: number; width: number; height: number } => {
  const text = execFileSync('/usr/bin/pdfinfo', [pdf], { encoding: 'utf8' });
  const [, width, height] = /Page size:\s+([\d.]+) x ([\d.]+)/.exec(text)!;
  return { pages: Number(/Pages:\s+(\d+)/.exec(text)![1]), width: Number(width), height: Number(height) };
};
const textOf = (pdf: string): string =>
  execFileSync('/usr/bin/pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' }).replaceAll(/\s+/g, ' ');
const keepPages = (pdf: string): void => {
  if (KEPT) execFileSync('/usr/bin/pdftoppm', ['-r', '60', '-png', pdf, pdf.replace('.pdf', '')]);
};

if (!hasOffice) console.warn('SKIPPED: soffice or pdftotext is not installed; the artefacts are not printed.');

ifOffice(
  'the brief prints as eight slides of 16:9',
  () => {
    const pdf = printed('exec-brief.pptx');
    keepPages(pdf);
    const { pages, width, height } = infoOf(pdf);
    expect([pages, Math.round((width / height) * 9)]).toEqual([8, 16]);
  },
  180_000,
);

ifOffice(
  'the runbook prints on A4, with every automation and its page numbers',
  () => {
    const pdf = printed('implementation-runbook.docx');
    keepPages(pdf);
    const { pages, width, height } = infoOf(pdf);
    expect([Math.round(width), Math.round(height)]).toEqual([595, 842]);
    const text = textOf(pdf);
    for (const { name } of AUTOMATIONS) expect(text).toContain(name);
    expect(text).toContain(`Page ${pages} of ${pages}`);
  },
  180_000,
);

ifOffice(
  'the register opens as a workbook of eight sheets',
  () => {
    const pdf = printed('kpi-and-risk-register.xlsx');
    keepPages(pdf);
    const text = textOf(pdf);
    for (const words of ['KPI and risk register', 'Handoff completeness score', 'CS-16', 'PAI-8'])
      expect(text).toContain(words);
  },
  180_000,
);

ifOffice('the proof brief is A4 and readable by poppler', () => {
  const pdf = join(folder, 'proof-brief.pdf');
  keepPages(pdf);
  const { pages, width, height } = infoOf(pdf);
  expect([Math.round(width), Math.round(height)]).toEqual([595, 842]);
  expect(textOf(pdf)).toContain(`Page ${pages} of ${pages}`);
});
