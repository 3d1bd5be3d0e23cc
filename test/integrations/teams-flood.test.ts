import { raiseAlert } from '../../src/core/alert.js';
import { newId } from '../../src/core/id.js';
import { EffectState } from '../../src/core/outbox/effect.entity.js';
import { enqueue } from '../../src/core/outbox/message.js';
import { resolveDecision } from '../../src/decision/decision.commands.js';
import { CardHold, CardState } from '../../src/integrations/microsoft/teams/teams-card.entity.js';
import { confirmEffect } from '../../src/integrations/outbox/outbox.commands.js';
import { PUBLIC_URL, useTeams } from './teams.kit.js';

const teams = useTeams();
const { bench } = teams;

/** So many more entries of the log; their ids. */
async function open(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push(await teams.open(`Question ${n}?`));
  return ids;
}

async function alert(): Promise<void> {
  const { gateway, clock, vault } = bench.suite;
  const moment = { now: clock.at, newId, vault, actor: (await bench.world.as('REVOPS_ADMIN')).actor };
  const terms = { code: 'BREAK_GLASS', subject: { type: 'Handoff', id: teams.handoffId }, facts: {} };
  const { statement, message } = raiseAlert(terms, moment);
  const writes = [statement, ...enqueue([message], clock.at, newId)];
  await gateway.transaction(bench.world.tenantId, (tx) => tx.commit(writes));
}

async function settle(decisionId: string): Promise<void> {
  const delivery = await bench.world.as('DELIVERY_MANAGER');
  await delivery.done(resolveDecision, {
    handoffId: teams.handoffId,
    decisionId,
    expectedRevision: await teams.revision(),
    outcome: 'Nobody.',
    reason: 'It is not needed.',
    obsolete: false,
  });
}

test('more cards than the burst limit are one digest that names all, each with its own link; the next wait, and come', async () => {
  await teams.connect({ topics: 'DECISIONS,ALERTS', burst: '2', burstMinutes: '30' });
  await teams.quiet();
  bench.suite.clock.advanceHours(1);
  const ids = await open(4);
  await Promise.all([teams.work(), teams.work()]);
  const [digest, ...more] = teams.cards();
  expect(more).toEqual([]);
  expect(digest!.body[0]!.text).toBe('4 updates');
  const lines = digest!.body.slice(2).map(({ text }) => text!);
  expect(lines).toHaveLength(4);
  for (const line of lines) {
    expect(line).toMatch(/^\[Decision D-\d+ of H-\d+ is open\]\(/);
    expect(line).toContain(`(${PUBLIC_URL}/handoffs/${teams.handoffId})`);
  }
  const [row] = (await teams.digests()).slice(-1);
  for (const id of ids) expect(await teams.rows(id)).toMatchObject([{ state: CardState.POSTED, digestId: row!.id }]);
  const [late] = await open(1);
  await settle(ids[0]!);
  await alert();
  await teams.work();
  expect(teams.titles().slice(1)).toEqual(['Alert: BREAK_GLASS']);
  expect(await teams.rows(late)).toMatchObject([{ state: CardState.WAITING, waitsFor: CardHold.BURST }]);
  bench.suite.clock.advanceHours(0.6);
  await teams.work();
  expect(teams.titles().slice(2).toSorted()).toEqual([
    expect.stringMatching(/^Decision D-\d+ of \S+ is decided$/),
    expect.stringMatching(/^Decision D-\d+ of \S+ is open$/),
  ]);
  expect(bench.count('run.failed')).toBe(0);
});

test('in quiet hours nothing comes but what is urgent; what is settled meanwhile is not needed in the morning', async () => {
  await teams.connect({ topics: 'DECISIONS,ALERTS', quietHours: 'ON' });
  await teams.quiet();
  bench.suite.clock.at = new Date('2026-11-23T20:00:00Z');
  const [kept, gone] = (await open(2)) as [string, string];
  await alert();
  await teams.work();
  expect(teams.titles()).toEqual(['Alert: BREAK_GLASS']);
  expect(await teams.rows(kept)).toMatchObject([{ state: CardState.WAITING, waitsFor: CardHold.QUIET_HOURS }]);
  await settle(gone);
  await teams.work();
  bench.suite.clock.at = new Date('2026-11-24T09:00:00Z');
  await teams.work();
  expect(teams.titles().slice(1)).toEqual([expect.stringMatching(/is open$/), expect.stringMatching(/is decided$/)]);
  expect((await teams.rows(gone)).map(({ state }) => state)).toEqual([CardState.NOT_NEEDED, CardState.POSTED]);
});

test('a daily digest comes once, at its time; lost on the way it waits as UNKNOWN, and is sent when a person says so', async () => {
  await teams.connect({ topics: 'DECISIONS', digest: 'DAILY', digestAt: '16:30' });
  bench.suite.clock.at = new Date('2026-11-23T15:00:00Z');
  await teams.work();
  expect(teams.cards()).toEqual([]);
  const [first, second] = (await open(2)) as [string, string];
  await teams.work();
  await settle(second);
  await teams.work();
  expect(teams.cards()).toEqual([]);
  bench.suite.clock.at = new Date('2026-11-23T16:30:20Z');
  teams.arm({ operation: 'workflow.trigger', kind: 'status', status: 500 });
  await teams.work();
  const [unknown] = (await teams.effects()).filter(({ state }) => state === EffectState.UNKNOWN);
  expect(unknown).toMatchObject({ aggregateType: 'Integration', remedy: expect.stringContaining('confirmEffect') });
  await teams.work(2);
  expect(teams.cards()).toEqual([]);
  await (await bench.world.as('REVOPS_ADMIN')).done(confirmEffect, { effectId: unknown!.id });
  await teams.work(2);
  expect(teams.titles()).toEqual([expect.stringMatching(/^\d+ updates$/)]);
  const words = JSON.stringify(teams.cards()[0]!.body);
  expect(words).toMatch(/is open/);
  expect(words).toMatch(/is decided/);
  expect(await teams.rows(first)).toMatchObject([{ state: CardState.POSTED }]);
  expect((await teams.rows(second)).map(({ state }) => state)).toEqual([CardState.NOT_NEEDED, CardState.POSTED]);
  await teams.work();
  expect(teams.cards()).toHaveLength(1);
});
