import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona } from '../kit/world.js';
import { populate, type Population } from '../tenancy/population.js';

const PAGE = `query Page($first: Int = 2, $after: String, $withClient: Boolean!) {
  handoffs(first: $first, after: $after) {
    edges {
      cursor
      node {
        __typename id number stage openedAt tierSources { type hash } owner { handle } client @include(if: $withClient) { name }
        checklist { code state evidence { kind submittedAt submitter { handle } } }
        evaluations { verdict findings { code severity message remedy } }
        approvalRequests { state votes { voter { handle } } }
        decisions { question dueOn owner { handle } }
      }
    }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

let suite: Suite;
let ours: Population;
let sofia: Persona;
let handoffId: string;

beforeAll(async () => {
  suite = await openSuite();
  ours = await populate(await suite.tenant(), { closed: false });
  sofia = await ours.world.as('sofia.sales');
  const { data } = await sofia.graphql('{ handoffs(first: 1) { edges { node { id } } } }');
  handoffId = data!.handoffs.edges[0].node.id;
});
afterAll(() => suite.close());

/** How an operation was answered, and with which statements beside those that open and end a transaction. */
async function ask(document: string, variables: Record<string, unknown> = {}, who = sofia) {
  const { compiled, ordinary } = suite.plans.counts;
  suite.statements.length = 0;
  const result = await who.graphql(document, variables);
  return {
    ...result,
    isCompiled: suite.plans.counts.compiled > compiled,
    isOrdinary: suite.plans.counts.ordinary > ordinary,
    statements: suite.statements.filter((text) => !/^(begin|set local|commit)/.test(text)),
  };
}

it('answers a page with everything on it by one statement', async () => {
  const { data, errors, isCompiled, statements } = await ask(PAGE, { withClient: true });
  expect(errors).toEqual([]);
  expect(isCompiled).toBe(true);
  expect(statements).toHaveLength(1);
  const [edge] = data!.handoffs.edges;
  expect(Object.keys(edge.node).slice(0, 3)).toEqual(['__typename', 'id', 'number']);
  expect(edge.node.client.name).toEqual(expect.any(String));
});

it('keeps order and rows under response keys that are names of columns and aliases', async () => {
  const ROWS = `query ($id: ID!) { handoff(id: $id) { checklist { code } } handoffs(first: 2) { edges { cursor } } }`;
  const KEYS = `query ($id: ID!) { r: handoff(id: $id) { t0: checklist { position: state id: state t1: code } }
    c: handoffs(first: 2) { edges { e: cursor } } }`;
  const plain = await ask(ROWS, { id: handoffId });
  const { data, isCompiled, isOrdinary } = await ask(KEYS, { id: handoffId });
  expect([isCompiled, isOrdinary]).toEqual([true, false]);
  const codes = plain.data!.handoff.checklist.map(({ code }: { code: string }) => code);
  expect(data!.r.t0.map(({ t1 }: { t1: string }) => t1)).toEqual(codes);
  const edges = plain.data!.handoffs.edges.map(({ cursor }: { cursor: string }) => ({ e: cursor }));
  expect(data!.c.edges).toEqual(edges);
});

it('keeps one plan for each choice of what is asked, whatever the page', async () => {
  const { kept } = suite.plans.counts;
  const first = await ask(PAGE, { withClient: false, first: 1 });
  const second = await ask(PAGE, {
    withClient: false,
    first: 1,
    after: first.data!.handoffs.pageInfo.endCursor,
  });
  expect(second.isCompiled).toBe(true);
  expect(second.data!.handoffs.edges[0].node.id).not.toBe(first.data!.handoffs.edges[0].node.id);
  expect(second.data!.handoffs.pageInfo.hasPreviousPage).toBe(true);
  expect(second.data!.handoffs.edges[0].node.client).toBeUndefined();
  expect(suite.plans.counts.kept).toBe(kept + 1);
});

it('fills what rules decide into the answer of the one statement, and reads a list that they judge once', async () => {
  const { data, isCompiled, statements } = await ask(
    `query ($id: ID!) { handoff(id: $id) { number availableActions completenessBps checklist { code status } answers { key } } }`,
    { id: handoffId },
  );
  expect(isCompiled).toBe(true);
  expect(data!.handoff.completenessBps).toEqual(expect.any(Number));
  expect(data!.handoff.checklist.every(({ status }: { status: unknown }) => typeof status === 'string')).toBe(true);
  expect(statements.filter((text) => text.includes('from checklist_item'))).toHaveLength(1);
});

it.each([
  {
    what: 'a row that is not there',
    document: `{ handoff(id: "01a1fff5-0000-7000-8000-000000000000") { id } }`,
    code: 'NOT_FOUND',
  },
  {
    what: 'a cursor of no list',
    document: `{ handoffs(after: "nonsense") { edges { cursor } } }`,
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'a page that is too large',
    document: `query ($n: Int = 1000) { handoffs(first: $n) { edges { cursor } } }`,
    code: 'BAD_USER_INPUT',
  },
])('leaves $what to the executor, which says what is wrong', async ({ document, code }) => {
  const { errors, isCompiled } = await ask(document);
  expect(isCompiled).toBe(false);
  expect(errors[0]!.extensions.code).toBe(code);
});

it('has a list that rules decide written by its resolvers', async () => {
  const { errors, isOrdinary } = await ask(`{ approvalInbox { counts { total } } }`);
  expect(errors).toEqual([]);
  expect(isOrdinary).toBe(true);
});

it('withholds what a finding tells from those who may not see it', async () => {
  const document = `{ handoffs { edges { node { evaluations { findings { code message remedy } } } } } }`;
  const withheld = async (handle: string): Promise<number> => {
    const { data, isCompiled } = await ask(document, {}, await ours.world.as(handle));
    expect(isCompiled).toBe(true);
    return JSON.stringify(data).split('needs the right to see').length - 1;
  };
  expect(await withheld('sofia.sales')).toBe(0);
  expect(await withheld('DELIVERY_MANAGER')).toBeGreaterThan(0);
});
