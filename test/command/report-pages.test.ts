import { newId } from '../../src/core/id.js';
import { encodeCursor, encodePlace } from '../../src/core/page.js';
import type { Statement } from '../../src/core/statement.js';
import { EXCEPTIONS, SLA_EVENTS } from '../../src/reporting/datasets.facts.js';
import { KPI_CASES } from '../../src/reporting/datasets.kpi-cases.js';
import { insertRows } from '../../src/reporting/projection.insert.js';
import { refreshReporting } from '../kit/reporting.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { operation } from '../kit/operation.js';
import { Tenant } from './rollout.kit.js';

/** Lists by time of facts, which the projection removes and writes anew also between two pages of a reader. */
const YEAR = { from: '2026-01-01', to: '2026-12-31' };
const ROWS = 5;

let suite: Suite;
let world: World;
let sales: Persona;
/** The handoff of every fact. */
let handoffId: string;

beforeAll(async () => {
  suite = await openSuite();
  const tenant = await Tenant.open(suite);
  ({ world, sales } = tenant);
  handoffId = await tenant.unproven();
  await refreshReporting(world);
});
afterAll(() => suite.close());

/** The instant of the n-th fact: before the present, one an hour. */
const instantOf = (n: number): Date => new Date(START.getTime() + (n - 100) * 3_600_000);

interface List {
  readonly root: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly dataset: typeof KPI_CASES;
  readonly latestFirst: boolean;
  /** A fact with its instant, beside its id and handoff. */
  readonly row: (at: Date) => object;
}

const LISTS: readonly List[] = [
  {
    root: 'kpiCases',
    document: 'reports-cases',
    variables: { key: 'REJECTION_RATE', ...YEAR },
    dataset: KPI_CASES,
    latestFirst: true,
    row: (countsAt) => ({
      kpiKey: 'REJECTION_RATE',
      sourceId: newId(),
      countsOn: countsAt.toISOString().slice(0, 10),
      countsAt,
      numerator: 0n,
      denominator: 1n,
      spanFromOn: null,
      spanToOn: null,
      clientCaused: false,
      isMargin: false,
      clientId: handoffId,
      serviceTemplateKey: 'managed-network',
      dealTypeKey: 'NEW_BUSINESS',
      tierKey: 'STANDARD',
      ownerId: handoffId,
      deliveryManagerId: null,
    }),
  },
  {
    root: 'stalledHandoffs',
    document: 'reports-stalled',
    variables: {},
    dataset: SLA_EVENTS,
    latestFirst: false,
    row: (dueAt) => ({
      clock: 'KICKOFF_HELD',
      startedAt: dueAt,
      dueAt,
      stoppedAt: null,
      voidedAt: null,
      late: false,
      clientCaused: false,
      escalations: 0,
    }),
  },
  {
    root: 'reportedExceptions',
    document: 'reports-exceptions',
    variables: YEAR,
    dataset: EXCEPTIONS,
    latestFirst: true,
    row: (openedAt) => ({
      kind: 'MARGIN_EXCEPTION',
      state: 'PENDING',
      requesterId: newId(),
      round: 1,
      shortfallMinor: null,
      shortfallBps: null,
      emergency: false,
      openedAt,
      decidedAt: null,
      leadMinutes: null,
      usedAt: null,
    }),
  },
];

const project = (statements: readonly Statement[]): Promise<void> =>
  suite.gateway.transaction(world.tenantId, (tx) => tx.commit(statements));

const insert = ({ dataset, row }: List, id: string, at: Date): Statement =>
  insertRows(dataset.relation, dataset.columns, [{ id, handoffId, ...row(at) }]);

const remove = ({ dataset }: List, id: string): Statement => ({
  text: `delete from ${dataset.relation} where tenant_id = $1 and id = $2`,
  values: [id],
});

/** Five facts of a list and no others; answers their ids in the order of the list. */
async function seed(list: List): Promise<string[]> {
  const ids = Array.from({ length: ROWS }, () => newId());
  await project([
    { text: `delete from ${list.dataset.relation} where tenant_id = $1`, values: [] },
    ...ids.map((id, n) => insert(list, id, instantOf(n))),
  ]);
  return list.latestFirst ? ids.toReversed() : ids;
}

async function page({ root, document, variables }: List, first: number, after: string | null) {
  const { data, errors } = await sales.graphql(operation(document), { ...variables, first, after });
  expect(errors).toEqual([]);
  const { edges, pageInfo } = data![root] as {
    edges: { node: { id: string } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
  return { ids: edges.map(({ node }) => node.id), ...pageInfo };
}

describe.each(LISTS)('$root', (list) => {
  it('goes on behind the place of its last row, wherever that row is by then', async () => {
    const ids = await seed(list);
    const first = await page(list, 2, null);
    expect([first.ids, first.hasNextPage]).toEqual([ids.slice(0, 2), true]);
    const beforeAllOthers = instantOf(list.latestFirst ? ROWS : -1);
    await project([remove(list, ids[1]!), insert(list, ids[1]!, beforeAllOthers)]);
    const second = await page(list, ROWS, first.endCursor);
    expect([second.ids, second.hasNextPage]).toEqual([ids.slice(2), false]);
  });

  it('goes on behind the place of its last row, also when there is no such row any more', async () => {
    const ids = await seed(list);
    const { endCursor } = await page(list, 2, null);
    await project([remove(list, ids[1]!)]);
    expect((await page(list, ROWS, endCursor)).ids).toEqual(ids.slice(2));
  });

  it.each([
    ['a cursor of a list by ids', encodeCursor(newId())],
    ['no instant', Buffer.from(`at:2026-13-45T25:61:61.000Z ${newId()}`).toString('base64url')],
    ['no id', encodePlace({ at: START, id: "' or true" })],
    ['nothing', ''],
  ])('refuses %s', async (_what, after) => {
    const { errors } = await sales.graphql(operation(list.document), { ...list.variables, first: 2, after });
    expect(errors.map(({ extensions: { code, field } }) => [code, field])).toEqual([['BAD_USER_INPUT', 'after']]);
  });

  it('takes a place before all rows', async () => {
    const ids = await seed(list);
    const place = encodePlace({ at: new Date('0000-01-01T00:00:00.000Z'), id: newId() });
    expect((await page(list, ROWS, place)).ids).toEqual(list.latestFirst ? [] : ids);
  });
});
