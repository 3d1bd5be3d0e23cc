import type { Moment } from '../core/command.js';
import { sha256Hex } from '../core/canonical.js';
import type { OutboxMessage } from '../core/outbox/message.js';
import type { SourceReference } from '../core/source.js';
import { insert, type Statement } from '../core/statement.js';
import type { PersonalKey } from '../core/vault.js';
import { statementCount } from './brief.document.js';
import { Brief, BriefState } from './brief.entity.js';
import type { BriefFacts } from './brief.facts.js';
import { publicMarkdown } from './brief.markdown.js';
import { mentionsIn, sealBrief, withoutNames } from './brief.personal.js';
import { composeBrief } from './brief.rules.js';

/** The kind of the outbox's effect that stores a brief's files. */
export const STORE_BRIEF = 'brief.store';

/** The kind of the effect that writes the files of a handoff's briefs again, without who was erased. */
export const ERASE_BRIEFS = 'brief.erase';

/** What a new version of a brief is made from. */
export interface DraftFacts {
  readonly handoffId: string;
  /** The highest version so far; 0 before the first. */
  readonly latestVersion: number;
  readonly facts: BriefFacts;
  /** The keys of its stakeholders, as far as they have one. */
  readonly stakeholderKeys: readonly PersonalKey[];
  readonly dealSnapshotId: string;
  readonly baselineId: string | null;
  /** Configuration, deal snapshot, baseline, evidence; at least one. */
  readonly sources: readonly SourceReference[];
}

/** The new version, the statements that add it, and the effect that stores its files. */
export interface DraftEffects {
  readonly briefId: string;
  readonly brief: Omit<Brief, 'tenantId'>;
  readonly statements: readonly Statement[];
  readonly messages: readonly OutboxMessage[];
}

/** The next version of a handoff's brief, as a DRAFT; the worker stores its Markdown and DOCX files. */
export function draftBrief(draft: DraftFacts, moment: Moment): DraftEffects {
  const { handoffId, latestVersion, facts, dealSnapshotId, baselineId, sources } = draft;
  const version = latestVersion + 1;
  const id = moment.newId();
  const composed = withoutNames(composeBrief(facts, { version, generatedAt: moment.now }), mentionsIn(facts));
  const { stored: document, writes } = sealBrief(composed, id, draft.stakeholderKeys, moment);
  const markdown = publicMarkdown(document);
  const brief: Omit<Brief, 'tenantId'> = {
    id,
    handoffId,
    version,
    state: BriefState.DRAFT,
    document,
    markdown,
    markdownHash: sha256Hex(markdown),
    markdownFileHash: null,
    docxHash: null,
    statementCount: statementCount(document),
    dealSnapshotId,
    baselineId,
    sources: [...sources],
    createdAt: moment.now,
    createdBy: moment.actor.id,
    releasedBy: null,
    releasedAt: null,
    markdownPath: null,
    docxPath: null,
    storedAt: null,
  };
  const message: OutboxMessage = {
    kind: STORE_BRIEF,
    aggregate: { type: 'Handoff', id: handoffId },
    effectKey: `brief:${handoffId}:${version}`,
    payload: { briefId: brief.id, markdownHash: brief.markdownHash },
  };
  return { briefId: brief.id, brief, statements: [...writes, insert(Brief, brief)], messages: [message] };
}
