import { newId } from '../../src/core/id.js';
import { insert, update } from '../../src/core/statement.js';
import { Role } from '../../src/identity/roles.js';
import { ConnectionState, Integration, Vendor } from '../../src/integrations/connection/connection.entity.js';
import { freezeKpiBaseline, signOffKpiDefinitions } from '../../src/kpi/kpi.commands.js';
import { KPI_DEFINITIONS, KPI_DIGEST } from '../../src/kpi/kpi.definitions.js';
import { KpiSide } from '../../src/kpi/kpi.entity.js';
import { Gate } from '../../src/passage/gate.entity.js';
import { assignRolloutItem, completeRolloutItem } from '../../src/rollout/item.commands.js';
import { choosePilot, recordGateMisfire, recordHypercareCheck } from '../../src/rollout/pilot.commands.js';
import {
  advanceRollout,
  confirmRollout,
  startRollout,
  switchEnforcementOn,
} from '../../src/rollout/rollout.commands.js';
import { HypercareCheckKind, MisfireKind } from '../../src/rollout/rollout.entity.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { operation } from '../kit/operation.js';
import { codeOf, codes, FIGURES, Tenant } from './rollout.kit.js';

const EVIDENCE = 'https://northwind.example/rollout/evidence';

let suite: Suite;
let tenant: Tenant;
let world: World;
let admin: Persona;
let lead: Persona;
let sales: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

async function open(): Promise<void> {
  tenant = await Tenant.open(suite);
  ({ world, admin, lead, sales } = tenant);
}

const step = async (): Promise<{ expectedRevision: number }> => {
  const { revision } = await tenant.row('select revision from rollout where tenant_id = $1');
  return { expectedRevision: Number(revision) };
};
const phase = async (): Promise<unknown> => (await tenant.row('select phase from rollout where tenant_id = $1')).phase;

/** Owns and completes the items of these weeks. */
async function complete(...weeks: number[]): Promise<void> {
  const items = await world.rows('select id from rollout_item where tenant_id = $1 and week = any($2)', [weeks]);
  for (const { id } of items) {
    const itemId = id as string;
    await admin.done(assignRolloutItem, { itemId, ownerId: lead.actor.id, expectedRevision: 1 });
    await lead.done(completeRolloutItem, { itemId, evidenceUrl: EVIDENCE, expectedRevision: 2 });
  }
}

async function sign(): Promise<void> {
  await sales.done(signOffKpiDefinitions, { digest: KPI_DIGEST, side: KpiSide.SALES });
  await lead.done(signOffKpiDefinitions, { digest: KPI_DIGEST, side: KpiSide.DELIVERY });
}

async function freezeAll(): Promise<void> {
  const finance = await world.as(Role.FINANCE_APPROVER);
  for (const { key, isMargin } of KPI_DEFINITIONS)
    await (isMargin ? finance : admin).done(freezeKpiBaseline, { kpi: key, ...FIGURES });
}

async function connect(checkedAt: Date | null, state = 'OK'): Promise<string> {
  const id = newId();
  const row = {
    id,
    vendor: Vendor.HALOPSA,
    name: `PSA ${id}`,
    baseUrl: 'https://northwind.halopsa.com',
    settings: {},
    state: ConnectionState.CONNECTED,
    checks: [{ name: 'SIGN_IN', state, remedy: null }],
    checkedAt,
    connectedAt: new Date(START.getTime() - 86_400_000),
    secretVersion: 1,
    revision: 1,
  };
  await suite.gateway.transaction(world.tenantId, (tx) => tx.commit([insert(Integration, row as never)]));
  return id;
}

describe('a rollout', () => {
  beforeAll(() => open());

  it('is proposed once, by one of two who try at the same time', async () => {
    const results = await Promise.all([1, 2].map(() => admin.run(startRollout, { startedOn: '2026-11-23' })));
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['done', 'refused']);
    const past = await admin.refused(startRollout, { startedOn: '2026-11-20' });
    expect(codes(past)).toEqual(['ALREADY_STARTED', 'DATE_IN_THE_PAST']);
    expect(await codeOf(sales.done(startRollout, { startedOn: '2026-11-23' }))).toBe('FORBIDDEN');
    const items = await world.rows('select key, week, due_on from rollout_item where tenant_id = $1 order by position');
    expect(items).toHaveLength(12);
    expect([...new Set(items.map(({ due_on: dueOn }) => dueOn))]).toEqual([
      '2026-11-27',
      '2026-12-04',
      '2026-12-11',
      '2026-12-18',
    ]);
  });

  it('changes nothing before a second person has confirmed it', async () => {
    const handoffId = await tenant.unproven();
    expect(await tenant.submitted(handoffId)).toContain('EVIDENCE_MISSING');
    expect(codes(await admin.refused(advanceRollout, await step()))).toEqual([
      'ROLLOUT_NOT_CONFIRMED',
      'ITEM_OPEN',
      'ITEM_OPEN',
      'ITEM_OPEN',
    ]);
    const alone = {
      text: 'update rollout set confirmed_by = started_by, confirmed_at = started_at where tenant_id = $1',
      values: [],
    };
    await expect(suite.gateway.transaction(world.tenantId, (tx) => tx.commit([alone]))).rejects.toMatchObject({
      code: '23514',
    });
    expect(await codeOf(admin.done(confirmRollout, await step()))).toBe('FORBIDDEN');
    await lead.done(confirmRollout, await step());
    expect(codes(await lead.refused(confirmRollout, await step()))).toEqual(['NOT_OPEN']);
  });

  it('lets pass in shadow what is incomplete, records that, and holds for margin', async () => {
    const handoffId = await tenant.unproven();
    expect(await tenant.submitted(handoffId)).toBe('PASSED');
    const found = await world.rows(
      `select f.code, f.severity, f.facts from gate_finding f join gate_evaluation e on e.tenant_id = $1 and e.id = f.evaluation_id
        where f.tenant_id = $1 and f.handoff_id = $2 and e.verdict = 'PASSED'`,
      [handoffId],
    );
    const told = found.filter(({ facts }) => String(facts).includes('"wouldHaveRefused":true'));
    expect(told.map(({ code }) => code)).toEqual(expect.arrayContaining(['EVIDENCE_MISSING', 'CONTENT_MISSING']));
    expect(told.every(({ severity }) => severity === 'WARNING')).toBe(true);
    expect(await tenant.submitted(await tenant.unproven('managed-network-below-floor'))).toEqual([
      'MARGIN_BELOW_FLOOR',
    ]);
    const { data, errors } = await admin.graphql(operation('rollout'));
    expect(errors).toEqual([]);
    expect(data!.rollout).toMatchObject({ phase: 'SHADOW', letPass: 1, hypercare: null });
  });

  it('goes on to the pilot with evidence for every item of week 1', async () => {
    const { id } = await tenant.row("select id from rollout_item where tenant_id = $1 and key = 'SCOPE_FROZEN'");
    const itemId = id as string;
    const evidence = { itemId, evidenceUrl: EVIDENCE };
    expect(codes(await admin.refused(completeRolloutItem, { ...evidence, expectedRevision: 1 }))).toEqual([
      'OWNER_MISSING',
    ]);
    expect(await codeOf(sales.done(completeRolloutItem, { ...evidence, expectedRevision: 1 }))).toBe('FORBIDDEN');
    await complete(1);
    expect(codes(await lead.refused(completeRolloutItem, { ...evidence, expectedRevision: 3 }))).toEqual(['NOT_OPEN']);
    expect(await codeOf(admin.done(advanceRollout, { expectedRevision: 1 }))).toBe('STALE_REVISION');
    await admin.done(advanceRollout, await step());
    expect(await phase()).toBe('PILOT');
  });

  it('enforces the pilot alone, once enforcement is on', async () => {
    const [inside, outside] = [await tenant.unproven(), await tenant.unproven()];
    await admin.done(choosePilot, { handoffIds: [inside], ...(await step()) });
    expect(codes(await admin.refused(choosePilot, { handoffIds: [inside], ...(await step()) }))).toEqual([
      'ALREADY_CHOSEN',
    ]);
    const { data } = await sales.graphql('query ($id: ID!) { handoff(id: $id) { inShadow } }', { id: inside });
    expect(data!.handoff.inShadow).toBe(true);
    const untested = await connect(null);
    const red = await connect(START, 'MISSING');
    const missing = codes(await admin.refused(switchEnforcementOn, await step()));
    expect([...new Set(missing)]).toEqual([
      'CONNECTION_UNTESTED',
      'CONNECTION_NOT_GREEN',
      'DEFINITIONS_UNSIGNED',
      'BASELINE_MISSING',
    ]);
    expect(missing.filter((code) => code === 'BASELINE_MISSING')).toHaveLength(KPI_DEFINITIONS.length);
    const checks = [{ name: 'SIGN_IN', state: 'OK', remedy: null }];
    await suite.gateway.transaction(world.tenantId, (tx) =>
      tx.commit(
        [untested, red].map((id) => update(Integration, { id }, { checkedAt: START, checks: checks as never })),
      ),
    );
    await sign();
    await freezeAll();
    await admin.done(switchEnforcementOn, await step());
    expect(codes(await admin.refused(switchEnforcementOn, await step()))).toEqual(['ALREADY_ENFORCED']);
    expect(await tenant.submitted(inside)).toContain('EVIDENCE_MISSING');
    expect(await tenant.submitted(outside)).toBe('PASSED');
  });

  it('takes no more into the pilot than it has room for, by the rule the oldest first', async () => {
    await complete(2);
    expect(codes(await admin.refused(advanceRollout, await step()))).toEqual(['PILOT_TOO_SMALL']);
    const more: string[] = [];
    for (let n = 0; n < 4; n++) more.push(await tenant.unproven());
    await admin.done(choosePilot, await step());
    const chosen = await world.rows('select handoff_id, by_rule from pilot_handoff where tenant_id = $1');
    expect(chosen.length).toBeGreaterThanOrEqual(5);
    expect(chosen.map(({ handoff_id: id }) => id)).toEqual(expect.arrayContaining(more));
    const tooMany = Array.from({ length: 4 }, () => tenant.unproven());
    const handoffIds = await Promise.all(tooMany);
    expect(codes(await admin.refused(choosePilot, { handoffIds, ...(await step()) }))).toEqual(['PILOT_FULL']);
    const gone = { handoffIds: [newId()], ...(await step()) };
    expect(await codeOf(admin.done(choosePilot, gone))).toBe('NOT_FOUND');
  });

  it('enforces everything from NORMAL on, with hypercare to its end', async () => {
    expect(
      codes(await admin.refused(recordHypercareCheck, { kind: HypercareCheckKind.COMPLETION, dueOn: '2026-11-24' })),
    ).toEqual(['WRONG_PHASE']);
    const results = await Promise.all([1, 2].map(async () => admin.run(advanceRollout, await step()).catch((e) => e)));
    expect(results.filter((result) => result.kind === 'done')).toHaveLength(1);
    expect(await phase()).toBe('NORMAL');
    expect(await tenant.submitted(await tenant.unproven())).toContain('EVIDENCE_MISSING');
    const look = { kind: HypercareCheckKind.COMPLETION, dueOn: '2026-11-24' };
    expect(codes(await admin.refused(recordHypercareCheck, look))).toEqual(['CHECK_NOT_DUE']);
    suite.clock.at = new Date('2026-11-24T09:00:00Z');
    await admin.done(recordHypercareCheck, look);
    expect(codes(await admin.refused(recordHypercareCheck, look))).toEqual(['ALREADY_CHECKED']);
    await complete(3, 4);
    expect(new Set(codes(await admin.refused(advanceRollout, await step())))).toEqual(new Set(['HYPERCARE_RUNNING']));
    suite.clock.at = new Date('2026-12-22T09:00:00Z');
    const { data, errors } = await admin.graphql(operation('rollout'));
    expect(errors).toEqual([]);
    const { checks, endsOn, extended } = data!.rollout.hypercare;
    expect([endsOn, extended]).toEqual(['2026-12-21', false]);
    const due = (checks as { kind: HypercareCheckKind; dueOn: string; checkedAt: string | null }[]).filter(
      (c) => !c.checkedAt,
    );
    expect(codes(await admin.refused(advanceRollout, await step()))).toEqual(['CHECKS_MISSING']);
    for (const { kind, dueOn } of due) await admin.done(recordHypercareCheck, { kind, dueOn });
    await admin.done(advanceRollout, await step());
    expect(await phase()).toBe('COMPLETED');
    expect(codes(await admin.refused(advanceRollout, await step()))).toEqual(['WRONG_PHASE']);
  });
});

describe('what people say of the gates', () => {
  beforeAll(() => open());

  it('is kept of findings that there were, and of those that there should have been', async () => {
    const handoffId = await tenant.unproven();
    const reason = 'The contract names the sites in its annex.';
    const said = { handoffId, gate: Gate.SUBMIT, code: 'EVIDENCE_MISSING', reason };
    expect(codes(await sales.refused(recordGateMisfire, { ...said, kind: MisfireKind.FALSE_POSITIVE }))).toEqual([
      'FINDING_UNKNOWN',
    ]);
    await tenant.submitted(handoffId);
    await sales.done(recordGateMisfire, { ...said, kind: MisfireKind.FALSE_POSITIVE });
    await lead.done(recordGateMisfire, { ...said, code: 'SITES_MISSING', kind: MisfireKind.FALSE_NEGATIVE });
    const { data } = await admin.graphql(operation('misfires'), { kind: 'FALSE_POSITIVE', first: 10 });
    expect(data!.misfires.edges).toMatchObject([
      { node: { code: 'EVIDENCE_MISSING', reason, reporter: { handle: 'sofia.sales' } } },
    ]);
    const ledger = await world.rows(
      "select content from ledger_entry where tenant_id = $1 and action = 'recordGateMisfire'",
    );
    expect(ledger.some(({ content }) => String(content).includes('annex'))).toBe(false);
    const dana = await world.as('dylan.delivery');
    expect(await codeOf(dana.done(recordGateMisfire, { ...said, kind: MisfireKind.FALSE_NEGATIVE }))).toBe('NOT_FOUND');
  });
});
