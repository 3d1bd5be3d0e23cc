import { configurationSource } from '../catalogue/configuration-version.entity.js';
import type { Actor } from '../core/actor.js';
import { command, done, refused } from '../core/command.js';
import { staleRevision } from '../core/error.js';
import { insert, selectRequired, update } from '../core/statement.js';
import { recordsOf } from '../identity/identity.queries.js';
import { FollowUp, FollowUpState } from './follow-up.entity.js';
import type { SettleFollowUpInput } from './follow-up.input.js';
import { followUpGround, rulingPolicy } from './follow-up.queries.js';
import { settleFindings, unrecorded } from './follow-up.rules.js';

/** The ledger files what follows from returns under the tenant: a pattern is of no single handoff. */
const subjectOf = (tenantId: string) => ({ type: 'Tenant', id: tenantId });

/** Records what the returns of a tenant call for, once each, whenever it is called. The worker's alone. */
export const raiseFollowUps = command({
  name: 'raiseFollowUps',
  action: 'raise',
  subject: 'FollowUp',
  facts: (_input: Readonly<Record<string, never>>) => followUpGround(),
  decide: ({ returns, taken, ruling, idByKey, holders }, _input, { now, actor, newId }) => {
    const found = unrecorded(returns, taken, rulingPolicy(ruling), { idByKey, holders });
    const rows = found.map(({ kind, of, returnIds, ownerId }) => ({
      id: newId(),
      kind,
      returnId: of.id,
      handoffId: of.handoffId,
      repId: of.repId,
      ownerId,
      returnIds: [...returnIds],
      state: FollowUpState.OPEN,
      calledForAt: of.returnedAt,
      openedAt: now,
      outcome: null,
      settledBy: null,
      settledAt: null,
      revision: 1,
    }));
    return done({
      id: actor.tenantId,
      subject: subjectOf(actor.tenantId),
      body: { followUps: rows.map(({ id, kind, returnId, ownerId }) => ({ id, kind, returnId, ownerId })) },
      sources: [configurationSource(ruling)],
      // A second worker may have asked under another key in between.
      writes: rows.length > 0 ? [insert(FollowUp, rows, 'on conflict (tenant_id, kind, return_id) do nothing')] : [],
    });
  },
});

/** Says what came of a follow-up. Refused: ALREADY_DONE, SELF_SETTLED. */
export const settleFollowUp = command({
  name: 'settleFollowUp',
  action: 'settle',
  subject: 'FollowUp',
  services: false,
  facts: ({ followUpId }: SettleFollowUpInput, actor: Actor) => ({
    followUp: selectRequired(FollowUp, followUpId, { lock: 'UPDATE' }),
    records: recordsOf(actor.id),
  }),
  target: ({ followUp }) => followUp,
  decide: ({ followUp, records }, { expectedRevision, outcome }, { now, actor }) => {
    const { id, kind, handoffId, revision } = followUp;
    if (revision !== expectedRevision) throw staleRevision('FollowUp', id, expectedRevision, revision);
    const subject = { type: 'FollowUp', id };
    const findings = settleFindings(
      followUp,
      records.map((record) => record.id),
    );
    if (findings.length > 0) return refused(findings, { subject });
    return done({
      id,
      subject,
      body: { kind, handoffId },
      writes: [
        update(
          FollowUp,
          { id },
          { state: FollowUpState.DONE, outcome, settledBy: actor.id, settledAt: now, revision: revision + 1 },
        ),
      ],
    });
  },
});
