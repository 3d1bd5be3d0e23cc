import { castVote } from '../../src/approval/approval.commands.js';
import { breakGlass } from '../../src/approval/break-glass.commands.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { approversNeeded } from '../../src/approval/need.rules.js';
import { proposeConfiguration } from '../../src/governance/propose.command.js';
import { systemActor } from '../../src/core/actor.js';
import { tightenException } from '../../src/governance/tighten.command.js';
import { Role } from '../../src/identity/roles.js';
import { revokeRole } from '../../src/identity/role.commands.js';
import { requestMarginException } from '../../src/margin/margin.commands.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { attempt, cast, read } from './approval.kit.js';
import { codes } from './engine.kit.js';
import { ask, ballotOn, bring, handoffOf, passMargin, plainPolicy, rule } from './exception.kit.js';

let suite: Suite;
let world: World;
let freda: Persona;
let femi: Persona;
let sofia: Persona;
let admin: Persona;
let deals = 100;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  await tenant();
});
afterAll(() => suite.close());

async function tenant(change: Parameters<Suite['tenant']>[0] = () => undefined): Promise<void> {
  world = await suite.tenant((configuration) => {
    plainPolicy(configuration);
    change(configuration);
  });
  ({ freda, femi, sofia } = await cast(world));
  admin = await world.as(Role.REVOPS_ADMIN);
}
const needed = async (requestId: string): Promise<number> => approversNeeded((await read(world, requestId)).need);
/** A deal that misses so much, in whole units, with its exception. */
const missing = async (missed: number, parts: { client?: number; currency?: string; dealType?: string } = {}) => {
  const { dealType, ...deal } = parts;
  const handoffId = await bring(sofia, { id: ++deals, price: 1000, cost: 700 + missed, ...deal }, dealType);
  return { handoffId, requestId: await ask(world, sofia, handoffId) };
};
const gate = async (handoffId: string) => {
  const result = await sofia.run(passMargin, { handoffId });
  return result.kind === 'refused' ? codes(result.findings) : ['passed'];
};

describe('rule 4: thresholds', () => {
  it('rule 4: by money, points and share, strictly above is material', async () => {
    expect(await needed((await missing(100, { client: 1 })).requestId)).toBe(1);
    expect(await needed((await missing(100.01, { client: 2 })).requestId)).toBe(2);
    await tenant(({ approvalPolicy: { marginException } }) => {
      marginException.materiality = { shortfallMinor: 9_999_999, shortfallBps: 600 };
    });
    expect(await needed((await missing(60, { client: 1 })).requestId)).toBe(1);
    expect(await needed((await missing(60.01, { client: 2 })).requestId)).toBe(2);
    await tenant(({ approvalPolicy: { marginException } }) => {
      marginException.materiality = { shortfallMinor: 9_999_999, shortfallBps: 9_999, shortfallShareBps: 2000 };
    });
    expect(await needed((await missing(60, { client: 1 })).requestId)).toBe(1);
    expect(await needed((await missing(60.01, { client: 2 })).requestId)).toBe(2);
  });

  it('rule 4: by deal type, and by another currency at its recorded rate; without a rate it is material', async () => {
    await tenant(({ approvalPolicy }) => {
      approvalPolicy.marginException.byDealType = {
        RENEWAL: { materiality: { shortfallMinor: 5_000, shortfallBps: 9_000 } },
      };
      approvalPolicy.exchangeRates = [{ currency: 'EUR', rate: '0.8', from: '2026-01-01', source: 'Rate sheet' }];
    });
    expect(await needed((await missing(60, { client: 1, dealType: 'NEW_BUSINESS' })).requestId)).toBe(1);
    expect(await needed((await missing(60, { client: 2, dealType: 'RENEWAL' })).requestId)).toBe(2);
    expect(await needed((await missing(125, { client: 3, currency: 'EUR' })).requestId)).toBe(1);
    expect(await needed((await missing(125.01, { client: 4, currency: 'EUR' })).requestId)).toBe(2);
    const { requestId } = await missing(1, { client: 5, currency: 'USD' });
    expect(await needed(requestId)).toBe(2);
    const euro = await missing(1, { client: 6, currency: 'EUR' });
    expect(JSON.parse((await read(world, euro.requestId)).policy)).toMatchObject({
      weighing: { rate: { currency: 'EUR', rate: '0.8', source: 'Rate sheet' }, shortfallMinor: '80' },
    });
  });

  it("rule 4: a client's exceptions count together within the window, so that splitting does not help", async () => {
    const first = await missing(60);
    expect(await needed(first.requestId)).toBe(1);
    const second = await missing(60);
    expect(await needed(second.requestId)).toBe(2);
    expect(await needed((await missing(60, { client: 99 })).requestId)).toBe(1);
    suite.clock.advanceHours(24 * 91);
    expect(await needed((await missing(60)).requestId)).toBe(1);
  });

  it('rule 4: terms that grow after the exception was asked for count as they are now', async () => {
    const first = await missing(10);
    const second = await missing(10);
    expect([await needed(first.requestId), await needed(second.requestId)]).toEqual([1, 1]);
    const numbers = [deals - 1, deals];
    await bring(sofia, { id: numbers[0]!, price: 1000, cost: 760 });
    await bring(sofia, { id: numbers[1]!, price: 1000, cost: 760 });
    for (const { requestId } of [first, second]) await freda.done(castVote, await ballotOn(world, requestId));
    // Each alone is below the threshold; both together are not, whichever goes first.
    expect([await gate(second.handoffId), await gate(first.handoffId)]).toContainEqual(['MARGIN_BELOW_FLOOR']);
  });
});

describe('rule 11: a quorum that nobody can reach', () => {
  it('rule 11: is refused when a request opens, with who is missing, and nothing is approved', async () => {
    for (const key of ['femi.finance', 'fiona.finance'])
      await admin.done(revokeRole, {
        personId: await world.idOf(key),
        role: Role.FINANCE_APPROVER,
        expectedRevision: 1,
      });
    const handoffId = await bring(sofia, { id: ++deals, price: 1000, cost: 900 });
    const { revision: expectedRevision } = await handoffOf(world, handoffId);
    const found = await sofia.refused(requestMarginException, { handoffId, expectedRevision, reason: 'It must be.' });
    expect(found).toMatchObject([
      { code: 'QUORUM_UNREACHABLE', facts: { needed: 2, available: 1, missing: 1, roles: ['FINANCE_APPROVER'] } },
    ]);
    expect(await world.rows('select 1 from approval_request where tenant_id = $1')).toEqual([]);
    expect(await gate(handoffId)).toEqual(['MARGIN_BELOW_FLOOR']);
  });

  it('rule 11: is refused when a policy is saved, by the file and by the members of today', async () => {
    const propose = (payload: object) =>
      admin.refused(proposeConfiguration, { payload: JSON.stringify(payload), effectiveFrom: null });
    const asking = (approvers: number) => ({
      ...world.configuration,
      approvalPolicy: {
        ...world.configuration.approvalPolicy,
        marginException: {
          ...world.configuration.approvalPolicy.marginException,
          above: { approvers, roles: ['FINANCE_APPROVER'] },
        },
      },
    });
    const [inFile] = await propose(asking(3));
    expect(inFile).toMatchObject({ code: 'BAD_CONFIGURATION', message: expect.stringContaining('freda.finance') });
    const personId = await world.idOf('fiona.finance');
    await admin.done(revokeRole, { personId, role: Role.FINANCE_APPROVER, expectedRevision: 1 });
    const changed = { ...asking(2), marginFloors: [{ ...world.configuration.marginFloors[0]!, floorBps: 3100 }] };
    expect(codes(await propose(changed))).toContain('QUORUM_UNREACHABLE');
  });
});

describe('rule 13: policy', () => {
  const stricter = (approvers: number) =>
    rule(world, ({ approvalPolicy: { marginException } }) => {
      marginException.below = { approvers, roles: ['FINANCE_APPROVER'] };
    });

  it('rule 13: a tightened policy holds for what was asked for and approved before', async () => {
    const { handoffId, requestId } = await missing(60);
    await freda.done(castVote, await ballotOn(world, requestId));
    expect((await read(world, requestId)).state).toBe(ApprovalState.APPROVED);
    await stricter(2);
    expect(await gate(handoffId)).toEqual(['MARGIN_BELOW_FLOOR']);
  });

  it('rule 13: who may no longer declare an emergency does not, on a request from before or after', async () => {
    await rule(world, ({ approvalPolicy: { breakGlass: emergencies } }) => {
      Object.assign(emergencies!, { people: ['leah.lead', 'liam.lead'], approvers: 1, minutes: 120 });
    });
    const handoffs = [
      await bring(sofia, { id: ++deals, price: 1000, cost: 760, client: 7 }),
      await bring(sofia, { id: ++deals, price: 1000, cost: 760, client: 8 }),
    ];
    const before = await ask(world, sofia, handoffs[0]!);
    await rule(world, ({ approvalPolicy: { breakGlass: emergencies, marginException } }) => {
      Object.assign(emergencies!, { people: ['liam.lead', 'freda.finance'], approvers: 2, minutes: 60 });
      marginException.pendingExpiryBusinessHours = 3;
      marginException.grantExpiryBusinessHours = 4;
    });
    const worker = world.acting(systemActor(world.tenantId, 'outbox:policy.tighten'));
    await worker.done(tightenException, { requestId: before, handoffId: handoffs[0]! });
    const after = await ask(world, sofia, handoffs[1]!);
    const [leah, liam] = [await world.as('leah.lead'), await world.as('liam.lead')];
    for (const requestId of [before, after]) {
      const { digest, breakGlass: terms } = await read(world, requestId);
      expect(terms).toMatchObject({ people: [liam.actor.id], approvers: 2, minutes: 60 });
      const emergency = { requestId, digest, reason: 'The client has no network.', ticket: 'INC-4711' };
      expect(codes(await leah.refused(breakGlass, emergency))).toEqual(['NOT_ON_THE_LIST']);
    }
    expect(await read(world, after)).toMatchObject({ pendingHours: 3, grantHours: 4 });
  });

  it('rule 13: a loosened policy does not: the request keeps what it pinned', async () => {
    const { handoffId, requestId } = await missing(160);
    const { configurationVersionId, policy } = await read(world, requestId);
    await rule(world, ({ approvalPolicy: { marginException } }) => {
      marginException.materiality = { shortfallMinor: 900_000, shortfallBps: 9_000 };
    });
    await freda.done(castVote, await ballotOn(world, requestId));
    expect(await gate(handoffId)).toEqual(['MARGIN_BELOW_FLOOR']);
    expect(await read(world, requestId)).toMatchObject({ configurationVersionId, policy, state: 'PENDING' });
    await femi.done(castVote, await ballotOn(world, requestId));
    expect(await gate(handoffId)).toEqual(['passed']);
  });

  it('rule 13: a change of policy is itself four-eyes: never by who proposes it', async () => {
    world.configuration.approvalPolicy.marginException.below = { approvers: 2, roles: ['FINANCE_APPROVER'] };
    const payload = JSON.stringify(world.configuration);
    const versionId = await admin.done(proposeConfiguration, { payload, effectiveFrom: null });
    const [asked] = await world.rows('select id from approval_request where tenant_id = $1 and subject_id = $2', [
      versionId,
    ]);
    const vote = await ballotOn(world, asked!.id as string);
    expect(codes(await admin.refused(castVote, vote))).toEqual(['SELF_APPROVAL']);
    const [state] = await world.rows('select state from configuration_version where tenant_id = $1 and id = $2', [
      versionId,
    ]);
    expect(state).toEqual({ state: 'PROPOSED' });
  });

  it.each(['policy', 'configuration_version_id', 'sources', 'grant_hours'])(
    'rule 13: what a request was opened under cannot be rewritten: %s',
    async (column) => {
      const text = `update approval_request set ${column} = ${column} where tenant_id = $1`;
      expect(await attempt(suite, world, [{ text, values: [] }])).toBe('42501');
    },
  );
});
