import { type Finding, finding } from '../core/finding.js';

/** What keeps a person from being erased: somebody has to take it over first. */
export type Duty =
  | 'HANDOFF_OWNER'
  | 'DELIVERY_MANAGER'
  | 'DECISION_OWNER'
  | 'DECISION_ESCALATION'
  | 'PROJECT_LEAD'
  | 'TASK_OWNER'
  | 'ACTION_OWNER'
  | 'APPROVAL_REQUESTER';

/** One open duty, by the numbers of the records that it is about. */
export interface OpenDuty {
  readonly duty: Duty;
  readonly numbers: readonly string[];
}

/** In words, and how it is handed over. */
const DUTIES: Readonly<Record<Duty, { readonly words: string; readonly remedy: string }>> = {
  HANDOFF_OWNER: { words: 'owns open handoffs', remedy: 'Give each to another owner with assignOwner.' },
  DELIVERY_MANAGER: {
    words: 'is the delivery manager of open handoffs',
    remedy: 'Name another with assignDeliveryManager.',
  },
  DECISION_OWNER: { words: 'owns open decisions', remedy: 'Give each to another owner with reassignDecision.' },
  DECISION_ESCALATION: {
    words: 'is the escalation contact of open decisions',
    remedy: 'Name another with reassignDecision.',
  },
  PROJECT_LEAD: { words: 'leads projects', remedy: 'Name another with assignProjectLead.' },
  TASK_OWNER: { words: 'owns open tasks', remedy: 'Give each to another with assignTask.' },
  ACTION_OWNER: { words: 'owns open actions', remedy: 'Give each to another with reassignActionItem.' },
  APPROVAL_REQUESTER: { words: 'has requests that wait for approval', remedy: 'Withdraw them with withdrawRequest.' },
};

/** So many numbers stand in a finding; the rest is counted. */
const SHOWN = 20;

/** A finding for every kind of duty that the person still has. */
export function dutyFindings(duties: readonly OpenDuty[]): Finding[] {
  return duties.map(({ duty, numbers }) =>
    finding({
      code: 'OPEN_DUTY',
      path: `duties.${duty}`,
      message: `The person ${DUTIES[duty].words}: ${numbers.slice(0, SHOWN).join(', ')}${numbers.length > SHOWN ? ' ...' : ''}.`,
      facts: { duty, count: numbers.length, numbers: numbers.slice(0, SHOWN) },
      remedy: DUTIES[duty].remedy,
    }),
  );
}

/** Nobody erases themselves: what they did as administrator would lose its name by their own hand. */
export function selfErasure(actorId: string, personIds: readonly string[]): Finding[] {
  if (!personIds.includes(actorId)) return [];
  return [
    finding({
      code: 'SELF_ERASURE',
      path: 'personId',
      message: 'You cannot erase yourself.',
      facts: {},
      remedy: 'Ask another RevOps administrator.',
    }),
  ];
}

/** An erasure is final, so the second one is a mistake about whom. */
export function erasedAlready(isErased: boolean, path: string): Finding[] {
  if (!isErased) return [];
  return [
    finding({
      code: 'ALREADY_ERASED',
      path,
      message: 'This was erased already.',
      facts: {},
      remedy: 'Nothing is left to do; check the id if you meant somebody else.',
    }),
  ];
}
