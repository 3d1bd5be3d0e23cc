import type { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { EffectResult, SteppedHandler } from '../../core/outbox/handler.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { type Statement, update } from '../../core/statement.js';
import { type Verdict, verdictOf } from './gate.verdict.js';
import type { HaloClient, HaloPsa } from './halopsa.client.js';
import { type HaloRecord, idOf, plain, textOf } from './halopsa.record.js';
import { required } from './halopsa.settings.js';
import { intakeMessage } from './intake.message.js';
import { judge } from './opportunity.rules.js';
import { PsaDeal, PsaDealState } from './psa-sync.entity.js';

const DETAILS = { includedetails: true };

/**
 * `halopsa.note`: a private note about a win that came before the gate, once a win. `halopsa.revert`: the same note on an
 * action that moves the opportunity back, at most once a win (issue 4, modes). Both carry a mark by which they are found
 * again after a doubt.
 */
export function winHandler(halopsa: HaloPsa, moves: boolean): SteppedHandler {
  return {
    perform: async (effect, tools) => {
      const client = await halopsa.byId(tools, effect.payload.integrationId!);
      const reason = await notNeeded(client, effect);
      const verdict = await verdictOf(tools, effect.aggregateId);
      if (reason !== null || verdict.passes || verdict.isHandedOver)
        return { receipt: reason ?? 'PASSED', writes: [], messages: moves ? [again(effect)] : [] };
      const action = await client.post('/Actions', actionOf(client, effect, verdict, moves));
      return done(effect, action, moves);
    },
    lookup: async (effect, tools) => {
      const client = await halopsa.byId(tools, effect.payload.integrationId!);
      const ticket = effect.payload.externalId!;
      const actions = await client.list('/Actions', { ticket_id: ticket });
      const found = actions.find((action) => textOf(action, 'note').includes(markOf(effect)));
      return found ? done(effect, found, moves) : null;
    },
  };
}

/** Nothing was moved by us: the opportunity is read again, for what was left open while that was in doubt. */
function again({ id, payload }: OutboxEffect): OutboxMessage {
  return intakeMessage(payload.integrationId!, payload.externalId!, id);
}

/** The win may be over by now: opened again, lost, or won anew. */
async function notNeeded(client: HaloClient, { payload }: OutboxEffect): Promise<string | null> {
  const opportunity = await client.find(`/Opportunities/${payload.externalId!}`, DETAILS);
  if (!opportunity || judge(opportunity, client.settings)?.state !== PsaDealState.WON) return 'NOT_WON';
  return textOf(opportunity, 'dateclosed') === payload.wonAt ? null : 'ANOTHER_WIN';
}

function actionOf(client: HaloClient, effect: OutboxEffect, { handoff, missing }: Verdict, moves: boolean): HaloRecord {
  const { revertStatusId } = client.settings;
  const text = [
    `${markOf(effect)} Handoff ${handoff.number} has not passed the gate: no project is made before it does.`,
    moves ? 'The opportunity was moved back; win it again when nothing is missing.' : '',
    `Missing: ${missing.join('; ')}.`,
  ];
  return {
    ticket_id: Number(effect.payload.externalId),
    outcome: 'Handoff gate',
    note: text.filter((line) => line !== '').join('\n'),
    hiddenfromuser: true,
    sendemail: false,
    ...(moves
      ? { new_status: required(revertStatusId, 'revertStatusId', 'the status of an opportunity moved back') }
      : {}),
  };
}

/** Names the win, so that a note is found again and another win gets its own. */
function markOf({ effectKey }: OutboxEffect): string {
  return `[Countersign ${effectKey.split(':').slice(1).join(':')}]`;
}

function done({ payload }: OutboxEffect, action: HaloRecord, moves: boolean): EffectResult {
  const { integrationId, externalId } = payload;
  // We opened it again ourselves: what sales hands over afterwards is not taken back for it.
  const opened: Statement[] = moves
    ? [update(PsaDeal, { integrationId: integrationId!, externalId: externalId! }, { state: PsaDealState.OPEN })]
    : [];
  return { receipt: `action ${idOf(action) ?? plain(action.id)}`, writes: opened };
}
