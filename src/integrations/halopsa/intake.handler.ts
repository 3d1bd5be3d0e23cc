import type { EffectTools, PerformEffect } from '../../core/outbox/handler.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { newId } from '../../core/id.js';
import { configurationOf, rulingConfiguration } from '../../catalogue/catalogue.queries.js';
import type { CommandResult } from '../../core/command.js';
import { insert, type Query, selectFirst, selectRequired, sql, type Statement } from '../../core/statement.js';
import { columnsOf, hydrate } from '../../core/table.js';
import { currentSnapshotByExternal, HALOPSA } from '../../deal/deal.queries.js';
import { normaliseHaloExport } from '../../deal/halopsa.rules.js';
import { DealType, Handoff } from '../../handoff/handoff.entity.js';
import { configurationByExternal } from '../../handoff/handoff.queries.js';
import { importDeal } from '../../passage/intake.commands.js';
import { withdrawHandoff } from '../../passage/withdraw.command.js';
import { Integration } from '../connection/connection.entity.js';
import type { HaloClient, HaloPsa } from './halopsa.client.js';
import { waitingApprovals } from './approval.handler.js';
import { verdictOf } from './gate.verdict.js';
import { HALOPSA_STATUS, haloMessage } from './provision.plan.js';
import { approvalMessage, revertsInDoubt, winMessages } from './win.message.js';
import { customField, type HaloRecord, idOf, textOf } from './halopsa.record.js';
import { exportOf, governing, isHistory, judge, type Judged, type Steps, stepsFor } from './opportunity.rules.js';
import { PsaDeal, PsaDealState, PsaSweep } from './psa-sync.entity.js';

const DETAILS = { includedetails: true };

/**
 * `halopsa.intake`: reads one opportunity again, as HaloPSA has it now, and brings its handoff to the one state that
 * follows: opened, filled in again, or withdrawn. Whoever asked, how often and in which order makes no difference.
 */
export function intakeHandler(halopsa: HaloPsa): PerformEffect {
  return async (effect, tools) => {
    const { payload } = effect;
    const integrationId = payload.integrationId!;
    const externalId = payload.externalId!;
    const { integration, before, handoff, sweep, isReverting } = await tools.read({
      integration: selectRequired(Integration, integrationId),
      before: selectFirst(PsaDeal, { integrationId, externalId }),
      handoff: liveHandoff(externalId),
      sweep: selectFirst(PsaSweep, { integrationId }),
      isReverting: revertsInDoubt(integrationId, externalId),
    });
    if (integration.disconnectedAt !== null) return { receipt: 'DISCONNECTED', writes: [] };
    const client = await halopsa.byId(tools, integrationId);
    const opportunity = await client.find(`/Opportunities/${encodeURIComponent(externalId)}`, DETAILS);
    const judged = judgedOf(opportunity, client);
    const approvals =
      opportunity && client.settings.mode === 'NATIVE' ? await waitingApprovals(client, externalId) : [];
    if (!judged || (!opportunity && !before)) return { receipt: 'NOT_OURS', writes: [] };
    const isKnown = before !== null || handoff !== null;
    if (opportunity && !isKnown && isHistory(opportunity, sweep?.since ?? null))
      return { receipt: 'HISTORY', writes: [] };
    // HaloPSA's approval asks for a verdict, and so for a handoff to judge.
    const isEarly = judged.isEarly || (judged.state === PsaDealState.OPEN && approvals.length > 0);
    const steps = stepsFor({ ...judged, isEarly }, before?.state ?? null, handoff, isReverting);
    const work = { tools, client, integrationId, externalId, opportunity, handoff };
    const outcome = await taken(work, steps);
    const row = {
      integrationId,
      externalId,
      state: judged.state,
      lastUpdate: opportunity ? textOf(opportunity, 'last_update') : '',
      checkedAt: tools.now,
      ...outcome,
    };
    const answer = await answered(work, { ...row, approvals, effectId: effect.id });
    const problem = outcome.problem ?? answer.problem;
    // Who opened it is judged when our own action has ended (win.handler.ts): until then it counts as won.
    const isUndecided = isReverting && before?.state === PsaDealState.WON && judged.state === PsaDealState.OPEN;
    const state = isUndecided ? PsaDealState.WON : judged.state;
    return {
      receipt: `${judged.state} ${problem ?? ''}`.trim(),
      writes: [kept({ ...row, state, problem, remedy: outcome.remedy ?? answer.remedy })],
      messages: answer.messages,
    };
  };
}

/** A deleted opportunity is gone; a ticket that is none of the tenant's opportunities is null. */
function judgedOf(opportunity: HaloRecord | null, { settings }: HaloClient): Judged | null {
  return opportunity ? judge(opportunity, settings) : { state: PsaDealState.GONE, isEarly: false };
}

interface Answer extends Pick<PsaDeal, 'problem' | 'remedy'> {
  readonly messages: readonly OutboxMessage[];
}

/**
 * What HaloPSA is told: the gate's verdict on the opportunity, an answer to its own approvals, and what the connection's
 * mode does about a win that came before the gate. In the mode OBSERVE it is recorded, and nothing is said; in the shadow of
 * a rollout nothing is moved back.
 */
async function answered(
  { tools, client, integrationId, externalId, opportunity }: Work,
  {
    handoffId,
    state,
    approvals,
    effectId,
  }: Pick<PsaDeal, 'handoffId' | 'state'> & { approvals: readonly HaloRecord[]; effectId: string },
): Promise<Answer> {
  const nothing = { problem: null, remedy: null, messages: [] };
  if (handoffId === null || !opportunity) return nothing;
  const about = { integrationId, externalId, handoffId };
  const asked = approvals.flatMap((one) => idOf(one, 'seq') ?? []).map((sequence) => approvalMessage(about, sequence));
  if (state !== PsaDealState.WON) return { ...nothing, messages: asked };
  const { mode } = client.settings;
  const told = mode === 'OBSERVE' ? [] : [haloMessage(HALOPSA_STATUS, handoffId, effectId)];
  const { passes, isHandedOver, handoff, isInShadow } = await verdictOf(tools, handoffId);
  if (passes || isHandedOver) return { ...nothing, messages: told };
  const wonAt = textOf(opportunity, 'dateclosed');
  return {
    problem: 'WON_BEFORE_GATE',
    remedy: `Complete handoff ${handoff.number} and submit it; no project is made before.`,
    messages: [...told, ...winMessages({ ...about, wonAt }, isInShadow && mode === 'REVERT' ? 'FLAG' : mode)],
  };
}

interface Work {
  readonly tools: EffectTools;
  readonly client: HaloClient;
  readonly integrationId: string;
  readonly externalId: string;
  readonly opportunity: HaloRecord | null;
  readonly handoff: Handoff | null;
}

type Taken = Pick<PsaDeal, 'handoffId' | 'problem' | 'remedy'>;

async function taken(work: Work, { withdraw, importing }: Steps): Promise<Taken> {
  const { tools, handoff } = work;
  const as = (handoffId: string | null): Taken => ({ handoffId, problem: null, remedy: null });
  if (withdraw !== null && handoff) {
    const input = { handoffId: handoff.id, expectedRevision: handoff.revision, reason: withdraw };
    const result = await tools.run(withdrawHandoff, input);
    if (result.kind === 'refused') return problem(result, handoff.id);
  }
  const { opportunity } = work;
  if (importing === null || !opportunity) return as(handoff?.id ?? null);
  const payload = await exported(work, opportunity);
  if (importing === 'CHANGED_TERMS' && !(await changesTerms(work, payload))) return as(handoff?.id ?? null);
  const result = await tools.run(importDeal, {
    payload,
    serviceTemplate: customField(opportunity, 'CFServiceTemplate') || null,
    dealType: dealTypeOf(customField(opportunity, 'CFDealType')),
    segment: null,
    integrationId: work.integrationId,
  });
  return result.kind === 'refused' ? problem(result, handoff?.id ?? null) : as(result.id);
}

/** The deal type that sales chose in HaloPSA; none of ours is as if they had not. */
export function dealTypeOf(text: string): DealType | null {
  return (Object.values(DealType) as string[]).includes(text) ? (text as DealType) : null;
}

/** The opportunity with the quotation that governs it, which is read by itself: lists have no lines. */
export async function exported(
  { client, externalId }: Pick<Work, 'client' | 'externalId'>,
  opportunity: HaloRecord,
): Promise<string> {
  const quotations = await client.list('/Quotation', { ticket_id: externalId });
  const id = governing(quotations, Number(externalId));
  return exportOf(opportunity, id === null ? null : await client.get(`/Quotation/${id}`, DETAILS));
}

async function changesTerms({ tools, externalId }: Work, payload: string): Promise<boolean> {
  const { current, opened, ruling } = await tools.read({
    current: currentSnapshotByExternal(HALOPSA, externalId),
    opened: configurationByExternal(HALOPSA, externalId),
    ruling: rulingConfiguration(),
  });
  const { tenant, dealImport } = configurationOf(opened ?? ruling);
  const parsed = normaliseHaloExport(payload, { defaultCurrency: tenant.currency, ...dealImport?.halopsa });
  return !parsed.ok || parsed.termsDigest !== current?.termsDigest;
}

function problem(result: Extract<CommandResult, { kind: 'refused' }>, handoffId: string | null): Taken {
  const [first] = result.findings;
  return { handoffId, problem: first!.code.slice(0, 80), remedy: first!.remedy.slice(0, 1000) };
}

/** The deal's handoff that is not withdrawn, or null. */
function liveHandoff(externalId: string): Query<Handoff | null> {
  return sql(
    `select ${columnsOf(Handoff, 'h')} from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id
      where d.tenant_id = $1 and d.source = $2 and d.external_id = $3 and h.stage <> 'WITHDRAWN' order by h.id desc limit 1`,
    [HALOPSA, externalId],
    (rows) => (rows[0] ? hydrate(Handoff, rows[0]) : null),
  );
}

function kept(row: Omit<PsaDeal, 'tenantId' | 'id'>): Statement {
  return insert(
    PsaDeal,
    { id: newId(), ...row },
    `on conflict (tenant_id, integration_id, external_id) do update set state = excluded.state,
      last_update = excluded.last_update, handoff_id = excluded.handoff_id, problem = excluded.problem,
      remedy = excluded.remedy, checked_at = excluded.checked_at`,
  );
}
