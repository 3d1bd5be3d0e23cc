import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import type { PilotPolicy } from '../catalogue/configuration.rollout.js';
import { pilotPolicy, rolloutThresholds } from '../catalogue/rollout.rules.js';
import { command, done, refused } from '../core/command.js';
import { notFound, staleRevision } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import { insert, mapQuery, type Query, select } from '../core/statement.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { visibleHandoff } from '../handoff/handoff.queries.js';
import { handoffSubject } from '../handoff/handoff.rules.js';
import { EDITABLE } from '../handoff/stage.rules.js';
import { GateFinding } from '../passage/gate.entity.js';
import { completionOf, hypercarePlan } from './hypercare.rules.js';
import { change, subjectOf } from './rollout.commands.js';
import {
  GateMisfire,
  HypercareCheck,
  HypercareCheckKind,
  MisfireKind,
  PilotHandoff,
  type Rollout,
} from './rollout.entity.js';
import type { ChoosePilotInput, RecordGateMisfireInput, RecordHypercareCheckInput } from './rollout.input.js';
import { closingsOfHypercare, lockRollout, type PilotCandidate, pilotCandidates } from './rollout.queries.js';
import { wrongPhase } from './rollout.rules.js';

/** The handoffs that were asked for by id, or NOT_FOUND. */
const askedFor = (ids: readonly string[]): Query<Handoff[]> =>
  mapQuery(select(Handoff, { id: ids }, { orderBy: ['id'] }), (rows) => {
    const missing = ids.find((id) => !rows.some((row) => row.id === id));
    if (missing !== undefined) throw notFound('Handoff', missing);
    return rows;
  });

/**
 * Puts handoffs under enforcement in the pilot, by name or by the tenant's rule; never more than it takes, and nobody is
 * taken out again (document 001: 5 to 10 deals).
 */
export const choosePilot = command({
  name: 'choosePilot',
  action: 'run',
  subject: 'Rollout',
  services: false,
  facts: ({ handoffIds }: ChoosePilotInput) => ({
    rollout: lockRollout(),
    pilot: select(PilotHandoff),
    asked: askedFor(handoffIds ?? []),
    candidates: pilotCandidates(),
    ruling: rulingConfiguration(),
  }),
  decide: ({ rollout, pilot, asked, candidates, ruling }, { handoffIds, expectedRevision }, { actor, now, newId }) => {
    if (rollout.revision !== expectedRevision)
      throw staleRevision('Rollout', rollout.id, expectedRevision, rollout.revision);
    const policy = pilotPolicy(configurationOf(ruling));
    const room = policy.most - pilot.length;
    const byRule = !handoffIds;
    const ids = handoffIds ?? byTheRule(candidates, policy, room);
    const findings = [
      ...phaseFindings(rollout),
      ...asked.flatMap((handoff) => candidateFindings(handoff, pilot)),
      ...roomFindings(ids.length, room, policy.most),
    ];
    const subject = subjectOf(rollout.id);
    if (findings.length > 0) return refused(findings, { subject });
    const chosen = { rolloutId: rollout.id, byRule, chosenBy: actor.id, chosenAt: now };
    return done({
      id: rollout.id,
      subject,
      body: { handoffIds: ids, byRule },
      writes: [
        insert(
          PilotHandoff,
          ids.map((handoffId) => ({ id: newId(), handoffId, ...chosen })),
        ),
        change(rollout),
      ],
    });
  },
});

function byTheRule(
  candidates: readonly PilotCandidate[],
  { dealTypes, tiers }: PilotPolicy,
  room: number,
): readonly string[] {
  return candidates
    .filter(({ dealType, tier }) => {
      const isOfType = !dealTypes || (dealTypes as readonly string[]).includes(dealType);
      return isOfType && (!tiers || (tiers as readonly string[]).includes(tier));
    })
    .slice(0, Math.max(0, room))
    .map(({ id }) => id);
}

function phaseFindings(rollout: Rollout): Finding[] {
  if (rollout.phase === 'SHADOW' || rollout.phase === 'PILOT') return [];
  return [wrongPhase(rollout, 'The pilot is over: every deal is enforced.')];
}

function candidateFindings({ id, stage }: Handoff, pilot: readonly PilotHandoff[]): Finding[] {
  const findings: Finding[] = [];
  if (pilot.some(({ handoffId }) => handoffId === id)) {
    findings.push(
      finding({
        code: 'ALREADY_CHOSEN',
        path: 'handoffIds',
        message: 'The handoff is in the pilot.',
        facts: { handoffId: id },
        remedy: 'Leave it out.',
      }),
    );
  }
  if (!EDITABLE.includes(stage)) {
    findings.push(
      finding({
        code: 'WRONG_STAGE',
        path: 'handoffIds',
        message: `A handoff in ${stage} has passed the gate that the pilot enforces.`,
        facts: { handoffId: id, stage },
        remedy: 'Choose handoffs that sales may still edit.',
      }),
    );
  }
  return findings;
}

function roomFindings(asked: number, room: number, most: number): Finding[] {
  if (asked > 0 && asked <= room) return [];
  const isEmpty = asked === 0 && room > 0;
  return [
    finding({
      code: isEmpty ? 'NOTHING_TO_CHOOSE' : 'PILOT_FULL',
      path: 'handoffIds',
      message: isEmpty ? 'No open handoff matches the rule.' : `The pilot takes ${most} deals; ${room} more.`,
      facts: { asked, room, most },
      remedy: isEmpty ? 'Name handoffs by id, or wait for deals of the kind.' : 'Choose fewer.',
    }),
  ];
}

/** Records that a gate was wrong about a handoff: what thresholds and rules are tuned by (document 002, week 2 and 3). */
export const recordGateMisfire = command({
  name: 'recordGateMisfire',
  action: 'reportMisfire',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId, code }: RecordGateMisfireInput) => ({
    handoff: visibleHandoff(handoffId),
    found: select(GateFinding, { handoffId, code }, { limit: 1 }),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, found }, { kind, gate, code, reason }, { actor, now, newId }) => {
    const subject = handoffSubject(handoff.id);
    if (kind === MisfireKind.FALSE_POSITIVE && found.length === 0) {
      const never = finding({
        code: 'FINDING_UNKNOWN',
        path: 'code',
        message: 'No gate has found this of the handoff.',
        facts: { code },
        remedy: 'Give the code of a finding of handoff { evaluations }, or report a FALSE_NEGATIVE.',
      });
      return refused([never], { subject });
    }
    const id = newId();
    return done({
      id,
      subject,
      body: { misfireId: id, kind, gate, code },
      writes: [
        insert(GateMisfire, {
          id,
          handoffId: handoff.id,
          kind,
          gate,
          code,
          reason,
          reportedBy: actor.id,
          reportedAt: now,
        }),
      ],
    });
  },
});

/** Records a look that hypercare asks for, with the completion that was seen; once each, late rather than never. */
export const recordHypercareCheck = command({
  name: 'recordHypercareCheck',
  action: 'run',
  subject: 'Rollout',
  services: false,
  facts: (_input: RecordHypercareCheckInput) => ({
    rollout: lockRollout(),
    closings: closingsOfHypercare(),
    checks: select(HypercareCheck),
    ruling: rulingConfiguration(),
  }),
  decide: ({ rollout, closings, checks, ruling }, { kind, dueOn }, { actor, now, newId }) => {
    const subject = subjectOf(rollout.id);
    if (rollout.normalSince === null)
      return refused([wrongPhase(rollout, 'Hypercare begins when every deal is enforced.')], { subject });
    const configuration = configurationOf(ruling);
    const { calendar } = configuration;
    const plan = hypercarePlan(rollout.normalSince, closings, calendar, rolloutThresholds(configuration), now);
    const due = plan.checks.find((one) => one.kind === kind && one.dueOn === dueOn);
    const findings: Finding[] = [];
    if (
      !due ||
      due.fromOn > dateOf(calendar, now) ||
      (kind === HypercareCheckKind.COMPLETION && dueOn > dateOf(calendar, now))
    ) {
      findings.push(
        finding({
          code: 'CHECK_NOT_DUE',
          path: 'dueOn',
          message: `No ${kind} is due then, or its time has not come.`,
          facts: { kind, dueOn },
          remedy: 'Take one that rollout { hypercare { checks } } lists, once its day has come.',
        }),
      );
    }
    if (checks.some((one) => one.kind === kind && one.dueOn === dueOn)) {
      findings.push(
        finding({
          code: 'ALREADY_CHECKED',
          path: 'dueOn',
          message: 'This look was taken.',
          facts: { kind, dueOn },
          remedy: 'There is nothing to do.',
        }),
      );
    }
    if (!due || findings.length > 0) return refused(findings, { subject });
    const isCompletion = kind === HypercareCheckKind.COMPLETION;
    const { complete, closed } = completionOf(closings, due.fromOn, due.toOn, calendar);
    const seen = isCompletion ? { complete, closed } : { complete: null, closed: null };
    const row = { id: newId(), rolloutId: rollout.id, kind, dueOn, ...seen };
    return done({
      id: rollout.id,
      subject,
      body: { kind, dueOn, ...seen },
      writes: [insert(HypercareCheck, { ...row, checkedBy: actor.id, checkedAt: now })],
    });
  },
});
