import { mergedPeople } from '../approval/approval.queries.js';
import { addBusinessDays, dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { command, done, refused } from '../core/command.js';
import { staleRevision } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import type { LedgerSubject } from '../core/ledger/entry.js';
import { dayAfter } from '../core/local-day.js';
import { insert, select, type Statement, update } from '../core/statement.js';
import { eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';
import { KPI_DIGEST, KPI_SET_VERSION } from '../kpi/kpi.definitions.js';
import { frozenKpis, kpiSignOffs } from '../kpi/kpi.queries.js';
import { enforcementFindings } from './enforcement.rules.js';
import { HypercareCheck, Rollout, RolloutItem, RolloutItemState } from './rollout.entity.js';
import type { RolloutChangeInput, StartRolloutInput } from './rollout.input.js';
import { NEXT_PHASE, ROLLOUT_ITEMS } from './rollout.items.js';
import {
  closingsOfHypercare,
  lockAnyRollout,
  lockRollout,
  pilotSize,
  rolloutItems,
  testedConnections,
} from './rollout.queries.js';
import { advanceFindings } from './rollout.rules.js';
import { certifiedMembers } from './training.queries.js';

/** Proposes the rollout with its twelve items; nothing changes until a second person confirms it. */
export const startRollout = command({
  name: 'startRollout',
  action: 'run',
  subject: 'Rollout',
  services: false,
  facts: (_input: StartRolloutInput) => ({ before: lockAnyRollout(), ruling: rulingConfiguration() }),
  decide: ({ before, ruling }, { startedOn }, { actor, now, newId }) => {
    const { calendar } = configurationOf(ruling);
    const findings = startFindings(before, startedOn, dateOf(calendar, now));
    if (findings.length > 0) return refused(findings, before ? { subject: subjectOf(before.id) } : {});
    const id = newId();
    const items = ROLLOUT_ITEMS.map(({ key, week }, index) => ({
      id: newId(),
      rolloutId: id,
      key,
      week,
      position: index + 1,
      dueOn: lastBusinessDay(startedOn, week, calendar),
      state: RolloutItemState.OPEN,
      revision: 1,
    }));
    return done({
      id,
      subject: subjectOf(id),
      body: { startedOn },
      sources: [configurationSource(ruling)],
      writes: [
        insert(Rollout, {
          id,
          phase: 'SHADOW',
          phaseSince: now,
          startedOn,
          startedBy: actor.id,
          startedAt: now,
          revision: 1,
        }),
        insert(RolloutItem, items),
      ],
    });
  },
});

/**
 * Agrees to the rollout as somebody who did not propose it. From now on what is incomplete lets pass until it is enforced:
 * so it takes two, one of them of delivery (approvals rule 13, in spirit).
 */
export const confirmRollout = command({
  name: 'confirmRollout',
  action: 'confirm',
  subject: 'Rollout',
  services: false,
  facts: (_input: RolloutChangeInput) => ({ rollout: lockRollout(), merged: mergedPeople() }),
  decide: ({ rollout, merged }, input, { actor, now }) => {
    checkRevision(rollout, input);
    const findings: Finding[] = [];
    if (rollout.confirmedAt !== null) {
      findings.push(
        finding({
          code: 'NOT_OPEN',
          path: 'rollout.confirmedAt',
          message: 'The rollout is confirmed.',
          facts: { confirmedAt: rollout.confirmedAt.toISOString() },
          remedy: 'There is nothing to do.',
        }),
      );
    }
    if ((merged.get(rollout.startedBy) ?? rollout.startedBy) === actor.id) {
      findings.push(
        finding({
          code: 'SELF_APPROVAL',
          path: 'rollout.startedBy',
          message: 'You proposed the rollout yourself.',
          facts: {},
          remedy: 'Another service delivery lead confirms it.',
        }),
      );
    }
    if (findings.length > 0) return refused(findings, { subject: subjectOf(rollout.id) });
    return done({
      id: rollout.id,
      subject: subjectOf(rollout.id),
      body: { phase: rollout.phase },
      writes: [change(rollout, { confirmedBy: actor.id, confirmedAt: now, phaseSince: now })],
    });
  },
});

/** Takes the rollout to its next phase, once everything of this one is done. Refused with every reason at once. */
export const advanceRollout = command({
  name: 'advanceRollout',
  action: 'run',
  subject: 'Rollout',
  services: false,
  facts: (_input: RolloutChangeInput) => ({
    rollout: lockRollout(),
    items: rolloutItems(),
    piloted: pilotSize(),
    closings: closingsOfHypercare(),
    checks: select(HypercareCheck),
    ruling: rulingConfiguration(),
  }),
  decide: (facts, input, { now }) => {
    const { rollout, ruling } = facts;
    checkRevision(rollout, input);
    const findings = advanceFindings({ ...facts, configuration: configurationOf(ruling) }, now);
    const subject = subjectOf(rollout.id);
    const phase = NEXT_PHASE[rollout.phase];
    if (phase === null || findings.length > 0) return refused(findings, { subject });
    return done({
      id: rollout.id,
      subject,
      body: { from: rollout.phase, to: phase },
      sources: [configurationSource(ruling)],
      writes: [change(rollout, { phase, phaseSince: now, ...(phase === 'NORMAL' ? { normalSince: now } : {}) })],
    });
  },
});

/**
 * Switches enforcement on: from now on the pilot's handoffs are enforced, and every one once the phase is NORMAL. It is
 * never switched off. Refused with every reason at once (issue 5, "Rollout").
 */
export const switchEnforcementOn = command({
  name: 'switchEnforcementOn',
  action: 'run',
  subject: 'Rollout',
  services: false,
  facts: (_input: RolloutChangeInput) => ({
    rollout: lockRollout(),
    connections: testedConnections(),
    ruling: rulingConfiguration(),
    idByKey: peopleByHandle(),
    people: eligiblePeople(),
    signOffs: kpiSignOffs(),
    frozen: frozenKpis(),
    certified: certifiedMembers(),
  }),
  decide: (facts, input, { actor, now }) => {
    const { rollout, ruling, connections } = facts;
    checkRevision(rollout, input);
    const findings = enforcementFindings({ ...facts, configuration: configurationOf(ruling) }, now);
    const subject = subjectOf(rollout.id);
    if (findings.length > 0) return refused(findings, { subject });
    return done({
      id: rollout.id,
      subject,
      body: {
        connections: connections.map(({ id, checkedAt }) => ({ id, checkedAt: checkedAt!.toISOString() })),
        kpiDefinitions: { digest: KPI_DIGEST, version: KPI_SET_VERSION },
      },
      sources: [configurationSource(ruling)],
      writes: [change(rollout, { enforcedBy: actor.id, enforcedAt: now })],
    });
  },
});

/** The ledger's subject of a rollout: its items, pilot and checks are filed under it. */
export const subjectOf = (id: string): LedgerSubject => ({ type: 'Rollout', id });

function checkRevision({ id, revision }: Rollout, { expectedRevision }: RolloutChangeInput): void {
  if (revision !== expectedRevision) throw staleRevision('Rollout', id, expectedRevision, revision);
}

/** The statement that changes the rollout's row and raises its revision; the caller holds its lock. */
export function change(
  { id, revision }: Rollout,
  changes: Partial<Omit<Rollout, 'tenantId' | 'id' | 'revision'>> = {},
): Statement {
  return update(Rollout, { id }, { ...changes, revision: revision + 1 });
}

function startFindings(before: Rollout | null, startedOn: string, today: string): Finding[] {
  const findings: Finding[] = [];
  if (before) {
    findings.push(
      finding({
        code: 'ALREADY_STARTED',
        path: 'rollout',
        message: 'The tenant has a rollout.',
        facts: { rolloutId: before.id, phase: before.phase },
        remedy: 'Go on with that one: a tenant has one.',
      }),
    );
  }
  if (startedOn < today) {
    findings.push(
      finding({
        code: 'DATE_IN_THE_PAST',
        path: 'startedOn',
        message: 'Week 1 would have begun in the past.',
        facts: { startedOn, today },
        remedy: 'Give today or a later day.',
      }),
    );
  }
  return findings;
}

/** The last business day of the n-th week from a day on. */
const lastBusinessDay = (startedOn: string, week: number, calendar: BusinessCalendar): string =>
  addBusinessDays(calendar, dayAfter(startedOn, 7 * week), -1);
