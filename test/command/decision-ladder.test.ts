import { CAST } from '../../src/sandbox/demo/cast.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { dealOf, Desk } from '../kit/variants.js';
import { type Change, enacted } from './governance.kit.js';

let suite: Suite;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

const climbing =
  (...ladder: string[]): Change =>
  ({ escalationContacts }) => {
    escalationContacts.find(({ topic }) => topic === 'DECISION')!.ladder = ladder;
  };

test('who is told of open decisions is in the policy of now: a ladder that RevOps mended helps the handoffs that are there', async () => {
  const world = await suite.tenant(climbing(CAST.delivery));
  const desk = await Desk.open(world, { payload: dealOf() });
  await desk.write();
  const missing = async (): Promise<unknown[]> => {
    const readiness = 'query ($id: ID!) { handoff(id: $id) { readiness(for: SUBMIT) { findings { code } } } }';
    const { data } = await (await world.as(CAST.sales)).graphql(readiness, { id: desk.handoffId });
    const { findings } = data!.handoff.readiness as { findings: { code: string }[] };
    return findings.filter(({ code }) => code === 'ESCALATION_CONTACT_MISSING');
  };
  expect(await missing()).toHaveLength(1);
  await enacted(world, climbing(CAST.delivery, CAST.lead));
  expect(await missing()).toEqual([]);
});
