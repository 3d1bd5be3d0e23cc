import { zipSync } from 'fflate';
import { sha256Hex } from '../core/canonical.js';
import type { LedgerRead } from '../core/ledger/export.js';
import { proveEntries } from '../core/ledger/entry-proofs.js';
import { type Caller, callerFor, documentsOf, requestEvidence } from './pack.facts.js';
import { checksums, documentsFile, type Files, inFolder, jsonFile, ledgerFiles, requestFiles } from './pack.files.js';
import { README } from './pack.readme.js';
import type { AuditSample, AuditSampleItem } from './sample.entity.js';

/** Whose evidence: requests, and waived items of a sample. */
export interface PackAsk {
  readonly requestIds: readonly string[];
  readonly sample: { readonly sample: AuditSample; readonly items: readonly AuditSampleItem[] } | null;
  /** Whether people stand with their names, for whoever may see personal data. */
  readonly names: boolean;
}

/** Every file carries this time, so that the same evidence is the same pack. Local parts: a zip knows no time zone. */
const ZIP_TIME = new Date(1980, 0, 1);

/**
 * The evidence pack as a zip file. Deterministic: the same evidence, covered by the same checkpoints, gives the same
 * bytes. Reads request by request, so that a sample needs no more memory than its own files.
 */
export async function evidencePack(
  tenantId: string,
  read: LedgerRead,
  { requestIds, sample, names }: PackAsk,
): Promise<Uint8Array> {
  const call = await callerFor(read, names);
  let files: Files = { 'README.txt': README };
  for (const requestId of [...new Set(requestIds)].toSorted())
    files = { ...files, ...requestFiles(await requestEvidence(tenantId, read, requestId), call) };
  if (sample) {
    files = { ...files, 'sample.json': jsonFile(sampleOf(sample, call)) };
    for (const item of sample.items.filter(({ requestId }) => requestId === null))
      files = { ...files, ...(await waiverFiles(tenantId, read, item, call)) };
  }
  return zipped(files);
}

/** The files with their digests, in the order of their paths. */
function zipped(files: Files): Uint8Array {
  const names = Object.keys(files).toSorted();
  const digests = Object.fromEntries(names.map((name) => [name, sha256Hex(files[name]!)]));
  const all = { ...files, 'manifest.json': jsonFile({ sha256: digests }), SHA256SUMS: checksums(files) };
  const encoder = new TextEncoder();
  const entries = Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(entries.map(([name, text]) => [name, encoder.encode(text)])), {
    mtime: ZIP_TIME,
    level: 6,
  });
}

function sampleOf(
  { sample, items }: { readonly sample: AuditSample; readonly items: readonly AuditSampleItem[] },
  call: Caller,
): unknown {
  const { id, population, fromAt, toAt, seed, size, rows, idsSha256, drawnBy, drawnAt } = sample;
  return {
    id,
    population,
    period: { from: fromAt, to: toAt },
    seed,
    size,
    rowsInPopulation: rows,
    idsSha256,
    drawnBy: call(drawnBy),
    drawnAt,
    items: items.map(({ position, rowId, rowKind, requestId, subjectType, subjectId, at }) => ({
      position,
      id: rowId,
      kind: rowKind,
      requestId,
      subject: { type: subjectType, id: subjectId },
      at,
    })),
  };
}

async function waiverFiles(
  tenantId: string,
  read: LedgerRead,
  { rowId, subjectType, subjectId }: AuditSampleItem,
  call: Caller,
): Promise<Files> {
  const documents = await documentsOf(read, subjectType, subjectId);
  return inFolder(`waivers/${rowId}`, {
    ...ledgerFiles(await proveEntries(tenantId, read, [rowId])),
    'evidence.json': jsonFile(documentsFile(documents, call)),
  });
}
