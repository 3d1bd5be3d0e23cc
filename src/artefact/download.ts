import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { hashOfSecret } from '../core/download-address.js';
import type { RequestContext } from '../core/graphql/context.js';
import {
  type DownloadOptions,
  fileHeaders,
  gone,
  type HandOut,
  mountDownload,
  sha256OfFile,
  wholeFileHeaders,
} from '../core/graphql/download.js';
import { datasetByName } from '../reporting/datasets.js';
import { classesOf } from '../reporting/kpi-figure.view.js';
import { ARTEFACT_FILES, makeArtefact } from './artefact.files.js';
import type { DatasetAsk } from './dataset-rows.queries.js';
import { datasetCsv, datasetXlsx } from './dataset.files.js';
import { completeReportFile, type MadeFile, REPORT_FILES_PATH, takeReportFile } from './report-file.commands.js';
import { ArtefactKind, ReportFile, ReportFileKind } from './report-file.entity.js';
import { takeFindings } from './report-file.rules.js';

const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

interface Made {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly type: string;
  readonly rows: number | null;
}

const handOut: HandOut = async (context, { id, secret }, reply) => {
  const { reader, actor } = context;
  const secretHash = hashOfSecret(secret);
  const [row, now] = await Promise.all([reader.one(ReportFile, id), reader.now()]);
  const mayTake = row !== null && takeFindings(row, actor.id, secretHash, now).length === 0;
  const isStreamed = row?.kind === ReportFileKind.DATASET_CSV;
  // What would be refused is not made; the refusal is recorded all the same.
  const made = mayTake && !isStreamed ? await madeFile(context, row, now) : null;
  const file = made && { sha256: sha256OfFile(made.bytes), bytes: BigInt(made.bytes.length), rows: made.rows };
  const result = await context.record(takeReportFile, { fileId: id, secretHash, file });
  if (result.kind === 'refused' || !row || (!made && !isStreamed))
    return gone(context, { type: 'ReportFile', id }, result.kind === 'refused' ? result.findings : [], reply);
  if (!made) {
    const name = `${fileName(row)}.csv`;
    return fileHeaders(reply, { name, type: 'text/csv; charset=utf-8' }).send(Readable.from(streamed(context, row)));
  }
  return wholeFileHeaders(reply, made).send(Buffer.from(made.bytes));
};

/**
 * Mounts `GET /report-files/<id>?secret=<secret>`: hands a file of figures out once, to the person who asked for it, with
 * their own bearer token and the secret of the address. The digest of a file that is made whole is in the ledger before
 * its first byte leaves; of a streamed one when its last has left, in an entry of its own.
 */
export const mountReportFiles = (listener: FastifyInstance, options: DownloadOptions): void =>
  mountDownload(listener, { path: REPORT_FILES_PATH, type: 'ReportFile' }, options, handOut);

async function* streamed(context: RequestContext, row: ReportFile): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  let [bytes, rows] = [0n, 0];
  for await (const piece of datasetCsv((queries) => context.reader.askAll(queries), askOf(context, row))) {
    const chunk = Buffer.from(piece.text, 'utf8');
    digest.update(chunk);
    bytes += BigInt(chunk.length);
    rows += piece.rows;
    yield chunk;
  }
  const file: MadeFile = { sha256: digest.digest('hex'), bytes, rows };
  await context.record(completeReportFile, { fileId: row.id, file });
}

async function madeFile(context: RequestContext, row: ReportFile, now: Date): Promise<Made> {
  const { reader, ability, actor } = context;
  if (row.kind === ReportFileKind.DATASET_XLSX) {
    const made = await datasetXlsx((queries) => reader.askAll(queries), askOf(context, row), now);
    return { ...made, name: `${fileName(row)}.xlsx`, type: XLSX_TYPE };
  }
  const kind = ArtefactKind[row.kind as keyof typeof ArtefactKind];
  const bytes = await makeArtefact(kind, { reader, ability, tenantId: actor.tenantId, issuedBy: actor.id });
  return { bytes, rows: null, ...ARTEFACT_FILES[kind] };
}

const askOf = ({ ability }: RequestContext, { dataset, fromOn, toOn }: ReportFile): DatasetAsk => ({
  dataset: datasetByName(dataset!)!,
  sees: classesOf(ability),
  fromOn,
  toOn,
});

const fileName = ({ dataset, fromOn, toOn }: ReportFile): string =>
  [dataset, fromOn, toOn].filter((part) => part !== null).join('_');
