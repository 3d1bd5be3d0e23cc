import { command, done, type Moment, refused } from '../core/command.js';
import { DOWNLOAD_MINUTES, makeDownloadAddress } from '../core/download-address.js';
import { type Finding, finding } from '../core/finding.js';
import { idsDigest } from '../core/sampling.js';
import { insert, mapQuery, type Query, select, selectRequired, sql, update } from '../core/statement.js';
import { ApprovalRequest } from '../approval/request.entity.js';
import type { ExportPopulationInput, MakeEvidencePackInput } from './audit.input.js';
import { AuditExport, ExportKind } from './audit-export.entity.js';
import { NOBODY, selectGiven } from './given.js';
import { takeFindings } from './export.rules.js';
import { askedFor, populationRows } from './population.queries.js';
import { periodFindings, sizeFindings } from './population.rules.js';
import { AuditSample, AuditSampleItem } from './sample.entity.js';

const MINUTE = 60_000;

/** Where exports are fetched; the id follows. */
export const EXPORTS_PATH = '/exports/';

const subjectOf = (id: string) => ({ type: 'AuditExport', id });

/**
 * Takes every row of a population. How many there are, and which (by the digest of their ids), stands in the ledger from
 * here on; the file is made when it is fetched.
 */
export const exportPopulation = command({
  name: 'exportPopulation',
  action: 'export',
  subject: 'AuditExport',
  services: false,
  facts: ({ population, from, to }: ExportPopulationInput) => ({
    rows: populationRows(askedFor(population, { from, to })),
    sealed: sealedEntries(),
  }),
  decide: ({ rows, sealed }, { population, from, to }, moment) => {
    const findings = [...periodFindings({ from, to }, moment.now), ...sizeFindings(rows)];
    if (findings.length > 0) return refused(findings);
    const terms = { kind: ExportKind.POPULATION, population, fromAt: from, toAt: to };
    const made = exportRow({ ...terms, rows: rows.length, idsSha256: idsDigest(rows) }, moment);
    return done({
      ...made,
      body: { population, from, to, rows: rows.length, idsSha256: made.row.idsSha256, sealedEntries: sealed },
    });
  },
});

/** Asks for the evidence behind one request or behind everything in a sample. */
export const makeEvidencePack = command({
  name: 'makeEvidencePack',
  action: 'pack',
  subject: 'AuditExport',
  services: false,
  facts: ({ requestId, sampleId }: MakeEvidencePackInput) => ({
    request: selectGiven(ApprovalRequest, requestId),
    sample: selectGiven(AuditSample, sampleId),
    items: itemsOf(sampleId ?? NOBODY),
  }),
  decide: ({ request, sample, items }, _input, moment) => {
    const findings = packFindings(request, sample, items);
    if (findings.length > 0) return refused(findings);
    const about = { requestId: request?.id ?? null, sampleId: sample?.id ?? null };
    const rows = request ? 1 : items.length;
    const made = exportRow({ kind: ExportKind.PACK, ...about, rows }, moment);
    return done({ ...made, body: { ...about, rows } });
  },
});

/** What is fetched, and the file that was made for it. */
export interface TakeExportInput {
  readonly exportId: string;
  readonly secretHash: string;
  /** Null when nothing was made, since it is refused anyway. */
  readonly file: { readonly sha256: string; readonly bytes: number; readonly idsSha256: string | null } | null;
}

/** Hands a file out: once, to who asked for it, within its time. Every attempt is in the ledger. */
export const takeExport = command({
  name: 'takeExport',
  action: 'take',
  subject: 'AuditExport',
  services: false,
  facts: ({ exportId }: TakeExportInput) => ({ row: selectRequired(AuditExport, exportId, { lock: 'UPDATE' }) }),
  target: ({ row }) => row,
  decide: ({ row }, { secretHash, file }, { actor, now }) => {
    const { id, kind, rows } = row;
    const findings = takeFindings(row, { actorId: actor.id, secretHash, file }, now);
    if (findings.length > 0 || !file) return refused(findings, { subject: subjectOf(id) });
    const { sha256, bytes } = file;
    return done({
      id,
      subject: subjectOf(id),
      body: { kind, rows, sha256, bytes },
      writes: [update(AuditExport, { id }, { takenAt: now, sha256, bytes })],
    });
  },
});

/** A pack that an operator made on the command line. */
export interface RecordPackInput {
  readonly requestId: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Records a pack that was made on the command line; the operator's alone. */
export const recordPack = command({
  name: 'recordPack',
  action: 'recordPack',
  subject: 'AuditExport',
  facts: ({ requestId }: RecordPackInput) => ({ request: selectRequired(ApprovalRequest, requestId) }),
  decide: ({ request }, { sha256, bytes }) =>
    done({ id: request.id, subject: { type: 'ApprovalRequest', id: request.id }, body: { sha256, bytes } }),
});

/** The rows of a sample in the order drawn. */
export const itemsOf = (sampleId: string): Query<AuditSampleItem[]> =>
  select(AuditSampleItem, { sampleId }, { orderBy: ['position'] });

/** How many entries of the ledger are sealed: up to which number its export holds what is counted here, at least. */
function sealedEntries(): Query<number> {
  const text = 'select seq from ledger_head where tenant_id = $1';
  return mapQuery(
    sql(text, [], (rows) => rows[0]?.seq),
    (seq) => Number(seq ?? 0),
  );
}

type Terms = Pick<AuditExport, 'kind' | 'rows'> &
  Partial<Pick<AuditExport, 'population' | 'fromAt' | 'toAt' | 'idsSha256' | 'requestId' | 'sampleId'>>;

function exportRow(terms: Terms, { now, actor, newId }: Moment) {
  const id = newId();
  const { address, secretHash } = makeDownloadAddress(EXPORTS_PATH, id);
  const row = {
    id,
    population: null,
    fromAt: null,
    toAt: null,
    idsSha256: null,
    requestId: null,
    sampleId: null,
    ...terms,
    secretHash,
    requestedBy: actor.id,
    requestedAt: now,
    expiresAt: new Date(now.getTime() + DOWNLOAD_MINUTES * MINUTE),
    takenAt: null,
    sha256: null,
    bytes: null,
  };
  return { id, row, subject: subjectOf(id), secret: address, writes: [insert(AuditExport, row)] };
}

function packFindings(
  request: ApprovalRequest | null,
  sample: AuditSample | null,
  items: readonly AuditSampleItem[],
): Finding[] {
  if ((request === null) === (sample === null)) {
    return [
      finding({
        code: 'ONE_OF_TWO',
        path: 'requestId',
        message: 'A pack is of one request or of one sample.',
        facts: {},
        remedy: 'Give requestId or sampleId, and leave the other out.',
      }),
    ];
  }
  if (request !== null || items.length > 0) return [];
  return [
    finding({
      code: 'SAMPLE_EMPTY',
      path: 'sampleId',
      message: 'There is nothing in this sample.',
      facts: {},
      remedy: 'The population of the period had no rows; its export proves that.',
    }),
  ];
}
