import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { castVote } from '../../src/approval/approval.commands.js';
import { VoteDecision } from '../../src/approval/vote.entity.js';
import { selectRequired } from '../../src/core/statement.js';
import { DealType, Handoff } from '../../src/handoff/handoff.entity.js';
import { requestMarginException } from '../../src/margin/margin.commands.js';
import { classifyForTest, importForTest } from '../kit/deal.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read as sample } from '../rules/handoff.kit.js';
import { cast, open, read as readRequest } from './approval.kit.js';

const SCREEN = readFileSync(resolve('schema/operations/approval-request.graphql'), 'utf8');
const BRIEF = readFileSync(resolve('schema/operations/approval-request-brief.graphql'), 'utf8');

let suite: Suite;
let world: World;
let freda: Persona;
let femi: Persona;
let sofia: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  ({ freda, femi, sofia } = await cast(world));
});
afterAll(() => suite.close());

const load = async (id: string): Promise<Handoff> => (await world.read({ row: selectRequired(Handoff, id) })).row;
const ask = async (handoffId: string): Promise<string> =>
  sofia.done(requestMarginException, {
    handoffId,
    expectedRevision: (await load(handoffId)).revision,
    reason: 'A foothold: the second year pays for it.',
  });
const belowFloor = (): Promise<string> => sofia.done(importForTest, sample('managed-network-below-floor'));
const vote = async (persona: Persona, requestId: string, decision = VoteDecision.APPROVE): Promise<string> =>
  persona.done(castVote, {
    requestId,
    decision,
    reason: 'Seen.',
    digest: (await readRequest(world, requestId)).digest,
    expectedRevision: null,
  });
const screen = async (persona: Persona, id: string, document = SCREEN) => {
  const { data, errors } = await persona.graphql(document, { id });
  expect(errors).toEqual([]);
  return data!.approvalRequest;
};

it('shows', async () => {
  const id = await ask(await belowFloor());
  console.log(JSON.stringify(await screen(freda, id), null, 1));
});
