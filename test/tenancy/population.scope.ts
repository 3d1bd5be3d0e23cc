import { castVote } from '../../src/approval/approval.commands.js';
import { VoteDecision } from '../../src/approval/vote.entity.js';
import { formatMoney } from '../../src/core/money.js';
import { CAST } from '../../src/sandbox/demo/cast.js';
import { CauseItemType, ScopeChangeCause } from '../../src/scope-change/scope-change.entity.js';
import { requestScopeChange } from '../../src/scope-change/request.command.js';
import { recordChangeOrder } from '../../src/scope-change/scope-change.commands.js';
import type { World } from '../kit/world.js';

const pounds = (minor: bigint): string => formatMoney({ minor, currency: 'GBP' });

/**
 * A scope change of a signed-off handoff: asked for, agreed by the client and approved; the baseline has not moved. Its
 * effect on the margin, 12,392.50, is a figure that stands nowhere by chance: classes.test.ts looks for it.
 */
export async function populateScopeChange(world: World, handoffId: string): Promise<void> {
  const delivery = await world.as(CAST.delivery);
  const lead = await world.as(CAST.lead);
  const on = async (): Promise<{ handoffId: string; expectedRevision: number }> => {
    const [row] = await world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]);
    return { handoffId, expectedRevision: Number(row!.revision) };
  };
  const [line] = await world.rows(
    `select l.budget_type, l.hours, l.cost_minor, l.price_minor from budget_baseline_line l
      join budget_baseline b on b.tenant_id = $1 and b.id = l.baseline_id
      where l.tenant_id = $1 and b.handoff_id = $2 order by b.version desc, l.position limit 1`,
    [handoffId],
  );
  const [risk] = await world.rows('select id from risk where tenant_id = $1 and handoff_id = $2', [handoffId]);
  const scopeChangeId = await delivery.done(requestScopeChange, {
    ...(await on()),
    description: 'Cabinets and switches for the second floor.',
    reason: 'The survey found a floor that the handoff does not name.',
    lines: [
      {
        budgetType: line!.budget_type as string,
        hours: line!.hours as string,
        cost: pounds((line!.cost_minor as bigint) + 613_490n),
        price: pounds((line!.price_minor as bigint) + 1_852_740n),
      },
    ],
    dateEffectDays: 2,
    cause: ScopeChangeCause.WRONG,
    causeItemType: CauseItemType.RISK,
    causeItemId: risk!.id as string,
    evidenceUrl: 'https://northwind.example/survey',
  });
  await delivery.done(recordChangeOrder, {
    ...(await on()),
    scopeChangeId,
    documentUrl: 'https://northwind.example/change-order',
    contentHash: 'c'.repeat(64),
    signer: 'Priya Client',
    signedOn: '2026-11-20',
  });
  const [request] = await world.rows(
    'select id, digest from approval_request where tenant_id = $1 and subject_id = $2',
    [scopeChangeId],
  );
  await lead.done(castVote, {
    requestId: request!.id as string,
    digest: request!.digest as string,
    decision: VoteDecision.APPROVE,
    reason: 'The survey is right.',
    expectedRevision: null,
  });
}
