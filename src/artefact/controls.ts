/** A test that goes red when the control is taken away. */
export interface ProvingTest {
  readonly file: string;
  readonly name: string;
}

/** One control of the product: what it prevents, where it belongs, what proves that it works, and where it is seen at work. */
export interface Control {
  readonly id: string;
  readonly name: string;
  /** The failure mode of document 002 or the risk that it answers. */
  readonly prevents: string;
  readonly how: string;
  readonly psf: readonly string[];
  readonly pai8: readonly string[];
  readonly tests: readonly ProvingTest[];
  /** Actions of the ledger by which it is seen at work. */
  readonly actions: readonly string[];
}

const command = (file: string, name: string): ProvingTest => ({ file: `test/command/${file}.test.ts`, name });
const rules = (file: string, name: string): ProvingTest => ({ file: `test/rules/${file}.test.ts`, name });

/** Every control of the register, each with its tests: a test checks that they exist by file and name. */
export const CONTROLS: readonly Control[] = [
  {
    id: 'CS-01',
    name: 'Mandatory intake with evidence, not ticks',
    prevents: 'Bad or incomplete input',
    how: 'The submit gate names every gap at once; each required item needs a document with its hash, its signer and a second person who verified it',
    psf: ['D1'],
    pai8: ['C1'],
    tests: [
      rules('checklist-gate', 'every gap at once, each with its remedy'),
      command('checklist', 'is not verified by who gave it in the database either, and what was given never changes'),
    ],
    actions: ['submitHandoff', 'verifyEvidence', 'rejectEvidence'],
  },
  {
    id: 'CS-02',
    name: 'Evidence that goes stale reopens its item',
    prevents: 'Bad or incomplete input; replaced documents',
    how: 'A changed quote, a changed scope hash, age, or a replaced or deleted document take the proof away',
    psf: ['D1', 'D2'],
    pai8: ['C1', 'C2'],
    tests: [
      {
        file: 'test/integrations/evidence-watch.test.ts',
        name: 'delivery does not sign off, nor schedules a kickoff, over lost evidence; an ended handoff is not looked at',
      },
    ],
    actions: ['reopenItem', 'invalidateEvidence'],
  },
  {
    id: 'CS-03',
    name: 'Every promise ends as scope line, task or declined',
    prevents: 'Undocumented commitments',
    how: 'A promise without a home blocks the submit gate, and so does silence about promises',
    psf: ['D1', 'D2'],
    pai8: ['C1', 'C2'],
    tests: [
      rules('commitment', 'silence about promises blocks; the words that there were none do not'),
      command('commitment', 'what the rules refuse, the database refuses too'),
    ],
    actions: ['addCommitment', 'resolveCommitment', 'declareNoCommitments'],
  },
  {
    id: 'CS-04',
    name: 'Margin floor with exact arithmetic',
    prevents: 'Deals below the floor that nobody decided on',
    how: 'Margin is compared with the floor in whole minor units; below it only a live grant for exactly these terms lets a deal pass',
    psf: ['D2'],
    pai8: ['C2', 'C6'],
    tests: [
      rules('margin-gate', 'blocks below the floor and says who must approve'),
      rules('margin-gate', 'lets a live grant for exactly these terms pass, with a warning'),
    ],
    actions: ['submitHandoff', 'requestMarginException'],
  },
  {
    id: 'CS-05',
    name: 'Two people above materiality',
    prevents: 'One person passing a policy exception alone',
    how: 'Above the threshold two different natural persons, neither requester nor contributor, in the rules and in the schema',
    psf: ['D6'],
    pai8: ['C6'],
    tests: [
      command('rules-of-approval-people', 'rule 1: the database itself refuses requester and contributor'),
      command(
        'rules-of-approval-people',
        'rule 2: two accounts, two records or two roles of one person are one person',
      ),
      rules('margin-gate', 'nobody at the floor, one below materiality, two above either number'),
    ],
    actions: ['castVote', 'revokeVote'],
  },
  {
    id: 'CS-06',
    name: 'Votes bind to the exact content',
    prevents: 'An approval that covers what nobody approved',
    how: 'A governed change opens a new round and voids the votes; the effect happens once and asks again',
    psf: ['D2', 'D6'],
    pai8: ['C2', 'C6'],
    tests: [
      command(
        'rules-of-approval-content',
        'rule 5: a governed change voids the votes and says so; the same content again revives nothing',
      ),
      command(
        'rules-of-approval-content',
        'rule 7: the database refuses a second use of a grant, and a second grant used in a round',
      ),
    ],
    actions: ['requestMarginException', 'castVote', 'tightenException'],
  },
  {
    id: 'CS-07',
    name: 'No kickoff without a live sign-off',
    prevents: 'Client dates before delivery has accepted',
    how: 'A sign-off lapses when scope, plan, date or manager change; the database holds no date without one',
    psf: ['D6'],
    pai8: ['C6'],
    tests: [
      command(
        'kickoff-lock',
        'is kept by the database itself: neither a date without a live sign-off, nor one that outlives it',
      ),
      command('kickoff-lock', 'has one place that writes a client date, and it is no program that may'),
    ],
    actions: ['signOffFeasibility', 'revokeSignOff', 'scheduleKickoff'],
  },
  {
    id: 'CS-08',
    name: 'Decision log with owner, due date and escalation',
    prevents: 'Unresolved assumptions and scope conflicts',
    how: 'What is open becomes an entry by itself; an open one that blocks keeps the kickoff from being scheduled',
    psf: ['D4', 'D6'],
    pai8: ['C4'],
    tests: [
      command(
        'decision',
        'an entry is opened with owner, due date, escalation contact and sources, decided by its owner, and closed then',
      ),
      rules('decision', 'an open entry that blocks is blocking, another a warning, one that was decided nothing'),
    ],
    actions: ['openDecision', 'openConflicts', 'resolveDecision', 'reassignDecision'],
  },
  {
    id: 'CS-09',
    name: 'Sources of every automated decision',
    prevents: 'Unreviewed generated output',
    how: 'No evaluation, brief statement or decision is stored without the documents and versions behind it',
    psf: ['D2', 'D4'],
    pai8: ['C4'],
    tests: [
      command('passage', 'keeps every evaluation with its sources, refused or passed, and no gate row without them'),
      rules('brief', 'names the source of every statement'),
    ],
    actions: ['draftBrief', 'releaseBrief'],
  },
  {
    id: 'CS-10',
    name: 'Frozen baseline, changed by approval alone',
    prevents: 'Margin erosion that nobody can measure',
    how: 'Scope changes carry their effect and cause; the next version needs the approved change and the signed order; edits in the PSA are incidents',
    psf: ['D2', 'D4'],
    pai8: ['C2', 'C4'],
    tests: [
      command('scope-change', 'moves the baseline only approved, and with the change order that the client signed'),
      {
        file: 'test/integrations/halopsa-actuals.test.ts',
        name: 'opens one incident for an edit behind the baseline, restores it, and moves nothing of ours',
      },
    ],
    actions: ['requestScopeChange', 'rebaseline', 'recordDrifts', 'restoreBaseline', 'acceptDrift'],
  },
  {
    id: 'CS-11',
    name: 'Tamper-evident ledger with signed checkpoints',
    prevents: 'Missing observability; history that is edited',
    how: 'Every change, refusal and denial is an entry; numbers without gaps, a chain, a Merkle tree, checkpoints kept outside',
    psf: ['D4'],
    pai8: ['C4'],
    tests: [
      rules(
        'ledger-tamper',
        'finds each of 500 random tamperings: bits, lines, counts, forks, re-hashed and cut tails, with and without a key',
      ),
      command('recorded-reads', 'names the operation, the ids and the rows, and no personal data'),
    ],
    actions: ['takeExport', 'takeReportFile', 'exportPopulation', 'makeEvidencePack'],
  },
  {
    id: 'CS-12',
    name: 'Least privilege and tenant isolation',
    prevents: 'Overly broad permissions',
    how: 'Row-level security on every tenant table, rights by role for each field and mutation, nobody holds everything',
    psf: ['D1', 'D6'],
    pai8: ['C1'],
    tests: [
      {
        file: 'test/tenancy/tables.test.ts',
        name: "refuses a reference to another tenant's row exactly as one to nothing, by every foreign key",
      },
      {
        file: 'test/contract/access-matrix.test.ts',
        name: 'gives nobody everything: no role holds `manage`, `all`, or every right of the matrix',
      },
    ],
    actions: ['grantRole', 'revokeRole', 'createApiKey', 'revokeApiKey'],
  },
  {
    id: 'CS-13',
    name: 'Quarterly review of connections',
    prevents: 'Overly broad app permissions',
    how: 'What a token may beyond its use is named; somebody without a hand in the connection closes the review',
    psf: ['D4', 'D6'],
    pai8: ['C6'],
    tests: [
      {
        file: 'test/integrations/integration-review.test.ts',
        name: 'each quarter the evidence is recorded once, and somebody else closes the review',
      },
      rules('integration-review', 'nobody reviews what they had a hand in, under another record either'),
    ],
    actions: ['openIntegrationReview', 'closeIntegrationReview'],
  },
  {
    id: 'CS-14',
    name: 'Monthly sampling of overrides',
    prevents: 'Gradual policy drift',
    how: 'A seeded sample of exceptions, emergencies and waivers, reviewed by somebody who had no hand in them',
    psf: ['D4', 'D6'],
    pai8: ['C4', 'C6'],
    tests: [
      command(
        'audit-control',
        'gives each override to somebody with a role who had no hand in it, and the seed draws the same again',
      ),
    ],
    actions: ['sampleOverrides', 'reviewControlItem', 'breakGlass', 'reviewBreakGlass', 'acceptNotApplicable'],
  },
  {
    id: 'CS-15',
    name: 'Weekly review with named owners',
    prevents: 'Missing observability; weak human approval discipline',
    how: 'The pack is made by itself each week; its actions carry over until they are done and climb when they are not',
    psf: ['D4', 'D6'],
    pai8: ['C4'],
    tests: [
      command(
        'quality',
        'makes the weekly review on Monday at 08:00 London, once for two workers, with the week as it ended',
      ),
      command(
        'quality',
        'carries actions over until they are done, is held by its owner or deputy, and climbs when it is not',
      ),
    ],
    actions: ['makeWeeklyReview', 'makePeriodReview', 'holdReview', 'addReviewAction', 'completeReviewAction'],
  },
  {
    id: 'CS-16',
    name: 'Policy changes are four-eyes',
    prevents: 'The guard being changed by who is guarded',
    how: 'A proposal is never approved by who proposed it; a stricter policy holds for open requests, a looser one does not',
    psf: ['D1', 'D6'],
    pai8: ['C6'],
    tests: [
      command('rules-of-approval-policy', 'rule 13: a change of policy is itself four-eyes: never by who proposes it'),
      command(
        'rules-of-approval-policy',
        'rule 13: a tightened policy holds for what was asked for and approved before',
      ),
    ],
    actions: ['proposeConfiguration', 'enactConfiguration', 'tightenException'],
  },
];
