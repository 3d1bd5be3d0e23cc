import { type Commitment, CommitmentState } from '../commitment/commitment.entity.js';
import { digestOf } from '../core/canonical.js';
import { addDecimals, compareDecimals, type Decimal, parseDecimal } from '../core/decimal.js';
import { roundToMoney } from '../core/money.js';
import type { SourceReference } from '../core/source.js';
import { contractPeriods, contractValue, type NormalisedTerms } from '../deal/terms.rules.js';
import type { StandingConflict } from '../decision/conflict.effects.js';
import { type Decision, DecisionState } from '../decision/decision.entity.js';
import { type Assumption, AssumptionState, type HandoffStatement, StatementKind } from '../handoff/content.entity.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { Stage } from '../handoff/stage.rules.js';
import {
  MilestoneState,
  type Project,
  type ProjectMilestone,
  type ProjectTask,
  TaskState,
} from '../project/project.entity.js';

/** What cannot all be true. */
export type ConflictCode =
  | 'COMMITMENT_EXCLUDED'
  | 'COMMITMENT_UNANSWERED'
  | 'SCOPE_CONTRADICTED'
  | 'PROMISED_TOO_EARLY'
  | 'PROMISE_BEYOND_CONTRACT'
  | 'TERMS_CHANGED'
  | 'ASSUMPTION_REFUTED';

/** A conflict, and who can obviously decide it: sales what was promised, delivery what can be done. */
export interface Conflict extends StandingConflict {
  readonly code: ConflictCode;
  readonly side: 'SALES' | 'DELIVERY';
}

/** Everything that conflicts are found in. */
export interface ConflictGround {
  readonly handoff: Pick<Handoff, 'id' | 'stage' | 'termsRevision'>;
  readonly statements: readonly Pick<HandoffStatement, 'id' | 'kind' | 'text' | 'topic' | 'dueOn'>[];
  readonly assumptions: readonly Pick<Assumption, 'id' | 'text' | 'state' | 'impact' | 'resolution'>[];
  readonly commitments: readonly Pick<
    Commitment,
    | 'id'
    | 'text'
    | 'topic'
    | 'dueOn'
    | 'state'
    | 'promisedHours'
    | 'promisedAmount'
    | 'resolutionReference'
    | 'resolutionTermsRevision'
  >[];
  readonly project: Pick<Project, 'startOn' | 'targetOn'> | null;
  readonly milestones: readonly Pick<ProjectMilestone, 'key' | 'name' | 'targetOn' | 'state'>[];
  readonly tasks: readonly Pick<ProjectTask, 'key' | 'dueOn' | 'state'>[];
  readonly decisions: readonly Pick<Decision, 'assumptionId' | 'causeKey' | 'state'>[];
  readonly terms: Pick<NormalisedTerms, 'currency' | 'lines'>;
}

/** While sales writes, what contradicts itself is work in progress; after the kickoff it is a change of scope. */
export const JUDGED: readonly Stage[] = [Stage.IN_REVIEW, Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED];

type Promised = ConflictGround['commitments'][number];

/**
 * Every conflict between what was promised, what the scope says, what the plan holds and what the contract pays for
 * (requirement 002 step 5; issue 5: they open a decision by themselves). It follows from the rows alone, each once, in
 * the order of its cause.
 */
export function findConflicts(ground: ConflictGround): Conflict[] {
  if (!JUDGED.includes(ground.handoff.stage)) return [];
  const found = [
    ...excluded(ground),
    ...unanswered(ground),
    ...contradicted(ground),
    ...tooEarly(ground),
    ...beyondContract(ground),
    ...inOtherTerms(ground),
    ...refuted(ground),
  ];
  return found.toSorted((a, b) => (a.causeKey < b.causeKey ? -1 : 1));
}

/** Promises that somebody still has to keep. */
const kept = ({ commitments }: ConflictGround): Promised[] =>
  commitments.filter(({ state }) => state !== CommitmentState.DECLINED);

function excluded(ground: ConflictGround): Conflict[] {
  return kept(ground).flatMap((promise) => {
    const against = ground.statements.filter(
      ({ kind, topic }) => kind === StatementKind.OUT_OF_SCOPE && topic !== null && topic === promise.topic,
    );
    if (against.length === 0) return [];
    return conflict(ground, 'COMMITMENT_EXCLUDED', promise.id, {
      side: 'SALES',
      question: `It was promised, and the scope excludes it: ${promise.text}`,
      context: against.map(({ text }) => `Out of scope: ${text}`).join('\n'),
      about: [['COMMITMENT', promise], ...against.map((one): About => ['HANDOFF_STATEMENT', one])],
    });
  });
}

/** A promise without a home, or whose task is not in the plan. */
function unanswered(ground: ConflictGround): Conflict[] {
  const planned = new Set(ground.tasks.filter(({ state }) => state !== TaskState.CANCELLED).map(({ key }) => key));
  return kept(ground)
    .filter(({ id, state }) => {
      if (state === CommitmentState.TASK) return ground.project !== null && !planned.has(`commitment:${id}`);
      return state === CommitmentState.OPEN;
    })
    .flatMap((promise) =>
      conflict(ground, 'COMMITMENT_UNANSWERED', promise.id, {
        side: 'SALES',
        question: `No line of the scope, no task and no refusal answers this promise: ${promise.text}`,
        context: null,
        about: [['COMMITMENT', promise]],
      }),
    );
}

function contradicted(ground: ConflictGround): Conflict[] {
  const of = (kind: StatementKind, topic: string) =>
    ground.statements.filter((one) => one.kind === kind && one.topic === topic);
  const topics = [...new Set(ground.statements.flatMap(({ topic }) => topic ?? []))].toSorted();
  return topics.flatMap((topic) => {
    const inScope = of(StatementKind.IN_SCOPE, topic);
    const outOfScope = of(StatementKind.OUT_OF_SCOPE, topic);
    if (inScope.length === 0 || outOfScope.length === 0) return [];
    const both = [...inScope, ...outOfScope];
    return conflict(ground, 'SCOPE_CONTRADICTED', topic, {
      side: 'DELIVERY',
      question: `Is ${topic} in scope or out of it?`,
      context: both
        .map(({ kind, text }) => `${kind === StatementKind.IN_SCOPE ? 'In' : 'Out of'} scope: ${text}`)
        .join('\n'),
      about: both.map((one) => ['HANDOFF_STATEMENT', one]),
    });
  });
}

/** A day that the client was told and that lies before the plan's, or before the project begins. */
function tooEarly(ground: ConflictGround): Conflict[] {
  const { project, statements } = ground;
  if (!project) return [];
  const promises = kept(ground).flatMap((promise): [Promised, Planned | null][] => {
    const task = ground.tasks.find(
      ({ key, state }) => key === `commitment:${promise.id}` && state !== TaskState.CANCELLED,
    );
    const planned = milestoneOf(ground, promise.topic) ?? (task ? { what: 'its task', day: task.dueOn } : null);
    return [[promise, planned]];
  });
  const timelines = statements
    .filter(({ kind }) => kind === StatementKind.PROMISED_TIMELINE)
    .map((one) => [one, milestoneOf(ground, one.topic) ?? { what: 'the project', day: project.targetOn }] as const);
  return [
    ...promises.flatMap(([promise, planned]) => earlier(ground, ['COMMITMENT', promise], planned)),
    ...timelines.flatMap(([one, planned]) => earlier(ground, ['HANDOFF_STATEMENT', one], planned)),
  ];
}

interface Planned {
  readonly what: string;
  readonly day: string;
}

function milestoneOf({ milestones }: ConflictGround, topic: string | null): Planned | null {
  const found = milestones.find(({ key, state }) => key === topic && state === MilestoneState.PLANNED);
  return found ? { what: `the milestone ${found.name}`, day: found.targetOn } : null;
}

function earlier(ground: ConflictGround, [type, row]: About, planned: Planned | null): Conflict[] {
  const { dueOn = null, text } = row;
  const { startOn } = ground.project!;
  if (dueOn === null) return [];
  const beforeStart = dueOn < startOn;
  if (!beforeStart && (planned === null || dueOn >= planned.day)) return [];
  const plan = beforeStart ? `the project starts on ${startOn}` : `${planned!.what} is due on ${planned!.day}`;
  return conflict(ground, 'PROMISED_TOO_EARLY', row.id, {
    side: 'DELIVERY',
    question: `Promised for ${dueOn}, and ${plan}: ${text}`,
    context: null,
    about: [[type, row]],
  });
}

/** Promises that together go beyond the hours or the money of the contract; the one that passes the end is the conflict. */
function beyondContract(ground: ConflictGround): Conflict[] {
  const { lines, currency } = ground.terms;
  const soldHours = lines
    .filter(({ kind }) => kind === 'LABOUR')
    .reduce<Decimal>((sum, line) => addDecimals(sum, times(line.quantity, contractPeriods(line))), NOTHING);
  const soldMinor = contractValue(lines).revenueMinor;
  let hours = NOTHING;
  let minor = 0n;
  return kept(ground).flatMap((promise) => {
    const before = { hours, minor };
    hours = addDecimals(hours, parseDecimal(promise.promisedHours ?? '0'));
    minor += roundToMoney(parseDecimal(promise.promisedAmount ?? '0'), currency).minor;
    const isBeyond = (now: boolean, then: boolean): boolean => now && !then;
    const what = [
      ...(isBeyond(compareDecimals(hours, soldHours) > 0, compareDecimals(before.hours, soldHours) > 0)
        ? ['hours']
        : []),
      ...(isBeyond(minor > soldMinor, before.minor > soldMinor) ? ['money'] : []),
    ];
    if (what.length === 0) return [];
    return conflict(ground, 'PROMISE_BEYOND_CONTRACT', promise.id, {
      side: 'SALES',
      question: `With this promise more ${what.join(' and ')} than the contract holds were promised: ${promise.text}`,
      context: null,
      about: [['COMMITMENT', promise]],
    });
  });
}

const NOTHING = parseDecimal('0');

function times(quantity: string, periods: bigint): Decimal {
  const { unscaled, scale } = parseDecimal(quantity);
  return { unscaled: unscaled * periods, scale };
}

/** Promises that were answered by a line of a quotation which has changed since. */
function inOtherTerms(ground: ConflictGround): Conflict[] {
  const { termsRevision } = ground.handoff;
  return ground.commitments
    .filter(({ state, resolutionTermsRevision: answered }) => {
      return state === CommitmentState.SCOPE_LINE && answered !== null && answered < termsRevision;
    })
    .flatMap((promise) =>
      conflict(ground, 'TERMS_CHANGED', `${promise.id}:${termsRevision}`, {
        side: 'SALES',
        question: `The terms have changed since a line of them answered this promise. Does it still: ${promise.text}`,
        context: `Answered by: ${promise.resolutionReference ?? ''}`,
        about: [['COMMITMENT', promise]],
      }),
    );
}

/** Beliefs that turned out false and that no entry asks about. */
function refuted(ground: ConflictGround): Conflict[] {
  return ground.assumptions
    .filter(({ state }) => state === AssumptionState.REFUTED)
    .flatMap((assumption) => {
      const key = `ASSUMPTION_REFUTED:${assumption.id}`;
      const others = ground.decisions.filter(({ assumptionId, causeKey }) => {
        return assumptionId === assumption.id && causeKey !== key;
      });
      // One that was obsolete when the assumption seemed to hold asks no more, and keeps its assumption.
      if (others.some(({ state }) => state !== DecisionState.OBSOLETE)) return [];
      const found = conflict(ground, 'ASSUMPTION_REFUTED', assumption.id, {
        side: 'DELIVERY',
        question: `Delivery relied on this, and it is false. What now: ${assumption.text}`,
        context: [assumption.impact, assumption.resolution].filter((one) => one !== null).join('\n') || null,
        about: [['ASSUMPTION', assumption]],
      });
      return found.map((one) => ({ ...one, assumptionId: others.length === 0 ? assumption.id : null }));
    });
}

type About = readonly [
  type: string,
  row: { readonly id: string; readonly text: string; readonly dueOn?: string | null },
];

/** What of a row a source's hash covers. */
const SAID = [
  'kind',
  'text',
  'topic',
  'dueOn',
  'state',
  'promisedHours',
  'promisedAmount',
  'resolutionReference',
] as const;

function conflict(
  { handoff }: ConflictGround,
  code: ConflictCode,
  key: string,
  said: Pick<Conflict, 'side' | 'question' | 'context'> & { readonly about: readonly About[] },
): Conflict[] {
  const { about, ...rest } = said;
  const sources = about.map(([type, row]): SourceReference => ({
    type,
    id: row.id,
    version: String(handoff.termsRevision),
    hash: digestOf(Object.fromEntries(SAID.flatMap((name) => (name in row ? [[name, row[name as never]]] : [])))),
  }));
  return [{ code, causeKey: `${code}:${key}`, assumptionId: null, sources, ...rest }];
}
