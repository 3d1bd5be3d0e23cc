import type { BusinessCalendar } from '../catalogue/configuration.js';
import type { Moment } from '../core/command.js';
import { insert, type Statement } from '../core/statement.js';
import { closedAt, type DealWin } from '../deal/close.rules.js';
import { CompletenessAtWin } from './completeness.entity.js';
import { completenessAt, type WeighedEvidence, type WeighedItem } from './completeness.rules.js';

/** A handoff's checklist when its deal is won. */
export interface WonChecklist {
  readonly handoffId: string;
  readonly items: readonly WeighedItem[];
  readonly evidence: readonly WeighedEvidence[];
  /** Of the configuration that the handoff was opened under. */
  readonly calendar: BusinessCalendar;
}

/** Keeps what was proven at a win. Once a handoff and win: a second time collides on the key. */
export function recordCompleteness(win: DealWin, checklist: WonChecklist, moment: Moment): Statement {
  const { handoffId, items, evidence, calendar } = checklist;
  const asOf = closedAt(win, calendar);
  const weights = completenessAt(items, evidence, asOf);
  return insert(CompletenessAtWin, {
    id: moment.newId(),
    handoffId,
    dealSnapshotId: win.snapshotId,
    asOf,
    ...weights,
  });
}
