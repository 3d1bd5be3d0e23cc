import { actualsAbilities } from './actuals/actuals.abilities.js';
import { approvalAbilities } from './approval/approval.abilities.js';
import { artefactAbilities } from './artefact/artefact.abilities.js';
import { auditAbilities } from './audit/audit.abilities.js';
import { backtestAbilities } from './backtest/backtest.abilities.js';
import { briefAbilities } from './brief/brief.abilities.js';
import { catalogueAbilities } from './catalogue/catalogue.abilities.js';
import { checklistAbilities } from './checklist/checklist.abilities.js';
import { commitmentAbilities } from './commitment/commitment.abilities.js';
import type { AbilityContribution } from './core/ability.js';
import { dealAbilities } from './deal/deal.abilities.js';
import { decisionAbilities } from './decision/decision.abilities.js';
import { documentAbilities } from './document/document.abilities.js';
import { erasureAbilities } from './erasure/erasure.abilities.js';
import { escalationAbilities } from './escalation/escalation.abilities.js';
import { feasibilityAbilities } from './feasibility/feasibility.abilities.js';
import { feedbackAbilities } from './feedback/feedback.abilities.js';
import { governanceAbilities } from './governance/governance.abilities.js';
import { handoffAbilities } from './handoff/handoff.abilities.js';
import { identityAbilities } from './identity/identity.abilities.js';
import { connectionAbilities } from './integrations/connection/connection.abilities.js';
import { eventAbilities } from './integrations/events/event.abilities.js';
import { psaAbilities } from './integrations/halopsa/psa.abilities.js';
import { evidenceDocumentAbilities } from './integrations/microsoft/evidence/evidence.abilities.js';
import { sharePointAbilities } from './integrations/microsoft/sharepoint/sharepoint.abilities.js';
import { teamsAbilities } from './integrations/microsoft/teams/teams.abilities.js';
import { outboxAbilities } from './integrations/outbox/outbox.abilities.js';
import { powerBiAbilities } from './integrations/powerbi/powerbi.abilities.js';
import { reviewAbilities } from './integrations/review/review.abilities.js';
import { introductionAbilities } from './introduction/introduction.abilities.js';
import { kickoffAbilities } from './kickoff/kickoff.abilities.js';
import { kpiAbilities } from './kpi/kpi.abilities.js';
import { marginAbilities } from './margin/margin.abilities.js';
import { meetingAbilities } from './meeting/meeting.abilities.js';
import { noticeAbilities } from './notice/notice.abilities.js';
import { odataAbilities } from './odata/odata.abilities.js';
import { passageAbilities } from './passage/passage.abilities.js';
import { phaseAbilities } from './phase/phase.abilities.js';
import { projectAbilities } from './project/project.abilities.js';
import { qualityAbilities } from './quality/quality.abilities.js';
import { reportingAbilities } from './reporting/reporting.abilities.js';
import { rolloutAbilities } from './rollout/rollout.abilities.js';
import { scopeChangeAbilities } from './scope-change/scope-change.abilities.js';
import { tenantLifeAbilities } from './tenant-life/tenant-life.abilities.js';

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
  phaseAbilities,
  passageAbilities,
  kickoffAbilities,
  introductionAbilities,
  escalationAbilities,
  meetingAbilities,
  scopeChangeAbilities,
  qualityAbilities,
  kpiAbilities,
  rolloutAbilities,
  reportingAbilities,
  odataAbilities,
  feedbackAbilities,
  documentAbilities,
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
  powerBiAbilities,
  psaAbilities,
  erasureAbilities,
  artefactAbilities,
  auditAbilities,
  backtestAbilities,
  tenantLifeAbilities,
];
