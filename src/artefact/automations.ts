/** One automation: what the worker does by itself, and how a person takes it back. */
export interface Automation {
  /** The kinds of the outbox's effects that it consists of. */
  readonly kinds: readonly string[];
  readonly name: string;
  /** What sets it off. */
  readonly trigger: string;
  readonly does: string;
  /** Steps that undo it, in order; names of mutations are those of the API. */
  readonly rollback: readonly string[];
}

/** How every automation is held up, whichever it is. */
export const GENERAL_ROLLBACK: readonly string[] = [
  'outboxEffects lists what was asked for, what was done and what is in doubt; nothing is sent twice blindly.',
  'cancelEffect ends an effect that is not wanted any more; retryEffect has it tried again; adoptEffect and confirmEffect settle one in doubt.',
  'disconnectIntegration stops everything towards one system at once and destroys its credential; what waits is kept.',
  'switchEnforcementOn is the only way from observing to enforcing; FLAG and OBSERVE of HaloPSA never move an opportunity.',
];

/**
 * Every automation of the product (document 002: "roles, triggers, rollback steps"). A test compares the kinds with those
 * that the worker knows, so that a new one cannot be left out of the runbook.
 */
export const AUTOMATIONS: readonly Automation[] = [
  {
    kinds: ['halopsa.sweep', 'halopsa.intake'],
    name: 'Intake of won opportunities',
    trigger: 'A webhook of HaloPSA (a hint that is read again at the source), and a sweep every few minutes',
    does: 'Reads the opportunity and its quotation, imports the deal, opens the handoff with what is known already',
    rollback: [
      'withdrawHandoff ends a handoff that should not be; the next import of the same deal opens a new one.',
      'Reopen the opportunity in HaloPSA: the next sweep imports it as open.',
    ],
  },
  {
    kinds: ['halopsa.note', 'halopsa.revert'],
    name: 'Answer to a win before the gate',
    trigger: 'An opportunity is won in HaloPSA whose handoff has not passed the submit gate',
    does: 'Writes a private note of what is missing; in mode REVERT moves the opportunity back to the status set for it',
    rollback: [
      'Move the opportunity forward in HaloPSA by hand: one win is moved back at most once.',
      'updateIntegrationSettings with mode FLAG or OBSERVE; delete the private note in HaloPSA.',
    ],
  },
  {
    kinds: ['halopsa.approval'],
    name: "Answer to HaloPSA's own approval",
    trigger: 'Mode NATIVE: HaloPSA asks our agent to approve the opportunity',
    does: 'Answers by what the gate says',
    rollback: ['Override the approval in HaloPSA, which is recorded there; set the mode back to FLAG.'],
  },
  {
    kinds: ['project.provision', 'halopsa.project', 'halopsa.task'],
    name: 'Project container and task packs',
    trigger: 'The handoff passes the submit gate; a new version of plan or baseline; provisionProject',
    does: 'Finds or makes the project in HaloPSA by its label, with budget and tasks, and reads every field back',
    rollback: [
      'withdrawHandoff (or returnHandoff): the project is set to its cancelled status, never deleted.',
      'Delete project and tasks in HaloPSA by hand; provisionProject makes them anew under the same label.',
    ],
  },
  {
    kinds: ['handoff.status', 'halopsa.status'],
    name: 'Status in the PSA',
    trigger: 'The stage, the sign-off or the kickoff date changes',
    does: 'Writes status, gate, gaps, baseline version and kickoff date to opportunity and project',
    rollback: [
      'The next change writes the fields anew; to keep them still, set the mode to OBSERVE.',
      'revokeSignOff takes the kickoff date away everywhere.',
    ],
  },
  {
    kinds: ['halopsa.projects', 'halopsa.actuals'],
    name: 'Actuals and drift watch',
    trigger: 'Every hour for each project in HaloPSA',
    does: 'Reads hours, status and budget back; tells of what was edited behind the frozen baseline',
    rollback: [
      'Reads alone: nothing to undo. acceptDrift keeps the edit on record, restoreBaseline writes the frozen figures back.',
    ],
  },
  {
    kinds: ['handoff.signed', 'handoff.follow'],
    name: 'Contract signed, predecessor linked',
    trigger: 'The evidence of the contract is verified; a renewal or upsell of a client with an earlier handoff',
    does: 'Completes a handoff that was submitted before the close; carries statements over, each to be confirmed',
    rollback: ['returnHandoff names the gaps; removeStatement, removeRisk and their like take what was carried over.'],
  },
  {
    kinds: ['brief.store', 'sharepoint.store', 'document.store', 'sharepoint.store-document'],
    name: 'Brief and documents filed',
    trigger: 'draftBrief and releaseBrief; issueDocument',
    does: 'Writes the versioned brief and documents as files, in SharePoint where it is connected',
    rollback: [
      'draftBrief or issueDocument makes a newer version; earlier ones stay as they were.',
      'Delete the file in SharePoint: the daily comparison tells of it (DOCUMENT_MISSING).',
    ],
  },
  {
    kinds: ['brief.erase', 'sharepoint.erase', 'document.erase', 'sharepoint.erase-documents'],
    name: 'Files written again after an erasure',
    trigger: 'erasePerson, eraseClientContact, eraseDealContacts',
    does: 'Writes every file that named the person again without them',
    rollback: ['There is none: the key of an erased person is destroyed on purpose.'],
  },
  {
    kinds: ['sharepoint.sweep', 'evidence.watch'],
    name: 'Watch over files and evidence',
    trigger: 'Once a day for each file; within 15 minutes for a new link of evidence',
    does: 'Compares files with what was filed; reopens a checklist item whose document was replaced or deleted',
    rollback: ['Restore the document in SharePoint, then submitEvidence and verifyEvidence with the present one.'],
  },
  {
    kinds: ['escalation.due', 'feedback.followUps'],
    name: 'Clocks and escalation ladders',
    trigger: 'A clock or follow-up comes near, is due, or passes the time of the next step of its ladder',
    does: 'Records the step once and tells the one person of it',
    rollback: [
      'pauseClocks while the client waits, with a reason; resumeClocks afterwards.',
      'settleFollowUp ends a follow-up; a step that was recorded stays on record.',
    ],
  },
  {
    kinds: ['mail.send', 'teams.card', 'alert.send', 'quality.tell'],
    name: 'Notices, cards and alerts',
    trigger: 'What the notice list and the Teams topics name; batches, digests and quiet hours apply',
    does: 'Tells people of their part; a card tells and is no authority',
    rollback: [
      'What was sent cannot be called back; cancelEffect keeps back what waits.',
      'setNoticePreference, or the topics of the Teams connection, narrow what is told; acknowledgeAlert ends an alert.',
    ],
  },
  {
    kinds: ['conflict.log'],
    name: 'Conflicts into the decision log',
    trigger: 'A content change after which promise, scope and contract say different things',
    does: 'Opens an entry with owner, due date and escalation path',
    rollback: ['resolveDecision; an entry whose conflict is gone becomes OBSOLETE by itself.'],
  },
  {
    kinds: ['quality.score', 'quality.review'],
    name: 'Scores and reviews',
    trigger: 'The sign-off; the end of the week, month and quarter',
    does: 'Freezes the score of the rubric; makes the review with its agenda, items and draws',
    rollback: [
      'amendCriterion corrects a criterion with a reason, beside the frozen score; holdReview closes a review.',
    ],
  },
  {
    kinds: ['control.run', 'control.overdue'],
    name: 'Monthly control of overrides',
    trigger: 'The first days of each month',
    does: 'Draws a seeded sample of overrides and assigns reviewers who had no part in them',
    rollback: ['reviewControlItem; a sample that was drawn is never drawn again.'],
  },
  {
    kinds: ['policy.tighten'],
    name: 'Tightened policy',
    trigger: 'A stricter policy begins to rule (enactConfiguration)',
    does: 'Weighs every open request again by the stricter policy; a loosened one changes none',
    rollback: ['proposeConfiguration with the earlier file: four eyes, like every change of policy.'],
  },
  {
    kinds: ['ledger.checkpoint', 'sharepoint.checkpoint'],
    name: 'Checkpoints outside our reach',
    trigger: 'Every signed checkpoint of the ledger that is due to be kept',
    does: 'Writes the signed note to a file, and to SharePoint where it is connected',
    rollback: ['There is none and none is needed: a checkpoint only says what was.'],
  },
  {
    kinds: ['integration.test', 'integration.review', 'integration.review.overdue'],
    name: 'Connection tests and quarterly permission review',
    trigger: 'connectIntegration, testIntegration; each quarter',
    does: 'Signs in, checks each permission for what is missing or beyond need, opens the review of the quarter',
    rollback: [
      'rotateIntegrationSecret or disconnectIntegration; closeIntegrationReview by somebody without a hand in it.',
    ],
  },
  {
    kinds: ['powerbi.dataset', 'powerbi.rows', 'powerbi.table', 'powerbi.refresh', 'powerbi.refresh-state'],
    name: 'Power BI push and refresh',
    trigger: 'New facts of a tenant with a connection to Power BI; a refresh that is due or asked for',
    does: 'Makes the push dataset once, adds rows by key, replaces small tables, starts the refresh of an import model',
    rollback: [
      'cancelEffect keeps back what waits; disconnectIntegration stops pushes and refreshes at once.',
      'Delete the dataset in the workspace: it holds copies alone, and is made anew from the reporting model.',
    ],
  },
  {
    kinds: ['backtest.read', 'halopsa.backtest'],
    name: 'Back-test of won deals',
    trigger: 'A back-test is started before the pilot',
    does: 'Reads the last won deals in audit mode and scores them; writes nothing to any vendor',
    rollback: ['cancelEffect ends a run that waits; nothing outside was changed.'],
  },
  {
    kinds: ['event.deliver', 'event.replay'],
    name: 'Signed outbound events',
    trigger: 'An entry of the ledger that an endpoint of the tenant wants; replayEvents',
    does: 'Delivers the event with a signature, at least once, in order for each record',
    rollback: [
      'disableEventEndpoint stops it, deleteEventEndpoint ends it; the receiver drops an id that it has seen.',
    ],
  },
];
