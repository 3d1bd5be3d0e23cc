import type { CaseFacts, CaseGround, KpiCaseRow } from '../../src/reporting/case.types.js';
import { casesOf } from '../../src/reporting/cases.js';

const day = { from: '09:00', to: '17:30' };
const CONFIGURATION = {
  tenant: { currency: 'GBP', timeZone: 'Europe/London' },
  calendar: {
    timeZone: 'Europe/London',
    hours: { mon: [day], tue: [day], wed: [day], thu: [day], fri: [day] },
    holidays: [],
  },
  slaProfile: {
    clocks: Object.fromEntries([
      ...['INTRODUCTION', 'DOCUMENT_COMPLETE', 'HANDOFF_MEETING', 'RETURN_CORRECTION'].map((key) => [
        key,
        { amount: 24, unit: 'ELAPSED_HOURS' },
      ]),
      ...['PREPARATION', 'KICKOFF_SCHEDULED', 'KICKOFF_HELD', 'KICKOFF_HARD_BREACH'].map((key) => [
        key,
        { amount: 5, unit: 'BUSINESS_DAYS' },
      ]),
    ]),
  },
};
const VERSION = { digest: 'kpi-cases', content: JSON.stringify(CONFIGURATION) };

export const at = (text: string): Date => new Date(`${text}Z`);
/** Monday, ten in the morning in London; the kickoff is due on the Monday after, at half past five. */
export const WON = at('2026-11-23T10:00');
export const KICKOFF_DUE = at('2026-11-30T17:30');
export const SIGNED = at('2026-11-26T12:00');

type History = CaseGround['deadlines']['history'];
export interface Told {
  readonly history?: Partial<History>;
  readonly delivery?: Partial<CaseGround['deadlines']['delivery']>;
  readonly facts?: Partial<CaseFacts>;
  readonly withdrawnAt?: Date;
  readonly ground?: Partial<CaseGround>;
}

/** A handoff of a deal that was won on 23 November 2026, and what else is told of it. */
export function ground({ history, delivery, facts, withdrawnAt, ground: rest }: Told = {}): CaseGround {
  return {
    handoff: {
      id: 'handoff',
      clientId: 'client',
      serviceTemplate: 'managed-network',
      dealType: 'NEW_BUSINESS',
      tier: 'STANDARD',
      ownerId: 'sofia',
      deliveryManagerId: 'dana',
      withdrawnAt: withdrawnAt ?? null,
    },
    deadlines: {
      version: VERSION,
      history: {
        dealType: 'NEW_BUSINESS',
        tier: 'STANDARD',
        close: { wonOn: '2026-11-23', importedAt: WON },
        submissions: [],
        handovers: [],
        returns: [],
        signOffs: [],
        introducedAt: null,
        introductionRecordedAt: null,
        meetingHeldAt: null,
        kickoffScheduledAt: null,
        kickoffHeldAt: null,
        endedAt: withdrawnAt ?? null,
        pauses: [],
        ...history,
      },
      delivery: { deliverable: null, firstTouch: null, ...delivery },
    },
    items: [],
    evidence: [],
    scores: [],
    budgets: [],
    actuals: null,
    caseFacts: {
      handoffId: 'handoff',
      completeness: null,
      submissions: [],
      fillMarks: [],
      hasOverride: false,
      requests: [],
      assumptions: [],
      commitments: [],
      scopeChanges: [],
      project: null,
      feedback: null,
      clientAskedAgain: false,
      surveys: [],
      ...facts,
    },
    ...rest,
  } as unknown as CaseGround;
}

const iso = (date: Date): string => date.toISOString().slice(0, 16);
/** A case in words: day, instant, numerator over denominator. */
export const said = ({ countsOn, countsAt, numerator, denominator, clientCaused }: KpiCaseRow): string =>
  `${countsOn} ${iso(countsAt)} ${numerator}/${denominator}${clientCaused ? ' client' : ''}`;
export const cases = (key: string, told: Told = {}): string[] =>
  casesOf(ground(told))
    .filter(({ kpiKey }) => kpiKey === key)
    .map(said);
