import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { command, done, refused } from '../core/command.js';
import { finding } from '../core/finding.js';
import { insert, insertAll, selectFirst, update } from '../core/statement.js';
import type { HandoffChangeInput } from '../handoff/handoff.input.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, endedFindings, handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';
import { ClockSettlement, Escalation, HandoffPause } from './escalation.entity.js';
import type { PauseClocksInput } from './escalation.input.js';
import { groundsOf } from './escalation.queries.js';
import { escalationsDue } from './escalation.rules.js';

const openPause = (handoffId: string) => selectFirst(HandoffPause, { handoffId, resumedAt: null });

/** Lets a handoff's clocks stand still, since the client asked to wait; from now on, never back in time. */
export const pauseClocks = command({
  name: 'pauseClocks',
  action: 'pause',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: PauseClocksInput) => ({ handoff: lockHandoff(handoffId), pause: openPause(handoffId) }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, pause }, { expectedRevision, reason }, { actor, now, newId }) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const findings = endedFindings(handoff);
    if (pause) {
      findings.push(
        finding({
          code: 'ALREADY_PAUSED',
          path: 'handoff.pauses',
          message: 'The clocks stand still already.',
          facts: { pausedAt: pause.pausedAt.toISOString() },
          remedy: 'Let them run with resumeClocks first.',
        }),
      );
    }
    if (findings.length > 0) return refused(findings, { subject });
    const row = { id: newId(), handoffId: handoff.id, reason, pausedBy: actor.id, pausedAt: now };
    return done({
      id: handoff.id,
      subject,
      body: { pauseId: row.id },
      writes: [insert(HandoffPause, { ...row, resumedBy: null, resumedAt: null }), changeHandoff(handoff)],
    });
  },
});

/** Lets a handoff's clocks run again. */
export const resumeClocks = command({
  name: 'resumeClocks',
  action: 'pause',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: HandoffChangeInput) => ({ handoff: lockHandoff(handoffId), pause: openPause(handoffId) }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, pause }, { expectedRevision }, { actor, now }) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    if (!pause) {
      const notPaused = finding({
        code: 'NOT_PAUSED',
        path: 'handoff.pauses',
        message: 'The clocks are running.',
        facts: {},
        remedy: 'There is nothing to do.',
      });
      return refused([notPaused], { subject });
    }
    return done({
      id: handoff.id,
      subject,
      body: { pauseId: pause.id },
      writes: [update(HandoffPause, { id: pause.id }, { resumedBy: actor.id, resumedAt: now }), changeHandoff(handoff)],
    });
  },
});

/**
 * Records the steps of the ladders whose time has come and ends those whose deadline was met; once each, whenever it is
 * called (issue 5, "each fired once"). The worker's alone.
 */
export const escalateDeadlines = command({
  name: 'escalateDeadlines',
  action: 'escalate',
  subject: 'Handoff',
  facts: ({ handoffId }: { readonly handoffId: string }) => ({
    handoff: lockHandoff(handoffId),
    grounds: groundsOf([handoffId]),
    ruling: rulingConfiguration(),
    idByKey: peopleByHandle(),
    people: eligiblePeople(),
  }),
  decide: ({ handoff, grounds, ruling, idByKey, people }, _input, { now, newId }) => {
    const ground = grounds.get(handoff.id)!;
    const members = { idByKey, active: new Set(people.map(({ personId }) => personId)) };
    const { steps, ended, settles } = escalationsDue(ground, configurationOf(ruling), members, now);
    const rows = steps.map((step) => ({ id: newId(), handoffId: handoff.id, firedAt: now, ...step }));
    return done({
      id: handoff.id,
      subject: handoffSubject(handoff.id),
      body: {
        steps: rows.map(({ id, cause, clock, decisionId, checkpointId, mark, step, personId, firesAt }) => {
          const of = clock ?? decisionId ?? checkpointId ?? cause;
          return { id, of, mark, step, personId, firesAt: firesAt.toISOString() };
        }),
        ended: ended.map(({ id }) => id),
      },
      sources: [configurationSource(ground.version), configurationSource(ruling)],
      writes: [
        ...insertAll(Escalation, rows),
        ...ended.map(({ id, endedAt }) => update(Escalation, { id }, { endedAt })),
        ...(settles ? [insert(ClockSettlement, { id: newId(), handoffId: handoff.id, settledAt: now })] : []),
      ],
    });
  },
});
