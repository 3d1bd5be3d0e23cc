import { ActualsCursor, ActualsLine, ActualsMark, ActualsSnapshot } from './actuals/actuals.entity.js';
import { AfterReview } from './approval/after-review.entity.js';
import { Delegation } from './approval/delegation.entity.js';
import { ApprovalRequest, ApprovalRound } from './approval/request.entity.js';
import {
  ApprovalGrant,
  ApprovalParticipant,
  ApprovalRevocation,
  ApprovalUse,
  ApprovalVote,
  Contribution,
} from './approval/vote.entity.js';
import { VoteLink } from './approval/vote-link.entity.js';
import { ReportFile } from './artefact/report-file.entity.js';
import { AuditExport } from './audit/audit-export.entity.js';
import { ControlItem, ControlRun } from './audit/control.entity.js';
import { AuditSample, AuditSampleItem } from './audit/sample.entity.js';
import { Brief } from './brief/brief.entity.js';
import { ConfigurationVersion } from './catalogue/configuration-version.entity.js';
import { ChecklistItem } from './checklist/checklist.entity.js';
import { CompletenessAtWin } from './checklist/completeness.entity.js';
import { Evidence } from './checklist/evidence.entity.js';
import { Commitment, CommitmentDeclaration } from './commitment/commitment.entity.js';
import { Alert } from './core/alert.js';
import { IdempotencyRecord } from './core/idempotency.js';
import { LedgerEntry } from './core/ledger/entry.js';
import { LedgerCheckpoint, LedgerHead, LedgerPending, LedgerSeal } from './core/ledger/seal.entity.js';
import { OutboxAttempt, VendorPause } from './core/outbox/attempt.entity.js';
import { OutboxEffect } from './core/outbox/effect.entity.js';
import type { EntityClass } from './core/table.js';
import { PersonalKey, PersonalText } from './core/vault.js';
import { Client, Deal, DealPayload, DealSnapshot, QuoteLine } from './deal/deal.entity.js';
import { Decision } from './decision/decision.entity.js';
import { IssuedDocument } from './document/document.entity.js';
import { ClockSettlement, Escalation, HandoffPause } from './escalation/escalation.entity.js';
import { CapacityChange } from './feasibility/capacity.entity.js';
import { FeasibilitySignOff, ResourceBooking } from './feasibility/feasibility.entity.js';
import { FollowUp } from './feedback/follow-up.entity.js';
import { ClientSurvey, RepeatAsk } from './feedback/observation.entity.js';
import { Assumption, HandoffStatement, Risk, Stakeholder } from './handoff/content.entity.js';
import { Handoff } from './handoff/handoff.entity.js';
import { ApiKey } from './identity/api-key.entity.js';
import { MembershipStamp } from './identity/membership-stamp.entity.js';
import { Account, MemberMerge, MemberSuspension, Person, RoleGrant } from './identity/person.entity.js';
import { TenantProfile } from './identity/tenant.entity.js';
import { Integration, IntegrationSecret } from './integrations/connection/connection.entity.js';
import { EventDelivery } from './integrations/events/delivery.entity.js';
import { EventEndpoint, EventSecret } from './integrations/events/endpoint.entity.js';
import { VendorBudget } from './integrations/http/vendor-budget.entity.js';
import { EvidenceDocument } from './integrations/microsoft/evidence/evidence-document.entity.js';
import { IntegrationReview } from './integrations/review/review.entity.js';
import { PsaDrift } from './integrations/halopsa/psa-drift.entity.js';
import { PsaObject } from './integrations/halopsa/psa-object.entity.js';
import { PsaDeal, PsaProjectSweep, PsaSweep, PsaWebhook } from './integrations/halopsa/psa-sync.entity.js';
import { StoredFile, StoredFolder } from './integrations/microsoft/sharepoint/stored-file.entity.js';
import { TeamsCard } from './integrations/microsoft/teams/teams-card.entity.js';
import {
  PowerBiBatch,
  PowerBiClass,
  PowerBiPush,
  PowerBiRefresh,
  PowerBiRow,
} from './integrations/powerbi/powerbi.entity.js';
import { KpiBaseline, KpiBaselineConfirmation, KpiSignOff } from './kpi/kpi.entity.js';
import { Introduction } from './introduction/introduction.entity.js';
import { HandoffFeedback, Kickoff } from './kickoff/kickoff.entity.js';
import { MarginException } from './margin/margin.entity.js';
import { ActionItem } from './meeting/action.entity.js';
import { HandoffMeeting, MeetingCheck, MeetingParticipant, MeetingSegment } from './meeting/meeting.entity.js';
import { Notice, NoticePreference } from './notice/notice.entity.js';
import { GateEvaluation, GateFinding, HandoffReturn } from './passage/gate.entity.js';
import { PreClose } from './passage/pre-close.entity.js';
import { Checkpoint, CheckpointReturn } from './phase/checkpoint.entity.js';
import { BudgetBaseline, BudgetBaselineLine } from './project/baseline.entity.js';
import { Project, ProjectMilestone, ProjectTask, TaskDependency } from './project/project.entity.js';
import { GateMisfire, HypercareCheck, PilotHandoff, Rollout, RolloutItem } from './rollout/rollout.entity.js';
import { Certification, HandoffBuddy, TrainingRecord } from './rollout/training.entity.js';
import { Backtest, BacktestDeal } from './backtest/backtest.entity.js';
import { FeedKey, FeedSigning } from './odata/keys/feed-key.entity.js';
import { ReportingProgress, STAR } from './reporting/reporting.entity.js';
import { RedFlag } from './quality/flag.entity.js';
import { QualityReview, ReviewAction, ReviewItem } from './quality/review.entity.js';
import { QualityScore, Remediation, ScoreAmendment, ScoreCriterion } from './quality/score.entity.js';
import { SpotCheck, SpotCheckDraw } from './quality/spot-check.entity.js';
import { QualityStep } from './quality/step.entity.js';
import { ChangeOrder, ScopeChange, ScopeChangeLine } from './scope-change/scope-change.entity.js';

/** Every entity; a table that is not here, or an entity without its table, fails a test. */
export const ENTITIES: readonly EntityClass[] = [
  LedgerEntry,
  LedgerPending,
  LedgerSeal,
  LedgerHead,
  LedgerCheckpoint,
  OutboxEffect,
  OutboxAttempt,
  VendorPause,
  IdempotencyRecord,
  PersonalKey,
  PersonalText,
  TenantProfile,
  MembershipStamp,
  Person,
  Account,
  RoleGrant,
  MemberSuspension,
  MemberMerge,
  ApiKey,
  ConfigurationVersion,
  ApprovalRequest,
  ApprovalRound,
  ApprovalParticipant,
  Delegation,
  ApprovalVote,
  ApprovalRevocation,
  ApprovalGrant,
  ApprovalUse,
  AfterReview,
  VoteLink,
  Alert,
  Contribution,
  Client,
  Deal,
  DealSnapshot,
  DealPayload,
  QuoteLine,
  Handoff,
  Stakeholder,
  Assumption,
  Risk,
  HandoffStatement,
  ChecklistItem,
  Evidence,
  CompletenessAtWin,
  MarginException,
  Commitment,
  CommitmentDeclaration,
  Decision,
  Project,
  ProjectMilestone,
  ProjectTask,
  TaskDependency,
  BudgetBaseline,
  BudgetBaselineLine,
  ResourceBooking,
  CapacityChange,
  FeasibilitySignOff,
  Brief,
  GateEvaluation,
  GateFinding,
  HandoffReturn,
  PreClose,
  Checkpoint,
  CheckpointReturn,
  Kickoff,
  HandoffFeedback,
  FollowUp,
  RepeatAsk,
  ClientSurvey,
  Introduction,
  HandoffPause,
  Escalation,
  ClockSettlement,
  ScopeChange,
  ScopeChangeLine,
  ChangeOrder,
  HandoffMeeting,
  MeetingParticipant,
  MeetingSegment,
  MeetingCheck,
  ActionItem,
  QualityScore,
  ScoreCriterion,
  ScoreAmendment,
  Remediation,
  QualityReview,
  ReviewItem,
  ReviewAction,
  SpotCheckDraw,
  SpotCheck,
  RedFlag,
  QualityStep,
  KpiSignOff,
  KpiBaseline,
  KpiBaselineConfirmation,
  Rollout,
  RolloutItem,
  PilotHandoff,
  HypercareCheck,
  GateMisfire,
  TrainingRecord,
  Certification,
  HandoffBuddy,
  IssuedDocument,
  Notice,
  NoticePreference,
  AuditSample,
  AuditSampleItem,
  AuditExport,
  ReportFile,
  ControlRun,
  ControlItem,
  Integration,
  IntegrationSecret,
  PsaObject,
  PsaDeal,
  PsaSweep,
  PsaWebhook,
  EventEndpoint,
  EventSecret,
  EventDelivery,
  PsaProjectSweep,
  PsaDrift,
  ActualsSnapshot,
  ActualsLine,
  ActualsMark,
  ActualsCursor,
  StoredFolder,
  StoredFile,
  TeamsCard,
  PowerBiClass,
  PowerBiPush,
  PowerBiBatch,
  PowerBiRow,
  PowerBiRefresh,
  VendorBudget,
  IntegrationReview,
  EvidenceDocument,
  ...STAR,
  ReportingProgress,
  FeedKey,
  FeedSigning,
  Backtest,
  BacktestDeal,
];
