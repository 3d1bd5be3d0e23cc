import { pino } from 'pino';
import { castVote, revokeVote, withdrawRequest } from '../../src/approval/approval.commands.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { VoteDecision } from '../../src/approval/vote.entity.js';
import { rulingConfiguration } from '../../src/catalogue/catalogue.queries.js';
import { ConfigurationState, ConfigurationVersion } from '../../src/catalogue/configuration-version.entity.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { selectRequired, update } from '../../src/core/statement.js';
import { enactConfiguration } from '../../src/governance/enact.command.js';
import { proposeConfiguration } from '../../src/governance/propose.command.js';
import { POLICY_TIGHTEN, tightenHandler } from '../../src/governance/tighten.handler.js';
import { Person } from '../../src/identity/person.entity.js';
import { revokeRole } from '../../src/identity/role.commands.js';
import { Role } from '../../src/identity/roles.js';
import { requestMarginException } from '../../src/margin/margin.commands.js';
import { approversNeeded } from '../../src/approval/need.rules.js';
import { importForTest } from '../kit/deal.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read as sample } from '../rules/handoff.kit.js';
import { attempt } from './approval.kit.js';
import {
  approved,
  ASK_THREE,
  changed,
  enacted,
  enactment,
  proposal,
  RAISE_FLOORS,
  rename,
  requestAbout,
  versionOf,
  voteOn,
} from './governance.kit.js';

let suite: Suite;
let world: World;
let ravi: Persona;
let rita: Persona;
let freda: Persona;
let femi: Persona;
let sofia: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  [ravi, rita, freda, femi, sofia] = (await Promise.all(
    ['ravi.revops', 'rita.revops', 'freda.finance', 'femi.finance', 'sofia.sales'].map((key) => world.as(key)),
  )) as [Persona, Persona, Persona, Persona, Persona];
});
afterAll(() => suite.close());

const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);
const ruling = async (): Promise<number> => (await world.read({ row: rulingConfiguration() })).row.version;
const stateOf = async (id: string): Promise<string> => {
  const { data } = await sofia.graphql('{ configurationVersions(first: 10) { edges { node { id state } } } }');
  const nodes = data!.configurationVersions.edges as { node: { id: string; state: string } }[];
  return nodes.find(({ node }) => node.id === id)!.node.state;
};
const HOUR = 3_600_000;
const later = (hours: number): Date => new Date(START.getTime() + hours * HOUR);

describe('a change of policy', () => {
  it('rules only after somebody else approved it and it was enacted', async () => {
    const id = await ravi.done(proposeConfiguration, proposal(world, rename('Another name')));
    const version = await versionOf(world, id);
    expect(version).toMatchObject({ version: 2, state: ConfigurationState.PROPOSED, proposedBy: ravi.actor.id });
    expect(await requestAbout(world, id)).toMatchObject({
      kind: 'CONFIGURATION_CHANGE',
      digest: version.digest,
      contentRevision: 2,
      requesterId: ravi.actor.id,
      breakGlass: null,
    });
    const refusal = await ravi.refused(enactConfiguration, await enactment(world, id));
    expect(refusal).toMatchObject([{ code: 'NOT_APPROVED', facts: { approvals: 0, approversNeeded: 1 } }]);
    expect(codes(await ravi.refused(castVote, await voteOn(world, id)))).toEqual(['SELF_APPROVAL']);
    expect(codes(await sofia.refused(castVote, await voteOn(world, id)))).toEqual(['NOT_ELIGIBLE']);
    await freda.done(castVote, await voteOn(world, id));
    expect(await ruling()).toBe(1);
    await ravi.done(enactConfiguration, await enactment(world, id));
    expect(await ruling()).toBe(2);
    expect(await versionOf(world, id)).toMatchObject({
      state: ConfigurationState.EFFECTIVE,
      decidedBy: freda.actor.id,
    });
    expect(await requestAbout(world, id)).toMatchObject({ state: ApprovalState.USED });
    expect(codes(await ravi.refused(enactConfiguration, await enactment(world, id)))).toEqual(['NOT_PROPOSED']);
    expect(
      codes(
        await freda.refused(revokeVote, {
          requestId: (await requestAbout(world, id)).id,
          expectedRevision: 3,
          reason: 'Too late.',
        }),
      ),
    ).toContain('ALREADY_USED');
  });

  it('is counted anew when it is enacted: who lost the role since approves it no more (approvals rules 7 and 10)', async () => {
    const id = await approved(world, rename('By nobody'));
    const { row } = await world.read({ row: selectRequired(Person, freda.actor.id) });
    const role = { personId: freda.actor.id, role: Role.FINANCE_APPROVER, expectedRevision: row.revision };
    await rita.done(revokeRole, role);
    expect((await requestAbout(world, id)).state).toBe(ApprovalState.APPROVED);
    expect(await ravi.refused(enactConfiguration, await enactment(world, id))).toMatchObject([
      { code: 'NOT_APPROVED', facts: { approvals: 0 } },
    ]);
    expect(await ruling()).toBe(1);
  });

  it('is decided by the policy that rules, never by the one that is proposed', async () => {
    await enacted(world, ({ approvalPolicy }) => {
      approvalPolicy.configurationChange = { approvers: 2, roles: ['FINANCE_APPROVER'] };
    });
    const id = await ravi.done(proposeConfiguration, proposal(world, rename('With one again')));
    expect(approversNeeded((await requestAbout(world, id)).need)).toBe(2);
    await freda.done(castVote, await voteOn(world, id));
    expect(codes(await rita.refused(castVote, await voteOn(world, id)))).toEqual(['NOT_ELIGIBLE']);
    expect(codes(await rita.refused(enactConfiguration, await enactment(world, id)))).toEqual(['NOT_APPROVED']);
    await femi.done(castVote, await voteOn(world, id));
    await rita.done(enactConfiguration, await enactment(world, id));
    expect(await ruling()).toBe(3);
  });

  it('rules from its date; a date that has passed means now', async () => {
    const id = await enacted(world, rename('From tomorrow'), later(30));
    expect(await ruling()).toBe(1);
    suite.clock.at = later(31);
    expect(await ruling()).toBe(2);
    suite.clock.at = START;
    const other = await suite.tenant();
    const late = await approved(other, rename('Late'), later(1));
    suite.clock.at = later(4);
    await (await other.as('rita.revops')).done(enactConfiguration, await enactment(other, late));
    expect((await versionOf(other, late)).effectiveFrom).toEqual(later(4));
    expect((await versionOf(world, id)).effectiveFrom).toEqual(later(30));
  });

  it('lapses when its time runs out, when it is withdrawn, and with a rejection for good', async () => {
    const rejected = await ravi.done(proposeConfiguration, proposal(world, rename('No')));
    await freda.done(castVote, await voteOn(world, rejected, VoteDecision.REJECT));
    expect(await stateOf(rejected)).toBe('REJECTED');
    expect((await versionOf(world, rejected)).state).toBe(ConfigurationState.PROPOSED);
    const withdrawn = await ravi.done(proposeConfiguration, proposal(world, rename('Never mind')));
    expect((await versionOf(world, rejected)).state).toBe(ConfigurationState.REJECTED);
    await ravi.done(withdrawRequest, { requestId: (await requestAbout(world, withdrawn)).id, expectedRevision: 1 });
    expect(await stateOf(withdrawn)).toBe('LAPSED');
    const unused = await approved(world, rename('Too slow'));
    suite.clock.at = later(24 * 30);
    expect(await stateOf(unused)).toBe('LAPSED');
    for (const id of [rejected, withdrawn, unused])
      expect(codes(await rita.refused(enactConfiguration, await enactment(world, id)))).toEqual(['NOT_PROPOSED']);
    await ravi.done(proposeConfiguration, proposal(world, rename('Again')));
    expect((await versionOf(world, unused)).state).toBe(ConfigurationState.LAPSED);
  });

  it('is overtaken when another version has come to rule since: its voters saw another difference', async () => {
    const first = await approved(world, rename('One'));
    const second = await ravi.done(proposeConfiguration, proposal(world, rename('Two')));
    await rita.done(enactConfiguration, await enactment(world, first));
    expect(await stateOf(second)).toBe('LAPSED');
    expect(await requestAbout(world, second)).toMatchObject({ state: ApprovalState.WITHDRAWN });
    expect(codes(await rita.refused(enactConfiguration, await enactment(world, second)))).toEqual(['SUPERSEDED']);
  });

  it('is refused with every reason: file, tenant, date, sameness, and levels that nobody could reach', async () => {
    const payload = changed(world, () => undefined);
    expect(codes(await ravi.refused(proposeConfiguration, { payload, effectiveFrom: later(-1) }))).toEqual([
      'NOTHING_CHANGED',
      'DATE_IN_THE_PAST',
    ]);
    const stranger = await suite.tenant();
    expect(codes(await ravi.refused(proposeConfiguration, proposal(stranger, rename('Theirs'))))).toContain(
      'OTHER_TENANT',
    );
    expect(codes(await ravi.refused(proposeConfiguration, { payload: 'tenant: 1', effectiveFrom: null }))).toContain(
      'BAD_CONFIGURATION',
    );
    await ravi.done(proposeConfiguration, proposal(world, rename('Twice')));
    expect(codes(await rita.refused(proposeConfiguration, proposal(world, rename('Twice'))))).toEqual([
      'ALREADY_PROPOSED',
    ]);
  });

  it('is refused when the members of today could not reach a level, whatever the people of its file', async () => {
    const { people } = world.configuration;
    const finance = people.filter(({ roles }) => roles.includes('FINANCE_APPROVER')).map(({ id }) => id);
    await attempt(suite, world, [
      {
        text: 'update person set state = $2 where tenant_id = $1 and id = any($3)',
        values: ['SUSPENDED', finance.slice(1)],
      },
    ]);
    const found = await ravi.refused(proposeConfiguration, proposal(world, rename('Short')));
    expect(found.map(({ code, path }) => `${code} ${path}`)).toEqual(
      expect.arrayContaining([
        'QUORUM_UNREACHABLE approvalPolicy.marginException.above',
        'QUORUM_UNREACHABLE approvalPolicy.marginException.grave.level',
      ]),
    );
    const above = found.find(({ path }) => path === 'approvalPolicy.marginException.above');
    expect(above).toMatchObject({ facts: { roles: ['FINANCE_APPROVER'], needed: 2 } });
  });

  it('rules in the database only by a grant about exactly its content', async () => {
    const id = await ravi.done(proposeConfiguration, proposal(world, rename('Forged')));
    const other = await approved(world, rename('Honest'));
    const [grant] = await world.rows('select id from approval_grant where tenant_id = $1 and subject_id = $2', [other]);
    const force = (parts: Partial<ConfigurationVersion>) =>
      attempt(suite, world, [update(ConfigurationVersion, { id }, { state: ConfigurationState.EFFECTIVE, ...parts })]);
    expect(await force({})).toBe('configuration_version_four_eyes');
    expect(await force({ decidedBy: freda.actor.id })).toBe('configuration_version_four_eyes');
    expect(await force({ grantId: grant!.id as string })).toBe('configuration_version_grant');
    expect(await attempt(suite, world, [update(ConfigurationVersion, { id }, { content: '{}' })])).toBe('42501');
  });

  it('is shown with what it tightens and loosens, and by its request', async () => {
    const id = await ravi.done(
      proposeConfiguration,
      proposal(world, (configuration) => {
        RAISE_FLOORS(configuration);
        configuration.approvalPolicy.breakGlass!.minutes = 240;
        configuration.approvalPolicy.marginException.above = {
          approvers: 3,
          roles: ['FINANCE_APPROVER', 'SERVICE_DELIVERY_LEAD'],
        };
      }),
    );
    const { data, errors } = await freda.graphql(
      'query ($id: ID!) { approvalRequest(id: $id) { configurationVersion { id version policyChanges { path before after effect } approvalRequest { id } } } }',
      { id: (await requestAbout(world, id)).id },
    );
    expect(errors).toEqual([]);
    const { policyChanges, ...version } = data!.approvalRequest.configurationVersion;
    expect(version).toMatchObject({ id, version: 2 });
    const effects = (policyChanges as { path: string; effect: string }[]).map(
      ({ path, effect }) => `${path} ${effect}`,
    );
    expect(effects).toContain('approvalPolicy.breakGlass.minutes LOOSER');
    expect(effects).toContain('approvalPolicy.marginException.above OTHER');
    expect(effects.filter((line) => line.startsWith('marginFloors')).every((line) => line.endsWith('STRICTER'))).toBe(
      true,
    );
  });
});

describe('open requests', () => {
  const worker = (): Dispatcher =>
    new Dispatcher({
      gateway: suite.gateway,
      clock: suite.clock,
      pipeline: suite.pipeline,
      handlers: { [POLICY_TIGHTEN]: tightenHandler },
      tenants: async () => [world.tenantId],
      log: pino({ level: 'silent' }),
      random: () => 0,
    });
  const ask = async (): Promise<string> => {
    const handoffId = await sofia.done(importForTest, sample('managed-network-below-floor'));
    await sofia.done(requestMarginException, { handoffId, expectedRevision: 1, reason: 'A foothold at Acme.' });
    return handoffId;
  };
  const entries = () =>
    world.rows("select content from ledger_entry where tenant_id = $1 and action = 'tightenException' order by id");

  it('are raised when a stricter version begins to rule, and their votes stay', async () => {
    const handoffId = await ask();
    await freda.done(castVote, await voteOn(world, handoffId));
    await femi.done(castVote, await voteOn(world, handoffId));
    expect(await requestAbout(world, handoffId)).toMatchObject({ state: ApprovalState.APPROVED });
    await enacted(world, ASK_THREE, later(2));
    await worker().pass();
    expect(await requestAbout(world, handoffId)).toMatchObject({ state: ApprovalState.APPROVED });
    suite.clock.at = later(3);
    expect(await worker().pass()).toBe(1);
    const request = await requestAbout(world, handoffId);
    expect(request).toMatchObject({ state: ApprovalState.PENDING, round: 1 });
    expect(approversNeeded(request.need)).toBe(3);
    expect(request.need.quorums).toHaveLength(2);
    const [entry, ...more] = await entries();
    expect(more).toEqual([]);
    expect(JSON.parse(entry!.content as string).body).toMatchObject({
      tightened: true,
      before: 2,
      approversNeeded: 3,
      state: 'PENDING',
    });
    await (await world.as('leah.lead')).done(castVote, await voteOn(world, handoffId));
    expect(await requestAbout(world, handoffId)).toMatchObject({ state: ApprovalState.APPROVED });
    await worker().pass();
    expect(await entries()).toHaveLength(1);
  });

  it('are left as they are by a looser one', async () => {
    const handoffId = await ask();
    const before = await requestAbout(world, handoffId);
    await enacted(world, ({ approvalPolicy, marginFloors }) => {
      approvalPolicy.marginException.materiality = { shortfallMinor: 90_000_000, shortfallBps: 9000 };
      delete approvalPolicy.marginException.grave;
      delete approvalPolicy.marginException.byDealType;
      for (const floor of marginFloors) floor.floorBps = Math.trunc(floor.floorBps / 2);
    });
    expect(await worker().pass()).toBe(1);
    expect(await requestAbout(world, handoffId)).toEqual(before);
    expect(JSON.parse((await entries())[0]!.content as string).body).toMatchObject({ tightened: false });
  });
});
