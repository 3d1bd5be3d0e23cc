import { registerEnumType } from 'type-graphql';

/** Where a handoff stands on its way (design 2). */
export enum Stage {
  DRAFT = 'DRAFT',
  IN_REVIEW = 'IN_REVIEW',
  RETURNED = 'RETURNED',
  SIGNED_OFF = 'SIGNED_OFF',
  KICKOFF_SCHEDULED = 'KICKOFF_SCHEDULED',
  KICKED_OFF = 'KICKED_OFF',
  CLOSED = 'CLOSED',
  WITHDRAWN = 'WITHDRAWN',
}
registerEnumType(Stage, {
  name: 'Stage',
  description: 'Where a handoff stands on its way from the sale to the kickoff.',
  valuesConfig: {
    DRAFT: { description: 'Opened, prefilled from the PSA; sales completes it.' },
    IN_REVIEW: { description: 'Submitted through the gates; delivery reviews it. Project and baseline exist.' },
    RETURNED: { description: 'Delivery named the gaps; sales has 24 hours.' },
    SIGNED_OFF: { description: 'Delivery accepted feasibility, resource plan and named risks.' },
    KICKOFF_SCHEDULED: { description: 'The client has a date, under a live sign-off.' },
    KICKED_OFF: { description: 'The kickoff was held.' },
    CLOSED: { description: 'Feedback was given.' },
    WITHDRAWN: { description: 'The deal was lost or reopened.' },
  },
});

/** The transitions a person can ask for. */
export type Transition =
  'submit' | 'return' | 'signOff' | 'revokeSignOff' | 'scheduleKickoff' | 'holdKickoff' | 'close' | 'withdraw';

/** The transitions as the API names them. */
export const HANDOFF_ACTIONS = {
  SUBMIT: 'submit',
  RETURN: 'return',
  SIGN_OFF: 'signOff',
  REVOKE_SIGN_OFF: 'revokeSignOff',
  SCHEDULE_KICKOFF: 'scheduleKickoff',
  HOLD_KICKOFF: 'holdKickoff',
  CLOSE: 'close',
  WITHDRAW: 'withdraw',
} as const satisfies Record<string, Transition>;
registerEnumType(HANDOFF_ACTIONS, {
  name: 'HandoffAction',
  description: 'A step that a handoff can take.',
  valuesConfig: {
    SUBMIT: { description: 'Sales hands it over, through the submit gate.' },
    RETURN: { description: 'Delivery sends it back, naming the gaps.' },
    SIGN_OFF: { description: 'Delivery accepts feasibility, resource plan and named risks.' },
    REVOKE_SIGN_OFF: { description: 'Delivery takes its sign-off back.' },
    SCHEDULE_KICKOFF: { description: 'The client gets a date, or another one.' },
    HOLD_KICKOFF: { description: 'The kickoff was held.' },
    CLOSE: { description: 'Feedback was given.' },
    WITHDRAW: { description: 'The deal was lost or reopened.' },
  },
});

/** One row of the transition table. */
export interface TransitionRow {
  readonly transition: Transition;
  /** The action on the subject Handoff that the step's command declares: who may take it. */
  readonly right: string;
  readonly from: readonly Stage[];
  readonly to: Stage;
}

/** From where, by which transition, to where: draws the diagram, feeds `availableActions`, and is what the tests walk. */
export const TRANSITIONS: readonly TransitionRow[] = [
  { transition: 'submit', right: 'submit', from: [Stage.DRAFT, Stage.RETURNED], to: Stage.IN_REVIEW },
  { transition: 'return', right: 'review', from: [Stage.IN_REVIEW], to: Stage.RETURNED },
  { transition: 'signOff', right: 'signOff', from: [Stage.IN_REVIEW], to: Stage.SIGNED_OFF },
  {
    transition: 'revokeSignOff',
    right: 'signOff',
    from: [Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED],
    to: Stage.IN_REVIEW,
  },
  {
    transition: 'scheduleKickoff',
    right: 'schedule',
    from: [Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED],
    to: Stage.KICKOFF_SCHEDULED,
  },
  { transition: 'holdKickoff', right: 'schedule', from: [Stage.KICKOFF_SCHEDULED], to: Stage.KICKED_OFF },
  { transition: 'close', right: 'close', from: [Stage.KICKED_OFF], to: Stage.CLOSED },
  {
    transition: 'withdraw',
    right: 'withdraw',
    from: [Stage.DRAFT, Stage.IN_REVIEW, Stage.RETURNED, Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED],
    to: Stage.WITHDRAWN,
  },
];

/** The stages in which sales edits the handoff's content. */
export const EDITABLE: readonly Stage[] = [Stage.DRAFT, Stage.RETURNED];

/** The stages after which nothing changes any more. */
export const ENDED: readonly Stage[] = [Stage.CLOSED, Stage.WITHDRAWN];

/** The same as what an SQL `in` looks through. */
export const IN_ENDED = `('${ENDED.join("', '")}')`;

/** The stages since the kickoff was held: people work by what was promised for it, though a rebaseline ends the sign-off. */
export const BEGUN: readonly Stage[] = [Stage.KICKED_OFF, Stage.CLOSED];

/** The same as what an SQL `in` looks through. */
export const IN_BEGUN = `('${BEGUN.join("', '")}')`;

/** The stage to which a transition leads from here, or null when it does not start here. */
export function targetOf(transition: Transition, from: Stage): Stage | null {
  return TRANSITIONS.find((row) => row.transition === transition && row.from.includes(from))?.to ?? null;
}

/** The transitions that start at a stage. */
export function transitionsFrom(stage: Stage): Transition[] {
  return TRANSITIONS.filter((row) => row.from.includes(stage)).map((row) => row.transition);
}

/** The transitions that start at a stage and that an actor may take, by their rights. */
export function transitionsFor(stage: Stage, may: (right: string) => boolean): Transition[] {
  return TRANSITIONS.filter((row) => row.from.includes(stage) && may(row.right)).map((row) => row.transition);
}
