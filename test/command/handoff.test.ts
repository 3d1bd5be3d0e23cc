import { newId } from '../../src/core/id.js';
import { select, selectRequired, update } from '../../src/core/statement.js';
import { DealPayload, DealSnapshot, QuoteLine } from '../../src/deal/deal.entity.js';
import { normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import { addAssumption, removeAssumption, resolveAssumption } from '../../src/handoff/assumption.commands.js';
import {
  Assumption,
  AssumptionState,
  HandoffStatement,
  Risk,
  RiskLevel,
  Side,
  Stakeholder,
  StakeholderRole,
  StatementKind,
} from '../../src/handoff/content.entity.js';
import {
  assignDeliveryManager,
  assignOwner,
  editHandoff,
  editIntake,
  withdrawHandoff,
} from '../../src/handoff/handoff.commands.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { addRisk, removeRisk, reviseRisk } from '../../src/handoff/risk.commands.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { addStakeholder, removeStakeholder, reviseStakeholder } from '../../src/handoff/stakeholder.commands.js';
import { addStatement, removeStatement, reviseStatement } from '../../src/handoff/statement.commands.js';
import { classifyForTest, importForTest } from '../kit/deal.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

let suite: Suite;
let world: World;
let sales: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  world = await suite.tenant();
  sales = await world.as('SALES_MANAGER');
});

const HEALTHY = read('managed-network-healthy');

/** The same export with another payload. */
function edited(change: (text: string) => string): ReturnType<typeof read> {
  const raw = change(HEALTHY.raw);
  const parsed = normaliseHaloExport(raw);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return { raw, parsed };
}

const open = (): Promise<string> => sales.done(importForTest, HEALTHY);
const load = async (id: string): Promise<Handoff> => (await world.read({ row: selectRequired(Handoff, id) })).row;
const on = async (handoffId: string): Promise<{ handoffId: string; expectedRevision: number }> => ({
  handoffId,
  expectedRevision: (await load(handoffId)).revision,
});

/** Sets the stage as passage would. */
async function stage(handoffId: string, to: Stage): Promise<void> {
  await suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([update(Handoff, { id: handoffId }, { stage: to })]),
  );
}

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'NONE',
    (error: { code?: string }) => error.code ?? String(error),
  );
}

describe('importing', () => {
  test('the same content twice makes one snapshot and one handoff', async () => {
    const id = await open();
    expect(await open()).toBe(id);
    const { snapshots, payloads, lines } = await world.read({
      snapshots: select(DealSnapshot),
      payloads: select(DealPayload),
      lines: select(QuoteLine),
    });
    expect(snapshots).toHaveLength(1);
    expect(payloads[0]).toMatchObject({ id: snapshots[0]?.id, raw: HEALTHY.raw, imported: HEALTHY.parsed.deal });
    expect(lines).toHaveLength(HEALTHY.parsed.terms.lines.length);
    expect(await load(id)).toMatchObject({
      number: 'H-2205',
      stage: 'DRAFT',
      revision: 1,
      dealSnapshotId: snapshots[0]?.id,
    });
  });

  test('six at once make one deal with one snapshot', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, open));
    expect(new Set(ids).size).toBe(1);
    expect((await world.read({ rows: select(DealSnapshot) })).rows).toHaveLength(1);
  });

  test('changed terms are adopted in DRAFT, with a new content version, and not in review', async () => {
    const id = await open();
    const cheaper = edited((text) => text.replace('"scope": "', '"scope": "Also: '));
    expect(cheaper.parsed.termsDigest).not.toBe(HEALTHY.parsed.termsDigest);
    await sales.done(importForTest, cheaper);
    const adopted = await load(id);
    expect(adopted).toMatchObject({ revision: 2, termsRevision: 2 });
    const { scope } = await world.read({ scope: select(HandoffStatement, { handoffId: id }) });
    expect(scope.map(({ text }) => text)).toEqual([cheaper.parsed.deal.scope]);

    await stage(id, Stage.IN_REVIEW);
    await sales.done(importForTest, HEALTHY);
    expect(await load(id)).toMatchObject({ termsRevision: 2, dealSnapshotId: adopted.dealSnapshotId });
    await stage(id, Stage.RETURNED);
    await sales.done(importForTest, HEALTHY);
    expect(await load(id)).toMatchObject({ revision: 3, termsRevision: 3 });
    expect((await world.read({ rows: select(DealSnapshot) })).rows).toHaveLength(3);
  });

  test('what sales has revised survives a new snapshot that says the same of it', async () => {
    const id = await open();
    const { statements } = await world.read({ statements: select(HandoffStatement, { handoffId: id }) });
    await sales.done(reviseStatement, { ...(await on(id)), statementId: statements[0]!.id, text: 'In our words' });
    await sales.done(
      importForTest,
      edited((text) => `${text}\n`),
    );
    const after = await world.read({ statements: select(HandoffStatement, { handoffId: id }) });
    expect(after.statements.map(({ text }) => text)).toEqual(['In our words']);
  });

  test('after a withdrawal the deal gets a second handoff', async () => {
    const id = await open();
    await sales.done(withdrawHandoff, { ...(await on(id)), reason: 'The client reopened the tender.' });
    const second = await open();
    expect(second).not.toBe(id);
    expect((await load(second)).number).toBe('H-2205.2');
    expect(await load(id)).toMatchObject({ stage: 'WITHDRAWN', withdrawnReason: 'The client reopened the tender.' });
  });
});

describe('classifying', () => {
  test('another service template makes a new content version and a contributor', async () => {
    const id = await open();
    await sales.done(classifyForTest, { handoffId: id, serviceTemplate: 'cloud-migration' });
    expect(await load(id)).toMatchObject({ serviceTemplate: 'cloud-migration', termsRevision: 2, revision: 2 });
    const rows = await world.rows(
      'select content_revision from contribution where tenant_id = $1 order by content_revision',
    );
    expect(rows.map((row) => row.content_revision)).toEqual([1, 2]);
  });

  test('an unknown one is refused with the valid ones', async () => {
    const [found] = await sales.refused(classifyForTest, { handoffId: await open(), serviceTemplate: 'telepathy' });
    expect(found).toMatchObject({ code: 'UNKNOWN_SERVICE_TEMPLATE' });
    expect(found?.facts.valid).toContain('managed-network');
  });
});

describe('the content', () => {
  test('each kind of row is added, changed and taken out, and raises the revision by one', async () => {
    const id = await open();
    const source = 'Call of 20 November';
    const rows = async () =>
      world.read({
        stakeholders: select(Stakeholder, { handoffId: id, dealSnapshotId: null }),
        assumptions: select(Assumption, { handoffId: id }),
        risks: select(Risk, { handoffId: id, dealSnapshotId: null }),
        statements: select(HandoffStatement, { handoffId: id, dealSnapshotId: null }),
      });
    await sales.done(addStakeholder, {
      ...(await on(id)),
      side: Side.CLIENT,
      role: StakeholderRole.CHAMPION,
      name: 'Ida',
    });
    await sales.done(addAssumption, { ...(await on(id)), text: 'Power is there', source });
    await sales.done(addRisk, { ...(await on(id)), text: 'Old cabling', level: RiskLevel.HIGH, source });
    await sales.done(addStatement, {
      ...(await on(id)),
      kind: StatementKind.DEPENDENCY,
      text: 'A line',
      source,
      dueOn: '2026-12-01',
    });
    expect((await load(id)).revision).toBe(5);

    const added = await rows();
    const stakeholderId = added.stakeholders[0]!.id;
    const assumptionId = added.assumptions[0]!.id;
    const riskId = added.risks[0]!.id;
    const statementId = added.statements[0]!.id;
    await sales.done(reviseStakeholder, { ...(await on(id)), stakeholderId, email: 'ida@acme.example' });
    await sales.done(resolveAssumption, {
      ...(await on(id)),
      assumptionId,
      state: AssumptionState.CONFIRMED,
      resolution: 'Seen',
    });
    await sales.done(reviseRisk, { ...(await on(id)), riskId, mitigation: 'Survey first' });
    await sales.done(reviseStatement, { ...(await on(id)), statementId, dueOn: null });
    const revised = await rows();
    expect(revised.stakeholders[0]).toMatchObject({ name: 'Ida', email: 'ida@acme.example' });
    expect(revised.assumptions[0]).toMatchObject({ state: 'CONFIRMED', resolution: 'Seen' });
    expect(revised.risks[0]).toMatchObject({ level: 'HIGH', mitigation: 'Survey first' });
    expect(revised.statements[0]).toMatchObject({ text: 'A line', dueOn: null });

    await sales.done(removeStakeholder, { ...(await on(id)), stakeholderId });
    await sales.done(removeAssumption, { ...(await on(id)), assumptionId });
    await sales.done(removeRisk, { ...(await on(id)), riskId });
    await sales.done(removeStatement, { ...(await on(id)), statementId });
    expect(await rows()).toEqual({ stakeholders: [], assumptions: [], risks: [], statements: [] });
    expect((await load(id)).revision).toBe(13);
  });

  test('a change that says nothing new changes nothing', async () => {
    const id = await open();
    await sales.done(editHandoff, await on(id));
    const { risks } = await world.read({ risks: select(Risk, { handoffId: id }) });
    await sales.done(reviseRisk, { ...(await on(id)), riskId: risks[0]!.id });
    expect((await load(id)).revision).toBe(1);
  });

  test('the ledger names rows and fields, and keeps no name and no free text', async () => {
    const id = await open();
    const person = { side: Side.CLIENT, role: StakeholderRole.CHAMPION, name: 'Xanthippe', notes: 'Likes tea' };
    await sales.done(addStakeholder, { ...(await on(id)), ...person });
    await sales.done(editHandoff, { ...(await on(id)), context: 'A secret plan' });
    await sales.done(withdrawHandoff, { ...(await on(id)), reason: 'Lost to a rival' });
    const entries = await world.rows(
      "select action, content from ledger_entry where tenant_id = $1 and subject_type = 'Handoff' order by id",
    );
    expect(entries.map((entry) => entry.action)).toEqual([
      'importForTest',
      'addStakeholder',
      'editHandoff',
      'withdrawHandoff',
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/Xanthippe|tea|secret|rival/);
  });
});

describe('what is refused', () => {
  const risk = { text: 'Late', level: RiskLevel.LOW, source: 'Call' };

  test('a stale revision changes nothing', async () => {
    const id = await open();
    const input = { handoffId: id, expectedRevision: 7, ...risk };
    expect(await code(sales.run(addRisk, input))).toBe('STALE_REVISION');
    expect((await load(id)).revision).toBe(1);
  });

  test('two changes on one revision: one is done, the other is stale', async () => {
    const id = await open();
    const input = { handoffId: id, expectedRevision: 1, ...risk };
    const codes = await Promise.all([code(sales.run(addRisk, input)), code(sales.run(addRisk, input))]);
    expect(codes.toSorted()).toEqual(['NONE', 'STALE_REVISION']);
  });

  test('in review sales is refused, and delivery may add and resolve, and no more', async () => {
    const id = await open();
    await stage(id, Stage.IN_REVIEW);
    const lead = await world.as('SERVICE_DELIVERY_LEAD');
    const manager = await world.as('DELIVERY_MANAGER');
    expect((await sales.refused(addRisk, { ...(await on(id)), ...risk }))[0]?.code).toBe('NOT_EDITABLE');
    expect((await sales.refused(editHandoff, { ...(await on(id)), context: 'More' }))[0]?.code).toBe('NOT_EDITABLE');
    await lead.done(addRisk, { ...(await on(id)), ...risk });
    await manager.done(addAssumption, { ...(await on(id)), text: 'Access', source: 'Survey' });
    const { assumptions } = await world.read({ assumptions: select(Assumption, { handoffId: id }) });
    const assumptionId = assumptions[0]!.id;
    const word = { assumptionId, state: AssumptionState.REFUTED, resolution: 'No access' };
    await manager.done(resolveAssumption, { ...(await on(id)), ...word });
    await manager.done(editIntake, { ...(await on(id)), intakeNotes: 'Call the site' });
    expect(await code(manager.run(editHandoff, { ...(await on(id)), context: 'x' }))).toBe('FORBIDDEN');
    expect(await code(manager.run(removeAssumption, { ...(await on(id)), assumptionId }))).toBe('FORBIDDEN');
    expect(await code(sales.run(editIntake, { ...(await on(id)), intakeNotes: 'x' }))).toBe('FORBIDDEN');
  });

  test('a delivery manager works on a draft only when it is theirs', async () => {
    const id = await open();
    const manager = await world.as('DELIVERY_MANAGER');
    const note = async (): Promise<string> =>
      code(manager.run(editIntake, { ...(await on(id)), intakeNotes: 'Early look' }));
    expect(await note()).toBe('FORBIDDEN');
    await sales.done(assignDeliveryManager, { ...(await on(id)), personId: manager.actor.id });
    expect(await note()).toBe('NONE');
  });

  test('people without the role are not assigned; a stranger is not found', async () => {
    const id = await open();
    const [found] = await sales.refused(assignDeliveryManager, { ...(await on(id)), personId: sales.actor.id });
    expect(found).toMatchObject({ code: 'ROLE_NOT_HELD' });
    expect(found?.facts.holders).toContain(await world.idOf('DELIVERY_MANAGER'));
    const owner = await sales.refused(assignOwner, {
      ...(await on(id)),
      personId: await world.idOf('DELIVERY_MANAGER'),
    });
    expect(owner[0]?.code).toBe('ROLE_NOT_HELD');
    expect(await code(sales.run(assignOwner, { ...(await on(id)), personId: newId() }))).toBe('NOT_FOUND');
  });

  test('answers to questions that nobody asks', async () => {
    const id = await open();
    const answers = [{ key: 'favourite-colour', value: 'blue' }];
    expect((await sales.refused(editHandoff, { ...(await on(id)), answers }))[0]?.code).toBe('UNKNOWN_QUESTION');
    const question = world.configuration.questions.find(({ type }) => type === 'BOOLEAN')!;
    await sales.done(editHandoff, { ...(await on(id)), answers: [{ key: question.key, value: 'true' }] });
    expect((await load(id)).answers).toEqual({ [question.key]: true });
  });

  test("another tenant's handoff, and a row of another handoff, are not there", async () => {
    const id = await open();
    const { risks } = await world.read({ risks: select(Risk, { handoffId: id }) });
    const riskId = risks[0]!.id;
    const other = await suite.tenant();
    const stranger = await other.as('SALES_MANAGER');
    expect(await code(stranger.run(addRisk, { handoffId: id, expectedRevision: 1, ...risk }))).toBe('NOT_FOUND');
    const theirs = await stranger.done(importForTest, HEALTHY);
    const across = { handoffId: theirs, expectedRevision: 1, riskId };
    expect(await code(stranger.run(removeRisk, across))).toBe('NOT_FOUND');
    expect(await code(stranger.run(reviseRisk, { ...across, text: 'x' }))).toBe('NOT_FOUND');
    expect(
      await code(stranger.run(assignOwner, { handoffId: theirs, expectedRevision: 1, personId: sales.actor.id })),
    ).toBe('NOT_FOUND');
    expect((await world.read({ risks: select(Risk, { handoffId: id }) })).risks).toEqual(risks);
  });

  test('the database itself: snapshots and payloads are never changed', async () => {
    await open();
    for (const table of ['deal_snapshot', 'deal_payload', 'quote_line']) {
      const attempt = suite.gateway.transaction(world.tenantId, (tx) =>
        tx.commit([{ text: `delete from ${table} where tenant_id = $1`, values: [] }]),
      );
      expect(await code(attempt)).toBe('42501');
    }
  });
});
