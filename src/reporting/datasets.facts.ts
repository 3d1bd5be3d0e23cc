import { big, date, flag, guid, instant, int, text } from './columns.js';
import type { Dataset } from './dataset.js';
import { KPI_CASES } from './datasets.kpi-cases.js';
import { fact, HANDOFF_ID, MARGIN, NULLABLE, TO_HANDOFF } from './fact.js';

/** A handoff with what belongs to it once, and the dimensions that its other facts are read by. */
export const HANDOFFS = fact('fact_handoff', {
  name: 'Handoffs',
  entity: 'Handoff',
  description: 'One row a handoff, with its dimensions and the instants of its passage.',
  happenedAt: 'OpenedAt',
  columns: [
    text('Number', 'Its number, such as H-10001.'),
    text('Stage', 'Its stage.'),
    guid('ClientId', 'The client.'),
    text('ServiceTemplateKey', 'The service template.'),
    text('DealTypeKey', 'The deal type.'),
    text('TierKey', 'The tier.'),
    text('Segment', 'The segment of the client, as the tenant words it.', NULLABLE),
    guid('OwnerId', 'The sales manager who owns it.'),
    guid('DeliveryManagerId', 'The delivery manager; the key of the team.', NULLABLE),
    flag('PendingContract', 'Whether the contract is still to be signed.'),
    text('Currency', 'The currency of the deal, ISO 4217.'),
    big('RevenueMinor', 'Revenue of the quote in minor units of the currency.', { ...NULLABLE, ...MARGIN }),
    big('MarginMinor', 'Margin of the quote in minor units; null while a cost is unknown.', { ...NULLABLE, ...MARGIN }),
    int('MarginBps', 'Margin in basis points of the revenue, rounded down.', { ...NULLABLE, ...MARGIN }),
    int(
      'CompletenessBps',
      'Completeness of the checklist in basis points by what was verified last; that proof grows old is left out, since that depends on the day of reading.',
    ),
    instant('OpenedAt', 'When it was opened.'),
    date('WonOn', "The day of the close, by the tenant's calendar.", NULLABLE),
    instant('WonAt', 'The instant from which clocks of the close count.', NULLABLE),
    instant('SubmittedAt', 'When it last passed the submit gate.', NULLABLE),
    instant('FirstSubmittedAt', 'When it first passed the submit gate.', NULLABLE),
    int('Submissions', 'How often it passed the submit gate.'),
    int('Returns', 'How often delivery returned it.'),
    instant('SignedOffAt', 'When delivery signed it off; of the live sign-off, else of the last one.', NULLABLE),
    flag('SignOffLive', 'Whether a sign-off is live.'),
    instant('KickoffStartsAt', 'When the kickoff is scheduled for, or was held.', NULLABLE),
    instant('KickoffHeldAt', 'When the kickoff was held.', NULLABLE),
    instant('FirstTouchAt', 'The first outreach to the client.', NULLABLE),
    instant('FirstDeliverableAt', 'When the first deliverable was delivered.', NULLABLE),
    date('FirstDeliverableDueOn', 'When the first deliverable was due.', NULLABLE),
    int('QualityScore', 'Points of the 100-point rubric, with amendments; null before the score.', NULLABLE),
    instant('ClosedAt', 'When feedback closed it.', NULLABLE),
    instant('WithdrawnAt', 'When it was withdrawn.', NULLABLE),
    instant('KickoffScheduledAt', 'When a kickoff was first scheduled, whatever became of that date.', NULLABLE),
  ],
  navigations: [
    { name: 'Client', to: 'Clients', from: 'ClientId' },
    { name: 'ServiceTemplate', to: 'ServiceTemplates', from: 'ServiceTemplateKey' },
    { name: 'DealType', to: 'DealTypes', from: 'DealTypeKey' },
    { name: 'Tier', to: 'Tiers', from: 'TierKey' },
    { name: 'Owner', to: 'People', from: 'OwnerId' },
    { name: 'Team', to: 'Teams', from: 'DeliveryManagerId' },
  ],
});

/** Every finding of every stored gate evaluation. */
export const GATE_FINDINGS = fact('fact_gate_finding', {
  name: 'GateFindings',
  entity: 'GateFinding',
  description: 'One row a finding of an evaluated gate.',
  happenedAt: 'EvaluatedAt',
  columns: [
    HANDOFF_ID,
    guid('EvaluationId', 'The evaluation that it belongs to.'),
    text('Gate', 'SUBMIT, PRE_CLOSE, SIGN_OFF or KICKOFF.'),
    text('Verdict', 'PASSED or REFUSED.'),
    text('Code', 'What was found.'),
    text('Severity', 'How grave it is.'),
    text('Path', 'The field that it speaks of.'),
    flag('Exceptionable', 'Whether an exception may cover it.'),
    instant('EvaluatedAt', 'When the gate was evaluated.'),
  ],
});

/** Requests for approval: exceptions of deals and everything else that needs two people. */
export const EXCEPTIONS = fact('fact_exception', {
  name: 'Exceptions',
  entity: 'Exception',
  description: 'One row a request for approval that belongs to a handoff: margin exceptions and their like.',
  happenedAt: 'OpenedAt',
  columns: [
    HANDOFF_ID,
    text('Kind', 'What is asked for, such as margin.exception.'),
    text('State', 'PENDING, APPROVED, REJECTED, EXPIRED, WITHDRAWN or USED, as it was last recorded.'),
    guid('RequesterId', 'Who asked.'),
    int('Round', 'The round it stands at.'),
    big('ShortfallMinor', 'What is missing to the floor of the whole deal, in minor units.', {
      ...NULLABLE,
      ...MARGIN,
    }),
    int('ShortfallBps', 'What is missing to the floor of the whole deal, in basis points.', { ...NULLABLE, ...MARGIN }),
    flag('Emergency', 'Whether it was granted by break-glass.'),
    instant('OpenedAt', 'When it was asked for.'),
    instant('DecidedAt', 'When it was decided.', NULLABLE),
    int('LeadMinutes', 'Minutes from asking to the decision, rounded down.', NULLABLE),
    instant('UsedAt', 'When the grant took effect.', NULLABLE),
  ],
  navigations: [TO_HANDOFF, { name: 'Requester', to: 'People', from: 'RequesterId' }],
});

/** One person's answer to one request. */
export const VOTES = fact('fact_vote', {
  name: 'Votes',
  entity: 'Vote',
  description: 'One row a vote on a request for approval that belongs to a handoff.',
  happenedAt: 'CastAt',
  columns: [
    HANDOFF_ID,
    guid('ExceptionId', 'The request that was voted on.'),
    guid('VoterId', 'Who voted.'),
    text('Decision', 'APPROVE, REJECT or BREAK_GLASS.'),
    int('Round', 'In which round.'),
    flag('Revoked', 'Whether it was taken back.'),
    instant('CastAt', 'When.'),
  ],
  navigations: [
    TO_HANDOFF,
    { name: 'Exception', to: 'Exceptions', from: 'ExceptionId' },
    { name: 'Voter', to: 'People', from: 'VoterId' },
  ],
});

/** The decision log. */
export const DECISIONS = fact('fact_decision', {
  name: 'Decisions',
  entity: 'Decision',
  description: 'One row an entry of the decision log.',
  happenedAt: 'OpenedAt',
  columns: [
    HANDOFF_ID,
    text('Number', 'Its number.'),
    text('Kind', 'ASSUMPTION, CONFLICT, QUESTION or RISK.'),
    text('State', 'OPEN, RESOLVED or OBSOLETE.'),
    guid('OwnerId', 'Who answers for it.'),
    flag('BlocksKickoff', 'Whether it keeps the kickoff from being scheduled.'),
    instant('OpenedAt', 'When it was opened.'),
    date('DueOn', 'When it is due.'),
    instant('DecidedAt', 'When it was decided.', NULLABLE),
  ],
  navigations: [TO_HANDOFF, { name: 'Owner', to: 'People', from: 'OwnerId' }],
});

/** Change requests after the sign-off. */
export const SCOPE_CHANGES = fact('fact_scope_change', {
  name: 'ScopeChanges',
  entity: 'ScopeChange',
  description: 'One row a scope change.',
  happenedAt: 'RaisedAt',
  columns: [
    HANDOFF_ID,
    text('Number', 'Its number.'),
    text('Origin', 'Who or what it comes from.'),
    text('State', 'Where it stands.'),
    flag('Incident', 'Whether it is traced to information that was missing or wrong in the handoff.'),
    text('CauseItem', 'The kind of handoff item that it is traced to.', NULLABLE),
    big('MarginEffectMinor', 'Its effect on the margin in minor units.', { ...NULLABLE, ...MARGIN }),
    int('MarginEffectBps', 'Its effect on the margin in basis points.', { ...NULLABLE, ...MARGIN }),
    instant('RaisedAt', 'When it was raised.'),
    instant('DecidedAt', 'When it was approved, refused or withdrawn.', NULLABLE),
  ],
});

/** Every version of every budget, and of the one that counts what became of it. */
export const BUDGETS = fact('fact_budget', {
  name: 'Budgets',
  entity: 'Budget',
  description: 'One row a version of a budget baseline; actuals and forecast stand at the version in force.',
  happenedAt: 'FrozenAt',
  columns: [
    HANDOFF_ID,
    int('Version', 'The version of the baseline.'),
    flag('InForce', 'Whether it is the version in force.'),
    text('Currency', 'Its currency, ISO 4217.'),
    big('PlannedMinutes', 'Planned minutes of work.'),
    big('RevenueMinor', 'Planned revenue in minor units.', MARGIN),
    big('CostMinor', 'Planned cost in minor units; null while the cost of a line is unknown.', {
      ...NULLABLE,
      ...MARGIN,
    }),
    big('MarginMinor', 'Planned margin in minor units; null while a cost is unknown.', { ...NULLABLE, ...MARGIN }),
    int('MarginBps', 'Planned margin in basis points of the revenue, rounded down.', { ...NULLABLE, ...MARGIN }),
    big('ActualMinutes', 'Minutes worked, by the last actuals.', NULLABLE),
    big('RemainingMinutes', 'Minutes that remain, by the last actuals.', NULLABLE),
    big('ForecastMarginMinor', 'Forecast margin in minor units: actual and remaining cost against the revenue.', {
      ...NULLABLE,
      ...MARGIN,
    }),
    big('ErosionMinor', 'Planned margin less forecast margin, in minor units.', { ...NULLABLE, ...MARGIN }),
    int('ErosionBps', 'Planned margin less forecast margin, in basis points.', { ...NULLABLE, ...MARGIN }),
    instant('FrozenAt', 'When this version was frozen.'),
    instant('ActualsAt', 'When the last actuals were taken.', NULLABLE),
  ],
});

/** Every deadline of every handoff. */
export const SLA_EVENTS = fact('fact_sla_event', {
  name: 'SlaEvents',
  entity: 'SlaEvent',
  description:
    'One row a clock or delivery deadline of a handoff. Whether one that has not ended is late follows from DueAt and the present.',
  happenedAt: 'StartedAt',
  columns: [
    HANDOFF_ID,
    text('Clock', 'Which deadline, such as KICKOFF_HELD.'),
    instant('StartedAt', 'From when it counts.'),
    instant('DueAt', 'When it is due; null while it is paused.', NULLABLE),
    instant('StoppedAt', 'When what it waits for happened.', NULLABLE),
    instant(
      'VoidedAt',
      'When it ended without that: the handoff was withdrawn or closed, or its sign-off ended.',
      NULLABLE,
    ),
    flag('Late', 'Whether it ended after it was due; false while it has not ended.'),
    flag('ClientCaused', 'Whether the client held it up: the handoff was paused for the client meanwhile.'),
    int('Escalations', 'How many steps of the ladder were climbed.'),
  ],
});

/** Scores of the 100-point rubric. */
export const QUALITY_SCORES = fact('fact_quality_score', {
  name: 'QualityReviews',
  entity: 'QualityReview',
  description: 'One row a score of a handoff by the 100-point rubric, with its amendments.',
  happenedAt: 'ScoredAt',
  columns: [
    HANDOFF_ID,
    text('Cause', 'ACCEPTANCE or REMEDIATION.'),
    int('Total', 'Points of a hundred, with amendments.'),
    text('Band', 'EXCELLENT, GOOD, ACCEPTABLE or SUBSTANDARD, by the total.'),
    flag('Counts', 'Whether it is the score of the handoff that counts: the last one.'),
    guid('OwnerId', 'The sales manager who was scored.'),
    guid('DeliveryManagerId', 'The delivery manager at that time.', NULLABLE),
    instant('ScoredAt', 'The moment that it speaks of.'),
  ],
  navigations: [TO_HANDOFF, { name: 'Owner', to: 'People', from: 'OwnerId' }],
});

/** Promises of the sale. */
export const COMMITMENTS = fact('fact_commitment', {
  name: 'Commitments',
  entity: 'Commitment',
  description: 'One row a promise made in the sale.',
  happenedAt: 'RecordedAt',
  columns: [
    HANDOFF_ID,
    text('Channel', 'WRITTEN or VERBAL.'),
    text('State', 'OPEN, SCOPE_LINE, TASK or DECLINED.'),
    guid('MadeById', 'Who promised.'),
    date('MadeOn', 'When it was promised.'),
    date('DueOn', 'For when it was promised.', NULLABLE),
    instant('DeliveredAt', 'When what it became was delivered.', NULLABLE),
    flag('AsStated', 'Whether it was delivered as stated; null while that is not known.', NULLABLE),
    instant('RecordedAt', 'When it was recorded.'),
  ],
  navigations: [TO_HANDOFF, { name: 'MadeBy', to: 'People', from: 'MadeById' }],
});

/** Every fact table of the star, the handoff first. */
export const FACTS: readonly Dataset[] = [
  HANDOFFS,
  GATE_FINDINGS,
  EXCEPTIONS,
  VOTES,
  DECISIONS,
  SCOPE_CHANGES,
  BUDGETS,
  SLA_EVENTS,
  QUALITY_SCORES,
  COMMITMENTS,
  KPI_CASES,
];
