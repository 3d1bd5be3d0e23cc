import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { castVote } from '../../src/approval/approval.commands.js';
import { VoteDecision } from '../../src/approval/vote.entity.js';
import { selectRequired } from '../../src/core/statement.js';
import { normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import { DealType, Handoff } from '../../src/handoff/handoff.entity.js';
import { requestMarginException } from '../../src/margin/margin.commands.js';
import { classifyForTest, importForTest } from '../kit/deal.js';
import { operation } from '../kit/operation.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read as sample } from '../rules/handoff.kit.js';
import { cast, open, read as readRequest } from './approval.kit.js';

const SCREEN = operation('approval-request');
const BRIEF = operation('approval-request-brief');

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

/** The sample deal below its floor, as another one: of a client, and with the price of its largest line. */
function deal(number: number, parts: { client?: number; price?: number } = {}) {
  const { client = 77, price } = parts;
  const payload = JSON.parse(readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8')) as {
    opportunity: Record<string, unknown>;
    quotation: Record<string, unknown> & { lines: Record<string, unknown>[] };
  };
  const named = { client_id: client, client_name: `Client ${client} Ltd` };
  Object.assign(payload.opportunity, { id: number }, named);
  Object.assign(payload.quotation, { id: number, ticket_id: number }, named);
  const largest = payload.quotation.lines.find(({ id }) => id === 9007)!;
  if (price !== undefined)
    Object.assign(largest, { baseprice: price, net_total: price * (largest.current_quantity as number) });
  const raw = JSON.stringify(payload);
  const parsed = normaliseHaloExport(raw);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return { raw, parsed };
}

describe('the screen of an approver', () => {
  it('shows the exception line by line, why so many must approve, who is missing and by when', async () => {
    const id = await ask(await belowFloor());
    const seen = await screen(freda, id);
    expect(seen.exception.worst).toMatchObject({
      scope: 'RECURRING',
      marginBps: 1387,
      floorBps: 3200,
      shortfall: { amount: '3900.96', currency: 'GBP' },
      shortfallBps: 1813,
    });
    expect(seen.exception.lines).toHaveLength(7);
    expect(seen.exception.lines[5]).toMatchObject({
      description: 'Managed network, per device',
      revenue: { amount: '19008.00' },
      cost: { amount: '16632.00' },
      marginBps: 1250,
      floorScope: 'RECURRING',
      floorBps: 3200,
      contribution: { amount: '3706.56' },
    });
    expect(seen.exception.lines[0].contribution).toBeNull();
    expect(seen.exception.weighing).toMatchObject({
      gravity: 'MATERIAL',
      threshold: { shortfall: { amount: '1000.00', currency: 'GBP' }, shortfallBps: 300 },
      shortfall: { amount: '3900.96' },
      priorShortfall: { amount: '0.00' },
      exchangeRate: null,
      countedTogether: [],
    });
    expect(seen.steps).toMatchObject([{ missing: 2, candidates: [{}, {}, {}] }]);
    expect(seen.decideBy).toBe('2026-11-26T12:30:00.000Z');
    expect(seen.changesSinceLastVote).toBeNull();
  });

  it("names the client's other exceptions that counted with it, and the history", async () => {
    const first = await ask(await sofia.done(importForTest, deal(501)));
    await vote(freda, first, VoteDecision.REJECT);
    suite.clock.advanceHours(1);
    const second = await ask(await sofia.done(importForTest, deal(502)));
    suite.clock.advanceHours(1.5);
    await vote(freda, second);
    await vote(femi, second);
    const third = await ask(await sofia.done(importForTest, deal(503)));
    await ask(await sofia.done(importForTest, deal(504, { client: 78 })));
    const seen = await screen(freda, third);
    expect(seen.exception.weighing).toMatchObject({
      priorShortfall: { amount: '3900.96', currency: 'GBP' },
      countedTogether: [{ id: second, state: 'APPROVED' }],
    });
    const figures = { approved: 1, rejected: 1, expired: 0, medianDecisionHours: '0.7' };
    expect(seen.history.client).toMatchObject({
      asked: 2,
      ...figures,
      shortfall: { amount: '7801.92', currency: 'GBP' },
      latest: [{ id: second }, { id: first }],
    });
    expect(seen.history.requester).toMatchObject({ asked: 3, ...figures });
    expect(seen.history.serviceTemplate).toMatchObject({ asked: 3, ...figures });
    suite.clock.advanceHours(24 * 366);
    const later = await screen(freda, third);
    expect(later.history.requester).toMatchObject({ asked: 0, latest: [] });
  });

  it('shows what changed since the last vote, and since my own', async () => {
    const handoffId = await sofia.done(importForTest, deal(601));
    const id = await ask(handoffId);
    await vote(freda, id);
    expect((await screen(freda, id)).changesSinceLastVote).toMatchObject({ isSame: true, sinceRound: 1, lines: [] });
    await sofia.done(importForTest, deal(601, { price: 21 }));
    expect((await screen(femi, id)).changesSinceLastVote).toMatchObject({
      isSame: false,
      sinceRound: 1,
      fields: [],
      lines: [
        {
          kind: 'CHANGED',
          position: 6,
          fields: [{ field: 'unitPrice' }, { field: 'total' }],
          costs: [],
        },
      ],
    });
    await vote(femi, id);
    await sofia.done(classifyForTest, { handoffId, dealType: DealType.EXPANSION });
    const since = (mine: boolean) =>
      `query ($id: ID!) { approvalRequest(id: $id) { changesSinceLastVote(mine: ${mine}) { sinceRound fields { field before after } lines { position } } } }`;
    const classified = [{ field: 'dealType', before: 'NEW_BUSINESS', after: 'EXPANSION' }];
    expect((await screen(freda, id, since(false))).changesSinceLastVote).toEqual({
      sinceRound: 2,
      fields: classified,
      lines: [],
    });
    expect((await screen(freda, id, since(true))).changesSinceLastVote).toEqual({
      sinceRound: 1,
      fields: classified,
      lines: [{ position: 6 }],
    });
    expect((await screen(sofia, id, since(true))).changesSinceLastVote).toBeNull();
    // The lines are those of the round, not of what the handoff was asked about at first.
    const { lines } = (await screen(freda, id)).exception;
    expect(lines[5].revenue.amount).not.toBe('19008.00');
  });

  it('is empty of figures for another kind of request, and refused to whoever may not see them', async () => {
    const { id } = await open(world);
    expect(await screen(freda, id)).toMatchObject({ exception: null, history: null, changesSinceLastVote: null });
    const dana = await world.as('dana.delivery');
    const margin = await ask(await belowFloor());
    const { errors } = await dana.graphql(SCREEN, { id: margin });
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect(errors[0]?.extensions.fields).toEqual(
      expect.arrayContaining(['ApprovalRequest.exception', 'ExceptionRecord.shortfall', 'TermsLineChange.costs']),
    );
    expect(await screen(dana, margin, BRIEF)).toMatchObject({ kind: 'MARGIN_EXCEPTION', canVote: false });
  });

  it('costs as many statements for one request as for 25', async () => {
    const page = `query ($first: Int!) { approvalRequests(first: $first) { edges { node {
      id exception { worst { scope } lines { position } weighing { gravity countedTogether { id } } }
      changesSinceLastVote { isSame lines { position } }
      history { client { asked latest { id } } requester { asked } serviceTemplate { asked } }
      steps { missing candidates { handle } } } } } }`;
    const count = async (first: number): Promise<number> => {
      suite.statements.length = 0;
      const { data, errors } = await freda.graphql(page, { first });
      expect(errors).toEqual([]);
      const nodes = (data!.approvalRequests.edges as { node: { exception: unknown } }[]).map(({ node }) => node);
      expect(nodes).toHaveLength(first);
      expect(nodes.every(({ exception }) => exception !== null)).toBe(true);
      return suite.statements.length;
    };
    for (let n = 0; n < 25; n += 1) {
      const id = await ask(await sofia.done(importForTest, deal(700 + n, { client: 80 + (n % 5) })));
      await vote(freda, id);
    }
    expect(await count(25)).toBe(await count(1));
  });
});
