import type { Gateway, Transaction } from '../core/gateway.js';
import { NIL_ID } from '../core/id.js';
import { dimensionMarks, type DimensionMarks, signatureOf } from './dimension.queries.js';
import { projectDimensions } from './dimensions.js';
import { MODEL_VERSION, projectHandoffs } from './projector.js';
import { handoffsOf } from './touched.queries.js';
import {
  handoffsAfter,
  lockedProgress,
  madeProgress,
  movedProgress,
  type Progress,
  reportingProgress,
  sealedAfter,
  sealedSeq,
} from './watermark.queries.js';

/** Entries of the ledger that one transaction goes through. */
const ENTRIES = 500;

/** Handoffs that one transaction of a rebuild goes through: about a second, so that the lock is not held for long. */
const HANDOFFS = 400;

/** Waits a little, before it is asked again whether somebody else is done. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

/** What one transaction did. */
export interface Step {
  /** How many handoffs were projected. */
  readonly handoffs: number;
  /** Whether there is more to do. */
  readonly isMore: boolean;
  /** Somebody else projects this tenant now. */
  readonly isBusy: boolean;
}

interface Known {
  readonly sealed: number;
  readonly marks: DimensionMarks;
}

const IDLE: Step = { handoffs: 0, isMore: false, isBusy: false };

/**
 * Keeps the facts of a tenant as its records are. The tenant's sealed ledger numbers every change without gaps, in the
 * order of commits: the handoffs that the entries after the last number are about are projected anew, and the number is
 * moved in the same transaction. So it depends on no process having been alive, a crash repeats a projection, which
 * changes nothing, and the lock of the progress lets a second worker do something else meanwhile.
 *
 * A rebuild goes through all handoffs by their ids, a chunk a transaction; readers see the rows of a handoff as they were
 * until its new ones are there. What happens meanwhile is projected as ever.
 */
export class Reporter {
  /** `chunk`: handoffs that one transaction of a rebuild goes through. */
  constructor(
    private readonly gateway: Gateway,
    private readonly chunk = HANDOFFS,
  ) {}

  /** Projects what is due of a tenant, one transaction of it; nothing where everything is current. */
  async step(tenantId: string): Promise<Step> {
    const { progress, ...known } = await this.gateway.read(tenantId, {
      progress: reportingProgress(),
      sealed: sealedSeq(),
      marks: dimensionMarks(),
    });
    if (!isDue(progress, known)) return IDLE;
    // In a transaction of its own: another worker that makes it too need not wait until this one has projected.
    if (!progress) await this.gateway.transaction(tenantId, (tx) => tx.commit([madeProgress()]));
    return this.gateway.transaction(tenantId, async (tx) => {
      const { locked } = await tx.flush({ locked: lockedProgress() });
      if (!locked) return { ...IDLE, isBusy: true };
      return locked.modelVersion > MODEL_VERSION ? IDLE : this.project(tx, tenantId, locked);
    });
  }

  /** Projects everything that is due of a tenant; how many handoffs. Waits for whoever else projects it. */
  async catchUp(tenantId: string, onStep: (handoffs: number) => void = () => undefined): Promise<number> {
    for (let handoffs = 0; ;) {
      const step = await this.step(tenantId);
      handoffs += step.handoffs;
      onStep(handoffs);
      if (step.isBusy) await pause();
      else if (!step.isMore) return handoffs;
    }
  }

  /** Projects every handoff of a tenant anew, from zero; how many. A worker goes on with it should it be interrupted. */
  async rebuild(tenantId: string, onStep?: (handoffs: number) => void): Promise<number> {
    await this.gateway.transaction(tenantId, (tx) => tx.commit([madeProgress()]));
    while (!(await this.begin(tenantId))) await pause();
    return this.catchUp(tenantId, onStep);
  }

  /** Begins a rebuild; false when somebody else projects the tenant now. */
  private async begin(tenantId: string): Promise<boolean> {
    return this.gateway.transaction(tenantId, async (tx) => {
      const { locked, sealed } = await tx.flush({ locked: lockedProgress(), sealed: sealedSeq() });
      if (locked) await tx.commit([movedProgress(beginning(sealed))]);
      return locked !== null;
    });
  }

  private async project(tx: Transaction, tenantId: string, before: Progress): Promise<Step> {
    const { sealed } = await tx.flush({ sealed: sealedSeq() });
    // Rows that another version of the software made are not added to: all of them are made anew.
    let progress = before.modelVersion === MODEL_VERSION ? before : { ...before, ...beginning(sealed) };
    const entered = await this.followLedger(tx, progress);
    progress = entered.progress;
    const rebuilt = entered.handoffs === 0 ? await this.goOn(tx, progress) : { handoffs: 0, progress };
    progress = rebuilt.progress;
    // Known anew with every chunk of a rebuild, they are made with its first one and after its last.
    if (progress.rebuiltTo !== null && progress.dimensions !== '') {
      await tx.commit([movedProgress(progress)]);
      return { handoffs: entered.handoffs + rebuilt.handoffs, isMore: true, isBusy: false };
    }
    const { marks } = await tx.flush({ marks: dimensionMarks() });
    const dimensions = signatureOf(marks);
    if (dimensions !== progress.dimensions && marks.rulingId !== null) await projectDimensions(tx, tenantId, marks);
    progress = { ...progress, dimensions };
    await tx.commit([movedProgress(progress)]);
    return {
      handoffs: entered.handoffs + rebuilt.handoffs,
      isMore: isDue(progress, { sealed, marks }),
      isBusy: false,
    };
  }

  /** Projects the handoffs that the next entries of the ledger are about. */
  private async followLedger(tx: Transaction, progress: Progress): Promise<{ handoffs: number; progress: Progress }> {
    const { entries } = await tx.flush({ entries: sealedAfter(progress.projectedSeq, ENTRIES) });
    const last = entries.at(-1);
    if (!last) return { handoffs: 0, progress };
    const { touched } = await tx.flush({ touched: handoffsOf([...new Set(entries.flatMap(({ ids }) => ids))]) });
    await projectHandoffs(tx, touched);
    return { handoffs: touched.length, progress: { ...progress, projectedSeq: last.seq } };
  }

  /** Projects the next handoffs of a rebuild that is under way. */
  private async goOn(tx: Transaction, progress: Progress): Promise<{ handoffs: number; progress: Progress }> {
    if (progress.rebuiltTo === null) return { handoffs: 0, progress };
    const { ids } = await tx.flush({ ids: handoffsAfter(progress.rebuiltTo, this.chunk) });
    await projectHandoffs(tx, ids);
    return { handoffs: ids.length, progress: { ...progress, rebuiltTo: ids.length < this.chunk ? null : ids.at(-1)! } };
  }
}

/** Where a rebuild begins: entries up to the last sealed one say nothing that the records do not. */
const beginning = (sealed: number) => ({
  projectedSeq: sealed,
  modelVersion: MODEL_VERSION,
  rebuiltTo: NIL_ID,
  dimensions: '',
});

function isDue(progress: Progress | null, { sealed, marks }: Known): boolean {
  if (progress === null || progress.modelVersion < MODEL_VERSION) return true;
  // Newer software runs beside this one: what is due is its own to do.
  if (progress.modelVersion > MODEL_VERSION) return false;
  return progress.rebuiltTo !== null || progress.projectedSeq < sealed || progress.dimensions !== signatureOf(marks);
}
