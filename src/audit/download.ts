import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { allows } from '../core/ability.js';
import { hashOfSecret } from '../core/download-address.js';
import type { RequestContext } from '../core/graphql/context.js';
import {
  type DownloadOptions,
  gone,
  type HandOut,
  mountDownload,
  sha256OfFile,
  wholeFileHeaders,
} from '../core/graphql/download.js';
import type { LedgerRead } from '../core/ledger/export.js';
import { idsDigest } from '../core/sampling.js';
import { selectRequired } from '../core/statement.js';
import { AuditExport, ExportKind } from './audit-export.entity.js';
import { EXPORTS_PATH, itemsOf, takeExport } from './export.commands.js';
import { takeFindings } from './export.rules.js';
import { evidencePack, type PackAsk } from './pack.js';
import { askedByExport, handlesOf, populationRows, requestLines } from './population.queries.js';
import { populationFile } from './population.rules.js';
import { AuditSample } from './sample.entity.js';

/** Bytes that are handed to the socket at a time. */
const CHUNK = 64 * 1024;

/**
 * Mounts `GET /exports/<id>?secret=<secret>`: hands a file of evidence out once, to the person who asked for it, with their
 * own bearer token and the secret of the address. The file is made in memory when it is fetched and kept nowhere; its
 * digest is in the ledger before the first byte leaves. 410 with the findings for what was taken or has expired.
 */
export const mountDownloads = (listener: FastifyInstance, options: DownloadOptions): void =>
  mountDownload(listener, { path: EXPORTS_PATH, type: 'AuditExport' }, options, handOut);

const handOut: HandOut = async (context, { id, secret }, reply) => {
  const { reader, actor } = context;
  const secretHash = hashOfSecret(secret);
  const [row, now] = await Promise.all([reader.one(AuditExport, id), reader.now()]);
  const mayTake = row !== null && takeFindings(row, { actorId: actor.id, secretHash, file: null }, now).length === 0;
  // What would be refused is not made; the refusal is recorded all the same.
  const made = mayTake ? await fileOf(context, row) : null;
  const file = made && { sha256: sha256OfFile(made.bytes), bytes: made.bytes.length, idsSha256: made.idsSha256 };
  const result = await context.record(takeExport, { exportId: id, secretHash, file });
  if (result.kind === 'refused' || !made)
    return gone(context, { type: 'AuditExport', id }, result.kind === 'refused' ? result.findings : [], reply);
  return wholeFileHeaders(reply, made).send(Readable.from(chunks(made.bytes), { objectMode: false }));
};

interface Made {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly type: string;
  readonly idsSha256: string | null;
}

async function fileOf(context: RequestContext, row: AuditExport): Promise<Made> {
  return row.kind === ExportKind.POPULATION ? populationOf(context, row) : packOf(context, row);
}

async function populationOf({ reader }: RequestContext, { id, population, fromAt, toAt }: AuditExport): Promise<Made> {
  const asked = askedByExport(id);
  const facts = await reader.askAll({
    rows: populationRows(asked),
    requests: requestLines(asked),
    handles: handlesOf(),
  });
  const days = [fromAt!, toAt!].map((at) => at.toISOString().slice(0, 10)).join('_');
  return {
    bytes: new TextEncoder().encode(populationFile(population!, facts)),
    name: `${population!.toLowerCase().replaceAll('_', '-')}_${days}.csv`,
    type: 'text/csv; charset=utf-8',
    idsSha256: idsDigest(facts.rows),
  };
}

async function packOf(context: RequestContext, { requestId, sampleId }: AuditExport): Promise<Made> {
  const { reader, ability, actor } = context;
  const read: LedgerRead = (queries) => reader.askAll(queries);
  const names = allows(ability, 'see', 'PERSONAL');
  let ask: PackAsk = { requestIds: requestId ? [requestId] : [], sample: null, names };
  if (sampleId) {
    const { sample, items } = await read({ sample: selectRequired(AuditSample, sampleId), items: itemsOf(sampleId) });
    ask = { requestIds: items.flatMap((item) => item.requestId ?? []), sample: { sample, items }, names };
  }
  return {
    bytes: await evidencePack(actor.tenantId, read, ask),
    name: `evidence_${requestId ?? `sample_${sampleId}`}.zip`,
    type: 'application/zip',
    idsSha256: null,
  };
}

function* chunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}
