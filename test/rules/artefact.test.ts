import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import readXlsxFile from 'read-excel-file/node';
import { AUTOMATIONS } from '../../src/artefact/automations.js';
import { CONTROLS } from '../../src/artefact/controls.js';
import { FRAMEWORK_CONTROLS } from '../../src/artefact/frameworks.js';
import { PROCESS_RISKS } from '../../src/artefact/process-risks.js';
import { change, grouped, rounded, shifted, shownValue } from '../../src/artefact/figure.format.js';
import { foldedToLatin } from '../../src/artefact/pdf.js';
import { DatasetFormat } from '../../src/artefact/report-file.entity.js';
import { exportFindings, takeFindings } from '../../src/artefact/report-file.rules.js';
import type { ReportFile } from '../../src/artefact/report-file.entity.js';
import { sheetOf, workbook } from '../../src/artefact/workbook.js';
import { cellText } from '../../src/core/csv.js';
import { hashOfSecret } from '../../src/core/download-address.js';
import { KpiUnit } from '../../src/kpi/kpi.words.js';
import { datasetByName } from '../../src/reporting/datasets.js';

const NOW = new Date('2026-11-23T14:00:00.000Z');

describe('a cell of CSV', () => {
  it.each([
    { cell: '=1+1', text: "'=1+1" },
    { cell: '@SUM(A1)', text: "'@SUM(A1)" },
    { cell: '-2', text: "'-2" },
    { cell: -2, text: '-2' },
    { cell: -2n, text: '-2' },
    { cell: true, text: 'true' },
    { cell: null, text: '' },
    { cell: NOW, text: '2026-11-23T14:00:00.000Z' },
    { cell: 'a "b", c', text: '"a ""b"", c"' },
    { cell: '\tx', text: "'\tx" },
  ])('$cell is $text', ({ cell, text }) => {
    expect(cellText(cell)).toBe(text);
  });
});

describe('figures', () => {
  it('are shifted exactly and rounded half away from zero', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.integer({ min: -4, max: 4 }), (whole, places) => {
        const there = shifted(String(whole), places);
        expect(shifted(there, -places)).toBe(String(whole));
      }),
    );
    expect(['0.8125', '-0.005', '0.00499', '12'].map((value) => rounded(value, 2))).toEqual([
      '0.81',
      '-0.01',
      '0',
      '12',
    ]);
    expect(['0.815', '-0.815'].map((value) => rounded(value, 2))).toEqual(['0.82', '-0.82']);
    expect(['1234567.5', '-1234', '999'].map(grouped)).toEqual(['1,234,567.5', '-1,234', '999']);
    expect([1250, -80, 0].map(change)).toEqual(['+12.5 %', '-0.8 %', '0 %']);
  });

  it.each([
    { unit: KpiUnit.PERCENT, value: '0.8125', shown: '81.25 %' },
    { unit: KpiUnit.MARGIN_BPS, value: '123.4567', shown: '1.23 pts' },
    { unit: KpiUnit.MONEY_MINOR, value: '-1234567', shown: 'GBP -12,345.67' },
    { unit: KpiUnit.MINUTES, value: '1881', shown: '31 h 21 min' },
    { unit: KpiUnit.MINUTES, value: '119', shown: '119 min' },
    { unit: KpiUnit.DAYS, value: '12.3456', shown: '12.35 days' },
    { unit: KpiUnit.COUNT, value: null, shown: 'no case' },
  ])('$value $unit is shown as $shown', ({ unit, value, shown }) => {
    expect(shownValue(value, unit, 'GBP')).toBe(shown);
  });
});

describe('what keeps a dataset from being exported', () => {
  const dataset = datasetByName('Handoffs')!;
  const asked = { dataset, format: DatasetFormat.XLSX, from: null, to: null, rows: 10, columns: 32 };

  it('is nothing, for a sound question', () => {
    expect(exportFindings({ ...asked, from: '2026-01-01', to: '2026-01-01' })).toEqual([]);
    expect(exportFindings({ ...asked, format: DatasetFormat.CSV, rows: 5_000_000 })).toEqual([]);
  });

  it('is everything at once', () => {
    const people = datasetByName('People')!;
    const found = exportFindings({ ...asked, dataset: people, from: '2026-02-01', to: '2026-01-01', rows: 20_000 });
    expect(found.map(({ code, path }) => [code, path])).toEqual([
      ['NO_PERIOD', 'from'],
      ['PERIOD', 'to'],
      ['DATASET_TOO_LARGE', 'format'],
    ]);
    for (const { remedy } of found) expect(remedy).not.toBe('');
  });

  it('a file is handed to nobody else, once, and in time', () => {
    const row = {
      requestedBy: 'me',
      secretHash: hashOfSecret('secret'),
      takenAt: null,
      expiresAt: new Date(NOW.getTime() + 1),
    } as ReportFile;
    const codes = (changed: Partial<ReportFile>, who = 'me', secret = 'secret', now = NOW): string[] =>
      takeFindings({ ...row, ...changed }, who, hashOfSecret(secret), now).map(({ code }) => code);
    expect(codes({})).toEqual([]);
    expect(codes({}, 'other')).toEqual(['NOT_YOURS']);
    expect(codes({}, 'me', 'guess')).toEqual(['NOT_YOURS']);
    expect(codes({ takenAt: NOW }, 'me', 'secret', row.expiresAt)).toEqual(['ALREADY_TAKEN', 'EXPIRED']);
  });
});

describe('a workbook', () => {
  const made = (): Promise<Uint8Array> =>
    workbook(
      [
        sheetOf<readonly (string | number | bigint | boolean | Date | null)[]>({
          name: 'One',
          title: 'A title',
          notes: [],
          columns: [0, 1, 2, 3, 4, 5].map((index) => ({
            title: `C${index}`,
            width: 10,
            value: (row) => row[index]!,
          })),
          rows: [['=1+1', 1.5, 9_007_199_254_740_993n, true, NOW, 'a\u0000b']],
          whenEmpty: 'none',
        }),
      ],
      NOW,
    );

  it('has typed cells, text that is never run, and integers that no cell rounds', async () => {
    const [sheet] = (await readXlsxFile(Buffer.from(await made()))) as { data: unknown[][] }[];
    const [title, , header, row] = sheet!.data;
    expect(title![0]).toBe('A title');
    expect(header).toEqual(['C0', 'C1', 'C2', 'C3', 'C4', 'C5']);
    const [at] = row!.splice(4, 1);
    expect(row).toEqual(['=1+1', 1.5, '9007199254740993', true, 'ab']);
    // A cell holds an instant as days since 1900, a double: half a millisecond is lost.
    expect(Math.abs((at as Date).getTime() - NOW.getTime())).toBeLessThan(2);
  });

  it('is the same bytes for the same content', async () => {
    const [one, other] = [await made(), await made()];
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
  });
});

describe('text for the fonts of a PDF', () => {
  it('keeps what they hold, takes the marks of other letters, and says where it cannot', () => {
    expect(foldedToLatin('Müller & Søn – “x” €5…')).toBe('Müller & Søn – “x” €5…');
    expect(foldedToLatin('Łódź Őry')).toBe('?ódz Ory');
    expect(foldedToLatin('東\u202Ea\nb')).toBe('?a b');
  });
});

describe('the controls of the register', () => {
  it.each(CONTROLS.flatMap(({ id, tests }) => tests.map((test) => ({ id, ...test }))))(
    '$id is proven by "$name"',
    ({ file, name }) => {
      expect(existsSync(resolve(file))).toBe(true);
      const text = readFileSync(resolve(file), 'utf8');
      const quoted = [`'${name}'`, `"${name}"`, `\`${name}\``];
      expect(quoted.some((one) => text.includes(one))).toBe(true);
    },
  );

  it('cover every control that the two documents name, and name no other', () => {
    const named = (framework: string): string[] =>
      FRAMEWORK_CONTROLS.filter((control) => control.framework === framework).map(({ id }) => id);
    expect([...new Set(CONTROLS.flatMap(({ psf }) => psf))].toSorted()).toEqual(named('PSF'));
    expect([...new Set(CONTROLS.flatMap(({ pai8 }) => pai8))].toSorted()).toEqual(named('PAI-8'));
  });

  it('each have a test and an action by which they are seen, and each risk has controls', () => {
    for (const { tests, actions } of CONTROLS) expect(Math.min(tests.length, actions.length)).toBeGreaterThan(0);
    const ids = CONTROLS.map(({ id }) => id);
    expect(PROCESS_RISKS.flatMap(({ controls }) => controls).filter((id) => !ids.includes(id))).toEqual([]);
    expect(PROCESS_RISKS.filter(({ controls }) => controls.length === 0)).toEqual([]);
  });
});

it('every automation of the runbook has a way back', () => {
  for (const { rollback, trigger } of AUTOMATIONS) {
    expect(rollback.length).toBeGreaterThan(0);
    expect(trigger).not.toBe('');
  }
  const kinds = AUTOMATIONS.flatMap((automation) => automation.kinds);
  expect(new Set(kinds).size).toBe(kinds.length);
});
