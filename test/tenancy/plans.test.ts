import { getNamedType, isObjectType } from 'graphql';
import { accessMatrix } from '../../src/cli/access-matrix.js';
import type { Ability } from '../../src/core/ability.js';
import { relationOf } from '../../src/core/graphql/relations.js';
import { encodeCursor, encodePlace } from '../../src/core/page.js';
import { Reader } from '../../src/core/reader.js';
import { type EntityClass, snakeCase, tableOf } from '../../src/core/table.js';
import type { Queries } from '../../src/core/statement.js';
import { Role } from '../../src/identity/roles.js';
import {
  buffersOf,
  Explainer,
  fill,
  idOf,
  indexesOf,
  instantOf,
  nodesOf,
  pretendLarger,
  scansOfWholeTenant,
  scansWithoutTenant,
  sortsOfLists,
  type Sent,
  tables,
} from '../kit/plans.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { calls, schema } from './population.js';

/** Rows a tenant of every table: few here, with statistics that say 100,000; as many in `node bench/plans.mjs`. */
const ROWS = Number(process.env.PLANS_ROWS ?? 500);
const SAID = 100_000;
const IS_LARGE = ROWS >= SAID;
/** Where page 1,000 begins, or as deep as there are rows. */
const DEEP = IS_LARGE ? SAID - 25_000 : Math.trunc(ROWS / 4);

/** Lists that read more than their page, and why that is bounded: by name, or by name and what they are narrowed to. */
const KNOWN: Readonly<Record<string, string>> = {
  approvalInbox: 'who may answer is a matter of rules: reads what is undecided and in time, which deadlines keep few',
};

/** Lists by time: their cursors are places. */
const BY_TIME: ReadonlySet<string> = new Set(['kpiCases', 'reportedExceptions', 'stalledHandoffs']);
const deepIn = (root: string): string =>
  BY_TIME.has(root) ? encodePlace({ at: instantOf(DEEP), id: idOf(DEEP) }) : encodeCursor(idOf(DEEP));

/** A page whose rows have relations, and those have more. */
const PAGE = `query ($after: String!) { handoffs(first: 50, after: $after) { edges { node {
  client { name } owner { handle } checklist { code evidence { kind submitter { handle } } }
  evaluations { verdict findings { code } } approvalRequests { state votes { voter { handle } } }
  decisions { question owner { handle } }
} } } }`;

const matrix = accessMatrix();
const CONNECTIONS = calls
  .roots()
  .filter(({ operation, field }) => operation === 'query' && getNamedType(field.type).name.endsWith('Connection'));

let suite: Suite;
let world: World;
let explainer: Explainer;
let indexes: readonly string[];
/** By root field and variant, or by relation: what is sent. */
const sent = new Map<string, Sent[]>();
const report: string[] = [];

beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  const other = await suite.tenant();
  const manager = await world.as(Role.DELIVERY_MANAGER);
  for (const { field } of CONNECTIONS) {
    await recordRoot(field.name, await personaFor(field.name), field.name);
    if (isFor(field.name, Role.DELIVERY_MANAGER)) await recordRoot(field.name, manager, `${field.name}:delivery`);
  }
  const sofia = await world.as('sofia.sales');
  await during(PAGE, () => sofia.graphql(PAGE, { after: encodeCursor(idOf(60)) }));
  indexes = await indexesOf(suite.superuserUrl);
  if (IS_LARGE) await recordRelations();
  const names = tables();
  await fill(suite.superuserUrl, names, [world.tenantId, other.tenantId], ROWS);
  if (!IS_LARGE) await pretendLarger(suite.superuserUrl, names, SAID / ROWS);
  explainer = await Explainer.open(suite.appUrl, world.tenantId);
}, 3_600_000);
afterAll(async () => {
  await explainer?.close();
  await suite.close();
  if (process.env.SHOW_PLANS) console.log(report.join('\n'));
});

/** What a reader sends while something runs. */
async function during(name: string, work: () => Promise<unknown>): Promise<void> {
  const { gateway } = suite;
  const found: Sent[] = [];
  const read = gateway.read.bind(gateway);
  gateway.read = ((tenantId: string, queries: Queries) => {
    for (const { text, values, ofTenant } of Object.values(queries))
      found.push({ text, values: ofTenant ? [...values, ofTenant(tenantId)] : values });
    return read(tenantId, queries);
  }) as typeof gateway.read;
  try {
    await work();
  } finally {
    gateway.read = read;
  }
  sent.set(name, found);
}

const isFor = (root: string, role: Role): boolean => matrix.find(({ name }) => name === root)!.allowed[role] !== 'no';

async function personaFor(root: string): Promise<Persona> {
  const roles = world.configuration.people.flatMap((person) => person.roles as Role[]);
  return world.as(roles.find((role) => isFor(root, role))!);
}

/** What a person sends for a list, under a name; who delivers does not see every handoff, and asks otherwise. */
async function recordRoot(root: string, persona: Persona, name: string): Promise<void> {
  const selection = '{ edges { cursor } }';
  for (const { document, variables } of calls.variants(root, { selection })) {
    const given = Object.entries(variables).map(([key, value]) =>
      value && typeof value === 'object' && !Array.isArray(value) ? `${key}.${Object.keys(value).join()}` : key,
    );
    await during([name, ...given].join(' '), () => persona.graphql(document, variables));
  }
  const [plain] = calls.variants(root, { selection });
  const deep = plain!.document.includes('(')
    ? plain!.document.replace('(', '($after: String, ').replace(`${root}(`, `${root}(after: $after, `)
    : plain!.document.replace(root, `($after: String) `).replace(`) {`, `) {`);
  const document = plain!.document.includes('(')
    ? deep
    : `query ($after: String) { ${root}(after: $after) ${selection} }`;
  await during(`${name} deep`, () => persona.graphql(document, { ...plain!.variables, after: deepIn(root) }));
}

interface Declared {
  readonly name: string;
  readonly entity: EntityClass<{ id: string }>;
  readonly key: string;
  readonly orderBy: readonly string[];
}

/** Every relation that the schema declares; the other side of a `One` is found by its id. */
function relations(): Declared[] {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields()).flatMap((field) => {
          const relation = relationOf(field);
          if (!relation) return [];
          const entity = relation.entity as EntityClass<{ id: string }>;
          const name = `${type.name}.${field.name}`;
          return relation.kind === 'one'
            ? [{ name, entity, key: 'id', orderBy: [] }]
            : [{ name, entity, key: relation.key, orderBy: relation.orderBy }];
        })
      : [],
  );
}

async function recordRelations(): Promise<void> {
  const everything = { rulesFor: () => [{ inverted: false }] } as unknown as Ability;
  const ids = Array.from({ length: 50 }, (_, n) => idOf(n + 1));
  for (const { name, entity, key, orderBy } of relations())
    await during(name, () => {
      const reader = new Reader(suite.gateway, world.tenantId, everything, suite.clock);
      return Promise.all(ids.map((id) => reader.many(entity, key as never, id, orderBy)));
    });
}

test('every list goes by an index that leads with the tenant, and none is sorted for a page', async () => {
  const wrong: string[] = [];
  const seen = new Set<string>();
  for (const [name, statements] of sent) {
    for (const statement of statements) {
      // Of its versions of the configuration a tenant has a handful.
      if (seen.has(statement.text) || / from configuration_version\s/.test(statement.text)) continue;
      seen.add(statement.text);
      const plan = await explainer.plan(statement);
      const faults = [...scansWithoutTenant(plan), ...sortsOfLists(plan)];
      // Of few rows, whatever is said of their number, all are cheaper read than looked up.
      if (IS_LARGE) faults.push(...scansOfWholeTenant(plan).map((scan) => `reads the whole tenant: ${scan}`));
      const plainly = name.replace(':delivery', '');
      const known = KNOWN[plainly] ?? KNOWN[plainly.split(' ')[0]!];
      report.push(...faults.map((fault) => `${name}: ${fault}${known ? ` (${known})` : ''}`));
      if (faults.length > 0 && !known) wrong.push(`${name}: ${faults.join('; ')}: ${statement.text}`);
    }
  }
  expect(wrong).toEqual([]);
}, 600_000);

test('every relation has an index that leads with the tenant and the parent', () => {
  const wrong = relations().flatMap(({ name, entity, key }) => {
    const wanted = `${tableOf(entity).name}(tenant_id, ${tableOf(entity).byProperty.get(key)?.name ?? snakeCase(key)},`;
    return indexes.some((leads) =>
      leads.replace(/,$/, ', ').replaceAll(', ', ',').startsWith(wanted.replaceAll(', ', ',')),
    )
      ? []
      : [`${name}: ${wanted} ...)`];
  });
  expect(wrong).toEqual([]);
});

test('a page deep in a list reads as much as its first one', async () => {
  const wrong: string[] = [];
  const lists = [...sent.keys()].filter((name) => name.endsWith(' deep')).map((name) => name.replace(' deep', ''));
  for (const list of lists) {
    const total = async (name: string): Promise<number> => {
      let buffers = 0;
      // The executor asks once more for what ends in an error, as a place does that an inbox does not know.
      const once = new Map((sent.get(name) ?? []).map((statement) => [statement.text, statement]));
      for (const statement of once.values()) buffers += buffersOf(await explainer.plan(statement, true));
      return buffers;
    };
    const plain = [...sent.keys()].find((name) => name.split(' ')[0] === list)!;
    const [first, deep] = [await total(plain), await total(`${list} deep`)];
    report.push(`${list}: ${first} blocks for page 1, ${deep} for a page deep in it`);
    if (deep > Math.max(30, first * 1.5)) wrong.push(`${list}: ${first} blocks at first, ${deep} deep`);
    for (const name of sent.keys())
      if (name.startsWith(`${list} `) && name !== plain) report.push(`  ${name}: ${await total(name)}`);
  }
  expect(wrong).toEqual([]);
}, 600_000);

test('a page reads each table of its relations once, for all of its rows', async () => {
  const statements = sent.get(PAGE)!.filter(({ text }) => text.includes(' from handoff '));
  expect(statements).toHaveLength(1);
  const scans = nodesOf(await explainer.plan(statements[0]!, true)).filter((node) => node['Relation Name']);
  const names = [...new Set(scans.map((node) => node['Relation Name']!))].toSorted();
  expect(names).toEqual([
    'approval_request',
    'approval_vote',
    'checklist_item',
    'client',
    'decision',
    'evidence',
    'gate_evaluation',
    'gate_finding',
    'handoff',
    'person',
  ]);
  expect(scans.filter((node) => node['Actual Loops']! > 1)).toEqual([]);
  expect(scans.filter((node) => node['Actual Loops'] === 1).length).toBeGreaterThan(8);
  const joins = nodesOf(await explainer.planOfFew(statements[0]!)).filter(
    (node) => node['Node Type'] === 'Nested Loop',
  );
  expect(joins).toEqual([]);
});
