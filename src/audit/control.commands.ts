import { mergedPeople } from '../approval/approval.queries.js';
import { standingOf } from '../approval/standing.rules.js';
import { due } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { raiseAlert } from '../core/alert.js';
import { command, done, refused } from '../core/command.js';
import { staleRevision } from '../core/error.js';
import type { OutboxMessage } from '../core/outbox/message.js';
import { makeSeed } from '../core/sampling.js';
import { insert, insertAll, select, selectRequired, update } from '../core/statement.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { type ReviewControlItemInput, ControlVerdict } from './audit.input.js';
import { ControlItem, ControlItemState, ControlRun } from './control.entity.js';
import { assign, OVERRIDE_SAMPLING, reviewFindings, sampleSize } from './control.rules.js';
import type { Period } from './population.js';
import { askedFor, populationRows } from './population.queries.js';
import { periodFindings, sizeFindings } from './population.rules.js';
import { sampleBody, sampleOf } from './sample.commands.js';

/** The outbox's words for a run of the control, and for looking whether its items were reviewed in time. */
export const CONTROL_RUN_EFFECT = 'control.run';
export const CONTROL_OVERDUE_EFFECT = 'control.overdue';

/** A month that has ended. */
export interface SampleOverridesInput extends Period {
  readonly period: string;
}

/**
 * Draws a month's overrides for review and says who reviews which (OVERRIDE_SAMPLING). Once a month: done again it changes
 * nothing. The worker's alone.
 */
export const sampleOverrides = command({
  name: 'sampleOverrides',
  action: 'run',
  subject: 'ControlRun',
  facts: ({ period, from, to }: SampleOverridesInput) => ({
    runs: select(ControlRun, { control: OVERRIDE_SAMPLING.name, period }),
    rows: populationRows(askedFor(OVERRIDE_SAMPLING.population, { from, to })),
    ruling: rulingConfiguration(),
    people: eligiblePeople(),
    merged: mergedPeople(),
  }),
  decide: ({ runs, rows, ruling, people, merged }, { period, from, to }, moment) => {
    const { now, newId } = moment;
    const [known] = runs;
    if (known) return done({ id: known.id, subject: runSubject(known.id), body: { period, changed: false } });
    const findings = [...periodFindings({ from, to }, now), ...sizeFindings(rows)];
    if (findings.length > 0) return refused(findings);
    const id = newId();
    const { population, name: control, roles, reviewBusinessDays } = OVERRIDE_SAMPLING;
    const size = sampleSize(rows.length);
    const { sample, items, drawn, statements } = sampleOf(
      { population, period: { from, to }, rows, size, seed: makeSeed() },
      moment,
    );
    const { calendar } = configurationOf(ruling);
    const dueAt = due({ unit: 'BUSINESS_DAYS', amount: reviewBusinessDays }, now, calendar);
    const reviewers = assign(drawn, people, standingOf(people, merged));
    const toReview = items.map(({ id: sampleItemId, rowId, position }, index) => {
      const reviewerId = reviewers.get(rowId) ?? null;
      const state = reviewerId === null ? ControlItemState.UNASSIGNED : ControlItemState.OPEN;
      const row = {
        id: newId(),
        runId: id,
        sampleItemId,
        position,
        actors: [...drawn[index]!.actors],
        reviewerId,
        state,
      };
      return { ...row, reviewedBy: null, reviewedAt: null, note: null, revision: 1 };
    });
    const unassigned = toReview.filter(({ state }) => state === ControlItemState.UNASSIGNED).length;
    const facts = { control, period, items: unassigned, roles: roles.join(' ') };
    const alert =
      unassigned > 0 ? raiseAlert({ code: 'CONTROL_UNASSIGNED', subject: runSubject(id), facts }, moment) : null;
    return done({
      id,
      subject: runSubject(id),
      body: {
        control,
        period,
        changed: true,
        sampleId: sample.id,
        ...sampleBody(sample),
        dueAt,
        roles,
        items: toReview.map(({ id: itemId, reviewerId }) => ({ itemId, reviewerId })),
      },
      sources: [configurationSource(ruling)],
      writes: [
        ...statements,
        insert(ControlRun, { id, control, period, sampleId: sample.id, runAt: now, dueAt }),
        ...insertAll(ControlItem, toReview),
        ...(alert ? [alert.statement] : []),
      ],
      messages: [...(toReview.length > 0 ? [overdueMessage(id, dueAt)] : []), ...(alert ? [alert.message] : [])],
    });
  },
});

/** Says what somebody who had no hand in an override found. Refused: NOT_OPEN, SELF_REVIEW, NOT_ELIGIBLE. */
export const reviewControlItem = command({
  name: 'reviewControlItem',
  action: 'review',
  subject: 'ControlItem',
  services: false,
  facts: ({ itemId }: ReviewControlItemInput) => ({
    item: selectRequired(ControlItem, itemId, { lock: 'UPDATE' }),
    people: eligiblePeople(),
    merged: mergedPeople(),
  }),
  target: ({ item }) => item,
  decide: ({ item, people, merged }, { verdict, note, expectedRevision }, { actor, now }) => {
    const { id, runId, sampleItemId, reviewerId, revision } = item;
    if (revision !== expectedRevision) throw staleRevision('ControlItem', id, expectedRevision, revision);
    const subject = { type: 'ControlItem', id };
    const findings = reviewFindings(item, actor.id, standingOf(people, merged));
    if (findings.length > 0) return refused(findings, { subject });
    const state = verdict === ControlVerdict.PASS ? ControlItemState.PASS : ControlItemState.EXCEPTION;
    return done({
      id,
      subject,
      body: { runId, sampleItemId, verdict, asAssigned: reviewerId === actor.id },
      writes: [
        update(ControlItem, { id }, { state, reviewedBy: actor.id, reviewedAt: now, note, revision: revision + 1 }),
      ],
    });
  },
});

/** Alerts of the items of a run that were not reviewed in time; nothing when all were. The worker's alone. */
export const alertOverdue = command({
  name: 'alertOverdue',
  action: 'run',
  subject: 'ControlRun',
  facts: ({ runId }: { readonly runId: string }) => ({
    run: selectRequired(ControlRun, runId),
    items: select(ControlItem, { runId, state: [ControlItemState.OPEN, ControlItemState.UNASSIGNED] }),
  }),
  decide: ({ run: { id, control, period }, items }, _input, moment) => {
    const facts = { control, period, items: items.length };
    const alert =
      items.length > 0 ? raiseAlert({ code: 'CONTROL_OVERDUE', subject: runSubject(id), facts }, moment) : null;
    return done({
      id,
      subject: runSubject(id),
      body: { ...facts, itemIds: items.map((item) => item.id) },
      writes: alert ? [alert.statement] : [],
      messages: alert ? [alert.message] : [],
    });
  },
});

const runSubject = (id: string) => ({ type: 'ControlRun', id });

function overdueMessage(runId: string, dueAt: Date): OutboxMessage {
  return {
    kind: CONTROL_OVERDUE_EFFECT,
    aggregate: { type: 'ControlRun', id: runId },
    effectKey: `${CONTROL_OVERDUE_EFFECT}/${runId}`,
    payload: { runId },
    notBefore: dueAt,
  };
}
