import { today, workingDay } from './calendar.js';
import { CAST } from './cast.js';
import { onHandoff, type Tale } from './chapters.js';
import type { Json } from './teller.js';

/** Delivery plans, accepts the risks, and signs off. */
export async function signOff(tale: Tale): Promise<void> {
  const { teller, handoffId, now } = tale;
  await teller.refused(
    CAST.delivery,
    'schedule-kickoff',
    await onHandoff(tale, kickoffOf(tale)),
    ['SIGN_OFF_MISSING'],
    'No client date without a sign-off.',
  );
  const booking = {
    role: 'Network engineer',
    personId: null,
    hoursPerWeek: '16',
    fromOn: workingDay(now, 21),
    toOn: workingDay(now, 90),
  };
  await teller.done(
    CAST.delivery,
    'add-resource-booking',
    await onHandoff(tale, booking),
    'Delivery plans who does it.',
  );
  const statement = 'Feasible with one engineer; the comms room at York is the only risk to the date.';
  await teller.refused(
    CAST.delivery,
    'sign-off-feasibility',
    await onHandoff(tale, { acceptedRiskIds: [], statement }),
    ['RISK_NOT_ACCEPTED'],
    'A sign-off accepts every risk by name.',
  );
  const { handoff } = await teller.read(CAST.delivery, 'handoff-for-delivery', { id: handoffId });
  const acceptedRiskIds = ((handoff as Json).risks as Json[]).map(({ id }) => id as string);
  await teller.done(
    CAST.delivery,
    'sign-off-feasibility',
    await onHandoff(tale, { acceptedRiskIds, statement }),
    'The delivery manager signs off feasibility, plan and risks, for the baseline as it stands.',
  );
}

/** The open decision, the brief, and the client's date. */
export async function scheduleKickoff(tale: Tale): Promise<void> {
  await tale.teller.refused(
    CAST.delivery,
    'schedule-kickoff',
    await onHandoff(tale, kickoffOf(tale)),
    ['DECISION_OPEN'],
    'An open decision that blocks keeps the date back.',
  );
  await decideAndRelease(tale);
  await giveDate(tale, 'The kickoff is scheduled.');
}

/** Every open decision is made, and a named person stands behind the brief. */
export async function decideAndRelease(tale: Tale): Promise<void> {
  const { teller, handoffId, now } = tale;
  const { handoff } = await teller.read(CAST.delivery, 'handoff-for-delivery', { id: handoffId });
  const open = ((handoff as Json).decisions as Json[]).filter(({ state }) => state === 'OPEN');
  for (const decision of open) {
    const outcome = {
      decisionId: decision.id,
      outcome: 'The leased line stays until April.',
      reason: `Confirmed by the carrier on ${today(now)}.`,
    };
    await teller.done(
      CAST.delivery,
      'resolve-decision',
      await onHandoff(tale, outcome),
      `Decision ${String(decision.number)} is made, with its reason.`,
    );
  }
  await teller.done(
    CAST.delivery,
    'release-brief',
    await onHandoff(tale, { briefId: (handoff as Json).currentBrief.id as string }),
    'A named person stands behind the brief.',
  );
}

/** The client gets a date. */
export async function giveDate(tale: Tale, told: string): Promise<void> {
  const done = await tale.teller.done(CAST.delivery, 'schedule-kickoff', await onHandoff(tale, kickoffOf(tale)), told);
  if (done.stage !== 'KICKOFF_SCHEDULED') throw new Error(`The handoff is ${String(done.stage)}`);
}

/** When the client and delivery meet. */
export function kickoffOf({ now }: Tale): Json {
  return { startsAt: `${workingDay(now, 7)}T11:00:00Z`, durationMinutes: 45 };
}
