import { assignOwner } from '../../src/handoff/handoff.commands.js';
import { CAST } from '../../src/sandbox/demo/cast.js';
import { rebaseline } from '../../src/scope-change/rebaseline.command.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { codes } from './engine.kit.js';
import { ask, load, on, vote } from './scope-change.kit.js';

let suite: Suite;
let world: World;
let handoffId: string;
let sales: Persona;
let delivery: Persona;
let lead: Persona;
let finance: Persona;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant((configuration) => {
    // One person who answers for delivery and sells.
    configuration.people.find(({ key }) => key === CAST.lead)!.roles.push('SALES_MANAGER');
  });
  ({ handoffId } = await playStory(world));
  sales = await world.as(CAST.sales);
  delivery = await world.as(CAST.delivery);
  lead = await world.as(CAST.lead);
  finance = await world.as(CAST.finance);
});

const own = async (person: Persona): Promise<string> =>
  sales.done(assignOwner, { ...(await on(world, handoffId)), personId: person.actor.id });
const move = async (scopeChangeId: string): Promise<readonly string[]> => {
  const result = await delivery.run(rebaseline, { handoffId, scopeChangeId });
  return result.kind === 'refused' ? codes(result.findings) : ['moved'];
};
const voted = async (persona: Persona, id: string): Promise<readonly string[]> => {
  const result = await vote(world, persona, id);
  return result.kind === 'refused' ? codes(result.findings) : [];
};
const stateOf = async (id: string): Promise<unknown> => {
  const { requestId } = await load(world, id);
  return (await world.rows('select state from approval_request where tenant_id = $1 and id = $2', [requestId]))[0]!
    .state;
};

describe('rule 1: who comes to own the handoff while a change of its scope is open', () => {
  it('rule 1: its vote counts no longer, nor once it belongs to somebody else; others approve the next one', async () => {
    const id = await ask(world, delivery, handoffId);
    expect(await voted(lead, id)).toEqual([]);
    expect(await stateOf(id)).toBe('APPROVED');
    await own(lead);
    expect(await move(id)).toEqual(['APPROVAL_MISSING']);
    await own(sales);
    expect(await move(id)).toEqual(['APPROVAL_MISSING']);
    const next = await ask(world, delivery, handoffId);
    expect(await voted(finance, next)).toEqual([]);
    expect(await move(next)).toEqual(['moved']);
  });

  it('rule 1: of two votes that are needed the one of the owner does not count', async () => {
    const id = await ask(world, delivery, handoffId, { more: { cost: 260_000n } });
    expect(await voted(lead, id)).toEqual([]);
    await own(lead);
    expect(await voted(finance, id)).toEqual([]);
    expect(await stateOf(id)).toBe('PENDING');
    expect(await voted(await world.as('femi.finance'), id)).toEqual([]);
    expect(await stateOf(id)).toBe('APPROVED');
    expect(await move(id)).toEqual(['moved']);
  });

  it('rule 1: they do not vote, and the database holds it alike; who has nothing to do with it does', async () => {
    const [first, second] = [await ask(world, delivery, handoffId), await ask(world, delivery, handoffId)];
    await own(lead);
    const { requestId } = await load(world, first);
    const parts = await world.rows(
      'select part from approval_participant where tenant_id = $1 and request_id = $2 and person_id = $3',
      [requestId, lead.actor.id],
    );
    expect(parts).toEqual([{ part: 'CONTRIBUTOR' }]);
    for (const id of [first, second]) expect(await voted(lead, id)).toEqual(['CONTRIBUTOR']);
    expect(await voted(finance, first)).toEqual([]);
    expect(await move(first)).toEqual(['moved']);
  });
});
