import { command, done, type Moment, refused } from '../core/command.js';
import { DOWNLOAD_MINUTES, makeDownloadAddress } from '../core/download-address.js';
import { FIELD_CLASSES } from '../core/graphql/rights.js';
import { insert, selectRequired, update } from '../core/statement.js';
import { datasetByName } from '../reporting/datasets.js';
import { countRows } from './dataset-rows.queries.js';
import { type ArtefactKind, DatasetFormat, ReportFile, ReportFileKind } from './report-file.entity.js';
import type { ExportDatasetInput, IssueArtefactInput } from './report-file.input.js';
import { exportFindings, mostXlsxRows, takeFindings } from './report-file.rules.js';

const MINUTE = 60_000;

/** Where files are fetched; the id follows. */
export const REPORT_FILES_PATH = '/report-files/';

const subjectOf = (id: string) => ({ type: 'ReportFile', id });
const EVERYTHING = new Set(FIELD_CLASSES);

/** Asks for a dataset as a file; which columns and rows it holds, the rights of who fetches it say. */
export const exportDataset = command({
  name: 'exportDataset',
  action: 'export',
  subject: 'ReportFile',
  services: false,
  facts: ({ dataset, from = null, to = null }: ExportDatasetInput) => {
    const asked = datasetByName(dataset)!;
    const ask = { dataset: asked, sees: EVERYTHING, fromOn: from, toOn: to };
    return { rows: countRows(ask, mostXlsxRows(asked.columns.length)) };
  },
  decide: ({ rows }, { dataset: name, format, from = null, to = null }, moment) => {
    const dataset = datasetByName(name)!;
    const columns = dataset.columns.length;
    const findings = exportFindings({ dataset, format, from, to, rows, columns });
    if (findings.length > 0) return refused(findings);
    const kind = format === DatasetFormat.CSV ? ReportFileKind.DATASET_CSV : ReportFileKind.DATASET_XLSX;
    return asked({ kind, dataset: name, fromOn: from, toOn: to }, moment);
  },
});

/** Asks for an artefact of document 002, made of what there is when it is fetched. */
export const issueArtefact = command({
  name: 'issueArtefact',
  action: 'issue',
  subject: 'ReportFile',
  services: false,
  facts: (_input: IssueArtefactInput) => ({}),
  decide: (_facts, { kind }, moment) =>
    asked({ kind: ReportFileKind[kind], dataset: null, fromOn: null, toOn: null }, moment),
});

/** A file as it was made. */
export interface MadeFile {
  readonly sha256: string;
  readonly bytes: bigint;
  readonly rows: number | null;
}

/** Who fetches what by which secret; `file` is null when it is streamed, or not made since it is refused anyway. */
export interface TakeFileInput {
  readonly fileId: string;
  readonly secretHash: string;
  readonly file: MadeFile | null;
}

/** Hands a file out: once, to who asked for it, within its time. Every attempt is in the ledger. */
export const takeReportFile = command({
  name: 'takeReportFile',
  action: 'take',
  subject: 'ReportFile',
  services: false,
  facts: ({ fileId }: TakeFileInput) => ({ row: selectRequired(ReportFile, fileId, { lock: 'UPDATE' }) }),
  target: ({ row }) => row,
  decide: ({ row }, { secretHash, file }, { actor, now }) => {
    const { id, kind, dataset } = row;
    const findings = takeFindings(row, actor.id, secretHash, now);
    if (findings.length > 0) return refused(findings, { subject: subjectOf(id) });
    return done({
      id,
      subject: subjectOf(id),
      body: { kind, dataset, ...figuresOf(file) },
      writes: [update(ReportFile, { id }, { takenAt: now, ...file })],
    });
  },
});

/** A streamed file, whose digest is known when its last byte has left: the second entry about it. */
export const completeReportFile = command({
  name: 'completeReportFile',
  action: 'take',
  subject: 'ReportFile',
  services: false,
  facts: ({ fileId }: { readonly fileId: string; readonly file: MadeFile }) => ({
    row: selectRequired(ReportFile, fileId, { lock: 'UPDATE' }),
  }),
  target: ({ row }) => row,
  decide: ({ row: { id, kind, dataset } }, { file }) =>
    done({
      id,
      subject: subjectOf(id),
      body: { kind, dataset, ...figuresOf(file) },
      writes: [update(ReportFile, { id }, { ...file })],
    }),
});

/** An artefact that an operator made on the command line. */
export interface RecordArtefactInput {
  readonly tenantId: string;
  readonly kind: ArtefactKind;
  readonly file: MadeFile;
}

/** Records an artefact that was made on the command line; the operator's alone. */
export const recordArtefact = command({
  name: 'recordArtefact',
  action: 'record',
  subject: 'ReportFile',
  facts: (_input: RecordArtefactInput) => ({}),
  decide: (_facts, { tenantId, kind, file }) =>
    done({ id: tenantId, subject: { type: 'TenantProfile', id: tenantId }, body: { kind, ...figuresOf(file) } }),
});

const figuresOf = (file: MadeFile | null): Record<string, unknown> =>
  file === null ? {} : { sha256: file.sha256, bytes: Number(file.bytes), rows: file.rows };

type Asked = Pick<ReportFile, 'kind' | 'dataset' | 'fromOn' | 'toOn'>;

function asked(terms: Asked, { now, actor, newId }: Moment) {
  const id = newId();
  const { address, secretHash } = makeDownloadAddress(REPORT_FILES_PATH, id);
  const row = {
    id,
    ...terms,
    secretHash,
    requestedBy: actor.id,
    requestedAt: now,
    expiresAt: new Date(now.getTime() + DOWNLOAD_MINUTES * MINUTE),
    takenAt: null,
    sha256: null,
    bytes: null,
    rows: null,
  };
  return done({
    id,
    subject: subjectOf(id),
    secret: address,
    body: { ...terms },
    writes: [insert(ReportFile, row)],
  });
}
