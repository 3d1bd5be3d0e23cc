import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { demoDeal } from '../../src/sandbox/demo/deal-files.js';
import { assignDeliveryManager } from '../../src/passage/assign.command.js';
import { scheduleKickoff } from '../../src/kickoff/kickoff.commands.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

const sample = readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8');

let suite: Suite;
let world: World;
let handoffId: string;
let sales: Persona;
let delivery: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

/** A handoff whose kickoff is scheduled under a live sign-off. */
async function scheduled(): Promise<void> {
  suite.clock.at = START;
  world = await suite.tenant();
  ({ handoffId } = await playStory(world));
  sales = await world.as('sofia.sales');
  delivery = await world.as('dana.delivery');
}

const row = async (text: string, values: readonly unknown[] = [handoffId]) => (await world.rows(text, values))[0]!;
const revision = async (): Promise<number> =>
  Number((await row('select revision from handoff where tenant_id = $1 and id = $2')).revision);
interface Answer {
  readonly __typename: string;
  readonly stage?: string;
  readonly findings?: readonly { readonly code: string }[];
}
const ask = async (persona: Persona, name: string, input: object): Promise<Answer> => {
  const { data, errors } = await persona.graphql(operation(name), { input });
  if (!data) return { __typename: errors[0]!.extensions.code as string };
  return Object.values(data)[0] as Answer;
};
const send = async (persona: Persona, name: string, input: object = {}): Promise<Answer> =>
  ask(persona, name, { handoffId, expectedRevision: await revision(), ...input });
const codesOf = async (answer: Promise<Answer>): Promise<string[]> =>
  ((await answer).findings ?? []).map(({ code }) => code);
const kickoffs = () =>
  world.rows(
    'select state, void_reason, live_sign_off from kickoff where tenant_id = $1 and handoff_id = $2 order by id',
    [handoffId],
  );
const signOff = () =>
  row(
    'select state, end_code, end_facts from feasibility_sign_off where tenant_id = $1 and handoff_id = $2 order by id desc limit 1',
  );
const onDate = (startsAt: string) => ({ startsAt, durationMinutes: 45 });

/** Every way in which what was signed off for may change, and what the sign-off says of it then. */
const WAYS: readonly {
  readonly what: string;
  readonly code: string;
  readonly state?: string;
  readonly stage?: string;
  readonly facts?: readonly string[];
  readonly change: () => Promise<unknown>;
}[] = [
  {
    what: 'delivery takes it back',
    code: 'REVOKED',
    state: 'REVOKED',
    change: () => send(delivery, 'revoke-sign-off', { reason: 'The engineer has left.' }),
  },
  {
    what: 'the deal changes in the PSA',
    code: 'DEAL_CHANGED',
    facts: ['adopted', 'newest'],
    change: async () => {
      const { external_id: id } = await row(
        `select d.external_id from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id
          where d.tenant_id = $1 and h.id = $2`,
      );
      return ask(sales, 'import-deal', { payload: demoDeal(sample, Number(id)).won });
    },
  },
  {
    what: 'the resource plan changes',
    code: 'PLAN_CHANGED',
    change: () =>
      send(delivery, 'add-resource-booking', {
        role: 'Project manager',
        personId: null,
        hoursPerWeek: '4',
        fromOn: '2026-12-07',
        toOn: '2026-12-18',
      }),
  },
  {
    what: 'another delivery manager answers for it',
    code: 'DELIVERY_MANAGER_CHANGED',
    facts: ['deliveryManagerId', 'signedBy'],
    change: async () => {
      const personId = await world.idOf('dylan.delivery');
      const input = { handoffId, expectedRevision: await revision(), personId };
      return (await world.as('leah.lead')).done(assignDeliveryManager, input);
    },
  },
  {
    what: 'the handoff is withdrawn',
    code: 'WITHDRAWN',
    stage: 'WITHDRAWN',
    change: () => send(sales, 'withdraw-handoff', { reason: 'The client reopened the tender.' }),
  },
];

describe('a sign-off that ends takes the client date with it, and says why', () => {
  it.each([...WAYS])('when $what', async ({ code, state = 'LAPSED', stage = 'IN_REVIEW', facts = [], change }) => {
    await scheduled();
    await change();
    expect(await row('select stage from handoff where tenant_id = $1 and id = $2')).toEqual({ stage });
    const ended = await signOff();
    expect(ended).toMatchObject({ state, end_code: code });
    expect(Object.keys(JSON.parse(ended.end_facts as string) as object).toSorted()).toEqual(facts);
    expect(await kickoffs()).toEqual([
      { state: 'VOID', void_reason: `the sign-off under it ended: ${code}`, live_sign_off: null },
    ]);
    const view = (await sales.graphql(operation('handoff-acceptance'), { id: handoffId })).data!.handoff;
    expect(view.signOffs[0]).toMatchObject({ state, endCode: code, endReason: expect.stringMatching(/\S/) });
    expect(view.kickoffs).toEqual([expect.objectContaining({ state: 'VOID', live: false })]);
    // Nothing gives the client another date before delivery has signed again.
    const refused = await codesOf(send(delivery, 'schedule-kickoff', onDate('2026-12-02T11:00:00Z')));
    expect(refused).toEqual(expect.arrayContaining(['WRONG_STAGE', 'SIGN_OFF_MISSING']));
    expect(await codesOf(send(delivery, 'hold-kickoff'))).toEqual(
      expect.arrayContaining(['WRONG_STAGE', 'SIGN_OFF_MISSING']),
    );
    expect(await kickoffs()).toHaveLength(1);
  });
});

describe('a date that stands', () => {
  beforeAll(scheduled);

  it('stands while nothing changes, and no edit moves what was signed off for', async () => {
    const before = await kickoffs();
    expect(before).toEqual([{ state: 'SCHEDULED', void_reason: null, live_sign_off: 'LIVE' }]);
    expect(await codesOf(send(sales, 'edit-handoff', { startOn: '2027-01-11' }))).toEqual(['NOT_EDITABLE']);
    expect(await codesOf(send(sales, 'classify-handoff', { dealType: 'RENEWAL' }))).toEqual(
      expect.arrayContaining(['NOT_EDITABLE']),
    );
    // The same manager again, and the same person's other record, change nothing.
    const same = { handoffId, expectedRevision: await revision(), personId: delivery.actor.id };
    await (await world.as('leah.lead')).done(assignDeliveryManager, same);
    expect(await kickoffs()).toEqual(before);
    expect(await signOff()).toMatchObject({ state: 'LIVE', end_code: null, end_facts: null });
  });

  it('is never an impossible date', async () => {
    const before = await kickoffs();
    const dates = {
      '2026-02-30T10:00:00Z': 'BAD_USER_INPUT',
      '2026-12-02T25:00:00Z': 'BAD_USER_INPUT',
      '2026-12-02T11:00:00': 'BAD_USER_INPUT',
      '0001-01-03T10:00:00Z': 'BAD_USER_INPUT',
      '2026-11-23T13:59:00Z': 'DATE_IN_THE_PAST',
      '9999-12-30T10:00:00Z': 'BAD_USER_INPUT',
      '2999-12-30T10:00:00Z': 'DATE_TOO_FAR',
      '2026-12-05T11:00:00Z': 'OUTSIDE_BUSINESS_HOURS',
      '2026-12-25T11:00:00Z': 'OUTSIDE_BUSINESS_HOURS',
    };
    const found: Record<string, string | undefined> = {};
    for (const startsAt of Object.keys(dates)) {
      const answer = await send(delivery, 'schedule-kickoff', onDate(startsAt));
      found[startsAt] = answer.findings?.[0]?.code ?? answer.__typename;
    }
    expect(found).toEqual(dates);
    expect(await kickoffs()).toEqual(before);
  });

  it('is kept by the database itself: neither a date without a live sign-off, nor one that outlives it', async () => {
    const run = (text: string, values: readonly unknown[] = [handoffId]): Promise<void> =>
      suite.gateway.transaction(world.tenantId, (tx) => tx.commit([{ text, values }]));
    const end = `update feasibility_sign_off set state = 'LAPSED', ended_at = signed_at, end_code = 'X_Y', end_facts = '{}'
    where tenant_id = $1 and handoff_id = $2`;
    await expect(run(end)).rejects.toThrow(/kickoff_under_live_sign_off/);
    const unbound = 'update kickoff set live_sign_off = null where tenant_id = $1 and handoff_id = $2';
    await expect(run(unbound)).rejects.toThrow(/kickoff_check/);
    await send(delivery, 'revoke-sign-off', { reason: 'The engineer has left.' });
    const again = `update kickoff set state = 'SCHEDULED', live_sign_off = 'LIVE' where tenant_id = $1 and handoff_id = $2`;
    await expect(run(again)).rejects.toThrow(/kickoff_under_live_sign_off/);
  });
});

it('lets one of two win who change it at once, and never leaves a date without a sign-off', async () => {
  await scheduled();
  const expectedRevision = await revision();
  const both = await Promise.all([
    ask(delivery, 'schedule-kickoff', { handoffId, expectedRevision, ...onDate('2026-12-02T11:00:00Z') }),
    ask(delivery, 'revoke-sign-off', { handoffId, expectedRevision, reason: 'The engineer has left.' }),
    ask(sales, 'withdraw-handoff', { handoffId, expectedRevision, reason: 'The client reopened the tender.' }),
  ]);
  expect(both.map(({ __typename }) => __typename).toSorted()).toEqual(['Handoff', 'STALE_REVISION', 'STALE_REVISION']);
  const standing = (await kickoffs()).filter(({ state }) => state === 'SCHEDULED').length;
  expect(standing).toBe((await signOff()).state === 'LIVE' ? 1 : 0);
});

describe('the code', () => {
  const filesUnder = (folder: string): string[] =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesUnder(path) : [path];
    });
  const sources = filesUnder(resolve('src')).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const holding = (pattern: RegExp): string[] =>
    sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path.slice(resolve('src').length + 1));

  it('has one place that writes a client date, and it is no program that may', () => {
    expect(holding(/insert\w*\(\s*Kickoff,|insert into kickoff\b/)).toEqual(['kickoff/kickoff.commands.ts']);
    expect(holding(/update\(\s*Kickoff,|update kickoff\b/).toSorted()).toEqual([
      'kickoff/kickoff.commands.ts',
      'passage/sign-off.effects.ts',
    ]);
    // What a connector reads is compared with what is ours, and becomes drift: no connector schedules.
    expect(holding(/scheduleKickoff\b/).filter((path) => path.startsWith('integrations/'))).toEqual([
      'integrations/events/event.rules.ts',
    ]);
    expect(scheduleKickoff.services).toBe(false);
  });
});
