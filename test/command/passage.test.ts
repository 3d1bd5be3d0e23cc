import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { reopenItem } from '../../src/checklist/item.commands.js';
import { newId } from '../../src/core/id.js';
import { mergeMember } from '../../src/identity/member.commands.js';
import { Gate } from '../../src/passage/gate.entity.js';
import { demoDeal } from '../../src/sandbox/demo/deal-files.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

const sample = readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8');

let suite: Suite;
let world: World;
let handoffId: string;
let sales: Persona;
let delivery: Persona;
let auditor: Persona;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

/** Every test has a handoff of its own that went all the way to a scheduled kickoff. */
beforeEach(async () => {
  world = await suite.tenant();
  ({ handoffId } = await playStory(world));
  sales = await world.as('sofia.sales');
  delivery = await world.as('dana.delivery');
  auditor = await world.as('audrey.audit');
});

const step = async () =>
  (await auditor.graphql(operation('handoff-step'), { id: handoffId })).data!.handoff as {
    stage: string;
    revision: number;
  };
const on = async (input: object = {}) => ({ handoffId, expectedRevision: (await step()).revision, ...input });
const send = async (persona: Persona, name: string, input: object) => {
  const { data, errors } = await persona.graphql(operation(name), { input });
  return data
    ? (Object.values(data)[0] as { __typename: string; findings?: { code: string }[]; stage?: string })
    : { __typename: 'Error', code: errors[0]?.extensions.code };
};
const codes = (result: { __typename: string; findings?: { code: string }[] }) =>
  (result.findings ?? []).map((found) => found.code);
const row = async (text: string) => (await world.rows(text, [handoffId]))[0]!;
const opportunity = async () =>
  Number(
    (
      await row(
        'select d.external_id from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id where d.tenant_id = $1 and h.id = $2',
      )
    ).external_id,
  );

describe('a sign-off', () => {
  it('lapses when the deal changes in the PSA: the stage goes back and no client date stands', async () => {
    const changed = demoDeal(sample, await opportunity()).won;
    const imported = await send(sales, 'import-deal', { payload: changed });
    expect(imported).toMatchObject({ __typename: 'Handoff', stage: 'IN_REVIEW' });
    expect(
      await row('select state, end_reason from feasibility_sign_off where tenant_id = $1 and handoff_id = $2'),
    ).toMatchObject({ state: 'LAPSED', end_reason: expect.stringContaining('PSA') });
    expect(await row('select state from project where tenant_id = $1 and handoff_id = $2')).toEqual({
      state: 'AWAITING_SIGN_OFF',
    });
    const { data } = await delivery.graphql('query($id: ID!) { handoff(id: $id) { kickoffs { state live } } }', {
      id: handoffId,
    });
    expect(data!.handoff.kickoffs).toEqual([{ state: 'VOID', live: false }]);
    const again = await send(
      delivery,
      'sign-off-feasibility',
      await on({ acceptedRiskIds: [], statement: 'Still feasible as far as we can see.' }),
    );
    expect(codes(again)).toEqual(expect.arrayContaining(['DEAL_CHANGED', 'RISK_NOT_ACCEPTED']));
  });

  it('is taken back with a reason, and signed again', async () => {
    expect(await send(delivery, 'revoke-sign-off', await on({ reason: 'The engineer has left.' }))).toMatchObject({
      stage: 'IN_REVIEW',
    });
    const { data } = await delivery.graphql(operation('handoff-for-delivery'), { id: handoffId });
    const acceptedRiskIds = data!.handoff.risks.map(({ id }: { id: string }) => id) as string[];
    const signed = await send(
      delivery,
      'sign-off-feasibility',
      await on({ acceptedRiskIds, statement: 'Feasible with another engineer in the plan.' }),
    );
    expect(signed).toMatchObject({ stage: 'SIGNED_OFF' });
  });

  it('does not stand on evidence that somebody took back, and no client date does', async () => {
    const [item] = await world.rows(
      "select id, verifier_role from checklist_item where tenant_id = $1 and handoff_id = $2 and code = 'SIGNED_SCOPE'",
      [handoffId],
    );
    await send(delivery, 'revoke-sign-off', await on({ reason: 'The scope is another one.' }));
    const verifier = await world.as(item!.verifier_role as string);
    const taken = { itemId: item!.id as string, reason: 'It names another site.' };
    await verifier.done(reopenItem, { ...(await on()), ...taken });
    const signed = await send(
      delivery,
      'sign-off-feasibility',
      await on({ acceptedRiskIds: [], statement: 'Feasible as far as we can see.' }),
    );
    const found = { code: 'EVIDENCE_REOPENED', path: 'checklist.SIGNED_SCOPE' };
    expect(signed).toHaveProperty('findings', expect.arrayContaining([expect.objectContaining(found)]));
    const { data } = await delivery.graphql(operation('handoff-readiness'), { id: handoffId, gate: 'KICKOFF' });
    expect(data!.handoff.readiness.findings).toContainEqual(expect.objectContaining(found));
  });

  it('is never that of the one who owns the deal, under whatever record', async () => {
    await send(delivery, 'revoke-sign-off', await on({ reason: 'The engineer has left.' }));
    const admin = await world.as('REVOPS_ADMIN');
    await admin.done(mergeMember, {
      personId: sales.actor.id,
      intoPersonId: delivery.actor.id,
      expectedRevision: 1,
    });
    const signed = await send(
      delivery,
      'sign-off-feasibility',
      await on({ acceptedRiskIds: [], statement: 'Feasible as far as we can see.' }),
    );
    expect(codes(signed)).toContain('SELF_APPROVAL');
  });

  it("is the named delivery manager's alone, and names no risk of another handoff", async () => {
    await send(delivery, 'revoke-sign-off', await on({ reason: 'The engineer has left.' }));
    const other = await world.as('dylan.delivery');
    const result = await send(
      other,
      'sign-off-feasibility',
      await on({ acceptedRiskIds: [newId()], statement: 'Feasible as far as I can see from here.' }),
    );
    expect(codes(result)).toEqual(
      expect.arrayContaining(['NOT_THE_DELIVERY_MANAGER', 'UNKNOWN_RISK', 'RISK_NOT_ACCEPTED']),
    );
  });
});

describe('a kickoff', () => {
  it('is moved, held no earlier than it begins, and closed with feedback', async () => {
    const moved = await send(
      delivery,
      'schedule-kickoff',
      await on({ startsAt: '2026-12-02T11:00:00Z', durationMinutes: 60 }),
    );
    expect(moved).toMatchObject({ stage: 'KICKOFF_SCHEDULED' });
    expect(codes(await send(delivery, 'hold-kickoff', await on()))).toEqual(['NOT_YET_BEGUN']);
    const started = suite.clock.at;
    suite.clock.at = new Date('2026-12-02T12:30:00Z');
    expect(await send(delivery, 'hold-kickoff', await on())).toMatchObject({ stage: 'KICKED_OFF' });
    expect(
      await send(delivery, 'close-handoff', await on({ accurate: true, surprises: '', expectationsMet: true })),
    ).toMatchObject({ stage: 'CLOSED' });
    suite.clock.at = started;
    const states = await world.rows('select state from kickoff where tenant_id = $1 and handoff_id = $2 order by id', [
      handoffId,
    ]);
    expect(states.map(({ state }) => state)).toEqual(['VOID', 'HELD']);
  });

  it.each([
    ['2026-11-01T11:00:00Z', 'DATE_IN_THE_PAST'],
    ['2026-12-05T11:00:00Z', 'OUTSIDE_BUSINESS_HOURS'],
    ['2026-12-25T11:00:00Z', 'OUTSIDE_BUSINESS_HOURS'],
    ['2026-12-01T03:00:00Z', 'OUTSIDE_BUSINESS_HOURS'],
  ])('is not scheduled at %s', async (startsAt, code) => {
    expect(codes(await send(delivery, 'schedule-kickoff', await on({ startsAt, durationMinutes: 45 })))).toContain(
      code,
    );
  });

  it('is moved by one of two people at once', async () => {
    const input = await on({ durationMinutes: 45 });
    const results = await Promise.all(
      ['2026-12-02T11:00:00Z', '2026-12-03T11:00:00Z'].map((startsAt) =>
        send(delivery, 'schedule-kickoff', { ...input, startsAt }),
      ),
    );
    expect(results.map((r) => r.__typename).toSorted()).toEqual(['Error', 'Handoff']);
    expect(
      await row(
        "select count(*)::int as n from kickoff where tenant_id = $1 and handoff_id = $2 and state = 'SCHEDULED'",
      ),
    ).toEqual({ n: 1 });
  });
});

describe('a withdrawn handoff', () => {
  it('takes requests, sign-off and project with it, and the next import opens another', async () => {
    expect(
      await send(sales, 'withdraw-handoff', await on({ reason: 'The client reopened the tender.' })),
    ).toMatchObject({ stage: 'WITHDRAWN' });
    expect(await row('select state from feasibility_sign_off where tenant_id = $1 and handoff_id = $2')).toEqual({
      state: 'LAPSED',
    });
    expect(await row('select state from project where tenant_id = $1 and handoff_id = $2')).toEqual({
      state: 'CANCELLED',
    });
    expect(await row('select state from approval_request where tenant_id = $1 and subject_id = $2')).toEqual({
      // What was done under it was done.
      state: 'USED',
    });
    const again = await send(sales, 'import-deal', { payload: demoDeal(sample, await opportunity()).won });
    expect(again).toMatchObject({ __typename: 'Handoff', stage: 'DRAFT', number: expect.stringMatching(/\.2$/) });
  });
});

describe('readiness', () => {
  it('says what a gate would say, and records nothing', async () => {
    const before = await row('select count(*)::int as n from gate_evaluation where tenant_id = $1 and handoff_id = $2');
    for (const gate of Object.values(Gate)) {
      const { data, errors } = await delivery.graphql(operation('handoff-readiness'), { id: handoffId, gate });
      expect(errors).toEqual([]);
      expect(data!.handoff.readiness.findings.every((found: { remedy: string }) => found.remedy.length > 0)).toBe(true);
      expect(data!.handoff.readiness.ready).toBe(gate === Gate.KICKOFF);
    }
    expect(
      await row('select count(*)::int as n from gate_evaluation where tenant_id = $1 and handoff_id = $2'),
    ).toEqual(before);
  });
});

describe('evidence of the gates', () => {
  it('keeps every evaluation with its sources, refused or passed, and no gate row without them', async () => {
    const rows = await world.rows(
      'select gate, verdict, sources from gate_evaluation where tenant_id = $1 and handoff_id = $2 order by id',
      [handoffId],
    );
    expect(rows.map(({ gate, verdict }) => `${String(gate)} ${String(verdict)}`)).toEqual([
      'SUBMIT REFUSED',
      'SUBMIT REFUSED',
      'SUBMIT PASSED',
      'SUBMIT REFUSED',
      'SUBMIT PASSED',
      'KICKOFF REFUSED',
      'SIGN_OFF REFUSED',
      'SIGN_OFF PASSED',
      'KICKOFF REFUSED',
      'KICKOFF PASSED',
    ]);
    for (const { sources } of rows)
      expect(JSON.parse(sources as string)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ type: 'CONFIGURATION', hash: expect.stringMatching(/^[0-9a-f]{64}$/) }),
        ]),
      );
  });

  it('names the decision that the submit opened in the brief of the same submit', async () => {
    const { data } = await sales.graphql('query($id: ID!) { handoff(id: $id) { briefs { version markdown state } } }', {
      id: handoffId,
    });
    expect(
      data!.handoff.briefs.map(({ version, state }: { version: number; state: string }) => `${version} ${state}`),
    ).toEqual(['2 RELEASED', '1 DRAFT']);
    expect(data!.handoff.briefs[1].markdown).toContain('D-1 (blocks the kickoff)');
  });

  it('opens one project and one decision, however often it is submitted', async () => {
    expect(await row('select count(*)::int as n from project where tenant_id = $1 and handoff_id = $2')).toEqual({
      n: 1,
    });
    expect(await row('select count(*)::int as n from decision where tenant_id = $1 and handoff_id = $2')).toEqual({
      n: 1,
    });
  });
});

describe('an import', () => {
  it('refuses a payload that cannot be read, naming every fault, and keeps nothing', async () => {
    const result = await send(sales, 'import-deal', {
      payload: readFileSync(resolve('samples/halopsa/hostile.json'), 'utf8'),
    });
    expect(result.__typename).toBe('Refused');
    expect(codes(result).length).toBeGreaterThan(3);
    expect(codes(await send(sales, 'import-deal', { payload: '{"opportunity": ' })).length).toBe(1);
  });

  it('of the same deal six times at once makes one handoff', async () => {
    const payload = demoDeal(sample, 777_001).won;
    const results = await Promise.all(Array.from({ length: 6 }, () => send(sales, 'import-deal', { payload })));
    expect(new Set(results.map((r) => r.__typename))).toEqual(new Set(['Handoff']));
    const [count] = await world.rows(
      "select count(*)::int as n from handoff h join deal d on d.tenant_id = $1 and d.id = h.deal_id where h.tenant_id = $1 and d.external_id = '777001'",
    );
    expect(count).toEqual({ n: 1 });
  });

  it('with an unknown service template names the valid ones', async () => {
    const result = await send(sales, 'import-deal', {
      payload: demoDeal(sample, 777_002).won,
      serviceTemplate: 'no-such-thing',
    });
    expect(codes(result)).toEqual(['UNKNOWN_SERVICE_TEMPLATE']);
  });
});
