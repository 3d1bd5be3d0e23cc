import type { MigrationInterface } from 'typeorm';
import { Core1700000000001 } from './0001-core.js';
import { Identity1700000000002 } from './0002-identity.js';
import { Deal1700000000003 } from './0003-deal.js';
import { Catalogue1700000000004 } from './0004-catalogue.js';
import { Handoff1700000000005 } from './0005-handoff.js';
import { Approval1700000000006 } from './0006-approval.js';
import { Margin1700000000007 } from './0007-margin.js';
import { Checklist1700000000008 } from './0008-checklist.js';
import { Commitment1700000000009 } from './0009-commitment.js';
import { Decision1700000000010 } from './0010-decision.js';
import { Project1700000000011 } from './0011-project.js';
import { Feasibility1700000000012 } from './0012-feasibility.js';
import { Brief1700000000013 } from './0013-brief.js';
import { Passage1700000000014 } from './0014-passage.js';
import { Kickoff1700000000015 } from './0015-kickoff.js';
import { LedgerSeal1700000000016 } from './0016-ledger-seal.js';
import { Erasure1700000000018 } from './0018-erasure.js';
import { Members1700000000019 } from './0019-members.js';
import { TenantLife1700000000021 } from './0021-tenant-life.js';
import { Outbox1700000000022 } from './0022-outbox.js';
import { ApprovalEngine1700000000023 } from './0023-approval-engine.js';
import { Governance1700000000024 } from './0024-governance.js';
import { Audit1700000000025 } from './0025-audit.js';
import { VoteLinks1700000000026 } from './0026-vote-links.js';
import { HaloPsa1700000000027 } from './0027-halopsa.js';
import { Microsoft1700000000028 } from './0028-microsoft.js';
import { Actuals1700000000029 } from './0029-actuals.js';
import { Notice1700000000030 } from './0030-notice.js';
import { Events1700000000031 } from './0031-events.js';
import { Teams1700000000032 } from './0032-teams.js';
import { LeastPrivilege1700000000033 } from './0033-least-privilege.js';
import { Escalation1700000000035 } from './0035-escalation.js';
import { ScopeChange1700000000036 } from './0036-scope-change.js';
import { HandoffMeeting1700000000037 } from './0037-handoff-meeting.js';
import { Documents1700000000038 } from './0038-documents.js';
import { Capacity1700000000039 } from './0039-capacity.js';
import { Triggers1700000000040 } from './0040-triggers.js';
import { Feedback1700000000041 } from './0041-feedback.js';
import { Quality1700000000042 } from './0042-quality.js';
import { Rollout1700000000043 } from './0043-rollout.js';
import { ChangedThere1700000000044 } from './0044-changed-there.js';
import { LedgerChecks1700000000045 } from './0045-ledger-checks.js';
import { Reporting1700000000046 } from './0046-reporting.js';
import { FeedKeys1700000000047 } from './0047-feed-keys.js';
import { PowerBi1700000000048 } from './0048-power-bi.js';
import { Backtest1700000000049 } from './0049-backtest.js';
import { ReportFiles1700000000050 } from './0050-report-files.js';
import { AsOfItsMoment1700000000051 } from './0051-as-of-its-moment.js';
import { KpiSource1700000000052 } from './0052-kpi-source.js';
import { CaseIndexes1700000000053 } from './0053-case-indexes.js';
import { ListIndexes1700000000054 } from './0054-list-indexes.js';
import { DecisionAssumption1700000000055 } from './0055-decision-assumption.js';
import { EmergencyTerms1700000000056 } from './0056-emergency-terms.js';
import { DroppedCheckpoints1700000000057 } from './0057-dropped-checkpoints.js';
import { SubmittedBy1700000000058 } from './0058-submitted-by.js';
import { AssignedAt1700000000059 } from './0059-assigned-at.js';
import { CompletenessAtWin1700000000060 } from './0060-completeness-at-win.js';
import { KickoffScheduledAt1700000000061 } from './0061-kickoff-scheduled-at.js';
import { MembershipStamp1700000000062 } from './0062-membership-stamp.js';

/** Every migration, in order. A shipped one is never edited. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  Core1700000000001,
  Identity1700000000002,
  Deal1700000000003,
  Catalogue1700000000004,
  Handoff1700000000005,
  Approval1700000000006,
  Margin1700000000007,
  Checklist1700000000008,
  Commitment1700000000009,
  Decision1700000000010,
  Project1700000000011,
  Feasibility1700000000012,
  Brief1700000000013,
  Passage1700000000014,
  Kickoff1700000000015,
  LedgerSeal1700000000016,
  Erasure1700000000018,
  Members1700000000019,
  TenantLife1700000000021,
  Outbox1700000000022,
  ApprovalEngine1700000000023,
  Governance1700000000024,
  Audit1700000000025,
  VoteLinks1700000000026,
  HaloPsa1700000000027,
  Microsoft1700000000028,
  Actuals1700000000029,
  Notice1700000000030,
  Events1700000000031,
  Teams1700000000032,
  LeastPrivilege1700000000033,
  Escalation1700000000035,
  ScopeChange1700000000036,
  HandoffMeeting1700000000037,
  Documents1700000000038,
  Capacity1700000000039,
  Triggers1700000000040,
  Feedback1700000000041,
  Quality1700000000042,
  Rollout1700000000043,
  ChangedThere1700000000044,
  LedgerChecks1700000000045,
  Reporting1700000000046,
  FeedKeys1700000000047,
  PowerBi1700000000048,
  Backtest1700000000049,
  ReportFiles1700000000050,
  AsOfItsMoment1700000000051,
  KpiSource1700000000052,
  CaseIndexes1700000000053,
  ListIndexes1700000000054,
  DecisionAssumption1700000000055,
  EmergencyTerms1700000000056,
  DroppedCheckpoints1700000000057,
  SubmittedBy1700000000058,
  AssignedAt1700000000059,
  CompletenessAtWin1700000000060,
  KickoffScheduledAt1700000000061,
  MembershipStamp1700000000062,
];
