import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { databaseClock, PRESENT } from '../clock.js';
import type { Gateway } from '../gateway.js';
import { newId } from '../id.js';
import { enqueue, type OutboxMessage } from '../outbox/message.js';
import { insert, mapQuery, type Query, select, sql, type Statement, update } from '../statement.js';
import { hydrate, tableOf } from '../table.js';
import { SILENT, type Telemetry } from '../telemetry/telemetry.js';
import type { SigningKey } from './note.js';
import { LedgerCheckpoint, LedgerHead } from './seal.entity.js';
import { checkpointOf, EMPTY_HEAD, isCheckpointDue, isShippingDue, seal, type Waiting } from './seal.rules.js';

/** How often the worker looks for entries to seal, in milliseconds. */
export const SEAL_EVERY_MS = 1500;

/** A tenant without new entries for a while is looked at in every second pass only: well within the window. */
const IDLE_PASSES = 2;
/** Longer than a checkpoint may wait to be sent away after the last entry (seal.rules.ts). */
const IDLE_AFTER_MS = 90_000;

/**
 * The window: how long a committed entry may stand unsealed while a worker runs, in seconds. What is sealed cannot be
 * changed, dropped or moved unseen by whoever does not hold the key; within the window the database's owner could.
 * Where a process ends between its commit and its hint (outbox/hints.ts: 50 ms), the first entry of a tenant that has been
 * idle waits for the worker's sweep instead (cli/worker.ts: half a minute).
 */
export const UNSEALED_WINDOW_SECONDS = 5;

/** The channel on which API processes hear, after commit, which kinds of record of a tenant have changed. */
export const CHANGES_CHANNEL = 'countersign_changes';

/** Entries that one transaction seals. */
const BATCH = 1000;

export interface SealerOptions {
  readonly gateway: Gateway;
  readonly key: SigningKey;
  /** Every tenant, whatever its state: a suspended one's entries are sealed too. */
  readonly tenants: () => Promise<readonly string[]>;
  /** Told of which tenant entries were just sealed. */
  readonly onSealed?: (tenantId: string) => void;
  /** Whether new entries are told by `wake` now: then nobody else is looked at. Without it everyone is. */
  readonly hears?: () => boolean;
  /** Told every pass. */
  readonly telemetry?: Telemetry;
  readonly log: Logger;
}

interface PendingEntry extends Waiting {
  readonly subjectType: string;
}

interface Look {
  readonly isPending: boolean;
  /** Null before the first entry was sealed. */
  readonly head: LedgerHead | null;
  readonly now: Date;
}

/** What one step did. `isBusy`: another sealer holds the head, and does the work. */
interface Step {
  readonly sealed: number;
  /** How many entries the newest checkpoint covers. */
  readonly covered: number;
  readonly isBusy: boolean;
}

/**
 * Gives committed entries their sequence, chain and tree, one tenant at a time, and signs checkpoints. Runs after
 * commit, so that writers never wait for each other (design 3); the head's lock keeps two sealers from sealing twice.
 */
export class Sealer {
  private readonly ending = new AbortController();
  private running: Promise<void> = Promise.resolve();
  /** When each tenant last had entries to seal, by the process's own clock. */
  private readonly busyAt = new Map<string, number>();

  constructor(private readonly options: SealerOptions) {}

  /** Works until stopped; a pass in `everyMs`. */
  start(everyMs = SEAL_EVERY_MS): void {
    this.running = this.loop(everyMs);
  }

  /** There may be entries to seal, or a checkpoint to sign, for this tenant. */
  readonly wake = (tenantId: string): void => void this.busyAt.set(tenantId, performance.now());

  /** Finishes the transaction in hand. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  /** One pass over all tenants, or over those whose turn it is; how many entries were sealed. */
  async pass(isTurn: (tenantId: string, index: number) => boolean = () => true): Promise<number> {
    let sealed = 0;
    for (const tenantId of (await this.options.tenants()).filter(isTurn)) {
      if (this.ending.signal.aborted) break;
      try {
        const found = await this.serve(tenantId);
        if (found > 0) {
          this.busyAt.set(tenantId, performance.now());
          this.options.onSealed?.(tenantId);
        }
        sealed += found;
      } catch (error) {
        this.options.log.warn({ err: error, tenantId }, 'sealing a ledger failed; the next pass tries again');
      }
    }
    return sealed;
  }

  /**
   * Seals everything that is committed and signs a checkpoint that covers it, now. Answers the covered size, 0 for a
   * ledger without entries; waits for another sealer that is at work on the same ledger.
   */
  async cover(tenantId: string): Promise<number> {
    for (;;) {
      const { isPending, head } = await this.look(tenantId);
      if (!isPending && (head?.seq ?? 0) === (head?.checkpointSize ?? 0)) return head?.seq ?? 0;
      const { isBusy, sealed, covered } = await this.step(tenantId, head, true);
      if (!isBusy && sealed < BATCH) return covered;
      if (isBusy) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async loop(everyMs: number): Promise<void> {
    const { telemetry = SILENT } = this.options;
    for (let round = 0; !this.ending.signal.aborted; round++) {
      const until = performance.now() + everyMs;
      try {
        const isEveryone = round === 0 || !(this.options.hears?.() ?? false);
        await telemetry.during(
          { kind: 'seal', name: 'sealer' },
          () =>
            this.pass(
              (tenantId, index) => (isEveryone && (index + round) % IDLE_PASSES === 0) || this.isBusy(tenantId),
            ),
          (sealed) => ({ outcome: 'DONE', isIdle: sealed === 0 }),
        );
      } catch (error) {
        this.options.log.warn({ err: error }, 'a pass of the sealer failed; it goes on');
      }
      // Batches of a second are cheaper than a transaction for every few entries.
      await sleep(Math.max(0, until - performance.now()), undefined, { signal: this.ending.signal }).catch(
        () => undefined,
      );
    }
  }

  private isBusy(tenantId: string): boolean {
    return performance.now() - (this.busyAt.get(tenantId) ?? -Infinity) < IDLE_AFTER_MS;
  }

  private async serve(tenantId: string): Promise<number> {
    let sealed = 0;
    for (;;) {
      const { isPending, head, now } = await this.look(tenantId);
      const isDue = isPending || (head !== null && (isCheckpointDue(head, now) || isShippingDue(head, now)));
      if (!isDue || this.ending.signal.aborted) return sealed;
      const step = await this.step(tenantId, head, false);
      sealed += step.sealed;
      if (step.isBusy || step.sealed < BATCH) return sealed;
    }
  }

  /** What an idle tenant costs a pass: one statement. */
  private async look(tenantId: string): Promise<Look> {
    return (await this.options.gateway.read(tenantId, { look: glance() })).look;
  }

  private async step(tenantId: string, known: LedgerHead | null, wantsCheckpoint: boolean): Promise<Step> {
    const { gateway, key } = this.options;
    return gateway.transaction(tenantId, async (tx) => {
      const { head, entries, now } = await tx.flush({
        // On a row that is there it would wait for whoever changes it, which the lock below does not.
        ...(known ? {} : { made: madeHead() }),
        head: lockedHead(),
        entries: pendingEntries(),
        now: databaseClock.now(),
      });
      if (!head) {
        await tx.commit([]);
        return { sealed: 0, covered: 0, isBusy: true };
      }
      const sealed = seal(head, entries, now);
      const isDue = isCheckpointDue(sealed.head, now) || (wantsCheckpoint && sealed.head.seq > head.checkpointSize);
      const signed = isDue ? checkpointOf(tenantId, sealed.head, now, key) : null;
      const checked = signed?.head ?? sealed.head;
      const ships = isShippingDue(checked, now);
      const next = ships ? { ...checked, shippedSize: checked.checkpointSize, shippedAt: now } : checked;
      await tx.commit([
        ...sealing(entries, sealed.seals),
        ...(signed ? [insert(LedgerCheckpoint, signed.checkpoint)] : []),
        ...(ships ? enqueue([shipment(tenantId, next.checkpointSize)], now, newId) : []),
        update(LedgerHead, {}, next),
        ...(entries.length > 0 ? [notification(tenantId, entries)] : []),
      ]);
      return { sealed: entries.length, covered: next.checkpointSize, isBusy: false };
    });
  }
}

/** Whether something waits, where the ledger ends, and the time. */
function glance(): Query<Look> {
  const { columns } = tableOf(LedgerHead);
  return sql(
    `select exists (select 1 from ledger_pending where tenant_id = $1) as pending, ${PRESENT} as present,
      ${columns.map(({ name }) => `h.${name}`).join(', ')}
      from (select $1::uuid as tenant) one left join ledger_head h on h.tenant_id = $1`,
    [],
    ([row]) => ({
      isPending: row!.pending === true,
      now: row!.present as Date,
      head: row!.tenant_id === null ? null : hydrate(LedgerHead, row!),
    }),
  );
}

/** Makes the head of a tenant that has none yet. */
function madeHead(): Query<void> {
  const { text, values } = insert(LedgerHead, { ...EMPTY_HEAD, frontier: [] }, 'on conflict do nothing');
  return sql(text, values, () => undefined);
}

/** The head under lock, or null when another sealer holds it. */
function lockedHead(): Query<LedgerHead | null> {
  const query = select(LedgerHead, {}, { lock: 'UPDATE' });
  return { ...mapQuery(query, (heads) => heads[0] ?? null), text: `${query.text} skip locked` };
}

/** The next entries to seal. Read after the lock: what another sealer has just sealed is gone. */
function pendingEntries(): Query<PendingEntry[]> {
  return sql(
    `select p.id, e.leaf_hash, e.subject_type from ledger_pending p
      join ledger_entry e on e.tenant_id = $1 and e.id = p.id
      where p.tenant_id = $1 order by p.id limit ${BATCH}`,
    [],
    (rows) =>
      rows.map((row) => ({
        id: row.id as string,
        leafHash: row.leaf_hash as string,
        subjectType: row.subject_type as string,
      })),
  );
}

/** The seals of a batch, and the end of its waiting. One text whatever the number of rows. */
function sealing(entries: readonly PendingEntry[], seals: ReturnType<typeof seal>['seals']): Statement[] {
  if (entries.length === 0) return [];
  return [
    {
      text: `with s as (select *
          from unnest($2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[]) as u(seq, entry_id, leaf_hash, chain_hash, tree_hash))
        insert into ledger_seal (tenant_id, seq, entry_id, leaf_hash, chain_hash, tree_hash, sealed_at)
        select $1, s.seq, s.entry_id, s.leaf_hash, s.chain_hash, s.tree_hash, $7 from s`,
      values: [
        seals.map(({ seq }) => seq),
        seals.map(({ entryId }) => entryId),
        seals.map(({ leafHash }) => leafHash),
        seals.map(({ chainHash }) => chainHash),
        seals.map(({ treeHash }) => treeHash),
        seals[0]!.sealedAt,
      ],
    },
    {
      text: 'delete from ledger_pending where tenant_id = $1 and id = any($2)',
      values: [entries.map(({ id }) => id)],
    },
  ];
}

/** Asks the outbox to keep a checkpoint where the database's owner does not reach. */
function shipment(tenantId: string, size: number): OutboxMessage {
  return {
    kind: 'ledger.checkpoint',
    aggregate: { type: 'LedgerCheckpoint', id: tenantId },
    effectKey: `ledger.checkpoint/${size}`,
    payload: { size: String(size) },
  };
}

/** Told at commit: which tenant, and which kinds of record; nothing else travels. */
function notification(tenantId: string, entries: readonly PendingEntry[]): Statement {
  const topics = [...new Set(entries.map(({ subjectType }) => subjectType))].toSorted();
  return {
    text: `select pg_notify('${CHANGES_CHANNEL}', $2) where $1::uuid is not null`,
    values: [JSON.stringify({ tenant: tenantId, topics })],
  };
}
