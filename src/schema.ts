import { writeFileSync } from 'node:fs';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql';
import { actualsAbilities } from './actuals/actuals.abilities.js';
import {
  ActualsLineResolver,
  ActualsMarkResolver,
  ActualsSnapshotResolver,
  ProjectActualsResolver,
} from './actuals/actuals.resolver.js';
import { approvalAbilities } from './approval/approval.abilities.js';
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
import { auditAbilities } from './audit/audit.abilities.js';
import { AuditExportResolver, AuditSampleItemResolver, AuditSampleResolver } from './audit/audit.resolver.js';
import { ControlItemResolver, ControlRunResolver } from './audit/control.resolver.js';
import { briefAbilities } from './brief/brief.abilities.js';
import { BriefResolver, HandoffBriefResolver } from './brief/brief.resolver.js';
import { catalogueAbilities } from './catalogue/catalogue.abilities.js';
import { CatalogueResolver } from './catalogue/catalogue.resolver.js';
import { checklistAbilities } from './checklist/checklist.abilities.js';
import { ChecklistItemResolver, EvidenceResolver, HandoffChecklistResolver } from './checklist/checklist.resolver.js';
import { commitmentAbilities } from './commitment/commitment.abilities.js';
import {
  CommitmentDeclarationResolver,
  CommitmentResolver,
  HandoffCommitmentResolver,
} from './commitment/commitment.resolver.js';
import type { AbilityContribution } from './core/ability.js';
import { AlertResolver } from './core/graphql/alert.resolver.js';
import { LedgerResolver } from './core/graphql/ledger.resolver.js';
import { RecordResolver } from './core/graphql/record.resolver.js';
import { DateTimeScalar } from './core/graphql/scalars.js';
import { dealAbilities } from './deal/deal.abilities.js';
import { ClientResolver, DealResolver, DealSnapshotResolver, QuoteLineResolver } from './deal/deal.resolver.js';
import { decisionAbilities } from './decision/decision.abilities.js';
import { DecisionResolver, HandoffDecisionResolver } from './decision/decision.resolver.js';
import { erasureAbilities } from './erasure/erasure.abilities.js';
import { ErasureResolver } from './erasure/erasure.resolver.js';
import { escalationAbilities } from './escalation/escalation.abilities.js';
import {
  EscalationResolver,
  HandoffEscalationResolver,
  HandoffPauseResolver,
} from './escalation/escalation.resolver.js';
import { feasibilityAbilities } from './feasibility/feasibility.abilities.js';
import {
  FeasibilitySignOffResolver,
  HandoffFeasibilityResolver,
  ResourceBookingResolver,
} from './feasibility/feasibility.resolver.js';
import { HandoffContentResolver } from './handoff/content.resolver.js';
import { governanceAbilities } from './governance/governance.abilities.js';
import { ApprovalRequestGovernanceResolver, GovernanceResolver } from './governance/governance.resolver.js';
import { SimulatedDealResolver, SimulationResolver } from './governance/simulation.resolver.js';
import { handoffAbilities } from './handoff/handoff.abilities.js';
import { HandoffResolver } from './handoff/handoff.resolver.js';
import { identityAbilities } from './identity/identity.abilities.js';
import { ApiKeyResolver, PersonResolver, RoleGrantResolver, TenantResolver } from './identity/identity.resolver.js';
import { connectionAbilities } from './integrations/connection/connection.abilities.js';
import { ConnectionResolver } from './integrations/connection/connection.resolver.js';
import { eventAbilities } from './integrations/events/event.abilities.js';
import { EventDeliveryResolver, EventEndpointResolver } from './integrations/events/event.resolver.js';
import { psaAbilities } from './integrations/halopsa/psa.abilities.js';
import { DriftResolver, ProjectDriftResolver } from './integrations/halopsa/drift.resolver.js';
import { ProjectPsaResolver } from './integrations/halopsa/psa.resolver.js';
import { IntegrationSyncResolver, PsaDealResolver } from './integrations/halopsa/psa-sync.resolver.js';
import { evidenceDocumentAbilities } from './integrations/microsoft/evidence/evidence.abilities.js';
import { EvidenceDocumentResolver } from './integrations/microsoft/evidence/evidence.resolver.js';
import { sharePointAbilities } from './integrations/microsoft/sharepoint/sharepoint.abilities.js';
import { BriefFilesResolver } from './integrations/microsoft/sharepoint/sharepoint.resolver.js';
import { teamsAbilities } from './integrations/microsoft/teams/teams.abilities.js';
import { TeamsResolver } from './integrations/microsoft/teams/teams.resolver.js';
import { outboxAbilities } from './integrations/outbox/outbox.abilities.js';
import { OutboxResolver } from './integrations/outbox/outbox.resolver.js';
import { introductionAbilities } from './introduction/introduction.abilities.js';
import { HandoffIntroductionResolver, IntroductionDraftResolver } from './introduction/introduction.resolver.js';
import { reviewAbilities } from './integrations/review/review.abilities.js';
import { IntegrationReviewResolver } from './integrations/review/review.resolver.js';
import { kickoffAbilities } from './kickoff/kickoff.abilities.js';
import { HandoffKickoffResolver, KickoffResolver } from './kickoff/kickoff.resolver.js';
import {
  ApprovalRequestExceptionResolver,
  ExceptionRecordResolver,
  ExceptionWeighingResolver,
} from './margin/exception.resolver.js';
import { marginAbilities } from './margin/margin.abilities.js';
import { ApprovalRequestMarginResolver, HandoffMarginResolver } from './margin/margin.resolver.js';
import { noticeAbilities } from './notice/notice.abilities.js';
import { NoticeResolver } from './notice/notice.resolver.js';
import { passageAbilities } from './passage/passage.abilities.js';
import {
  GateEvaluationResolver,
  GateFindingResolver,
  HandoffPassageResolver,
  HandoffReturnResolver,
} from './passage/passage.resolver.js';
import { BudgetBaselineLineResolver, BudgetBaselineResolver } from './project/baseline.resolver.js';
import { projectAbilities } from './project/project.abilities.js';
import {
  HandoffProjectResolver,
  ProjectMilestoneResolver,
  ProjectResolver,
  ProjectTaskResolver,
} from './project/project.resolver.js';
import { tenantLifeAbilities } from './tenant-life/tenant-life.abilities.js';

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
  FeasibilitySignOffResolver,
  HandoffBriefResolver,
  BriefResolver,
  HandoffPassageResolver,
  GateEvaluationResolver,
  GateFindingResolver,
  HandoffReturnResolver,
  HandoffKickoffResolver,
  KickoffResolver,
  HandoffIntroductionResolver,
  IntroductionDraftResolver,
  HandoffEscalationResolver,
  EscalationResolver,
  HandoffPauseResolver,
  NoticeResolver,
  OutboxResolver,
  ConnectionResolver,
  IntegrationReviewResolver,
  EvidenceDocumentResolver,
  EventEndpointResolver,
  EventDeliveryResolver,
  BriefFilesResolver,
  TeamsResolver,
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
  AuditExportResolver,
  AuditSampleResolver,
  AuditSampleItemResolver,
  ControlRunResolver,
  ControlItemResolver,
];

/** What each domain allows to whom. */
export const ABILITIES: readonly AbilityContribution[] = [
  identityAbilities,
  catalogueAbilities,
  approvalAbilities,
  dealAbilities,
  handoffAbilities,
  checklistAbilities,
  marginAbilities,
  commitmentAbilities,
  decisionAbilities,
  projectAbilities,
  feasibilityAbilities,
  briefAbilities,
  passageAbilities,
  kickoffAbilities,
  introductionAbilities,
  escalationAbilities,
  noticeAbilities,
  actualsAbilities,
  governanceAbilities,
  outboxAbilities,
  connectionAbilities,
  reviewAbilities,
  evidenceDocumentAbilities,
  eventAbilities,
  sharePointAbilities,
  teamsAbilities,
  psaAbilities,
  erasureAbilities,
  auditAbilities,
  tenantLifeAbilities,
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
    validate: { forbidUnknownValues: false },
    scalarsMap: [{ type: Date, scalar: DateTimeScalar }],
    pubSub: NO_PUB_SUB,
  });
}

/** The schema as text, sorted: checked in at schema/schema.graphql and compared in a test. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(buildApiSchema()))}\n`;
}

/** Writes the schema file. */
export function writeSchema(path: string): void {
  writeFileSync(path, schemaText());
}
