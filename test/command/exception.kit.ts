import type { TenantConfiguration } from '../../src/catalogue/configuration.js';
import { castVote } from '../../src/approval/approval.commands.js';
import { useGrant } from '../../src/approval/vote.effects.js';
import { command, done, refused } from '../../src/core/command.js';
import { blocks } from '../../src/core/finding.js';
import { selectRequired } from '../../src/core/statement.js';
import { ConfigurationVersion } from '../../src/catalogue/configuration-version.entity.js';
import { enactConfiguration } from '../../src/governance/enact.command.js';
import { proposeConfiguration } from '../../src/governance/propose.command.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { lockHandoff } from '../../src/handoff/handoff.queries.js';
import { handoffSubject } from '../../src/handoff/handoff.rules.js';
import { Role } from '../../src/identity/roles.js';
import { exceptionRows } from '../../src/margin/exception.effects.js';
import { requestMarginException } from '../../src/margin/margin.commands.js';
import { judgeSubmit } from '../../src/passage/gates.js';
import { importDeal } from '../../src/passage/intake.commands.js';
import { lockedPassageFacts } from '../../src/passage/passage.facts.js';
import type { Persona, World } from '../kit/world.js';
import { read } from './approval.kit.js';

/** A deal of one line; floor 30 %, so that 1000 at a cost of 760 misses 60. */
export interface SmallDeal {
  readonly id: number;
  readonly price: number;
  readonly cost: number;
  readonly client?: number;
  readonly currency?: string;
}

/** As HaloPSA exports it. */
export function payloadOf({ id, price, cost, client = 5, currency = 'GBP' }: SmallDeal): string {
  const line = { id: 1, name: 'Work', current_quantity: 1, baseprice: price, costprice: cost, item_recurring: false };
  return JSON.stringify({
    opportunity: { id, summary: `Deal ${id}`, client_id: client, client_name: `Client ${client}` },
    quotation: { id, ticket_id: id, client_id: client, currency_code_name: currency, lines: [line] },
  });
}

/** One floor of 30 %; above GBP 100 missing it takes two of finance. Rates and levels by deal type: none. */
export function plainPolicy(configuration: TenantConfiguration): void {
  const { marginException } = configuration.approvalPolicy;
  configuration.marginFloors = [
    { serviceTemplate: '*', dealType: '*', lineKind: '*', billing: '*', floorBps: 3000, from: '2026-01-01' },
  ] as TenantConfiguration['marginFloors'];
  marginException.materiality = { shortfallMinor: 10_000, shortfallBps: 9_000 };
  delete marginException.grave;
  delete marginException.byDealType;
  marginException.clientWindowDays = 90;
}

/** Brings the deal in; answers the handoff. */
export const bring = (sales: Persona, deal: SmallDeal, dealType: string | null = 'NEW_BUSINESS'): Promise<string> =>
  sales.done(importDeal, {
    payload: payloadOf(deal),
    serviceTemplate: 'managed-network',
    dealType: dealType as never,
    segment: null,
  });

/** The handoff as it stands. */
export async function handoffOf(world: World, handoffId: string): Promise<Handoff> {
  return (await world.read({ row: selectRequired(Handoff, handoffId) })).row;
}

/** Asks for an exception; answers the request. */
export async function ask(world: World, sales: Persona, handoffId: string): Promise<string> {
  const { revision: expectedRevision } = await handoffOf(world, handoffId);
  const reason = 'A foothold: the second year pays for it.';
  return sales.done(requestMarginException, { handoffId, expectedRevision, reason });
}

/** A vote's input on a real request. */
export async function ballotOn(world: World, requestId: string, decision = 'APPROVE') {
  const { digest } = await read(world, requestId);
  return { requestId, decision: decision as never, reason: 'I looked at it.', digest, expectedRevision: null };
}

/** The margin gate of submitHandoff with its effect, by the same facts, judgement and statements, and nothing else of it. */
export const passMargin = command({
  name: 'passMargin',
  action: 'submit',
  subject: 'Handoff',
  facts: ({ handoffId }: { handoffId: string }) => ({
    handoff: lockHandoff(handoffId),
    ...lockedPassageFacts(handoffId),
  }),
  decide: (facts, { handoffId }, moment) => {
    const { cover, findings, verdict } = judgeSubmit(facts, moment.now).margin;
    const subject = handoffSubject(handoffId);
    if (blocks(findings)) return refused(findings, { subject });
    const about = { handoffId, contentRevision: facts.handoff.termsRevision };
    const use =
      cover && !cover.used
        ? [
            ...useGrant(cover.grant, cover.request, 'passMargin', moment),
            exceptionRows(verdict, { id: cover.request.id, ...about }, moment.newId),
          ]
        : [];
    return done({ id: handoffId, subject, body: { grantId: cover?.grant.id ?? null }, writes: use });
  },
});

/** Proposes another policy, has it approved, and lets it rule: as the tenant's own people would. */
export async function rule(world: World, change: (configuration: TenantConfiguration) => void): Promise<string> {
  change(world.configuration);
  const admin = await world.as(Role.REVOPS_ADMIN);
  const payload = JSON.stringify(world.configuration);
  const versionId = await admin.done(proposeConfiguration, { payload, effectiveFrom: null });
  const [asked] = await world.rows('select id from approval_request where tenant_id = $1 and subject_id = $2', [
    versionId,
  ]);
  const second = await world.as(Role.REVOPS_ADMIN, 1);
  await second.done(castVote, await ballotOn(world, asked!.id as string));
  const { version } = await world.read({ version: selectRequired(ConfigurationVersion, versionId) });
  await admin.done(enactConfiguration, { versionId, digest: version.digest });
  return versionId;
}
