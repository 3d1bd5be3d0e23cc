import { backtestDeals } from '../../backtest/backtest.commands.js';
import { Backtest } from '../../backtest/backtest.entity.js';
import type { PerformEffect } from '../../core/outbox/handler.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { selectRequired, type Statement, update } from '../../core/statement.js';
import { Vendor } from '../connection/connection.entity.js';
import type { HaloClient, HaloPsa } from './halopsa.client.js';
import { customField, type HaloRecord, idOf, textOf } from './halopsa.record.js';
import { dealTypeOf, exported } from './intake.handler.js';
import { judge, mapsWon, timeOf } from './opportunity.rules.js';
import { hasHaloPsa } from './project.facts.js';
import { PsaDealState } from './psa-sync.entity.js';

/** The kind of the effect that reads one won deal for a back-test. */
export const HALOPSA_BACKTEST = 'halopsa.backtest';

/**
 * `backtest.read`: finds the last won deals in the connected HaloPSA and asks for each to be read. Nothing is written there.
 * What keeps it from reading is told at the back-test.
 */
export function backtestReadHandler(halopsa: HaloPsa): PerformEffect {
  return async ({ aggregateId: backtestId }, tools) => {
    const { backtest, isConnected } = await tools.read({
      backtest: selectRequired(Backtest, backtestId),
      isConnected: hasHaloPsa(),
    });
    if (!isConnected) return told(backtestId, NOT_CONNECTED);
    try {
      const client = await halopsa.of(tools);
      if (!mapsWon(client.settings)) return told(backtestId, WON_UNMAPPED);
      const ids = await lastWon(client, backtest.lastWon ?? 0);
      return {
        receipt: `${ids.length} to read`,
        writes: [update(Backtest, { id: backtestId }, { found: ids.length })],
        messages: ids.map((externalId) => dealMessage(backtestId, client.integrationId, externalId)),
      };
    } catch (error) {
      // Anything else is a matter of time, and the effect is tried again.
      if (!(error instanceof VendorError) || error.kind !== 'REFUSED') throw error;
      return told(backtestId, error);
    }
  };
}

/** `halopsa.backtest`: reads one won deal as HaloPSA has it now and has it judged; nothing is handed over. */
export function backtestDealHandler(halopsa: HaloPsa): PerformEffect {
  return async ({ aggregateId: backtestId, payload }, tools) => {
    const externalId = payload.externalId!;
    const client = await halopsa.byId(tools, payload.integrationId!);
    const opportunity = await client.find(`/Opportunities/${encodeURIComponent(externalId)}`, { includedetails: true });
    if (!opportunity) return { receipt: 'GONE', writes: [oneLess(backtestId)] };
    const deal = {
      payload: await exported({ client, externalId }, opportunity),
      serviceTemplate: customField(opportunity, 'CFServiceTemplate') || null,
      dealType: dealTypeOf(customField(opportunity, 'CFDealType')),
    };
    const result = await tools.run(backtestDeals, { backtestId, deals: [deal] });
    if (result.kind === 'done') return { receipt: externalId, writes: [] };
    return { receipt: result.findings[0]!.code, writes: [oneLess(backtestId)] };
  };
}

/** The opportunities that were won last by HaloPSA's own clock, the last one first. */
async function lastWon(client: HaloClient, most: number): Promise<string[]> {
  const rows = await client.list('/Opportunities', { order: 'dateclosed', orderdesc: true });
  const closedAt = (row: HaloRecord): number => timeOf(textOf(row, 'dateclosed'));
  return rows
    .filter((row) => judge(row, client.settings)?.state === PsaDealState.WON)
    .toSorted((a, b) => closedAt(b) - closedAt(a) || idOf(b)! - idOf(a)!)
    .slice(0, most)
    .map((row) => String(idOf(row)));
}

const dealMessage = (backtestId: string, integrationId: string, externalId: string): OutboxMessage => ({
  kind: HALOPSA_BACKTEST,
  aggregate: { type: 'Backtest', id: backtestId },
  effectKey: `${HALOPSA_BACKTEST}:${backtestId}:${externalId}`,
  payload: { integrationId, externalId },
  vendor: Vendor.HALOPSA,
});

/** A deal that was found and is not to be had: the back-test waits for one less. */
const oneLess = (backtestId: string): Statement => ({
  text: 'update backtest set found = found - 1 where tenant_id = $1 and id = $2 and found > 0',
  values: [backtestId],
});

const NOT_CONNECTED = {
  code: 'HALOPSA_NOT_CONNECTED',
  remedy: 'Connect HaloPSA with connectIntegration, or give the deals yourself with backtestDeals.',
};

const WON_UNMAPPED = {
  code: 'HALOPSA_SETTING_MISSING',
  remedy:
    'Set wonStatusIds, wonClosureCategoryIds or wonStageIds with updateIntegrationSettings, then start another back-test.',
};

const told = (backtestId: string, { code, remedy }: Pick<VendorError, 'code' | 'remedy'>) => ({
  receipt: code,
  writes: [update(Backtest, { id: backtestId }, { problem: code.slice(0, 80), remedy: remedy.slice(0, 1000) })],
});
