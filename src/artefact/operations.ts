/** A role of the process with what it answers for. */
export interface RoleDuty {
  readonly role: string;
  readonly name: string;
  readonly duty: string;
}

/** Who does what (002: primary owner sales managers, approver project managers, support delivery leads; 000: RevOps). */
export const ROLE_DUTIES: readonly RoleDuty[] = [
  {
    role: 'SALES_MANAGER',
    name: 'Sales manager',
    duty: 'Primary owner: completes checklist and evidence, records every promise, submits, corrects what comes back within its clock.',
  },
  {
    role: 'DELIVERY_MANAGER',
    name: 'Delivery manager',
    duty: 'Approver: reviews or returns the handoff, signs off feasibility, resource plan and risks, schedules and holds the kickoff.',
  },
  {
    role: 'SERVICE_DELIVERY_LEAD',
    name: 'Service delivery lead',
    duty: 'Support owner: capacity, assignment, the weekly quality review, the ladders of delivery.',
  },
  {
    role: 'FINANCE_APPROVER',
    name: 'Finance approver',
    duty: 'Second person of margin exceptions and rebaselines above materiality; freezes KPI baselines.',
  },
  {
    role: 'REVOPS_ADMIN',
    name: 'RevOps administrator',
    duty: 'Members, policy as a proposal, connections, rollout phases; settles effects in doubt.',
  },
  {
    role: 'AUDITOR',
    name: 'Auditor',
    duty: 'Reads everything on record, draws samples, takes evidence away, verifies the ledger. Changes nothing.',
  },
];

/** A step of document 002 as the product runs it. */
export interface ProcessStep {
  readonly name: string;
  readonly trigger: string;
  readonly owner: string;
  readonly action: string;
  /** The quality gate before the next step. */
  readonly gate: string;
  /** The key of the clock that runs meanwhile; null where none does. */
  readonly clock: string | null;
  readonly rollback: string;
}

/** The six steps of document 002, in order: "do not skip approval and verification gates". */
export const PROCESS_STEPS: readonly ProcessStep[] = [
  {
    name: 'Closed-won checklist',
    trigger: 'Final proposal stage, at the latest the win in HaloPSA',
    owner: 'Sales manager',
    action:
      'Signed scope, margin floor, delivery assumptions, dependencies and acceptance criteria, each with evidence; every promise with a home',
    gate: 'Submit gate: checklist, margin, commitments; below the floor an exception by policy',
    clock: 'DOCUMENT_COMPLETE',
    rollback: 'reopenItem; rejectEvidence; withdrawHandoff',
  },
  {
    name: 'Project container and baseline',
    trigger: 'The submit gate is passed',
    owner: 'Automation; service delivery lead looks',
    action: 'Project, milestones, task packs by service template and deal type; budget baseline version 1 is frozen',
    gate: 'What HaloPSA holds is read back field by field',
    clock: null,
    rollback: 'withdrawHandoff cancels the project; a changed deal supersedes the baseline before the sign-off',
  },
  {
    name: 'Handoff briefing and meeting',
    trigger: 'Brief drafted with the submission; meeting held within its clock',
    owner: 'Sales manager and delivery manager',
    action:
      'Commercial guardrails, risk flags and out-of-scope boundaries, each statement with its source; introduction of delivery to the client',
    gate: 'The brief is released; the attendance and the agenda are recorded',
    clock: 'HANDOFF_MEETING',
    rollback: 'draftBrief makes a new version; cancelHandoffMeeting',
  },
  {
    name: 'Feasibility sign-off',
    trigger: 'The handoff is in review',
    owner: 'Delivery manager',
    action: 'Feasibility, resource plan against capacity, named risks accepted; or returned with named gaps',
    gate: 'Without a live sign-off no kickoff can be scheduled; scope, date or plan changed: it lapses by itself',
    clock: 'PREPARATION',
    rollback: 'revokeSignOff: the kickoff date is void',
  },
  {
    name: 'Decision log',
    trigger: 'An assumption without answer, a conflict, a question, a risk',
    owner: 'The named owner of the entry',
    action: 'Owner, due date and escalation path; cards in Teams',
    gate: 'An open entry that blocks keeps the kickoff from being scheduled',
    clock: 'KICKOFF_SCHEDULED',
    rollback: 'reassignDecision; resolveDecision',
  },
  {
    name: 'Weekly quality review',
    trigger: 'The end of each week',
    owner: 'Service delivery lead',
    action: 'Missed assumptions, scope-change incidents, margin erosion; scores by the 100-point rubric',
    gate: 'The review is held with named actions and dates',
    clock: 'KICKOFF_HELD',
    rollback: 'amendCriterion beside the frozen score',
  },
];

/** What a connection needs and no more, by vendor (docs/connect-*.md). */
export interface VendorNeed {
  readonly vendor: string;
  readonly name: string;
  readonly purpose: string;
  readonly permissions: string;
  readonly revoke: string;
}

/** The systems of document 002's stack and mail, each with the least permissions that work. */
export const VENDOR_NEEDS: readonly VendorNeed[] = [
  {
    vendor: 'HALOPSA',
    name: 'HaloPSA',
    purpose: 'Opportunities in, projects, tasks and status out',
    permissions: 'read:tickets, edit:tickets, read:customers; read:quotations and read:agents where used',
    revoke: 'Disable the API application in HaloPSA; disconnectIntegration',
  },
  {
    vendor: 'SHAREPOINT',
    name: 'SharePoint',
    purpose: 'Briefs, documents, checkpoints; the documents behind evidence',
    permissions: 'Sites.Selected with the role write on one site',
    revoke: 'Remove the grant of the site; disconnectIntegration',
  },
  {
    vendor: 'TEAMS',
    name: 'Microsoft Teams',
    purpose: 'Cards of decisions, approvals, sign-offs and alerts to one channel',
    permissions:
      'None in Entra ID: the address of one workflow; ChannelMessage.Send (delegated) where people post in their own name',
    revoke: 'Turn the workflow off; disconnectIntegration',
  },
  {
    vendor: 'MAIL',
    name: 'Mail',
    purpose: 'Notices to people from one mailbox',
    permissions: 'Application Mail.Send scoped to one mailbox, or one SMTP account with TLS',
    revoke: 'Remove the role assignment in Exchange; disconnectIntegration',
  },
  {
    vendor: 'POWERBI',
    name: 'Power BI',
    purpose: 'Refresh, push datasets and embedding; the OData feed needs no connection',
    permissions: 'Service principal as Member of one workspace; no API permissions in Entra ID',
    revoke: 'Remove the principal from the workspace; disconnectIntegration',
  },
];
