import { createHash } from 'node:crypto';
import readXlsxFile from 'read-excel-file/node';
import { HANDOFFS } from '../../src/reporting/datasets.facts.js';
import { KPI_CASES } from '../../src/reporting/datasets.kpi-cases.js';
import { columnsFor } from '../../src/reporting/datasets.js';
import { freezeKpiBaseline } from '../../src/kpi/kpi.commands.js';
import { ARTEFACT_FILES } from '../../src/artefact/artefact.files.js';
import { ArtefactKind } from '../../src/artefact/report-file.entity.js';
import { CONTROLS } from '../../src/artefact/controls.js';
import { AUTOMATIONS } from '../../src/artefact/automations.js';
import { change, shownValue } from '../../src/artefact/figure.format.js';
import { CHECKPOINT_FILE, PROOFS_FILE } from '../../src/artefact/proof.pdf.js';
import { checkProofs } from '../../src/core/ledger/proof.js';
import { trustedKey } from '../../src/core/ledger/note.js';
import { kpiByKey } from '../../src/kpi/kpi.definitions.js';
import { KpiUnit } from '../../src/kpi/kpi.words.js';
import { Role } from '../../src/identity/roles.js';
import { partsOf, readPdf, textsIn } from '../kit/office.js';
import { refreshReporting } from '../kit/reporting.js';
import { LEDGER_KEY } from '../kit/sealer.js';
import { startServer, type TestServer } from '../kit/server.js';
import { playStory, type Story } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';

type Json = any; // oxlint-disable-line typescript/no-explicit-any -- a test reads whatever the API answers

const EXPORT = `mutation ($input: ExportDatasetInput!) { exportDataset(input: $input) {
  ... on ReportFile { id url kind dataset } ... on Refused { findings { code path remedy } } } }`;
const ISSUE = `mutation ($input: IssueArtefactInput!) { issueArtefact(input: $input) { ... on ReportFile { id url kind } } }`;
const FIGURES = `query ($from: Date!, $to: Date!) { kpiFigures(from: $from, to: $to) {
  key value numerator denominator cases baselineValue improvementBps target } }`;
const COMPARISON = `{ kpiComparison { definition { key } baseline { value } weekFour { figure { value } } quarter { figure { value } } } }`;

let suite: Suite;
let server: TestServer;
let world: World;
let story: Story;

beforeAll(async () => {
  suite = await openSuite();
  server = await startServer(suite);
  world = await suite.tenant();
  story = await playStory(world);
  const finance = await world.as(Role.FINANCE_APPROVER);
  const frozen = { fromOn: '2026-01-01', toOn: '2026-06-30', cohort: 'Deals won', sourceUrl: 'https://example.com/b' };
  for (const [kpi, numerator, denominator] of [
    ['COMPLETENESS_SCORE', '500', '1000'],
    ['KICKOFF_DELAY_RATE', '4', '10'],
  ] as const)
    await finance.done(freezeKpiBaseline, { kpi, ...frozen, numerator, denominator });
  suite.clock.advanceHours(24);
  await refreshReporting(world);
});
afterAll(async () => {
  await server.close();
  await suite.close();
});

async function ask(who: string, query: string, variables: object = {}): Promise<Json> {
  const authorization = `Bearer ${await server.token(world, who)}`;
  return (await server.send({ query, variables }, { authorization })).json;
}

interface Taken {
  readonly status: number;
  readonly bytes: Buffer;
  readonly headers: Headers;
}

async function take(url: string, who: string | null, of = world): Promise<Taken> {
  const headers: Record<string, string> = who ? { authorization: `Bearer ${await server.token(of, who)}` } : {};
  const response = await fetch(`${server.address}${url}`, { headers });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
}

async function exported(who: string, input: object): Promise<Taken> {
  const { data, errors } = await ask(who, EXPORT, { input });
  if (!data?.exportDataset?.url) throw new Error(JSON.stringify({ data, errors }));
  return take(data.exportDataset.url as string, who);
}

async function issued(who: string, kind: ArtefactKind): Promise<Buffer> {
  const { data, errors } = await ask(who, ISSUE, { input: { kind } });
  if (!data?.issueArtefact?.url) throw new Error(JSON.stringify({ data, errors }));
  const { status, bytes, headers } = await take(data.issueArtefact.url as string, who);
  if (status === 500) console.log(server.logged.slice(-3).join('\n'));
  expect([status, headers.get('content-disposition')]).toEqual([
    200,
    `attachment; filename="${ARTEFACT_FILES[kind].name}"`,
  ]);
  expect(headers.get('digest')).toBe(`sha-256=${createHash('sha256').update(bytes).digest('base64')}`);
  return bytes;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const codeOf = ({ bytes }: Taken): string => JSON.parse(bytes.toString()).errors[0].extensions.code as string;
const ledger = async (action: string): Promise<Json[]> =>
  (await world.rows('select content from ledger_entry where tenant_id = $1 and action = $2 order by id', [action])).map(
    ({ content }) => JSON.parse(content as string),
  );
/** The figures of the ninety days up to the day of the story's end. */
const figures = async (who: string): Promise<Json[]> =>
  (await ask(who, FIGURES, { from: '2026-08-27', to: '2026-11-24' })).data.kpiFigures;

describe('a dataset as a file', () => {
  it('is CSV with every column that the reader sees, on record with its digest', async () => {
    const { status, bytes, headers } = await exported('leah.lead', { dataset: 'Handoffs', format: 'CSV' });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    const [header, line, end] = bytes.toString('utf8').slice(1).split('\r\n');
    expect(header).toBe(HANDOFFS.columns.map(({ name }) => name).join(','));
    expect([line!.split(',')[0], end]).toEqual([story.handoffId, '']);
    const entry = (await ledger('completeReportFile')).at(-1);
    expect(entry.body).toMatchObject({ dataset: 'Handoffs', sha256: sha256(bytes), bytes: bytes.length, rows: 1 });
    const { data } = await ask('ravi.revops', '{ reportFiles(first: 1) { edges { node { url sha256 bytes rows } } } }');
    expect(data.reportFiles.edges[0].node).toEqual({ url: null, sha256: sha256(bytes), bytes: bytes.length, rows: 1 });
  });

  it('has neither columns nor rows of margin for who does not see margin', async () => {
    const sees = new Set(['PERSONAL'] as const);
    const { bytes } = await exported('ravi.revops', { dataset: 'Handoffs', format: 'CSV' });
    const [header, line] = bytes.toString('utf8').slice(1).split('\r\n') as [string, string];
    expect(line.split(',')).toHaveLength(header.split(',').length);
    expect(header).toBe(
      columnsFor(HANDOFFS, sees)
        .map(({ name }) => name)
        .join(','),
    );
    expect(header).not.toContain('Margin');
    const cases = (await exported('ravi.revops', { dataset: KPI_CASES.name, format: 'CSV' })).bytes.toString('utf8');
    expect(cases).not.toContain('MARGIN_EROSION');
    const kpis = (await exported('leah.lead', { dataset: 'Kpis', format: 'CSV' })).bytes.toString('utf8');
    expect(kpis).toContain('MARGIN_EROSION');
    const people = (await exported('freda.finance', { dataset: 'People', format: 'CSV' })).bytes.toString('utf8');
    expect(people.slice(1).split('\r\n')[0]).toBe('Id,Active');
  });

  it('is a workbook with typed cells, of the days asked for', async () => {
    const { bytes } = await exported('leah.lead', {
      dataset: 'Handoffs',
      format: 'XLSX',
      from: '2026-11-23',
      to: '2026-11-24',
    });
    const [sheet] = (await readXlsxFile(bytes)) as { sheet: string; data: unknown[][] }[];
    const at = sheet!.data.findIndex((row) => row[0] === 'Id');
    const row = sheet!.data[at + 1]!;
    const value = (name: string): unknown => row[sheet!.data[at]!.indexOf(name)];
    expect([sheet!.sheet, value('Id'), value('Submissions')]).toEqual(['Handoffs', story.handoffId, 2]);
    expect(value('OpenedAt')).toBeInstanceOf(Object);
    expect(typeof value('RevenueMinor')).toBe('number');
    const none = await exported('leah.lead', { dataset: 'Handoffs', format: 'CSV', from: '2026-11-25' });
    expect(none.bytes.toString('utf8').split('\r\n')).toHaveLength(2);
  });

  it('is refused with everything that is wrong, as data', async () => {
    const { data } = await ask('leah.lead', EXPORT, {
      input: { dataset: 'Tiers', format: 'CSV', from: '2026-02-01', to: '2026-01-01' },
    });
    expect(data.exportDataset.findings.map(({ code }: Json) => code)).toEqual(['NO_PERIOD', 'PERIOD']);
  });
});

describe('an address', () => {
  it('is for who asked alone, once, and tells a stranger nothing', async () => {
    const { data } = await ask('leah.lead', EXPORT, { input: { dataset: 'Tiers', format: 'CSV' } });
    const url = data.exportDataset.url as string;
    expect((await take(url, null)).status).toBe(401);
    for (const who of ['ravi.revops', 'sofia.sales']) {
      const found = await take(url, who);
      expect([found.status, codeOf(found)]).toEqual([404, 'NOT_FOUND']);
    }
    const stranger = await suite.tenant((changed) => void (changed.tenant.slug = 'another-msp'));
    expect((await take(url, 'leah.lead', stranger)).status).toBe(404);
    expect((await take(`${url.slice(0, -2)}AA`, 'leah.lead')).status).toBe(404);
    expect((await take(url, 'leah.lead')).status).toBe(200);
    const again = await take(url, 'leah.lead');
    expect([again.status, codeOf(again)]).toEqual([410, 'GONE']);
  });

  it('of an artefact is given to who answers for the process', async () => {
    const { errors } = await ask('sofia.sales', ISSUE, { input: { kind: 'REGISTER' } });
    expect(errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('kpi-and-risk-register.xlsx', () => {
  it('has every figure as the API answers it, and each control with test and evidence', async () => {
    const bytes = await issued('leah.lead', ArtefactKind.REGISTER);
    const sheets = (await readXlsxFile(bytes)) as { sheet: string; data: unknown[][] }[];
    const rowsOf = (name: string, first: string): Record<string, unknown>[] => {
      const { data } = sheets.find(({ sheet }) => sheet === name)!;
      const at = data.findIndex((row) => row[0] === first);
      return data.slice(at + 1).map((row) => Object.fromEntries(data[at]!.map((title, index) => [title, row[index]])));
    };
    const api = await figures('leah.lead');
    const told = rowsOf('KPI tracker', 'KPI');
    expect(told.map((row) => row.Key)).toEqual(api.map(({ key }) => key));
    const comparisons = (await ask('leah.lead', COMPARISON)).data.kpiComparison as Json[];
    api.forEach((figure, index) => {
      const row = told[index]!;
      const isMoney = kpiByKey(figure.key as string)!.unit === KpiUnit.MONEY_MINOR;
      const cell = (value: string | null): unknown =>
        value === null ? 'no case' : Number(value) / (isMoney ? 100 : 1);
      const { baseline, weekFour, quarter } = comparisons[index];
      expect({ key: figure.key, ...row }).toMatchObject({
        key: figure.key,
        'Last 90 days': cell(figure.value),
        Numerator: Number(figure.numerator),
        Denominator: Number(figure.denominator),
        Cases: figure.cases,
        Improvement: figure.improvementBps === null ? '–' : figure.improvementBps / 10_000,
        Baseline: baseline ? cell(baseline.value) : '–',
        'Week 4': weekFour ? cell(weekFour.figure.value) : '–',
        'Quarter one': quarter ? cell(quarter.figure.value) : '–',
      });
    });
    expect(told[0]!.Improvement).not.toBe('–');
    const controls = rowsOf('Controls', 'Id');
    expect(controls.map((row) => row.Id)).toEqual(CONTROLS.map(({ id }) => id));
    const votes = controls.find((row) => row.Id === 'CS-05')!;
    const [{ counted }] = (await world.rows(
      "select count(*) as counted from ledger_entry where tenant_id = $1 and action = 'castVote' and outcome = 'DONE'",
    )) as unknown as [{ counted: bigint }];
    expect(votes.Done).toBe(Number(counted));
    expect(String(votes['Proven by test'])).toContain('test/command/rules-of-approval-people.test.ts');
    expect(rowsOf('PSF and PAI-8', 'Framework')).toHaveLength(8);
  });

  it('leaves margin out for who does not see it', async () => {
    const bytes = await issued('ravi.revops', ArtefactKind.REGISTER);
    const text = [...partsOf(bytes).values()].join('');
    expect(text).toContain('Withheld: your role does not see margin.');
    expect(text).not.toContain('MARGIN_EROSION');
  });
});

describe('exec-brief.pptx', () => {
  it('has eight slides whose figures are those of the API', async () => {
    const parts = partsOf(await issued('leah.lead', ArtefactKind.EXEC_BRIEF));
    const slides = [...parts].filter(([name]) => /^ppt\/slides\/slide\d+\.xml$/.test(name));
    expect(slides).toHaveLength(8);
    const table = textsIn(parts.get('ppt/slides/slide3.xml')!, 'a:t');
    for (const figure of await figures('leah.lead')) {
      const { name, unit, target } = kpiByKey(figure.key as string)!;
      const at = table.indexOf(name);
      if (target === null) expect(at).toBe(-1);
      else
        expect(table.slice(at, at + 5)).toEqual([
          name,
          figure.baselineValue === null ? '–' : shownValue(figure.baselineValue as string, unit, 'GBP'),
          shownValue(figure.value as string | null, unit, 'GBP'),
          `${figure.numerator} / ${figure.denominator}`,
          figure.improvementBps === null ? '–' : change(figure.improvementBps as number),
        ]);
    }
    const exceptions = textsIn(parts.get('ppt/slides/slide5.xml')!, 'a:t').join('\n');
    for (const { person } of await world.rows(
      `select p.name as person from approval_request r join approval_vote v on v.tenant_id = $1 and v.request_id = r.id
        and v.round = r.round join person p on p.tenant_id = $1 and p.id = v.voter_id where r.tenant_id = $1`,
    ))
      expect(exceptions).toContain(person as string);
  });

  it('withholds margin', async () => {
    const parts = partsOf(await issued('ravi.revops', ArtefactKind.EXEC_BRIEF));
    expect(textsIn(parts.get('ppt/slides/slide6.xml')!, 'a:t')).toContain('Withheld: your role does not see margin.');
    expect(textsIn(parts.get('ppt/slides/slide5.xml')!, 'a:t')).toContain('withheld');
  });
});

describe('implementation-runbook.docx', () => {
  it('names people, clocks and ladders of the tenant, and the way back of every automation', async () => {
    const parts = partsOf(await issued('leah.lead', ArtefactKind.RUNBOOK));
    const texts = textsIn(parts.get('word/document.xml')!, 'w:t');
    const { people, slaProfile } = world.configuration;
    for (const { name } of people) expect(texts).toContain(name);
    for (const { name, rollback } of AUTOMATIONS) {
      expect(texts).toContain(name);
      rollback.forEach((step, index) => expect(texts).toContain(`${index + 1}. ${step}`));
    }
    expect(texts).toContain(`${slaProfile.clocks.KICKOFF_HELD.amount} business days`);
    const done = await world.rows(
      "select count(*)::int as done from outbox_effect where tenant_id = $1 and kind like 'brief.store' and state = 'DONE'",
    );
    const filed = texts.find((text) => text.startsWith('brief.store, '))!;
    expect(filed).toContain(`${done[0]!.done as number} done`);
  });

  it('calls people by handle for who does not see names', async () => {
    const texts = textsIn(
      partsOf(await issued('freda.finance', ArtefactKind.RUNBOOK)).get('word/document.xml')!,
      'w:t',
    );
    const { people } = world.configuration;
    for (const { name, key } of people) expect([texts.includes(name), texts.includes(key)]).toEqual([false, true]);
  });
});

describe('proof-brief.pdf', () => {
  it('carries proofs that check from the file alone, and one turned bit does not', async () => {
    const pdf = readPdf(await issued('audrey.audit', ArtefactKind.PROOF_BRIEF));
    const proofs = pdf.files.get(PROOFS_FILE)!;
    const key = trustedKey(LEDGER_KEY.verifierKey)!;
    const verdict = await checkProofs(stream(proofs), [key]);
    expect(verdict.kind).toBe('sound');
    const entries = await world.rows('select id from ledger_entry where tenant_id = $1 and subject_id = $2', [
      story.requestId,
    ]);
    const told = verdict.kind === 'sound' ? verdict.told.join('\n') : '';
    for (const { id } of entries) expect(told).toContain(id as string);
    const turned = Buffer.from(proofs);
    turned[turned.indexOf('"content"') + 60]! ^= 1;
    expect((await checkProofs(stream(turned), [key])).kind).not.toBe('sound');
    const [checkpoint] = await world.rows(
      'select size, root_hash, key_id, note from ledger_checkpoint where tenant_id = $1 order by size desc limit 1',
    );
    expect(pdf.files.get(CHECKPOINT_FILE)!.toString('utf8')).toBe(checkpoint!.note);
    for (const part of [checkpoint!.root_hash, checkpoint!.key_id, story.requestId])
      expect(pdf.text).toContain(part as string);
  });

  it('has the figures of the API, and the votes of the approval', async () => {
    const bytes = await issued('leah.lead', ArtefactKind.PROOF_BRIEF);
    const lines = readPdf(bytes).text.split('\n');
    for (const { key, value, numerator, denominator } of await figures('leah.lead')) {
      const { name, unit } = kpiByKey(key as string)!;
      const at = lines.findIndex((line, index) => line === name && lines[index + 2] === numerator);
      expect([key, ...lines.slice(at, at + 4)]).toEqual([
        key,
        name,
        shownValue(value as string | null, unit, 'GBP'),
        numerator,
        denominator,
      ]);
    }
    const entry = (await ledger('takeReportFile')).at(-1);
    expect(entry.body).toMatchObject({ kind: 'PROOF_BRIEF', sha256: sha256(bytes), bytes: bytes.length });
  });
});

async function* stream(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
