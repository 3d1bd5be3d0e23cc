import { type ContentChange, recordContribution, termsChanged } from '../approval/approval.effects.js';
import type { ApprovalNeed } from '../approval/need.rules.js';
import type { ApprovalRequest } from '../approval/request.entity.js';
import { workingTimesFrom } from '../catalogue/calendar.rules.js';
import type { Moment } from '../core/command.js';
import type { Finding } from '../core/finding.js';
import { insert, type Statement } from '../core/statement.js';
import type { Deal } from '../deal/deal.entity.js';
import type { ReadableImport } from '../deal/deal.effects.js';
import type { ImportedDeal } from '../deal/halopsa-deal.rules.js';
import {
  type Classification,
  classificationFindings,
  type ClassificationGround,
  classified,
} from './classification.rules.js';
import { Handoff } from './handoff.entity.js';
import type { HandoffChanges } from './handoff.outcomes.js';
import { editFindings, handoffSubject } from './handoff.rules.js';
import { prefill, refill } from './prefill.effects.js';
import { Stage } from './stage.rules.js';

/** What openHandoff must know; classificationFindings have been asked before, and found nothing. */
export interface OpeningFacts extends Classification, ClassificationGround {
  readonly deal: Pick<Deal, 'id' | 'externalId'>;
  readonly clientId: string;
  readonly parsed: Pick<ReadableImport, 'deal'>;
  /** The sales manager who owns it. */
  readonly ownerId: string;
  /** The person who brought the snapshot in, if that was earlier; null for a program. */
  readonly importer: string | null;
  /** contributorsByExternal: who wrote the terms of the deal's handoffs before. */
  readonly contributors: readonly string[];
  /** How many handoffs the deal had before, all of them withdrawn. */
  readonly earlier: number;
}

/**
 * Opens the handoff of a deal in DRAFT, before the close (requirement 003: filled in as part of closing, not after),
 * prefilled from the PSA. Its number is the opportunity's, `H-2205`, and `H-2205.2` after the first was withdrawn.
 * Contributors of the first content version are who opens it, who owns it, who imported the snapshot, and whoever was
 * one on an earlier handoff of the deal (approvals rule 1: nobody is forgotten).
 */
export function openHandoff(
  facts: OpeningFacts,
  moment: Moment,
): { readonly handoff: Omit<Handoff, 'tenantId'>; readonly statements: readonly Statement[] } {
  const { deal, clientId, snapshot, parsed, configurationVersion, ownerId, earlier } = facts;
  const { serviceTemplate, dealType, segment } = facts;
  const id = moment.newId();
  const handoff: Omit<Handoff, 'tenantId'> = {
    id,
    number: `H-${deal.externalId}${earlier === 0 ? '' : `.${earlier + 1}`}`,
    dealId: deal.id,
    clientId,
    stage: Stage.DRAFT,
    revision: 1,
    pendingContract: false,
    predecessorId: null,
    predecessorBy: null,
    fieldsToConfirm: [],
    dealSnapshotId: snapshot.id,
    termsRevision: 1,
    serviceTemplate,
    dealType,
    segment,
    ...classified(facts, facts),
    configurationVersionId: configurationVersion.id,
    answers: {},
    ownerId,
    deliveryManagerId: null,
    startOn: null,
    context: null,
    communicationPreferences: null,
    billingTerms: null,
    paymentSchedule: null,
    specialTerms: null,
    intakeNotes: null,
    openedAt: moment.now,
    submittedAt: null,
    submittedBy: null,
    correctionDueAt: null,
    withdrawnAt: null,
    withdrawnReason: null,
  };
  const authors = [...facts.contributors, facts.importer, ownerId, editorOf(moment)];
  const contributors = new Set(authors.filter((person) => person !== null));
  return {
    handoff,
    statements: [
      insert(Handoff, handoff),
      ...prefill({ handoffId: id, snapshot, deal: parsed.deal }, moment),
      ...[...contributors].map((person) => recordContribution(handoffSubject(id), 1, person, moment)),
    ],
  };
}

/** What every change of governed terms must know. */
interface TermsFacts extends ClassificationGround {
  /** Locked, and editable. */
  readonly handoff: Handoff;
  /** lockRequestsOf(handoffSubject(handoff.id)). */
  readonly requests: readonly ApprovalRequest[];
  /** contributorsOf(handoffSubject(handoff.id)). */
  readonly contributors: readonly string[];
  /** What an exception on the new terms would need; null when none is needed. */
  readonly needFor: (changed: Pick<Handoff, 'serviceTemplate' | 'dealType'>) => ApprovalNeed | null;
}

/** A change to be written: `changeHandoff(handoff, changes)` by the caller, beside these statements. */
export interface TermsChange {
  /** Empty when nothing changes. */
  readonly changes: HandoffChanges;
  /** What goes with it: approvals and content, never the handoff's own row. */
  readonly statements: readonly Statement[];
}

export interface AdoptionFacts extends TermsFacts {
  /** The deal's client as the PSA has it now. */
  readonly clientId: string;
  /** The person who brought the snapshot in, if that was earlier; null for a program. */
  readonly importer: string | null;
  readonly parsed: Pick<ReadableImport, 'deal'>;
  /** What the PSA said beside the terms in the snapshot adopted so far (adoptedDealByExternal). */
  readonly former: ImportedDeal;
}

/**
 * Adopts another snapshot while sales may edit (`EDITABLE`): new content version of the terms when they differ, tier
 * chosen again, prefilled content filled in again where the PSA says otherwise. Who imported the snapshot wrote the terms
 * as much as who adopts it. Ask it whenever an import ends with a
 * snapshot other than the adopted one, also when the import itself made none.
 */
export function adoptTerms(facts: AdoptionFacts, moment: Moment): TermsChange {
  const { handoff, snapshot, parsed, former, clientId, importer, contributors } = facts;
  if (handoff.dealSnapshotId === snapshot.id) return { changes: {}, statements: [] };
  const authors = importer === null ? contributors : [...contributors, importer];
  const terms = governed({ ...facts, contributors: authors }, handoff, moment);
  const { termsRevision } = terms.changes;
  return {
    changes: { clientId, dealSnapshotId: snapshot.id, ...terms.changes },
    statements: [
      ...terms.statements,
      ...(importer === null || termsRevision === undefined
        ? []
        : [recordContribution(handoffSubject(handoff.id), termsRevision, importer, moment)]),
      ...refill(former, { handoffId: handoff.id, snapshot, deal: parsed.deal }, moment),
    ],
  };
}

/**
 * Gives a handoff another service template, deal type or segment; what is left out stays. Service template and deal
 * type are governed terms, the segment only weighs in the tier. Findings: closed content, a template that the tenant
 * has not or does not sell so; then nothing changes.
 */
export function reclassify(
  facts: TermsFacts,
  input: Partial<Classification>,
  moment: Moment,
): TermsChange & { readonly findings: readonly Finding[] } {
  const { handoff, configuration } = facts;
  const { serviceTemplate = handoff.serviceTemplate, dealType = handoff.dealType, segment = handoff.segment } = input;
  const wanted: Classification = { serviceTemplate, dealType, segment };
  const findings = [...editFindings(handoff), ...classificationFindings(configuration, wanted)];
  const same =
    serviceTemplate === handoff.serviceTemplate && dealType === handoff.dealType && segment === handoff.segment;
  if (findings.length > 0 || same) return { findings, changes: {}, statements: [] };
  const { changes, statements } = governed(facts, wanted, moment);
  return { findings, changes: { ...wanted, ...changes }, statements };
}

/** The fields that follow from terms and classification; a new content version where the governed terms differ. */
function governed(facts: TermsFacts, wanted: Classification, moment: Moment): TermsChange {
  const { handoff, requests, contributors, configuration } = facts;
  const result = classified(facts, wanted);
  if (result.termsDigest === handoff.termsDigest) return { changes: result, statements: [] };
  const change: ContentChange = {
    digest: result.termsDigest,
    contentRevision: handoff.termsRevision + 1,
    editorId: editorOf(moment),
    contributors,
    need: facts.needFor(wanted),
    workingTimes: (from, hours) => workingTimesFrom(configuration.calendar, from, hours),
  };
  return {
    changes: { ...result, termsRevision: change.contentRevision },
    statements: termsChanged(requests, handoffSubject(handoff.id), change, moment),
  };
}

/** Who answers for the change: a person; a program's import has no author here, its terms come from the PSA. */
function editorOf({ actor }: Moment): string | null {
  return actor.kind === 'PERSON' ? actor.id : null;
}
