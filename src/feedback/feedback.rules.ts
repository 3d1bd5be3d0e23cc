import { localDay } from '../core/local-day.js';
import { type Finding, finding } from '../core/finding.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { Stage } from '../handoff/stage.rules.js';

/** The stages in which delivery works with a handoff that it accepted. */
const WORKED_WITH: readonly Stage[] = [Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED, Stage.KICKED_OFF];

/** Feedback is about a handoff that delivery has accepted and not closed yet; closing it gives feedback, too. */
export function feedbackFindings({ stage }: Pick<Handoff, 'stage'>): Finding[] {
  if (WORKED_WITH.includes(stage)) return [];
  return [
    finding({
      code: 'NOT_ACCEPTED',
      path: 'handoff.stage',
      message: `Delivery does not work with a handoff in ${stage}.`,
      facts: { stage },
      remedy:
        stage === Stage.CLOSED
          ? 'Its feedback was given when it was closed.'
          : 'Sign it off first, or return it with its gaps.',
    }),
  ];
}

/** What is observed of a handoff was handed over before, and lies between its opening and today. */
export function observationFindings(
  handoff: Pick<Handoff, 'stage' | 'submittedAt' | 'openedAt'>,
  observed: { readonly path: string; readonly day: string },
  timeZone: string,
  now: Date,
): Finding[] {
  const { stage, submittedAt, openedAt } = handoff;
  const { path, day } = observed;
  const [first, today] = [localDay(timeZone, openedAt), localDay(timeZone, now)];
  const findings: Finding[] = [];
  if (submittedAt === null || stage === Stage.WITHDRAWN)
    findings.push(
      finding({
        code: 'NOT_HANDED_OVER',
        path: 'handoff.stage',
        message: `A handoff in ${stage} was not handed over.`,
        facts: { stage },
        remedy: 'Record it of a handoff that was submitted and not withdrawn.',
      }),
    );
  if (day < first || day > today)
    findings.push(
      finding({
        code: 'IMPOSSIBLE_DAY',
        path,
        message: `${day} is not a day between the opening of the handoff and today.`,
        facts: { day, first, today },
        remedy: `Give a day from ${first} to ${today}.`,
      }),
    );
  return findings;
}
