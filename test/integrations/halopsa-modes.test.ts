import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EffectState, OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import { selectRequired, update } from '../../src/core/statement.js';
import type { EntityClass } from '../../src/core/table.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { updateIntegrationSettings } from '../../src/integrations/connection/connection.commands.js';
import { Integration } from '../../src/integrations/connection/connection.entity.js';
import { PsaDeal, PsaDealState } from '../../src/integrations/halopsa/psa-sync.entity.js';
import { demoDeal } from '../../src/sandbox/demo/deal-files.js';
import { type Fault, FAULTS } from '../../src/sandbox/halopsa/faults.js';
import { actionsOf } from '../../src/sandbox/halopsa/actions.js';
import { approvalsOf } from '../../src/sandbox/halopsa/approvals.js';
import { perform } from '../../src/sandbox/halopsa/people.js';
import { seedDeal } from '../../src/sandbox/halopsa/seed.js';
import type { HaloRecord } from '../../src/sandbox/halopsa/store.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { HaloWorld } from './halopsa.kit.js';

const DEAL = 2205;

let suite: Suite;
let world: World;
let there: HaloWorld;

beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  there = await HaloWorld.start(suite, world);
});
afterEach(() => there.close());
afterAll(() => suite.close());

const opportunity = (): HaloRecord => there.halo.store.get('ticket', DEAL)!;
const field = (name: string): unknown =>
  ((opportunity().customfields ?? []) as HaloRecord[]).find((one) => one.name === name)?.value;
const gateActions = (): readonly HaloRecord[] =>
  actionsOf(there.halo, DEAL).filter(({ outcome }) => outcome === 'Handoff gate');
const projects = (): readonly HaloRecord[] =>
  there.halo.store.all('ticket').filter(({ tickettype_id }) => tickettype_id === 5);
const posts = (): unknown[] => there.halo.log.list({ method: 'POST', path: '/api/' }).slice();

/** Every test wins an opportunity of whose handoff nothing is proven, and lets two sweeps pass. */
async function win(settings: Record<string, string>): Promise<void> {
  await there.connect(settings);
  await there.work();
  perform(there.halo, 'win', { id: DEAL });
  await there.later(6);
  await there.later(6);
}

async function problem(): Promise<string | null> {
  const admin = await world.as('REVOPS_ADMIN');
  const { data } = await admin.graphql(operation('psa-deals'), { first: 5 });
  return data!.psaDeals.edges[0]?.node.problem ?? null;
}

/** Changes rows past the commands. */
const change = <T extends object>(entity: EntityClass<T>, row: Partial<T>, where: Partial<T> = {}): Promise<void> =>
  suite.gateway.transaction(world.tenantId, (tx) => tx.commit([update(entity, where as never, row as never)]));

/** Somebody edits the opportunity, and the next sweep reads it again. */
async function touched(): Promise<void> {
  const before = String(opportunity().last_update);
  const after = new Date(Date.parse(`${before.slice(0, 19)}Z`) + 2000).toISOString().slice(0, 19);
  there.halo.store.put('ticket', { ...opportunity(), last_update: after });
  await there.later(6);
}

async function stages(): Promise<unknown> {
  const [row] = await world.rows("select string_agg(stage, ' ') as stages from handoff where tenant_id = $1");
  return row!.stages;
}

/** In every mode no project exists before the gate, and nothing is left in trouble. */
async function expectSound(): Promise<void> {
  expect(projects()).toEqual([]);
  expect(await there.effects([EffectState.DEAD, EffectState.PARKED, EffectState.UNKNOWN])).toEqual([]);
}

it('OBSERVE records the win and writes nothing into HaloPSA', async () => {
  await win({ mode: 'OBSERVE' });
  expect(await problem()).toBe('WON_BEFORE_GATE');
  expect(posts()).toEqual([]);
  await expectSound();
});

it('FLAG writes gate status and missing items, and one private note a win', async () => {
  await win({});
  expect(field('CFHandoffGate')).toBe('BLOCKED');
  expect(field('CFHandoffMissing')).toContain('EVIDENCE_MISSING');
  expect(opportunity().status_id).toBe(9);
  expect(gateActions()).toMatchObject([{ hiddenfromuser: true, note: expect.stringContaining('EVIDENCE_MISSING') }]);
  expect(await problem()).toBe('WON_BEFORE_GATE');
  await expectSound();
  perform(there.halo, 'reopen', { id: DEAL });
  perform(there.halo, 'win', { id: DEAL });
  await there.later(6);
  expect(gateActions()).toHaveLength(2);
});

describe('REVERT', () => {
  it('moves the opportunity back by an action, at most once a win', async () => {
    await win({ mode: 'REVERT', revertStatusId: '4' });
    expect(opportunity().status_id).toBe(4);
    expect(gateActions()).toMatchObject([{ new_status: 4, hiddenfromuser: true }]);
    await there.later(6);
    expect(gateActions()).toHaveLength(1);
    await expectSound();
    perform(there.halo, 'win', { id: DEAL });
    await there.later(6);
    await there.later(6);
    expect(gateActions()).toHaveLength(2);
    expect(opportunity().status_id).toBe(4);
    const [row] = await world.rows("select string_agg(stage, ' ') as stages from handoff where tenant_id = $1");
    expect(row).toEqual({ stages: 'DRAFT' });
  });

  const action = { method: 'POST', path: '/Actions' };
  const rows: readonly { readonly what: string; readonly fault: Fault }[] = [
    { what: 'a reset after it was done', fault: { ...action, ...FAULTS.resetAfter() } },
    { what: 'a 500 before', fault: { ...action, ...FAULTS.failsBefore() } },
    { what: 'a 502 after it was done', fault: { ...action, ...FAULTS.failsAfter(502) } },
  ];
  it.each(rows)('acts once after $what', async ({ fault }) => {
    there.halo.faults.add(fault);
    await win({ mode: 'REVERT', revertStatusId: '4' });
    expect(gateActions()).toHaveLength(1);
    expect(opportunity().status_id).toBe(4);
    await expectSound();
  });

  it('leaves a win alone that passed the gate, also while delivery has returned the handoff', async () => {
    await win({ mode: 'OBSERVE' });
    await change(Handoff, { stage: Stage.RETURNED });
    const { row } = await world.read({ row: selectRequired(Integration, there.integrationId) });
    const settings = Object.entries({ ...row.settings, mode: 'REVERT', revertStatusId: '4' });
    await (
      await world.as('REVOPS_ADMIN')
    ).done(updateIntegrationSettings, {
      integrationId: there.integrationId,
      expectedRevision: row.revision,
      baseUrl: row.baseUrl,
      settings: settings.map(([name, value]) => ({ name, value })),
    });
    await touched();
    expect(gateActions()).toEqual([]);
    expect(opportunity().status_id).toBe(9);
    expect(await problem()).toBeNull();
    await expectSound();
  });

  it('takes no handoff back for an action of its own, though the worker ended before it was noted', async () => {
    await win({ mode: 'REVERT', revertStatusId: '4' });
    const [revert] = (await there.effects([EffectState.DONE])).filter(({ kind }) => kind === 'halopsa.revert');
    const later = new Date(suite.clock.at.getTime() + 30 * 60_000);
    const lost = { state: EffectState.PENDING, inDoubt: true, doneAt: null, receipt: null, nextAttemptAt: later };
    await change(OutboxEffect, lost, { id: revert!.id });
    await change(PsaDeal, { state: PsaDealState.WON });
    await change(Handoff, { stage: Stage.IN_REVIEW });
    await touched();
    expect(await stages()).toBe('IN_REVIEW');
    await there.later(40);
    expect(gateActions()).toHaveLength(1);
    await touched();
    expect(await stages()).toBe('IN_REVIEW');
  });

  it('takes a handoff back that somebody else opened again, when its own action was never done', async () => {
    await win({ mode: 'REVERT', revertStatusId: '4' });
    const [revert] = (await there.effects([EffectState.DONE])).filter(({ kind }) => kind === 'halopsa.revert');
    const later = new Date(suite.clock.at.getTime() + 30 * 60_000);
    const lost = { state: EffectState.PENDING, inDoubt: true, doneAt: null, receipt: null, nextAttemptAt: later };
    await change(OutboxEffect, { ...lost, effectKey: `${revert!.effectKey}-lost` }, { id: revert!.id });
    await change(PsaDeal, { state: PsaDealState.WON });
    await change(Handoff, { stage: Stage.IN_REVIEW });
    await touched();
    expect(await stages()).toBe('IN_REVIEW');
    await there.later(40);
    expect(await stages()).toBe('WITHDRAWN');
  });

  it('names the setting that it needs', async () => {
    await win({ mode: 'REVERT' });
    const [dead] = await there.effects([EffectState.DEAD]);
    expect(dead).toMatchObject({
      reason: 'HALOPSA_SETTING_MISSING',
      remedy: expect.stringContaining('revertStatusId'),
    });
    expect(opportunity().status_id).toBe(9);
  });
});

describe('NATIVE', () => {
  const native = { mode: 'NATIVE', agentId: '90' };

  it('rejects the approval of a win whose gate is blocked, once, and says what is missing', async () => {
    there.halo.configure({ wonApproverAgentId: 90 });
    there.halo.faults.add({ method: 'POST', path: '/TicketApproval', ...FAULTS.resetAfter() });
    await win(native);
    expect(approvalsOf(there.halo, DEAL)).toMatchObject([
      { result: 2, approver_note: expect.stringContaining('EVIDENCE_MISSING') },
    ]);
    expect(opportunity().status_id).not.toBe(9);
    await expectSound();
    perform(there.halo, 'win', { id: DEAL });
    await there.later(6);
    expect(approvalsOf(there.halo, DEAL)).toMatchObject([{ result: 2 }, { result: 2 }]);
  });

  it('approves the win of a handoff that has passed the gate, and its project follows', async () => {
    await there.connect(native);
    const { handoffId } = await playStory(world);
    const [row] = await world.rows(
      'select d.external_id from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id where d.tenant_id = $1 and h.id = $2',
      [handoffId],
    );
    const id = Number(row!.external_id);
    const sample = readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8');
    seedDeal(there.halo, JSON.parse(demoDeal(sample, id).corrected), { id, stage: 4 });
    there.halo.configure({ wonApproverAgentId: 90 });
    await there.work();
    perform(there.halo, 'win', { id });
    await there.later(6);
    expect(approvalsOf(there.halo, id)).toMatchObject([{ result: 1 }]);
    expect(there.halo.store.get('ticket', id)).toMatchObject({ status_id: 9 });
    expect(projects()).toHaveLength(1);
  });

  it('finds a status that was written past the approval, and flags it', async () => {
    there.halo.configure({ wonApproverAgentId: 90 });
    await there.connect(native);
    await there.work();
    perform(there.halo, 'bypass', { id: DEAL });
    await there.later(6);
    expect(await problem()).toBe('WON_BEFORE_GATE');
    expect(gateActions()).toHaveLength(1);
    await expectSound();
  });
});
