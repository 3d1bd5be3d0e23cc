import { withdrawHandoff } from '../../src/passage/withdraw.command.js';
import { contributorsOf } from '../../src/approval/approval.queries.js';
import { newId } from '../../src/core/id.js';
import { insert, select, selectRequired, update } from '../../src/core/statement.js';
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
import { assignOwner, editHandoff, editIntake } from '../../src/handoff/handoff.commands.js';
import { assignDeliveryManager } from '../../src/passage/assign.command.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { RoleGrant } from '../../src/identity/person.entity.js';
import { Role } from '../../src/identity/roles.js';
import { addRisk, removeRisk, reviseRisk } from '../../src/handoff/risk.commands.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { addStakeholder, removeStakeholder, reviseStakeholder } from '../../src/handoff/stakeholder.commands.js';
import { addStatement, removeStatement, reviseStatement } from '../../src/handoff/statement.commands.js';
import { importForTest } from '../kit/deal.js';
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
    (error: { code?: string }) => error.code ?? 'UNEXPECTED',
  );
}

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
    // Writing tells no more than reading; the ledger knows the attempt for what it was.
    const denied = async () =>
      world.rows(
        `select outcome from ledger_entry where tenant_id = $1 and action = 'editIntake' and subject_id = $2`,
        [id],
      );
    expect(await note()).toBe('NOT_FOUND');
    expect(await denied()).toEqual([{ outcome: 'DENIED' }]);
    const refusal = async (handoffId: string): Promise<string> => {
      const input = { ...(await on(id)), handoffId, intakeNotes: 'x' };
      const error = await manager.run(editIntake, input).catch((reason: unknown) => reason);
      const { message, details } = error as { message: string; details: unknown };
      return JSON.stringify({ message, details }).replaceAll(handoffId, '*');
    };
    expect(await refusal(id)).toBe(await refusal(newId()));
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

  test('whoever comes to own a handoff is a contributor from then on', async () => {
    const id = await open();
    const second = await world.as('REVOPS_ADMIN');
    await suite.gateway.transaction(world.tenantId, (tx) =>
      tx.commit([
        insert(RoleGrant, {
          id: newId(),
          personId: second.actor.id,
          role: Role.SALES_MANAGER,
          grantedBy: 'test',
          grantedAt: suite.clock.at,
        }),
      ]),
    );
    await sales.done(assignOwner, { ...(await on(id)), personId: second.actor.id });
    expect(await load(id)).toMatchObject({ ownerId: second.actor.id, revision: 2, termsRevision: 1 });
    const { people } = await world.read({ people: contributorsOf({ type: 'Handoff', id }) });
    expect(people.toSorted()).toEqual([sales.actor.id, second.actor.id].toSorted());
  });

  test('answers to questions that nobody asks', async () => {
    const id = await open();
    const answers = [{ key: 'favourite-colour', value: 'blue' }];
    expect((await sales.refused(editHandoff, { ...(await on(id)), answers }))[0]?.code).toBe('UNKNOWN_QUESTION');
    const question = world.configuration.questions.find(({ type }) => type === 'BOOLEAN')!;
    await sales.done(editHandoff, { ...(await on(id)), answers: [{ key: question.key, value: 'true' }] });
    expect((await load(id)).answers).toEqual({ [question.key]: true });
  });

  test("another tenant's handoff and person are not there", async () => {
    const id = await open();
    const stranger = await (await suite.tenant()).as('SALES_MANAGER');
    expect(await code(stranger.run(addRisk, { handoffId: id, expectedRevision: 1, ...risk }))).toBe('NOT_FOUND');
    const theirs = await stranger.done(importForTest, HEALTHY);
    const person = { handoffId: theirs, expectedRevision: 1, personId: sales.actor.id };
    expect(await code(stranger.run(assignOwner, person))).toBe('NOT_FOUND');
  });

  test('a row of another handoff, of this tenant or another, is not there', async () => {
    const id = await open();
    await sales.done(addAssumption, { ...(await on(id)), text: 'Power is there', source: 'Survey' });
    const rows = await world.read({
      stakeholders: select(Stakeholder, { handoffId: id }),
      assumptions: select(Assumption, { handoffId: id }),
      risks: select(Risk, { handoffId: id }),
      statements: select(HandoffStatement, { handoffId: id }),
    });
    const stakeholderId = rows.stakeholders[0]!.id;
    const assumptionId = rows.assumptions[0]!.id;
    const riskId = rows.risks[0]!.id;
    const statementId = rows.statements[0]!.id;
    const { raw, parsed } = HEALTHY;
    const second = { raw, parsed: { ...parsed, deal: { ...parsed.deal, externalId: '9' } } };
    for (const who of [sales, await (await suite.tenant()).as('SALES_MANAGER')]) {
      const other = { handoffId: await who.done(importForTest, second), expectedRevision: 1 };
      const resolution = { state: AssumptionState.CONFIRMED, resolution: 'x' };
      const codes = [
        await code(who.run(reviseStakeholder, { ...other, stakeholderId, name: 'x' })),
        await code(who.run(removeStakeholder, { ...other, stakeholderId })),
        await code(who.run(resolveAssumption, { ...other, assumptionId, ...resolution })),
        await code(who.run(removeAssumption, { ...other, assumptionId })),
        await code(who.run(reviseRisk, { ...other, riskId, text: 'x' })),
        await code(who.run(removeRisk, { ...other, riskId })),
        await code(who.run(reviseStatement, { ...other, statementId, text: 'x' })),
        await code(who.run(removeStatement, { ...other, statementId })),
      ];
      expect(codes).toEqual(codes.map(() => 'NOT_FOUND'));
    }
    expect((await world.read({ risks: select(Risk, { handoffId: id }) })).risks).toEqual(rows.risks);
  });
});
