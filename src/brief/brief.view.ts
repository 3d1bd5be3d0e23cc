import { grantFor } from '../approval/grant.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import type { DealQuestion } from '../catalogue/configuration.js';
import { serviceTemplateOf } from '../catalogue/selection.rules.js';
import { evidenceSource } from '../checklist/evidence.entity.js';
import { evidenceContext, itemStatus, ItemStatus, latestByItem } from '../checklist/status.rules.js';
import { CommitmentChannel } from '../commitment/commitment.entity.js';
import type { SourceReference } from '../core/source.js';
import { snapshotSource } from '../deal/deal.entity.js';
import { termsOf } from '../deal/deal.queries.js';
import { type Decision, DecisionState } from '../decision/decision.entity.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { MARGIN_EXCEPTION } from '../margin/margin.gate.js';
import type { BudgetBaseline, BudgetBaselineLine } from '../project/baseline.entity.js';
import {
  MilestoneState,
  type Project,
  type ProjectMilestone,
  type ProjectTask,
  TaskState,
} from '../project/project.entity.js';
import type { DraftFacts } from './brief.effects.js';
import type { BriefFacts, DocumentFact, EvidenceFact, GuardrailFact, ProjectFact } from './brief.facts.js';
import type { BriefAnswers } from './brief.queries.js';

type Row<T> = Omit<T, 'tenantId'>;
type MadeRows = 'project' | 'milestones' | 'tasks' | 'baseline' | 'baselineLines' | 'decisions';

/** The rows that a brief is made from: what briefFacts answers, with the handoff as it stands in the deciding command. */
export interface BriefGround extends Omit<BriefAnswers, MadeRows> {
  readonly handoff: Handoff;
  readonly project: Row<Project> | null;
  readonly milestones: readonly Row<ProjectMilestone>[];
  readonly tasks: readonly Row<ProjectTask>[];
  readonly baseline: Row<BudgetBaseline> | null;
  readonly baselineLines: readonly Row<BudgetBaselineLine>[];
  readonly decisions: readonly Row<Decision>[];
}

type HandleOf = (id: string | null) => string | null;

/** What draftBrief needs, from these rows. */
export function draftFactsOf(ground: BriefGround, now: Date): DraftFacts {
  const { handoff, snapshot, baseline, latestVersion } = ground;
  return {
    handoffId: handoff.id,
    latestVersion,
    facts: briefFactsOf(ground, now),
    stakeholderKeys: ground.stakeholderKeys,
    dealSnapshotId: snapshot.id,
    baselineId: baseline?.id ?? null,
    sources: sourcesOf(ground),
  };
}

/** The documents behind a brief: configuration, deal snapshot, baseline, and the latest evidence of every item. */
function sourcesOf({ version, snapshot, baseline, items, evidence }: BriefGround): SourceReference[] {
  const latestOf = latestByItem(evidence);
  const latest = items.map(({ id }) => latestOf.get(id)).filter((one) => one !== undefined);
  return [
    configurationSource(version),
    snapshotSource(snapshot),
    ...(baseline
      ? [{ type: 'BASELINE', id: baseline.id, version: String(baseline.version), hash: baseline.contentDigest }]
      : []),
    ...latest.map(evidenceSource),
  ];
}

/** The rows as plain facts. */
export function briefFactsOf(ground: BriefGround, now: Date): BriefFacts {
  const { handoff, deal, client, snapshot, version, commitments, declaration, handles } = ground;
  const configuration = configurationOf(version);
  const terms = termsOf(snapshot);
  const handleOf: HandleOf = (id) => (id === null ? null : (handles.get(id) ?? id));
  const {
    number,
    dealType,
    tier,
    startOn,
    context,
    communicationPreferences,
    billingTerms,
    paymentSchedule,
    specialTerms,
  } = handoff;
  return {
    handoff: {
      number,
      owner: handleOf(handoff.ownerId)!,
      deliveryManager: handleOf(handoff.deliveryManagerId),
      serviceTemplate: serviceTemplateOf(configuration, handoff.serviceTemplate)?.label ?? handoff.serviceTemplate,
      dealType,
      tier,
      startOn,
      pendingContract: handoff.pendingContract,
      context,
      communicationPreferences,
      billingTerms,
      paymentSchedule,
      specialTerms,
      answers: answersOf(handoff.answers, configuration.questions),
    },
    deal: {
      client: client.name,
      title: deal.title,
      reference: `${deal.source} ${deal.externalId}`,
      revision: snapshot.revision,
      termsDigest: snapshot.termsDigest,
      currency: terms.currency,
      lines: terms.lines,
      purchaseOrder: snapshot.purchaseOrder,
      wonOn: snapshot.wonOn,
    },
    configuration: configurationDocument(ground),
    statements: ground.statements,
    assumptions: ground.assumptions,
    risks: ground.risks,
    stakeholders: ground.stakeholders,
    commitments: commitments.map(({ channel, madeBy, state, resolutionReference, resolutionReason, ...same }) => ({
      ...same,
      verbal: channel === CommitmentChannel.VERBAL,
      madeBy: handleOf(madeBy)!,
      outcome: state,
      reference: resolutionReference,
      reason: resolutionReason,
    })),
    nothingPromisedBy: commitments.length > 0 ? null : handleOf(declaration?.declaredBy ?? null),
    decisions: decisionFacts(ground, handleOf),
    evidence: evidenceFacts(ground, now),
    guardrails: guardrails(ground),
    project: projectFact(ground, handleOf),
    baseline: ground.baseline ? { ...ground.baseline, lines: ground.baselineLines } : null,
  };
}

function configurationDocument({ version }: Pick<BriefGround, 'version'>): DocumentFact {
  return { title: `configuration version ${version.version}`, url: null, hash: version.digest };
}

function answersOf(answers: Handoff['answers'], questions: readonly DealQuestion[]): BriefFacts['handoff']['answers'] {
  return questions.flatMap(({ key, label, options }) => {
    const answer = Object.hasOwn(answers, key) ? answers[key] : undefined;
    if (answer === undefined) return [];
    const words =
      typeof answer === 'boolean'
        ? answer
          ? 'Yes'
          : 'No'
        : (options?.find(({ value }) => value === answer)?.label ?? answer);
    return [{ question: label, answer: `${words}.` }];
  });
}

function decisionFacts({ decisions, handoff }: BriefGround, handleOf: HandleOf): BriefFacts['decisions'] {
  return decisions
    .filter(({ state }) => state === DecisionState.OPEN)
    .map(({ number, question, blocksKickoff, ownerId, escalationContactId, dueOn, openedBy }) => ({
      number,
      question,
      blocking: blocksKickoff,
      owner: handleOf(ownerId),
      escalation: handleOf(escalationContactId),
      dueOn,
      source: {
        title: `decision ${number} of handoff ${handoff.number}, opened by ${handleOf(openedBy) ?? 'a rule'}`,
        url: null,
        hash: null,
      },
    }));
}

function evidenceFacts(
  { handoff, snapshot, version, items, evidence, stakeholders }: BriefGround,
  now: Date,
): EvidenceFact[] {
  const { timeZone } = configurationOf(version).tenant;
  const context = evidenceContext({ handoff, snapshot, items, evidence, stakeholders, timeZone }, now);
  const latestOf = latestByItem(evidence);
  return items.map((item) => {
    const latest = latestOf.get(item.id) ?? null;
    const { effective } = itemStatus(item, latest, context);
    const applies = effective !== ItemStatus.NOT_APPLICABLE;
    return {
      item: `${item.label}${item.required ? '' : ' (optional)'}`,
      status: effective,
      notApplicable: applies ? null : item.naReason,
      document: applies && latest ? { title: latest.title, url: latest.documentUrl, hash: latest.contentHash } : null,
      signers: applies && latest ? latest.signers : [],
    };
  });
}

/** No figure of the margin stands here: those who read a brief may not all see it. */
function guardrails(ground: BriefGround): GuardrailFact[] {
  const { grants, handoff } = ground;
  const about = { kind: MARGIN_EXCEPTION, digest: handoff.termsDigest, contentRevision: handoff.termsRevision };
  const grant = grantFor(grants, about);
  const exception: GuardrailFact[] = grant
    ? [
        {
          text: `Sold under a margin exception that ${grant.approvers} approved for exactly these terms: nothing further may be given away.`,
          source: {
            title: `approval of the margin exception, content revision ${grant.contentRevision}`,
            url: null,
            hash: grant.digest,
          },
        },
      ]
    : [];
  return [
    ...exception,
    {
      text: 'Any change of price, cost or quantity changes the governed terms: the margin floor is judged anew and approvals fall.',
      source: configurationDocument(ground),
    },
  ];
}

function projectFact(ground: BriefGround, handleOf: HandleOf): ProjectFact | null {
  const { project, milestones, tasks, version } = ground;
  if (!project) return null;
  const { number, startOn, targetOn, taskPackKey, taskPackVersion } = project;
  return {
    number,
    startOn,
    targetOn,
    lead: handleOf(project.projectLeadId),
    milestones: milestones.filter(({ state }) => state === MilestoneState.PLANNED),
    tasks: tasks
      .filter(({ state }) => state !== TaskState.CANCELLED)
      .map((task) => ({ ...task, owner: handleOf(task.ownerId) })),
    source: {
      title: `task pack ${taskPackKey} ${taskPackVersion} of configuration version ${version.version}`,
      url: null,
      hash: version.digest,
    },
  };
}
