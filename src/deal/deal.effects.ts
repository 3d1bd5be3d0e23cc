import { DateTime } from 'luxon';
import type { Moment } from '../core/command.js';
import { canonicalJson } from '../core/canonical.js';
import { insert, type Statement, update } from '../core/statement.js';
import { Client, Deal, DealSnapshot, QuoteLine } from './deal.entity.js';
import { recordPayload } from './deal.payload.js';
import { HALOPSA } from './deal.queries.js';
import type { HaloImport } from './halopsa.rules.js';
import type { TermsLine } from './terms.rules.js';

/** An export that could be read: normaliseHaloExport answered `ok`. */
export type ReadableImport = Extract<HaloImport, { ok: true }>;

/** What recordSnapshot must know; the deal's row is locked. */
export interface SnapshotFacts {
  /** lockDealByExternal. */
  readonly existing: Deal | null;
  /** currentSnapshotByExternal, asked after the lock. */
  readonly current: DealSnapshot | null;
  /** clientByExternal. */
  readonly client: Client | null;
  readonly parsed: ReadableImport;
  /** The payload as it came, byte for byte. */
  readonly raw: string;
  /** The tenant's time zone: in it the won instant becomes a day. */
  readonly timeZone: string;
}

/** What was recorded. Without a change these are the ids of what stands already, and there is nothing to write. */
export interface RecordedSnapshot {
  readonly deal: Omit<Deal, 'tenantId'>;
  readonly dealId: string;
  readonly clientId: string;
  /** The current snapshot after the import: the new one, or the one that said the same. */
  readonly snapshot: Omit<DealSnapshot, 'tenantId'>;
  readonly snapshotId: string;
  readonly revision: number;
  /** Whether a snapshot was made. */
  readonly changed: boolean;
  /** In order: client, deal, snapshot, the payload's key, payload, lines. */
  readonly statements: readonly Statement[];
}

/**
 * Records what the PSA says now. Only content equal to the current snapshot (payload and terms) makes no new one
 * (design 1), so that a deal which goes back to an earlier state gets a revision of its own. Two first imports at once
 * collide on the unique key of the deal; the pipeline then runs the later one again, which finds the deal.
 */
export function recordSnapshot(facts: SnapshotFacts, moment: Moment): RecordedSnapshot {
  const { existing, current, parsed } = facts;
  const { rawDigest, termsDigest } = parsed;
  if (existing && current && current.rawDigest === rawDigest && current.termsDigest === termsDigest) {
    return recorded(existing, current, false, []);
  }
  const client = recordClient(facts, moment);
  const snapshot = newSnapshot(facts, existing?.id ?? moment.newId(), moment);
  const deal: Omit<Deal, 'tenantId'> = {
    id: snapshot.dealId,
    source: HALOPSA,
    externalId: parsed.deal.externalId,
    clientId: client.id,
    title: parsed.deal.title,
    currentRevision: snapshot.revision,
    currentSnapshotId: snapshot.id,
    createdAt: existing?.createdAt ?? moment.now,
  };
  const { clientId, title, currentRevision, currentSnapshotId } = deal;
  return recorded(deal, snapshot, true, [
    ...client.statements,
    existing
      ? update(Deal, { id: deal.id }, { clientId, title, currentRevision, currentSnapshotId })
      : insert(Deal, deal),
    insert(DealSnapshot, snapshot),
    ...recordPayload(snapshot.id, { raw: facts.raw, imported: parsed.deal }, moment),
    insert(
      QuoteLine,
      parsed.terms.lines.map((line) => quoteLine(line, snapshot.id, moment.newId())),
    ),
  ]);
}

function recorded(
  deal: Omit<Deal, 'tenantId'>,
  snapshot: Omit<DealSnapshot, 'tenantId'>,
  changed: boolean,
  statements: readonly Statement[],
): RecordedSnapshot {
  const { id: snapshotId, revision } = snapshot;
  return { deal, dealId: deal.id, clientId: deal.clientId, snapshot, snapshotId, revision, changed, statements };
}

/** The client's row: new, renamed in the PSA, or as it is. */
function recordClient({ client, parsed }: SnapshotFacts, moment: Moment): { id: string; statements: Statement[] } {
  const { clientExternalId: externalId, clientName: name } = parsed.deal;
  if (!client) {
    const id = moment.newId();
    return { id, statements: [insert(Client, { id, name, externalId, createdAt: moment.now })] };
  }
  return { id: client.id, statements: client.name === name ? [] : [update(Client, { id: client.id }, { name })] };
}

function newSnapshot(facts: SnapshotFacts, dealId: string, moment: Moment): Omit<DealSnapshot, 'tenantId'> {
  const { existing, parsed, timeZone } = facts;
  const { deal, terms, termsDigest, rawDigest, findings } = parsed;
  return {
    id: moment.newId(),
    dealId,
    revision: (existing?.currentRevision ?? 0) + 1,
    rawDigest,
    terms: canonicalJson(terms),
    termsDigest,
    currency: terms.currency,
    stageName: deal.stageName ?? deal.statusName,
    purchaseOrder: deal.purchaseOrder,
    findings: [...findings],
    importedBy: moment.actor.id,
    importedAt: moment.now,
    wonOn: deal.wonAt === null ? null : DateTime.fromISO(deal.wonAt, { zone: timeZone }).toISODate(),
  };
}

function quoteLine(line: TermsLine, dealSnapshotId: string, id: string): Omit<QuoteLine, 'tenantId'> {
  const { externalId: _external, totalMinor, costMinor, ...same } = line;
  return {
    id,
    dealSnapshotId,
    ...same,
    totalMinor: BigInt(totalMinor),
    costMinor: costMinor === null ? null : BigInt(costMinor),
  };
}
