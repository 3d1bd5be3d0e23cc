import { pino } from 'pino';
import { getNamedType, type GraphQLObjectType, isCompositeType, isRequiredArgument } from 'graphql';
import { accessMatrix } from '../../src/cli/access-matrix.js';
import { abilityOf, allows } from '../../src/core/ability.js';
import { createApi } from '../../src/core/graphql/server.js';
import { sensitiveFields } from '../../src/core/graphql/rights.js';
import { exportDataset } from '../../src/artefact/report-file.commands.js';
import { DatasetFormat } from '../../src/artefact/report-file.entity.js';
import { castVote } from '../../src/approval/approval.commands.js';
import { tableOf } from '../../src/core/table.js';
import { ENTITIES } from '../../src/entities.js';
import { documentGround } from '../../src/document/document.queries.js';
import { Role } from '../../src/identity/roles.js';
import { createFeedKey } from '../../src/odata/keys/feed-key.commands.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { ABILITIES } from '../../src/abilities.js';
import { ballot, open } from '../command/approval.kit.js';
import { refreshReporting } from '../kit/reporting.js';
import { playStory } from '../kit/story.js';
import { multiply } from '../kit/multiply.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import type { Call } from './calls.js';
import { escalate, introduce, populateCapacity } from './population.delivery.js';
import { populateFeedback } from './population.feedback.js';
import { populateBacktest } from './population.backtest.js';
import { populateAudit } from './population.audit.js';
import { populateIntegrations } from './population.integrations.js';
import { populateQuality, populateScore } from './population.quality.js';
import { populateRollout } from './population.rollout.js';
import { populateScopeChange } from './population.scope.js';
import { populateMeeting } from './population.meeting.js';
import { calls, dealPayload, make, populateApprovals, schema } from './population.js';

/**
 * Statements beside the fields of objects, where they are more than 8: what one request ever went through, who was a
 * member then, who is one now, and the time; everything that the documents of one handoff are made from.
 */
const JUDGED_BY: Readonly<Record<string, number>> = {
  couldHaveApproved: 13,
  handoffDocuments: Object.keys(documentGround('')).length + 8,
};
/**
 * Where one row has not everything that the others have: the newest effects wait for nothing, so a few of them, with one
 * that does; of the newest requests one is about a scope change and one about the margin; the newest version may be the one
 * that rules, which every version is compared with.
 */
const FEWEST: Readonly<Record<string, number>> = { outboxEffects: 8, approvalRequests: 2, configurationVersions: 2 };
/** As many rows as are made one by one; copies of them make up the rest of a page of a hundred. */
const MANY = 22;
const LARGEST = 100;
const classes = new Map(sensitiveFields(schema).map(({ path, fieldClass }) => [path, fieldClass]));
const matrix = accessMatrix();
const QUERIES = calls.roots().filter(({ operation }) => operation === 'query');
const CONNECTIONS = QUERIES.filter(({ field }) => getNamedType(field.type).name.endsWith('Connection'));
/** The tables of the lists' rows; what is made of several is judged by those. */
const LISTED = ENTITIES.filter(({ name }) =>
  CONNECTIONS.some(({ field }) => getNamedType(field.type).name === `${name}Connection`),
).map((entity) => tableOf(entity).name);
const SINGLE = QUERIES.filter((query) => !CONNECTIONS.includes(query));

let suite: Suite;
let world: World;
let personas: Persona[];
/** The same API without compiled operations. */
let ordinary: Suite['api'];
/** The ids of the last story, by root field and argument. */
let known: Record<string, unknown>;
/** Field, statements at a page of one, statements at a page of all. */
const table: string[] = [];

beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  personas = [await world.as(Role.SALES_MANAGER), await world.as(Role.REVOPS_ADMIN)];
  const [sales, admin] = personas as [Persona, Persona];
  const lead = await world.idOf(Role.SERVICE_DELIVERY_LEAD);
  for (let n = 0; n < MANY; n++) {
    const { document, variables } = calls.call('importDeal', {
      values: (name) => (name === 'payload' ? dealPayload() : undefined),
      selection: '{ ... on Handoff { id } }',
    });
    const { data, errors } = await sales.graphql(document, variables);
    if (!data) throw new Error(JSON.stringify(errors));
    const handoff = data.importDeal.id as string;
    for (const name of ['addStakeholder', 'addRisk', 'addAssumption']) await make(sales, world, name, handoff);
    await make(sales, world, 'openDecision', handoff, { ownerId: sales.actor.id, escalationContactId: lead });
    await admin.done(createApiKey, { name: `key ${n}`, scopes: ['handoffs:read'], days: 30 });
    await admin.done(createFeedKey, { name: `key ${n}`, sees: [], days: 30 });
  }
  for (let n = 0; n < MANY; n++) await open(world);
  // Of an inbox the one due first, alone on its page of one, has what the others have.
  const { id: first } = await open(world, { hours: 1 });
  await (await world.as(Role.FINANCE_APPROVER)).done(castVote, ballot(first));
  for (let n = 0; n < 3; n++) await populateApprovals(world, admin);
  // The stories last: the newest row, alone on a page of one, has everything that the others have and more.
  for (let n = 0; n < 3; n++) {
    const { handoffId: story } = await playStory(world);
    await introduce(world, sales, story);
    await populateScore(world, story);
    await populateScopeChange(world, story);
    await populateMeeting(world, sales, story);
    await make(sales, world, 'issueDocument', story);
    await escalate(world, story);
    await populateFeedback(world, await world.as('dana.delivery'), story);
  }
  await populateQuality(world);
  await populateCapacity(await world.as('dana.delivery'));
  await populateIntegrations(world);
  for (let n = 0; n < 3; n++) {
    await populateBacktest(world);
    for (const persona of personas)
      await persona.done(exportDataset, { dataset: 'Clients', format: DatasetFormat.CSV });
  }
  const [{ id: powerBi }] = (await world.rows(
    'select integration_id as id from power_bi_batch where tenant_id = $1 limit 1',
  )) as [{ id: string }];
  for (const month of ['2026-08', '2026-09', '2026-10']) await populateAudit(world, month);
  const [draft] = await world.rows(
    "select id from handoff where tenant_id = $1 and stage = 'DRAFT' order by id desc limit 1",
  );
  await populateRollout(world, draft!.id as string);
  await refreshReporting(world);
  const [row] =
    await world.rows(`select h.id as handoff, h.number, h.deal_id as deal, p.id as project, b.id as brief, r.id as request
    from handoff h join project p on p.tenant_id = $1 and p.handoff_id = h.id join brief b on b.tenant_id = $1 and b.handoff_id = h.id
      join approval_request r on r.tenant_id = $1 and r.subject_id = h.id where h.tenant_id = $1 order by h.id desc, b.version desc limit 1`);
  const { handoff, number, deal, project, brief, request } = row!;
  known = {
    'handoff.id': handoff,
    'handoffByNumber.number': number,
    'handoffDocuments.handoffId': handoff,
    'deal.id': deal,
    'project.id': project,
    'brief.id': brief,
    'approvalRequest.id': request,
    'eventDeliveries.endpointId': (
      await world.rows('select endpoint_id as id from event_delivery where tenant_id = $1')
    )[0]!.id,
    'backtestedDeals.backtestId': (
      await world.rows('select backtest_id as id from backtest_deal where tenant_id = $1 limit 1')
    )[0]!.id,
    'powerBiBatches.integrationId': powerBi,
    'powerBiRefreshes.integrationId': powerBi,
    'couldHaveApproved.requestId': request,
    'couldHaveApproved.at': suite.clock.at.toISOString(),
    'scopeChange.id': (await world.rows('select id from scope_change where tenant_id = $1 order by id desc'))[0]!.id,
    'qualityReview.id': (await world.rows('select id from quality_review where tenant_id = $1 order by id desc'))[0]!
      .id,
    'sample.id': (await world.rows('select id from audit_sample where tenant_id = $1 order by id desc'))[0]!.id,
  };
  await multiply(suite.superuserUrl, world.tenantId, LISTED, LARGEST);
  ordinary = createApi({ schema, introspection: true, trusted: null, plans: null, log: pino({ level: 'silent' }) });
  await ordinary.start();
}, 120_000);
afterAll(async () => {
  await ordinary?.stop();
  await suite.close();
  if (process.env.SHOW_STATEMENTS) console.log(table.join('\n'));
});

/** The selections of a type: its plain fields, and each of its object fields down to a depth, one by one. */
function branches(type: GraphQLObjectType, persona: Persona, depth: number): { name: string; selection: string }[] {
  const ability = abilityOf(persona.actor, ABILITIES);
  const leave = (path: string): boolean => classes.has(path) && !allows(ability, 'see', classes.get(path)!);
  const composite = Object.values(type.getFields()).filter(
    (field) =>
      isCompositeType(getNamedType(field.type)) &&
      !field.args.some(isRequiredArgument) &&
      !leave(`${type.name}.${field.name}`),
  );
  const plain = calls.selection(type, 0, leave);
  const inner = composite.map((field) => ({
    name: field.name,
    selection: `{ ${field.name} ${calls.selection(getNamedType(field.type), depth, leave, [type.name])} }`,
  }));
  return [{ name: '', selection: plain }, ...inner];
}

const nodeOf = (connection: string): GraphQLObjectType => {
  const edges = (schema.getType(connection) as GraphQLObjectType).getFields().edges!;
  return getNamedType((getNamedType(edges.type) as GraphQLObjectType).getFields().node!.type) as GraphQLObjectType;
};

interface Cost {
  readonly statements: number;
  /** Statements but for those that open and close a flush. */
  readonly reads: number;
  readonly data: Record<string, any> | null; // oxlint-disable-line typescript/no-explicit-any -- whatever was asked for
  readonly fault: string | null;
}

const FRAME = /^(begin|commit|set local)/;

async function cost(persona: Persona, call: Call): Promise<Cost> {
  suite.statements.length = 0;
  const { data, errors } = await persona.graphql(call.document, call.variables);
  const sent = [...suite.statements];
  const fault = errors.length > 0 ? JSON.stringify(errors) : null;
  return { statements: sent.length, reads: sent.filter((text) => !FRAME.test(text)).length, data, fault };
}

const tooLarge = ({ fault }: Cost): boolean => fault !== null && /QUERY_TOO_COSTLY|Syntax Error/.test(fault);
/** Objects and lists of objects that a selection asks for. */
const composites = (selection: string): number => selection.split('{').length - 1;
const mayAsk = (root: string): Persona[] => {
  const { allowed } = matrix.find(({ name }) => name === root)!;
  return personas.filter(({ actor }) => allowed[actor.roles[0] as Role] !== 'no');
};

describe('every list costs as many statements for a page of one as for a page of a hundred', () => {
  it.each(CONNECTIONS.map(({ field }) => [field.name, getNamedType(field.type).name] as const))(
    '%s',
    async (...[root, connection]) => {
      const node = nodeOf(connection);
      const wrong: string[] = [];
      const { api } = suite;
      for (const way of ['compiled', 'ordinary'] as const) {
        Object.assign(suite, { api: way === 'compiled' ? api : ordinary });
        try {
          for (const persona of mayAsk(root)) {
            for (const { name } of branches(node, persona, 0)) {
              const line = await compare(
                persona,
                root,
                name,
                (depth) => branches(node, persona, depth).find((b) => b.name === name)!.selection,
              );
              table.push(`${way} ${line.text}`);
              if (!line.right) wrong.push(`${way} ${line.text}`);
            }
          }
        } finally {
          Object.assign(suite, { api });
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  /** As deep, and then as long, as the limits of a document let a page be. */
  async function compare(
    persona: Persona,
    root: string,
    name: string,
    selection: (depth: number) => string,
  ): Promise<{ text: string; right: boolean }> {
    const who = `${root}.${name || '*'} by ${persona.actor.roles.join()}`;
    for (const [depth, first] of [
      [1, LARGEST],
      [0, LARGEST],
      [0, 50],
      [0, 25],
      [0, 5],
    ] as const) {
      const page = (size: number): Call =>
        calls.call(root, {
          values: (argument) => known[`${root}.${argument}`],
          selection: `{ edges { node ${selection(depth)} } }`,
          first: size,
        });
      const many = await cost(persona, page(first));
      if (tooLarge(many)) continue;
      const one = await cost(persona, page(FEWEST[root] ?? 1));
      const rows = (many.data?.[root]?.edges as unknown[] | undefined)?.length ?? 0;
      const text = `${who}: ${one.statements} / ${many.statements} (${rows} rows, depth ${depth}) ${many.fault ?? one.fault ?? ''}`;
      return { text, right: !many.fault && !one.fault && rows > 0 && one.statements === many.statements };
    }
    return { text: `${who}: no page is within the limits`, right: false };
  }
});

describe('one record with everything that hangs on it costs no more statements than there are fields of objects', () => {
  it.each(SINGLE.map(({ field }) => [field.name, getNamedType(field.type).name] as const))(
    '%s',
    async (...[root, type]) => {
      const wrong: string[] = [];
      for (const persona of mayAsk(root)) {
        for (const { name } of branches(schema.getType(type) as GraphQLObjectType, persona, 0)) {
          for (const depth of [3, 2, 1, 0]) {
            const { selection } = branches(schema.getType(type) as GraphQLObjectType, persona, depth).find(
              (b) => b.name === name,
            )!;
            const found = await cost(
              persona,
              calls.call(root, { values: (argument) => known[`${root}.${argument}`], selection }),
            );
            if (tooLarge(found)) continue;
            const line = `${root}.${name || '*'} by ${persona.actor.roles.join()}: ${found.reads} reads, ${composites(selection)} objects asked (depth ${depth}) ${found.fault ?? ''}`;
            table.push(line);
            // Beside its row an object may ask what it is judged by: the version of the configuration, the time.
            const judgedBy = JUDGED_BY[root] ?? 8;
            if (found.fault || found.reads > composites(selection) + judgedBy) wrong.push(line);
            break;
          }
        }
      }
      expect(wrong).toEqual([]);
    },
  );
});
