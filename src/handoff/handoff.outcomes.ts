import { done, refused, type DoneOutcome, type RefusedOutcome } from '../core/command.js';
import type { Finding } from '../core/finding.js';
import type { OutboxMessage } from '../core/outbox/message.js';
import type { SourceReference } from '../core/source.js';
import type { Statement } from '../core/statement.js';
import type { Handoff } from './handoff.entity.js';
import { changeHandoff, handoffSubject } from './handoff.rules.js';

/** What of the aggregate's row a command may change; its revision is raised by the way. */
export type HandoffChanges = Partial<Omit<Handoff, 'tenantId' | 'id' | 'revision'>>;

interface Change {
  /** For the ledger: ids, codes and digests, never free text or personal data. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly changes?: HandoffChanges;
  readonly writes?: readonly Statement[];
  readonly sources?: readonly SourceReference[];
  readonly messages?: readonly OutboxMessage[];
}

/** A change inside the aggregate: its rows, and one write of the handoff that raises its revision. */
export function handoffDone(handoff: Handoff, change: Change): DoneOutcome {
  const { body, changes = {}, writes = [], sources = [], messages = [] } = change;
  const { id } = handoff;
  const all = [...writes, changeHandoff(handoff, changes)];
  return done({ id, subject: handoffSubject(id), body, sources, messages, writes: all });
}

/** The handoff as it is: the request asked for nothing that it does not say already. */
export function handoffUnchanged(handoff: Handoff): DoneOutcome {
  return done({ id: handoff.id, subject: handoffSubject(handoff.id), body: { changed: false } });
}

/** A refusal filed under the handoff. */
export function handoffRefused(handoff: Handoff, findings: readonly Finding[]): RefusedOutcome {
  return refused(findings, { subject: handoffSubject(handoff.id) });
}
