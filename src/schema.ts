import { writeFileSync } from 'node:fs';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql';
import {
  ActualsLineResolver,
  ActualsMarkResolver,
  ActualsSnapshotResolver,
  ProjectActualsResolver,
} from './actuals/actuals.resolver.js';
import {
  ApprovalRequestResolver,
  ApprovalRoundResolver,
  ApprovalStepResolver,
  ApprovalVoteResolver,
} from './approval/approval.resolver.js';
import { AfterReviewResolver } from './approval/break-glass.resolver.js';
import { DelegationResolver } from './approval/delegation.resolver.js';
import { ApprovalInboxEdgeResolver, ApprovalInboxResolver } from './approval/inbox.resolver.js';
import { VoteLinkResolver } from './approval/vote-link.resolver.js';
import { ReportFileResolver } from './artefact/artefact.resolver.js';
import { AuditExportResolver, AuditSampleItemResolver, AuditSampleResolver } from './audit/audit.resolver.js';
import { ControlItemResolver, ControlRunResolver } from './audit/control.resolver.js';
import { BriefResolver, HandoffBriefResolver } from './brief/brief.resolver.js';
import { CatalogueResolver } from './catalogue/catalogue.resolver.js';
import { ChecklistItemResolver, EvidenceResolver, HandoffChecklistResolver } from './checklist/checklist.resolver.js';
import {
  CommitmentDeclarationResolver,
  CommitmentResolver,
  HandoffCommitmentResolver,
} from './commitment/commitment.resolver.js';
import { AlertResolver } from './core/graphql/alert.resolver.js';
import { LedgerResolver } from './core/graphql/ledger.resolver.js';
import { RecordResolver } from './core/graphql/record.resolver.js';
import { DateTimeScalar } from './core/graphql/scalars.js';
import { validated } from './core/graphql/validation.js';
import { ClientResolver, DealResolver, DealSnapshotResolver, QuoteLineResolver } from './deal/deal.resolver.js';
import { DecisionResolver, HandoffDecisionResolver } from './decision/decision.resolver.js';
import { HandoffDocumentResolver, IssuedDocumentResolver } from './document/document.resolver.js';
import { ErasureResolver } from './erasure/erasure.resolver.js';
import {
  EscalationResolver,
  HandoffEscalationResolver,
  HandoffPauseResolver,
} from './escalation/escalation.resolver.js';
import { CapacityChangeResolver, CapacityResolver, PersonCapacityResolver } from './feasibility/capacity.resolver.js';
import {
  CapacityConflictResolver,
  FeasibilitySignOffResolver,
  HandoffFeasibilityResolver,
  ResourceBookingResolver,
} from './feasibility/feasibility.resolver.js';
import {
  ClientSurveyResolver,
  HandoffAcceptanceFieldsResolver,
  HandoffAcceptanceResolver,
  RepeatAskResolver,
} from './feedback/feedback.resolver.js';
import { FollowUpResolver } from './feedback/follow-up.resolver.js';
import { HandoffContentResolver } from './handoff/content.resolver.js';
import { ApprovalRequestGovernanceResolver, GovernanceResolver } from './governance/governance.resolver.js';
import { SimulatedDealResolver, SimulationResolver } from './governance/simulation.resolver.js';
import { HandoffResolver } from './handoff/handoff.resolver.js';
import { ApiKeyResolver, PersonResolver, RoleGrantResolver, TenantResolver } from './identity/identity.resolver.js';
import { ConnectionResolver } from './integrations/connection/connection.resolver.js';
import { EventDeliveryResolver, EventEndpointResolver } from './integrations/events/event.resolver.js';
import { DriftResolver, ProjectDriftResolver } from './integrations/halopsa/drift.resolver.js';
import { ProjectPsaResolver } from './integrations/halopsa/psa.resolver.js';
import { IntegrationSyncResolver, PsaDealResolver } from './integrations/halopsa/psa-sync.resolver.js';
import { EvidenceDocumentResolver } from './integrations/microsoft/evidence/evidence.resolver.js';
import { BriefFilesResolver, DocumentFilesResolver } from './integrations/microsoft/sharepoint/sharepoint.resolver.js';
import { PowerBiEmbedResolver } from './integrations/powerbi/embed.resolver.js';
import {
  PowerBiBatchResolver,
  PowerBiRefreshResolver,
  PowerBiResolver,
} from './integrations/powerbi/powerbi.resolver.js';
import { TeamsResolver } from './integrations/microsoft/teams/teams.resolver.js';
import { OutboxResolver } from './integrations/outbox/outbox.resolver.js';
import { HandoffIntroductionResolver, IntroductionDraftResolver } from './introduction/introduction.resolver.js';
import { IntegrationReviewResolver } from './integrations/review/review.resolver.js';
import { HandoffKickoffResolver, KickoffResolver } from './kickoff/kickoff.resolver.js';
import {
  KpiBaselineConfirmationResolver,
  KpiBaselineResolver,
  KpiDefinitionResolver,
  KpiDefinitionSetResolver,
  KpiSignOffResolver,
} from './kpi/kpi.resolver.js';
import { BacktestDealResolver, BacktestResolver } from './backtest/backtest.resolver.js';
import { ReportingChoicesResolver } from './reporting/choices.resolver.js';
import {
  ApprovalRequestExceptionResolver,
  ExceptionRecordResolver,
  ExceptionWeighingResolver,
} from './margin/exception.resolver.js';
import { ApprovalRequestMarginResolver, HandoffMarginResolver } from './margin/margin.resolver.js';
import { ActionItemResolver } from './meeting/action.resolver.js';
import { MeetingOfHandoffResolver } from './meeting/handoff-meeting.resolver.js';
import { HandoffMeetingResolver, MeetingParticipantResolver } from './meeting/meeting.resolver.js';
import { NoticeResolver } from './notice/notice.resolver.js';
import {
  GateEvaluationResolver,
  GateFindingResolver,
  HandoffPassageResolver,
  HandoffReturnResolver,
} from './passage/passage.resolver.js';
import { ResourcePlanResolver } from './passage/plan.resolver.js';
import { HandingOverResolver, HandoffVariantResolver, PreCloseResolver } from './passage/variant.resolver.js';
import { CheckpointResolver, CheckpointReturnResolver, HandoffPhaseResolver } from './phase/checkpoint.resolver.js';
import { BudgetBaselineLineResolver, BudgetBaselineResolver } from './project/baseline.resolver.js';
import {
  HandoffProjectResolver,
  ProjectMilestoneResolver,
  ProjectResolver,
  ProjectTaskResolver,
} from './project/project.resolver.js';
import { RedFlagResolver, SpotCheckDrawResolver, SpotCheckResolver } from './quality/check.resolver.js';
import { QualityReviewResolver, ReviewActionResolver, ReviewItemResolver } from './quality/review.resolver.js';
import {
  HandoffQualityResolver,
  QualityScoreResolver,
  RemediationResolver,
  ScoreAmendmentResolver,
  ScoreStatisticResolver,
} from './quality/score.resolver.js';
import { KpiCaseResolver, KpiFigureResolver } from './reporting/kpi-figure.resolver.js';
import { MeasuredBaselineResolver } from './reporting/measured.resolver.js';
import { ReportedExceptionResolver, ReportResolver, StalledHandoffResolver } from './reporting/report.resolver.js';
import { FeedKeyResolver } from './odata/keys/feed-key.resolver.js';
import { GateMisfireResolver, RolloutItemResolver } from './rollout/item.resolver.js';
import { PilotHandoffResolver, RolloutOverrideResolver, RolloutResolver } from './rollout/rollout.resolver.js';
import {
  CertificationResolver,
  HandoffBuddyResolver,
  HandoffRolloutResolver,
  TrainingRecordResolver,
} from './rollout/training.resolver.js';
import {
  ApprovalRequestScopeChangeResolver,
  BaselineScopeChangeResolver,
  ChangeOrderResolver,
  HandoffScopeChangeResolver,
  ScopeChangeLineResolver,
} from './scope-change/scope-change-parts.resolver.js';
import { ScopeChangeResolver } from './scope-change/scope-change.resolver.js';

/** Every resolver, named: nothing is found by a glob. */
const RESOLVERS: NonEmptyArray<new () => object> = [
  RecordResolver,
  LedgerResolver,
  PersonResolver,
  RoleGrantResolver,
  ApiKeyResolver,
  TenantResolver,
  CatalogueResolver,
  GovernanceResolver,
  SimulationResolver,
  SimulatedDealResolver,
  ApprovalRequestResolver,
  ApprovalVoteResolver,
  ApprovalStepResolver,
  ApprovalRoundResolver,
  DelegationResolver,
  AfterReviewResolver,
  ApprovalInboxResolver,
  ApprovalInboxEdgeResolver,
  VoteLinkResolver,
  AlertResolver,
  ClientResolver,
  DealResolver,
  DealSnapshotResolver,
  QuoteLineResolver,
  HandoffResolver,
  HandoffContentResolver,
  HandoffChecklistResolver,
  ChecklistItemResolver,
  EvidenceResolver,
  HandoffMarginResolver,
  ApprovalRequestMarginResolver,
  ApprovalRequestExceptionResolver,
  ExceptionWeighingResolver,
  ExceptionRecordResolver,
  ApprovalRequestGovernanceResolver,
  HandoffCommitmentResolver,
  CommitmentResolver,
  CommitmentDeclarationResolver,
  HandoffDecisionResolver,
  DecisionResolver,
  HandoffProjectResolver,
  ProjectResolver,
  ProjectMilestoneResolver,
  ProjectTaskResolver,
  BudgetBaselineResolver,
  BudgetBaselineLineResolver,
  HandoffFeasibilityResolver,
  ResourceBookingResolver,
  CapacityConflictResolver,
  CapacityResolver,
  PersonCapacityResolver,
  CapacityChangeResolver,
  ResourcePlanResolver,
  FeasibilitySignOffResolver,
  HandoffBriefResolver,
  BriefResolver,
  HandoffPassageResolver,
  GateEvaluationResolver,
  GateFindingResolver,
  HandoffReturnResolver,
  HandoffVariantResolver,
  HandingOverResolver,
  PreCloseResolver,
  HandoffPhaseResolver,
  CheckpointResolver,
  CheckpointReturnResolver,
  HandoffKickoffResolver,
  KickoffResolver,
  HandoffIntroductionResolver,
  IntroductionDraftResolver,
  HandoffEscalationResolver,
  EscalationResolver,
  HandoffPauseResolver,
  HandoffScopeChangeResolver,
  BaselineScopeChangeResolver,
  ApprovalRequestScopeChangeResolver,
  ScopeChangeResolver,
  ScopeChangeLineResolver,
  ChangeOrderResolver,
  MeetingOfHandoffResolver,
  HandoffMeetingResolver,
  MeetingParticipantResolver,
  ActionItemResolver,
  HandoffQualityResolver,
  QualityScoreResolver,
  ScoreAmendmentResolver,
  ScoreStatisticResolver,
  RemediationResolver,
  QualityReviewResolver,
  ReviewItemResolver,
  ReviewActionResolver,
  SpotCheckResolver,
  SpotCheckDrawResolver,
  RedFlagResolver,
  KpiDefinitionSetResolver,
  KpiDefinitionResolver,
  KpiSignOffResolver,
  KpiBaselineResolver,
  KpiBaselineConfirmationResolver,
  KpiFigureResolver,
  KpiCaseResolver,
  MeasuredBaselineResolver,
  ReportResolver,
  StalledHandoffResolver,
  ReportedExceptionResolver,
  ReportingChoicesResolver,
  FeedKeyResolver,
  BacktestResolver,
  BacktestDealResolver,
  RolloutResolver,
  RolloutItemResolver,
  PilotHandoffResolver,
  RolloutOverrideResolver,
  GateMisfireResolver,
  TrainingRecordResolver,
  CertificationResolver,
  HandoffRolloutResolver,
  HandoffBuddyResolver,
  HandoffAcceptanceFieldsResolver,
  HandoffAcceptanceResolver,
  RepeatAskResolver,
  ClientSurveyResolver,
  FollowUpResolver,
  HandoffDocumentResolver,
  IssuedDocumentResolver,
  NoticeResolver,
  OutboxResolver,
  ConnectionResolver,
  IntegrationReviewResolver,
  EvidenceDocumentResolver,
  EventEndpointResolver,
  EventDeliveryResolver,
  BriefFilesResolver,
  DocumentFilesResolver,
  DocumentFilesResolver,
  TeamsResolver,
  PowerBiResolver,
  PowerBiBatchResolver,
  PowerBiRefreshResolver,
  PowerBiEmbedResolver,
  ProjectActualsResolver,
  ActualsSnapshotResolver,
  ActualsLineResolver,
  ActualsMarkResolver,
  ProjectPsaResolver,
  DriftResolver,
  ProjectDriftResolver,
  PsaDealResolver,
  IntegrationSyncResolver,
  ErasureResolver,
  ReportFileResolver,
  AuditExportResolver,
  AuditSampleResolver,
  AuditSampleItemResolver,
  ControlRunResolver,
  ControlItemResolver,
];

/** TypeGraphQL wants one as soon as there is a subscription; ours look for themselves (core/graphql/subscription.ts). */
const unwanted = (): never => {
  throw new Error('Subscribe by `watching`');
};
const NO_PUB_SUB: PubSub = { publish: unwanted, subscribe: unwanted };

/** The executable schema. */
export function buildApiSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: RESOLVERS,
    validateFn: validated,
    scalarsMap: [{ type: Date, scalar: DateTimeScalar }],
    pubSub: NO_PUB_SUB,
  });
}

/** The schema as text, sorted: checked in at schema/schema.graphql and compared in a test. */
export const schemaText = (): string => `${printSchema(lexicographicSortSchema(buildApiSchema()))}\n`;

/** Writes the schema file. */
export function writeSchema(path: string): void {
  writeFileSync(path, schemaText());
}
