import { newId } from '../../core/id.js';
import type { PerformEffect } from '../../core/outbox/handler.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import {
  insert,
  type Query,
  select,
  selectFirst,
  selectRequired,
  sql,
  type Statement,
  update,
} from '../../core/statement.js';
import { HALOPSA } from '../../deal/deal.queries.js';
import { IN_ENDED } from '../../handoff/stage.rules.js';
import { Integration, Vendor } from '../connection/connection.entity.js';
import { waitingApprovals } from './approval.handler.js';
import { changedSince, latestChange } from './changed.js';
import type { HaloClient, HaloPsa } from './halopsa.client.js';
import { haloError, idOf } from './halopsa.record.js';
import { intakeMessage, opportunityKey, waitingIntakes } from './intake.message.js';
import { HALOPSA_STATUS, haloMessage } from './provision.plan.js';
import { mapsWon } from './opportunity.rules.js';
import { projectSweepMessage } from './project-sweep.message.js';
import { PsaDeal, PsaSweep } from './psa-sync.entity.js';
import { type Checked, checkedBy, dueChecks, news } from './sweep.rules.js';

/** The kind of the effect that looks for what changed in HaloPSA; connection.forms.ts begins it. */
export const HALOPSA_SWEEP = 'halopsa.sweep';

const EVERY_MS = 300_000;
/** Each costs a request: the budget of an instance is some six hundred in the same time. */
const MOST_VERDICTS = 50;
const NEVER = '1900-01-01T00:00:00';

/**
 * `halopsa.sweep`: finds what no webhook told, such as a status written past the workflow, and asks for itself again
 * in five minutes. Goes through the opportunities from the latest change back to the watermark less an overlap; the
 * watermark is HaloPSA's own clock. Besides it looks at those with a live handoff that nobody has looked at for an hour.
 * What is refused is told at the connection and tried again at the next time.
 */
export function sweepHandler(halopsa: HaloPsa): PerformEffect {
  return async ({ id, aggregateId: integrationId }, tools) => {
    const { integration, sweep, known, live } = await tools.read({
      integration: selectRequired(Integration, integrationId),
      sweep: selectFirst(PsaSweep, { integrationId }),
      known: select(PsaDeal, { integrationId }),
      live: liveDeals(),
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
      const facts = { known, live, settings: client.settings, since: sweep?.since ?? null };
      const { looked, reads } = await checked(client, dueChecks(facts, tools.now));
      const found = [...new Set([...news(rows, facts), ...fromApprovals, ...reads])];
      const keys = found.map((id) => opportunityKey(integrationId, id));
      const { waiting } = await tools.read({ waiting: waitingIntakes(keys) });
      const fresh = found.filter((id) => !waiting.has(opportunityKey(integrationId, id)));
      return {
        receipt: `${fresh.length} to read`,
        writes: [
          swept(integrationId, { watermark: reached, since: sweep?.since ?? reached, sweptAt: tools.now }),
          update(PsaDeal, { integrationId, externalId: looked }, { checkedAt: tools.now }),
        ],
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

/** Looks at what no list of changes has named for an hour, since what was deleted stands in none: all in one request. */
async function checked(client: HaloClient, due: readonly PsaDeal[]): Promise<Checked> {
  if (due.length === 0) return { looked: [], reads: [] };
  const ticketids = due.map(({ externalId }) => externalId).join(',');
  return checkedBy(due, await client.list('/Opportunities', { ticketids }, () => true));
}

/** The ids in HaloPSA of the deals whose handoff has not ended. */
function liveDeals(): Query<ReadonlySet<string>> {
  return sql(
    `select d.external_id from handoff h join deal d on d.tenant_id = $1 and d.id = h.deal_id
      where h.tenant_id = $1 and h.stage not in ${IN_ENDED} and d.source = $2`,
    [HALOPSA],
    (rows) => new Set(rows.map((row) => row.external_id as string)),
  );
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
