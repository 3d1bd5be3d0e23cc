import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { castVote } from '../../src/approval/approval.commands.js';
import { proposeConfiguration } from '../../src/governance/propose.command.js';
import { rolesAt, rolesAtEach } from '../../src/identity/history.queries.js';
import { requestMarginException } from '../../src/margin/margin.commands.js';
import { importForTest } from '../kit/deal.js';
import { operation } from '../kit/operation.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { GraphQLResult, World } from '../kit/world.js';
import { read as sample } from '../rules/handoff.kit.js';
import { ASK_THREE, changed, proposal, RAISE_FLOORS, rename, voteOn } from './governance.kit.js';

const DOCUMENT = operation('simulate-policy');
const FRAME = /^(begin|commit|set local)/;

let opportunities = 9000;
/** The healthy sample as a deal of a client of its own. */
function dealPayload(): string {
  const id = ++opportunities;
  const deal = JSON.parse(readFileSync(resolve('samples/halopsa/managed-network-healthy.json'), 'utf8')) as Record<
    'opportunity' | 'quotation',
    object
  >;
  const client = { client_id: id, client_name: `Client ${id} Ltd` };
  Object.assign(deal.opportunity, { id }, client);
  Object.assign(deal.quotation, { id, ticket_id: id }, client);
  return JSON.stringify(deal);
}

let suite: Suite;
let world: World;
let excepted: string;
beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  const sofia = await world.as('sofia.sales');
  // A deal that met its floors: its submit was refused for its evidence alone.
  const { data } = await sofia.graphql(operation('import-deal'), {
    input: { payload: dealPayload(), serviceTemplate: 'managed-network', dealType: 'NEW_BUSINESS' },
  });
  const { id: handoffId, revision: expectedRevision } = data!.importDeal;
  await sofia.graphql(operation('submit-handoff'), { input: { handoffId, expectedRevision } });
  // A deal below its floors: asked at 14:00, answered at 15:00 and 15:30.
  excepted = await sofia.done(importForTest, sample('managed-network-below-floor'));
  await sofia.done(requestMarginException, { handoffId: excepted, expectedRevision: 1, reason: 'A foothold at Acme.' });
  suite.clock.advanceHours(1);
  await (await world.as('freda.finance')).done(castVote, await voteOn(world, excepted));
  suite.clock.advanceHours(0.5);
  await (await world.as('femi.finance')).done(castVote, await voteOn(world, excepted));
  suite.clock.advanceHours(0.5);
});
afterAll(() => suite.close());

const run = async (who: string, variables: Record<string, unknown> = {}): Promise<GraphQLResult> =>
  (await world.as(who)).graphql(DOCUMENT, variables);
const simulate = async (variables: Record<string, unknown> = {}) => {
  const { data, errors } = await run('freda.finance', variables);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return data!.simulatePolicy;
};

/** Revenue and cost of the whole contract in minor units, added up by hand. */
function contract(): { revenue: bigint; cost: bigint } {
  const { terms } = sample('managed-network-below-floor').parsed;
  const sum = (of: (line: (typeof terms.lines)[number]) => string): bigint =>
    terms.lines.reduce((total, line) => total + BigInt(of(line)) * BigInt(line.periods ?? 1), 0n);
  return { revenue: sum((line) => line.totalMinor), cost: sum((line) => line.costMinor!) };
}

describe('simulatePolicy', () => {
  it('says of the policy that rules what happened: who approved, how fast, and what that was measured from', async () => {
    const { total, cut, findings, deals, totals } = await simulate();
    expect({ total, cut, findings }).toEqual({ total: 2, cut: false, findings: [] });
    const [below, met] = deals;
    expect(below).toMatchObject({
      at: START.toISOString(),
      exact: true,
      outcome: 'EXCEPTED',
      approversNeededThen: 2,
      approversThen: [{ handle: 'femi.finance' }, { handle: 'freda.finance' }].toSorted((a, b) =>
        below.approversThen[0].handle === a.handle ? -1 : a.handle < b.handle ? -1 : 1,
      ),
      businessMinutesThen: 90,
      refused: true,
      codes: ['MARGIN_BELOW_FLOOR'],
      gravity: 'MATERIAL',
      steps: [{ name: 'approval', approvers: 2, roles: ['FINANCE_APPROVER'], named: 0 }],
      approversNeeded: 2,
      reachable: true,
      missing: [],
      medianBusinessMinutes: 90,
      p90BusinessMinutes: 90,
      leadSamples: 1,
    });
    expect(met).toMatchObject({
      outcome: 'MET',
      refused: false,
      gravity: null,
      steps: [],
      approversNeeded: 0,
      reachable: null,
    });
    expect(totals).toEqual({
      refusedThen: 1,
      refused: 1,
      newlyRefused: 0,
      noLongerRefused: 0,
      approvalsThen: 2,
      approvals: 2,
      unreachable: 0,
      estimatedBusinessMinutes: 90,
      unestimated: 0,
      workload: [{ role: 'FINANCE_APPROVER', past: 2, simulated: 2 }],
    });
  });

  it('says what other floors would have refused, with the shortfall of each part', async () => {
    const { deals, totals } = await simulate({ payload: changed(world, RAISE_FLOORS) });
    expect(totals).toMatchObject({ refusedThen: 1, refused: 2, newlyRefused: 1, noLongerRefused: 0 });
    const { revenue, cost } = contract();
    const [{ parts, gravity }] = deals as [
      { parts: { scope: string; floorBps: number; shortfall: { amount: string } }[]; gravity: string },
    ];
    const whole = parts.find(({ scope }) => scope === 'TOTAL')!;
    // The floor of 30 % became 70 %: the cost may be 30 % of the revenue, rounded down to what meets it.
    expect(whole.floorBps).toBe(7000);
    const missing = cost - (revenue * 3000n) / 10_000n;
    expect(whole.shortfall.amount).toBe(`${missing / 100n}.${String(missing % 100n).padStart(2, '0')}`);
    // 4,305 bps below the floor: beyond the 3,000 of the second threshold.
    expect(gravity).toBe('GRAVE');
  });

  it('says what lower floors would have let pass', async () => {
    const payload = changed(world, ({ marginFloors }) => {
      for (const floor of marginFloors) floor.floorBps = 100;
    });
    expect((await simulate({ payload })).totals).toMatchObject({
      refused: 0,
      noLongerRefused: 1,
      approvals: 0,
      workload: [{ past: 2, simulated: 0 }],
    });
  });

  it('guesses no time for what was never measured, and names who was missing then', async () => {
    const three = await simulate({ payload: changed(world, ASK_THREE) });
    expect(three.deals[0]).toMatchObject({
      approversNeeded: 3,
      reachable: true,
      medianBusinessMinutes: null,
      leadSamples: 0,
    });
    expect(three.totals).toMatchObject({ estimatedBusinessMinutes: 0, unestimated: 1 });
    // Five hold the role in the file; in the tenant of then there were three.
    const payload = changed(world, (configuration) => {
      for (const person of configuration.people.filter(({ key }) => /^(sam|rita)/.test(key)))
        person.roles.push('FINANCE_APPROVER');
      configuration.approvalPolicy.marginException.above = { approvers: 4, roles: ['FINANCE_APPROVER'] };
      delete configuration.approvalPolicy.marginException.grave;
    });
    const four = await simulate({ payload });
    expect(four.findings).toEqual([]);
    expect(four.deals[0]).toMatchObject({ approversNeeded: 4, reachable: false });
    expect(four.deals[0].missing[0].message).toContain('4 different people');
    expect(four.totals.unreachable).toBe(1);
  });

  it('takes a version, on the day on which it would begin to rule or another', async () => {
    const ravi = await world.as('ravi.revops');
    const tomorrow = new Date(START.getTime() + 86_400_000);
    const raiseFrom = (from: string) =>
      proposal(
        world,
        ({ marginFloors }) => {
          marginFloors.push(
            ...marginFloors
              .filter((floor) => floor.from < '2026-06-01')
              .map((floor) => ({ ...floor, floorBps: 9900, from })),
          );
        },
        tomorrow,
      );
    const versionId = await ravi.done(proposeConfiguration, raiseFrom('2026-12-24'));
    expect((await simulate({ versionId })).on).toBe('2026-11-24');
    expect((await simulate({ versionId })).totals.refused).toBe(1);
    expect((await simulate({ versionId, on: '2026-12-24' })).totals.refused).toBe(2);
  });

  it('keeps to its period, and shows as many as are asked for', async () => {
    expect((await simulate({ to: START.toISOString() })).total).toBe(0);
    expect((await simulate({ first: 1 })).deals).toHaveLength(1);
    expect((await simulate({ first: 1 })).totals.refusedThen).toBe(1);
  });

  it('answers bad input with what to do about it', async () => {
    const bad = async (variables: Record<string, unknown>) =>
      (await run('freda.finance', variables)).errors.map(({ extensions }) => [extensions.code, extensions.field]);
    const versionId = '00000000-0000-7000-8000-000000000000';
    expect(await bad({ versionId })).toEqual([['NOT_FOUND', undefined]]);
    expect(await bad({ payload: 'x', versionId })).toEqual([['BAD_USER_INPUT', 'versionId']]);
    expect(await bad({ from: '2026-11-24T00:00:00Z', to: '2026-11-23T00:00:00Z' })).toEqual([
      ['BAD_USER_INPUT', 'from'],
    ]);
    expect(await bad({ from: '2020-01-01T00:00:00Z' })).toEqual([['BAD_USER_INPUT', 'from']]);
    for (const first of [0, 501]) {
      const { errors } = await (
        await world.as('freda.finance')
      ).graphql(`{ simulatePolicy { deals(first: ${first}) { at } } }`);
      expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first' });
    }
    expect((await simulate({ payload: 'tenant: 1' })).findings[0]).toMatchObject({ code: 'BAD_CONFIGURATION' });
    const other = await suite.tenant();
    const theirs = await simulate({ payload: changed(other, rename('Theirs')) });
    expect(theirs).toMatchObject({ findings: [{ code: 'OTHER_TENANT' }], total: 0, deals: [] });
  });

  it('shows figures to who may see margins, and the rest to RevOps', async () => {
    const { code, fields } = (await run('ravi.revops')).errors[0]!.extensions;
    expect(code).toBe('FORBIDDEN');
    expect(fields).toContain('SimulatedDeal.parts');
    const totals = '{ simulatePolicy { deals { refused gravity steps { roles } } totals { refused approvals } } }';
    expect((await (await world.as('ravi.revops')).graphql(totals)).errors).toEqual([]);
    expect((await (await world.as('sofia.sales')).graphql(totals)).errors[0]!.extensions.code).toBe('FORBIDDEN');
  });

  it('asks for the roles of many instants as it would for each', async () => {
    const instants = [-1, 0, 1, 48].map((hours) => new Date(START.getTime() + hours * 3_600_000));
    const { each } = await world.read({ each: rolesAtEach([...instants, START]) });
    expect(each.size).toBe(4);
    for (const instant of instants) {
      const { held } = await world.read({ held: rolesAt(instant) });
      expect(each.get(instant.getTime())).toEqual(held);
    }
    expect(each.get(instants[0]!.getTime())).toEqual([]);
    expect(each.get(START.getTime())!.length).toBeGreaterThan(5);
  });

  it('costs as many statements for many deals as for one', async () => {
    const count = async (variables: Record<string, unknown>): Promise<number> => {
      suite.statements.length = 0;
      await simulate(variables);
      return suite.statements.filter((text) => !FRAME.test(text)).length;
    };
    const one = await count({ first: 1 });
    const sofia = await world.as('sofia.sales');
    for (let n = 0; n < 8; n++) {
      const { data } = await sofia.graphql(operation('import-deal'), {
        input: { payload: dealPayload(), serviceTemplate: 'managed-network', dealType: 'NEW_BUSINESS' },
      });
      const { id: handoffId, revision: expectedRevision } = data!.importDeal;
      await sofia.graphql(operation('submit-handoff'), { input: { handoffId, expectedRevision } });
    }
    suite.clock.advanceHours(1);
    expect((await simulate()).total).toBe(10);
    expect(await count({})).toBe(one);
  });
});
