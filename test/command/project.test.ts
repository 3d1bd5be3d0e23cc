import { selectRequired, type Statement, update } from '../../src/core/statement.js';
import { normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import { editHandoff } from '../../src/handoff/handoff.commands.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { BaselineReason, BudgetBaseline, BudgetBaselineLine } from '../../src/project/baseline.entity.js';
import { assignProjectLead, assignTask, completeTask } from '../../src/project/project.commands.js';
import {
  MilestoneState,
  ProjectMilestone,
  ProjectState,
  ProjectTask,
  TaskState,
} from '../../src/project/project.entity.js';
import {
  baselinesOf,
  currentBaselineLines,
  dependenciesOf,
  milestonesOf,
  projectOfHandoff,
  tasksOf,
} from '../../src/project/project.queries.js';
import { importForTest } from '../kit/deal.js';
import { submitForTest } from '../kit/project.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

let suite: Suite;
let world: World;
let sales: Persona;
let delivery: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  world = await suite.tenant();
  sales = await world.as('SALES_MANAGER');
  delivery = await world.as('DELIVERY_MANAGER');
});

const HEALTHY = read('managed-network-healthy');

async function submitted(): Promise<string> {
  const handoffId = await sales.done(importForTest, HEALTHY);
  await sales.done(submitForTest, { handoffId });
  return handoffId;
}

async function everything(handoffId: string) {
  const { project, ...rest } = await world.read({
    project: projectOfHandoff(handoffId),
    milestones: milestonesOf(handoffId),
    tasks: tasksOf(handoffId),
    baselines: baselinesOf(handoffId),
    lines: currentBaselineLines(handoffId),
  });
  const { edges } = await world.read({ edges: dependenciesOf(project!.id) });
  return { project: project!, edges, ...rest };
}

const on = async (handoffId: string): Promise<{ handoffId: string; expectedRevision: number }> => ({
  handoffId,
  expectedRevision: (await world.read({ row: selectRequired(Handoff, handoffId) })).row.revision,
});
const returned = (handoffId: string): Promise<void> =>
  write(update(Handoff, { id: handoffId }, { stage: Stage.RETURNED }));
const write = (...statements: Statement[]): Promise<void> =>
  suite.gateway.transaction(world.tenantId, (tx) => tx.commit(statements));

/** The same export with a higher cost. */
function dearer(): typeof HEALTHY {
  const raw = HEALTHY.raw.replace(/"costprice": ?(\d+)/, (_all, cost: string) => `"costprice": ${Number(cost) + 1}`);
  const parsed = normaliseHaloExport(raw);
  if (!parsed.ok) throw new Error('not an export');
  return { raw, parsed };
}

/** A task that waits for another, and what it waits for. */
async function chained(handoffId: string): Promise<{ task: ProjectTask; first: ProjectTask }> {
  const { tasks, edges } = await everything(handoffId);
  const leaves = tasks.filter(({ id }) => !edges.some(({ taskId }) => taskId === id));
  const edge = edges.find(
    ({ taskId, dependsOnTaskId }) =>
      leaves.some(({ id }) => id === dependsOnTaskId) && edges.filter((one) => one.taskId === taskId).length === 1,
  )!;
  return {
    task: tasks.find(({ id }) => id === edge.taskId)!,
    first: tasks.find(({ id }) => id === edge.dependsOnTaskId)!,
  };
}

describe('a first submit', () => {
  test('makes the project with its plan and baseline version 1, with sources', async () => {
    const { project, milestones, tasks, edges, baselines, lines } = await everything(await submitted());
    expect(project).toMatchObject({
      state: ProjectState.AWAITING_SIGN_OFF,
      serviceTemplate: 'managed-network',
      dealType: 'NEW_BUSINESS',
      projectLeadId: null,
    });
    expect(project.number).toMatch(/^P-/);
    expect(project.sources.map(({ type }) => type)).toEqual(['CONFIGURATION', 'DEAL_SNAPSHOT']);
    expect(milestones.length).toBeGreaterThan(0);
    expect(edges.length).toBeGreaterThan(0);
    expect(tasks.find(({ ownerRole }) => ownerRole === 'SALES_MANAGER')?.ownerId ?? sales.actor.id).toBe(
      sales.actor.id,
    );
    expect(baselines).toHaveLength(1);
    expect(baselines[0]).toMatchObject({ version: 1, supersedesId: null, reason: BaselineReason.SUBMIT });
    const price = lines.reduce((sum, { priceMinor }) => sum + priceMinor, 0n);
    const [value] = await world.rows(
      'select sum(total_minor * coalesce(periods, 1)) as total from quote_line where tenant_id = $1',
    );
    expect(price.toString()).toBe(String(value!.total));
  });
});

describe('a submit after a return', () => {
  test('changes nothing of the baseline when terms and plan are the same', async () => {
    const handoffId = await submitted();
    const before = await everything(handoffId);
    await returned(handoffId);
    await sales.done(submitForTest, { handoffId });
    const after = await everything(handoffId);
    expect(after.baselines).toEqual(before.baselines);
    expect(after.tasks).toEqual(before.tasks);
    expect(after.milestones).toEqual(before.milestones);
    expect(after.edges).toEqual(before.edges);
  });

  test('keeps the project and supersedes the baseline when the terms have changed', async () => {
    const handoffId = await submitted();
    const before = await everything(handoffId);
    await returned(handoffId);
    await sales.done(importForTest, dearer());
    await sales.done(submitForTest, { handoffId });
    const after = await everything(handoffId);
    expect(after.project.id).toBe(before.project.id);
    expect(after.baselines.map(({ version, reason, supersedesId }) => [version, reason, supersedesId])).toEqual([
      [2, BaselineReason.RETURN, before.baselines[0]!.id],
      [1, BaselineReason.SUBMIT, null],
    ]);
    expect(after.baselines[0]!.termsRevision).toBeGreaterThan(before.baselines[0]!.termsRevision);
    expect(after.tasks.map(({ id }) => id)).toEqual(before.tasks.map(({ id }) => id));
  });

  test('supersedes the baseline when the terms were changed and changed back', async () => {
    const handoffId = await submitted();
    await returned(handoffId);
    await sales.done(importForTest, dearer());
    await sales.done(importForTest, HEALTHY);
    await sales.done(submitForTest, { handoffId });
    const [second, first] = (await everything(handoffId)).baselines;
    expect([second!.version, second!.contentDigest]).toEqual([2, first!.contentDigest]);
  });

  test('re-dates the plan, keeps owners and what was done, and cancels what is no longer planned', async () => {
    const handoffId = await submitted();
    const { first } = await chained(handoffId);
    const owner = await world.idOf('SERVICE_DELIVERY_LEAD');
    await delivery.done(assignTask, { ...(await on(handoffId)), taskId: first.id, personId: owner });
    await delivery.done(completeTask, { ...(await on(handoffId)), taskId: first.id });
    const before = await everything(handoffId);
    const gone = before.tasks.find(
      (task) => task.id !== first.id && !before.edges.some(({ dependsOnTaskId }) => dependsOnTaskId === task.id),
    )!;
    await write(
      update(ProjectTask, { id: gone.id }, { key: 'former' }),
      update(ProjectMilestone, { id: before.milestones.at(-1)!.id }, { key: 'former' }),
    );
    await returned(handoffId);
    await sales.done(editHandoff, { ...(await on(handoffId)), startOn: '2027-03-01' });
    await sales.done(submitForTest, { handoffId });
    const after = await everything(handoffId);
    expect(after.project.startOn).toBe('2027-03-01');
    expect(after.baselines).toHaveLength(2);
    expect(after.tasks.find(({ id }) => id === first.id)).toMatchObject({ state: TaskState.DONE, ownerId: owner });
    expect(after.tasks.find(({ id }) => id === gone.id)!.state).toBe(TaskState.CANCELLED);
    expect(after.milestones.find(({ key }) => key === 'former')!.state).toBe(MilestoneState.CANCELLED);
    const planned = after.tasks.filter(({ state }) => state !== TaskState.CANCELLED);
    expect(planned).toHaveLength(before.tasks.length);
    expect(planned.every(({ dueOn }) => dueOn >= '2027-03-01')).toBe(true);
  });
});

describe('the baseline', () => {
  test('cannot be changed or deleted by the application', async () => {
    const { baselines, lines } = await everything(await submitted());
    const attempts = [
      update(BudgetBaseline, { id: baselines[0]!.id }, { version: 9 }),
      update(BudgetBaselineLine, { id: lines[0]!.id }, { priceMinor: 1n }),
      { text: 'delete from budget_baseline_line where tenant_id = $1', values: [] },
      { text: 'delete from budget_baseline where tenant_id = $1', values: [] },
    ];
    for (const attempt of attempts) await expect(write(attempt)).rejects.toMatchObject({ code: '42501' });
  });

  test('has one version each, and names what it supersedes', async () => {
    const { baselines } = await everything(await submitted());
    const copy = (changes: string): Statement => ({
      text: `insert into budget_baseline select tenant_id, gen_random_uuid(), project_id, handoff_id, ${changes}, created_at, created_by from budget_baseline where tenant_id = $1 and id = $2`,
      values: [baselines[0]!.id],
    });
    const columns = 'currency, deal_snapshot_id, terms_digest, terms_revision, content_digest, plan_digest';
    await expect(write(copy(`1, ${columns}, null, reason, sources`))).rejects.toMatchObject({ code: '23505' });
    await expect(write(copy(`2, ${columns}, null, reason, sources`))).rejects.toMatchObject({ code: '23514' });
    await expect(write(copy(`2, ${columns}, id, reason, '[]'`))).rejects.toMatchObject({ code: '23514' });
    await expect(write(copy(`2, ${columns}, id, reason, sources`))).resolves.toBeUndefined();
  });
});

describe('tasks', () => {
  test('wait for what they depend on', async () => {
    const handoffId = await submitted();
    const { task, first } = await chained(handoffId);
    const findings = await delivery.refused(completeTask, { ...(await on(handoffId)), taskId: task.id });
    expect(findings.map(({ code, path }) => [code, path])).toEqual([['DEPENDENCY_OPEN', `tasks.${first.key}`]]);
    await delivery.done(completeTask, { ...(await on(handoffId)), taskId: first.id });
    await delivery.done(completeTask, { ...(await on(handoffId)), taskId: task.id });
    const again = await delivery.refused(completeTask, { ...(await on(handoffId)), taskId: task.id });
    expect(again.map(({ code }) => code)).toEqual(['TASK_NOT_OPEN']);
  });

  test('are completed by delivery or their owner, and assigned by delivery alone', async () => {
    const handoffId = await submitted();
    const { first } = await chained(handoffId);
    const finance = await world.as('FINANCE_APPROVER');
    const input = async () => ({ ...(await on(handoffId)), taskId: first.id });
    await delivery.done(assignTask, { ...(await input()), personId: null });
    await expect(finance.run(completeTask, await input())).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(sales.run(assignTask, { ...(await input()), personId: sales.actor.id })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await delivery.done(assignTask, { ...(await input()), personId: finance.actor.id });
    await finance.done(completeTask, await input());
  });

  test('of another handoff are not found, and a stale revision is refused', async () => {
    const handoffId = await submitted();
    const { first } = await chained(handoffId);
    const other = await suite.tenant();
    const stranger = await other.as('DELIVERY_MANAGER');
    await expect(stranger.run(completeTask, { ...(await on(handoffId)), taskId: first.id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(
      delivery.run(completeTask, { handoffId, expectedRevision: 1, taskId: first.id }),
    ).rejects.toMatchObject({ code: 'STALE_REVISION' });
  });
});

describe('a project lead', () => {
  test('comes from delivery and takes the open tasks of their role', async () => {
    const handoffId = await submitted();
    const lead = await world.idOf('SERVICE_DELIVERY_LEAD');
    const findings = await delivery.refused(assignProjectLead, { ...(await on(handoffId)), personId: sales.actor.id });
    expect(findings.map(({ code }) => code)).toEqual(['NOT_ELIGIBLE']);
    await delivery.done(assignProjectLead, { ...(await on(handoffId)), personId: lead });
    const { project, tasks } = await everything(handoffId);
    expect(project.projectLeadId).toBe(lead);
    const theirs = tasks.filter(({ ownerRole }) => ownerRole === 'SERVICE_DELIVERY_LEAD');
    expect(theirs.length).toBeGreaterThan(0);
    expect(theirs.every(({ ownerId }) => ownerId === lead)).toBe(true);
  });

  test('is not named before there is a project', async () => {
    const handoffId = await sales.done(importForTest, HEALTHY);
    const lead = await world.as('SERVICE_DELIVERY_LEAD');
    await expect(
      lead.run(assignProjectLead, { ...(await on(handoffId)), personId: lead.actor.id }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND', details: { type: 'Project' } });
  });
});

describe('over GraphQL', () => {
  const QUERY = `query ($id: ID!) { project(id: $id) { number state taskPackKey sources { type hash } projectLead { handle }
    milestones { key startOn targetOn tasks { key } } tasks { key owner { handle } milestone { key } dependsOn { key } conditionNote }
    currentBaseline { version contentDigest supersedes { version } lines { label hours price { amount currency } } } baselines { version } } }`;

  test('the project is read in a constant number of statements, cost only by those who may', async () => {
    const handoffId = await submitted();
    const { project } = await everything(handoffId);
    suite.statements.length = 0;
    const { data, errors } = await delivery.graphql(QUERY, { id: project.id });
    expect(errors).toEqual([]);
    expect(suite.statements.filter((text) => text.startsWith('select')).length).toBeLessThan(20);
    expect(data!.project.tasks.some(({ dependsOn }: { dependsOn: unknown[] }) => dependsOn.length > 0)).toBe(true);
    const cost = `query ($id: ID!) { project(id: $id) { currentBaseline { lines { cost { amount } } } } }`;
    expect((await delivery.graphql(cost, { id: project.id })).errors[0]!.extensions.code).toBe('FORBIDDEN');
    const lead = await world.as('SERVICE_DELIVERY_LEAD');
    expect((await lead.graphql(cost, { id: project.id })).data!.project.currentBaseline.lines[0].cost.amount).toMatch(
      /^\d+\.\d\d$/,
    );
    const stranger = await (await suite.tenant()).as('DELIVERY_MANAGER');
    expect((await stranger.graphql(QUERY, { id: project.id })).errors[0]!.extensions.code).toBe('NOT_FOUND');
  });
});
