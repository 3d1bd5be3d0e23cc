import { newId } from '../../core/id.js';
import type { PerformEffect } from '../../core/outbox/handler.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { insert, select, selectFirst, selectRequired, type Statement } from '../../core/statement.js';
import { Integration, Vendor } from '../connection/connection.entity.js';
import { waitingApprovals } from './approval.handler.js';
import { changedSince, latestChange } from './changed.js';
import type { HaloClient, HaloPsa } from './halopsa.client.js';
import { haloError, type HaloRecord, idOf, plain, textOf } from './halopsa.record.js';
import { intakeMessage, opportunityKey, waitingIntakes } from './intake.message.js';
import { HALOPSA_STATUS, haloMessage } from './provision.plan.js';
import { isHistory, judge, mapsWon } from './opportunity.rules.js';
import { projectSweepMessage } from './project-sweep.message.js';
import { PsaDeal, PsaDealState, PsaSweep } from './psa-sync.entity.js';

/** The kind of the effect that looks for what changed in HaloPSA; connection.forms.ts begins it. */
export const HALOPSA_SWEEP = 'halopsa.sweep';

const EVERY_MS = 300_000;
/** Each costs a request: the budget of an instance is some six hundred in the same time. */
const MOST_VERDICTS = 50;
const NEVER = '1900-01-01T00:00:00';

/**
 * `halopsa.sweep`: finds what no webhook told, such as a status written past the workflow, and asks for itself again
 * in five minutes. Goes through the opportunities from the latest change back to the watermark less an overlap; the
 * watermark is HaloPSA's own clock. What is refused is told at the connection and tried again at the next time.
 */
export function sweepHandler(halopsa: HaloPsa): PerformEffect {
  return async ({ id, aggregateId: integrationId }, tools) => {
    const { integration, sweep, known } = await tools.read({
      integration: selectRequired(Integration, integrationId),
      sweep: selectFirst(PsaSweep, { integrationId }),
      known: select(PsaDeal, { integrationId }),
    });
    if (integration.disconnectedAt !== null) return { receipt: 'DISCONNECTED', writes: [] };
    const next = nextSweep(integrationId, tools.now);
    const watermark = sweep?.watermark ?? null;
    try {
      const client = await halopsa.byId(tools, integrationId);
      if (!mapsWon(client.settings)) throw wonIsNotMapped();
      const rows = await changedSince(client, '/Opportunities', watermark);
      // An instance without any opportunity has no history either.
      const reached = latestChange(rows, watermark) ?? NEVER;
      const asked = client.settings.mode === 'NATIVE' ? await waitingApprovals(client, null) : [];
      const fromApprovals = asked.flatMap((one) => idOf(one, 'ticket_id') ?? []).map(String);
      const found = [...new Set([...news(rows, known, { client, since: sweep?.since ?? null }), ...fromApprovals])];
      const keys = found.map((id) => opportunityKey(integrationId, id));
      const { waiting } = await tools.read({ waiting: waitingIntakes(keys) });
      const fresh = found.filter((id) => !waiting.has(opportunityKey(integrationId, id)));
      return {
        receipt: `${fresh.length} to read`,
        writes: [swept(integrationId, { watermark: reached, since: sweep?.since ?? reached, sweptAt: tools.now })],
        messages: [
          ...fresh.map((id) => intakeMessage(integrationId, id, newId())),
          ...verdicts(known, client, id),
          projectSweepMessage(integrationId, id),
          next,
        ],
      };
    } catch (error) {
      // Anything else waits as the vendor's pause says, and goes on from here.
      if (!(error instanceof VendorError) || error.kind !== 'REFUSED') throw error;
      const { code, remedy } = error;
      const told = {
        watermark,
        since: sweep?.since ?? null,
        sweptAt: tools.now,
        problem: code.slice(0, 80),
        remedy: remedy.slice(0, 1000),
      };
      return {
        receipt: code,
        writes: [swept(integrationId, told)],
        messages: [projectSweepMessage(integrationId, id), next],
      };
    }
  };
}

/** One sweep for each five minutes, however many have asked for it. */
function nextSweep(integrationId: string, now: Date): OutboxMessage {
  const slot = Math.floor(now.getTime() / EVERY_MS) + 1;
  return {
    kind: HALOPSA_SWEEP,
    aggregate: { type: 'Integration', id: integrationId },
    effectKey: `${HALOPSA_SWEEP}:${integrationId}:${slot}`,
    payload: {},
    vendor: Vendor.HALOPSA,
    notBefore: new Date(slot * EVERY_MS),
  };
}

/**
 * What is not as it was read last, and concerns us: won, early enough, or known already. Deals that were won before
 * the connection was made are history, and not handed over by it.
 */
function news(
  rows: readonly HaloRecord[],
  known: readonly PsaDeal[],
  { client, since }: { readonly client: HaloClient; readonly since: string | null },
): readonly string[] {
  const byId = new Map(known.map((deal) => [deal.externalId, deal]));
  return rows.flatMap((row) => {
    const id = plain(row.id);
    const before = byId.get(id);
    if (idOf(row) === null || before?.lastUpdate === textOf(row, 'last_update')) return [];
    const judged = judge(row, client.settings);
    const isNewlyWon = judged?.state === PsaDealState.WON && since !== null && !isHistory(row, since);
    return judged && (before || judged.isEarly || isNewlyWon) ? [id] : [];
  });
}

/** What sales proves meanwhile changes what the opportunities say is missing: they are told anew at every sweep. */
function verdicts(known: readonly PsaDeal[], { settings }: HaloClient, request: string): readonly OutboxMessage[] {
  if (settings.mode === 'OBSERVE') return [];
  const waiting = known.flatMap(({ problem, handoffId }) =>
    problem === 'WON_BEFORE_GATE' && handoffId ? [handoffId] : [],
  );
  return waiting.slice(0, MOST_VERDICTS).map((handoffId) => haloMessage(HALOPSA_STATUS, handoffId, request));
}

type Told = Pick<PsaSweep, 'watermark' | 'since' | 'sweptAt'> & Partial<Pick<PsaSweep, 'problem' | 'remedy'>>;

function swept(integrationId: string, { problem = null, remedy = null, ...told }: Told): Statement {
  return insert(
    PsaSweep,
    { id: newId(), integrationId, ...told, problem, remedy },
    `on conflict (tenant_id, integration_id) do update set watermark = excluded.watermark, since = excluded.since,
      swept_at = excluded.swept_at, problem = excluded.problem, remedy = excluded.remedy`,
  );
}

function wonIsNotMapped(): VendorError {
  return haloError(
    'REFUSED',
    'HALOPSA_SETTING_MISSING',
    'The connection does not say what won means.',
    'Set wonStatusIds, wonClosureCategoryIds or wonStageIds with updateIntegrationSettings.',
  );
}
