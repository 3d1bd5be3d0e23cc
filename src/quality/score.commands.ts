import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { due } from '../catalogue/calendar.rules.js';
import type { TenantConfiguration } from '../catalogue/configuration.js';
import { remediationDays } from '../catalogue/quality.rules.js';
import { command, done, type Moment, refused } from '../core/command.js';
import { notFound, staleRevision } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import { insert, insertAll, select, selectRequired, type Statement, update } from '../core/statement.js';
import { groundsOf } from '../escalation/escalation.queries.js';
import { type AcceptedContent, acceptedContent } from '../feasibility/accepted-content.rules.js';
import { FeasibilitySignOff } from '../feasibility/feasibility.entity.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { heldMeetings } from '../meeting/meeting.queries.js';
import { isSamePerson, peopleQueries } from './people.queries.js';
import type { AmendCriterionInput, CompleteRemediationInput } from './quality.input.js';
import {
  Band,
  QualityScore,
  Remediation,
  RemediationState,
  ScoreAmendment,
  ScoreCause,
  ScoreCriterion,
} from './score.entity.js';
import { scoredAt, scoreFacts } from './score.facts.js';
import {
  amendmentsOf,
  amendmentsOfHandoff,
  criteriaOf,
  lockHandoffOfScore,
  lockRemediationOf,
  writtenContents,
} from './score.queries.js';
import { amended, RUBRIC_VERSION, type Score, scoreOf, totalOf } from './score.rules.js';

const handoffFacts = (handoffId: string) => ({
  handoff: lockHandoff(handoffId),
  grounds: groundsOf([handoffId]),
  contents: writtenContents([handoffId]),
  held: heldMeetings([handoffId]),
  ruling: rulingConfiguration(),
});

/** Freezes the score of a sign-off, once. A substandard one opens its remediation. The worker's alone. */
export const freezeScore = command({
  name: 'freezeScore',
  action: 'freeze',
  subject: 'QualityScore',
  facts: ({ handoffId, signOffId }: { readonly handoffId: string; readonly signOffId: string }) => ({
    ...handoffFacts(handoffId),
    signOff: selectRequired(FeasibilitySignOff, signOffId),
    known: select(QualityScore, { signOffId, cause: ScoreCause.ACCEPTANCE }),
  }),
  decide: ({ handoff, grounds, contents, held, ruling, signOff, known }, _input, moment) => {
    const ground = grounds.get(handoff.id)!;
    const at = scoredAt(signOff.signedAt, ground);
    const [earlier] = known;
    if (earlier || at === null || at > moment.now) {
      const id = earlier?.id ?? handoff.id;
      return done({ id, subject: { type: 'QualityScore', id }, body: { changed: false } });
    }
    const content = signOff.content ?? acceptedContent(contents.get(handoff.id)!);
    const score = scoreOf(scoreFacts(content, ground, held.get(handoff.id) ?? [], at));
    const of = { handoffId: handoff.id, content, signOffId: signOff.id, cause: ScoreCause.ACCEPTANCE, at };
    const { row, statements } = scoreRows(of, score, moment);
    const opened = openRemediation(row, configurationOf(ruling), moment);
    return done({
      id: row.id,
      subject: { type: 'QualityScore', id: row.id },
      body: {
        changed: true,
        handoffId: handoff.id,
        signOffId: signOff.id,
        ...figuresOf(score),
        remediation: opened.id,
      },
      sources: [configurationSource(ground.version), configurationSource(ruling)],
      writes: [...statements, ...opened.writes],
    });
  },
});

/** Gives a criterion other points than were computed, with the reason. Never by the rep who is scored; both values stay. */
export const amendCriterion = command({
  name: 'amendCriterion',
  action: 'amend',
  subject: 'QualityScore',
  services: false,
  facts: ({ scoreId }: AmendCriterionInput) => ({
    handoff: lockHandoffOfScore(scoreId),
    score: selectRequired(QualityScore, scoreId),
    remediation: lockRemediationOf(scoreId),
    criteria: criteriaOf(scoreId),
    amendments: amendmentsOf(scoreId),
    ruling: rulingConfiguration(),
    ...peopleQueries(),
  }),
  target: ({ score }) => score,
  decide: ({ score, remediation, criteria, amendments, ruling, people, merged }, input, moment) => {
    const { criterion, points, reason } = input;
    const subject = { type: 'QualityScore', id: score.id };
    const computed = criteria.find((one) => one.criterion === criterion)!;
    const findings: Finding[] = [];
    if (isSamePerson({ people, merged }, moment.actor.id, score.ownerId)) findings.push(ownScore('criterion'));
    if (points > computed.most)
      findings.push(
        finding({
          code: 'POINTS_OUT_OF_RANGE',
          path: 'points',
          message: `${criterion} gives at most ${computed.most} points here.`,
          facts: { criterion, points, most: computed.most },
          remedy: `Give 0 to ${computed.most} points.`,
        }),
      );
    if (findings.length > 0) return refused(findings, { subject });
    const id = moment.newId();
    const amendedBy = moment.actor.id;
    const amendment = { id, scoreId: score.id, ownerId: score.ownerId, criterion, points, reason, amendedBy };
    const { band, total } = totalOf(amended(criteria, [...amendments, { criterion, points }]));
    return done({
      id: score.id,
      subject,
      body: { amendmentId: id, criterion, computed: computed.points, points, total, band },
      writes: [
        insert(ScoreAmendment, { ...amendment, amendedAt: moment.now }),
        ...follow(score, remediation, band, configurationOf(ruling), moment),
      ],
    });
  },
});

/** Says that what was substandard has been put right: it is scored again, and done when it is substandard no more. */
export const completeRemediation = command({
  name: 'completeRemediation',
  action: 'settle',
  subject: 'Remediation',
  services: false,
  facts: ({ remediationId, handoffId }: CompleteRemediationInput) => ({
    ...handoffFacts(handoffId),
    remediation: selectRequired(Remediation, remediationId, { lock: 'UPDATE' }),
    scores: select(QualityScore, { handoffId, cause: ScoreCause.ACCEPTANCE }),
    amendments: amendmentsOfHandoff(handoffId),
    ...peopleQueries(),
  }),
  target: ({ remediation }) => remediation,
  decide: (facts, { expectedRevision, outcome }, moment) => {
    const { handoff, grounds, contents, held, remediation, scores, amendments, people, merged } = facts;
    const { id, scoreId, ownerId, revision } = remediation;
    const first = scores.find((one) => one.id === scoreId);
    if (!first) throw notFound('Remediation', id);
    if (revision !== expectedRevision) throw staleRevision('Remediation', id, expectedRevision, revision);
    const subject = { type: 'Remediation', id };
    const content = acceptedContent(contents.get(handoff.id)!);
    const live = scoreOf(scoreFacts(content, grounds.get(handoff.id)!, held.get(handoff.id) ?? [], moment.now));
    const given = amendments.filter((one) => one.scoreId === scoreId);
    const criteria = amended(live.criteria, given);
    const score = { criteria, ...totalOf(criteria) };
    const findings: Finding[] = [];
    if (remediation.state !== RemediationState.OPEN) findings.push(notOpen(remediation.state));
    if (isSamePerson({ people, merged }, moment.actor.id, ownerId)) findings.push(ownScore('remediation'));
    if (score.band === Band.SUBSTANDARD) findings.push(stillSubstandard(score));
    if (findings.length > 0) return refused(findings, { subject });
    const of = {
      handoffId: handoff.id,
      content,
      signOffId: first.signOffId,
      cause: ScoreCause.REMEDIATION,
      at: moment.now,
    };
    const { row, statements } = scoreRows(of, score, moment);
    const settled = { state: RemediationState.DONE, outcome, settledBy: moment.actor.id, settledAt: moment.now };
    return done({
      id,
      subject,
      body: { scoreId, newScoreId: row.id, ...figuresOf(score) },
      writes: [...statements, update(Remediation, { id }, { ...settled, revision: revision + 1 })],
    });
  },
});

const figuresOf = ({ earned, possible, total, band }: Score) => ({ earned, possible, total, band });

interface ScoreOf {
  readonly handoffId: string;
  readonly content: AcceptedContent;
  readonly signOffId: string;
  readonly cause: ScoreCause;
  readonly at: Date;
}

/** The rows of a new score. */
function scoreRows({ handoffId, content, signOffId, cause, at }: ScoreOf, score: Score, { now, newId }: Moment) {
  const row = {
    id: newId(),
    handoffId,
    cause,
    signOffId,
    ownerId: content.ownerId,
    deliveryManagerId: content.deliveryManagerId,
    serviceTemplate: content.serviceTemplate,
    tier: content.tier,
    ruleVersion: RUBRIC_VERSION,
    ...figuresOf(score),
    scoredAt: at,
    recordedAt: now,
  };
  const criteria = score.criteria.map(({ reasons, sources, ...rest }) => ({
    id: newId(),
    scoreId: row.id,
    ...rest,
    reasons: [...reasons],
    sources: [...sources],
  }));
  return { row, statements: [insert(QualityScore, row), ...insertAll(ScoreCriterion, criteria)] };
}

type Scored = Pick<QualityScore, 'id' | 'handoffId' | 'ownerId' | 'band' | 'scoredAt'>;

/** The remediation of a substandard score: due counts from the score, whenever that was recorded. */
function openRemediation(
  { id: scoreId, handoffId, ownerId, band, scoredAt: openedAt }: Scored,
  configuration: Pick<TenantConfiguration, 'calendar' | 'quality'>,
  { newId }: Moment,
): { readonly id: string | null; readonly writes: readonly Statement[] } {
  if (band !== Band.SUBSTANDARD) return { id: null, writes: [] };
  const id = newId();
  const dueAt = due(
    { amount: remediationDays(configuration), unit: 'BUSINESS_DAYS' },
    openedAt,
    configuration.calendar,
  );
  const of = { id, scoreId, handoffId, ownerId, state: RemediationState.OPEN, openedAt, dueAt };
  return { id, writes: [insert(Remediation, { ...of, outcome: null, settledBy: null, settledAt: null, revision: 1 })] };
}

/** An amendment that lifts a score over the line ends its remediation; one that lets it fall below opens one. */
function follow(
  score: QualityScore,
  remediation: Remediation | null,
  band: Band,
  configuration: Pick<TenantConfiguration, 'calendar' | 'quality'>,
  moment: Moment,
): readonly Statement[] {
  if (score.cause !== ScoreCause.ACCEPTANCE) return [];
  if (remediation === null)
    return openRemediation({ ...score, band, scoredAt: moment.now }, configuration, moment).writes;
  const settled = { settledBy: moment.actor.id, settledAt: moment.now };
  const revision = remediation.revision + 1;
  if (band !== Band.SUBSTANDARD && remediation.state === RemediationState.OPEN)
    return [update(Remediation, { id: remediation.id }, { state: RemediationState.NOT_NEEDED, ...settled, revision })];
  if (band === Band.SUBSTANDARD && remediation.state === RemediationState.NOT_NEEDED)
    return [
      update(
        Remediation,
        { id: remediation.id },
        { state: RemediationState.OPEN, settledBy: null, settledAt: null, revision },
      ),
    ];
  return [];
}

function ownScore(path: string): Finding {
  return finding({
    code: 'OWN_SCORE',
    path,
    message: 'It is your own handoff that is scored.',
    facts: {},
    remedy: 'Let somebody else judge it.',
  });
}

function notOpen(state: string): Finding {
  return finding({
    code: 'NOT_OPEN',
    path: 'remediation.state',
    message: 'It is settled already.',
    facts: { state },
    remedy: 'There is nothing to do.',
  });
}

function stillSubstandard({ total, criteria }: Score): Finding {
  const lacking = criteria.filter(({ points, most }) => points < most).map(({ criterion }) => criterion);
  return finding({
    code: 'STILL_SUBSTANDARD',
    path: 'handoff.quality',
    message: `Scored again it has ${total} of 100 points; 70 are needed.`,
    facts: { total, lacking },
    remedy: 'Put right what the criteria name, or amend a criterion with the reason, and try again.',
  });
}
