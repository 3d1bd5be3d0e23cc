// The usual way: Apollo, type-graphql, and TypeORM entities whose relations are loaded with `relations`. One transaction a
// request with the tenant set in it. Children are put in order afterwards: ordering by them breaks TypeORM's `take`.
import pg from 'pg';
import { DataSource, EntitySchema } from 'typeorm';
import { announce, settings } from '../servers/child.mjs';
import { recorderOf } from '../servers/recorder.mjs';
import { columnOf, MODEL } from './model.mjs';
import { CLASSES, schemaOf, serve } from './schema.mjs';

const DATE = 1082;
pg.types.setTypeParser(DATE, (text) => text);
const recorder = recorderOf(pg);

const TYPES = { String: 'text', Int: 'int', Boolean: 'boolean', DateTime: 'timestamptz' };
const joined = (key) => [
  { name: 'tenant_id', referencedColumnName: 'tenantId' },
  { name: columnOf(key), referencedColumnName: 'id' },
];

/** The name of the side that holds the key of a relation to many: it is no field. */
const backOf = (name, field) => `${field}Of${name}`;

function entityOf(name) {
  const { table, fields, one = {}, many = {} } = MODEL[name];
  const ones = Object.entries(one).map(([field, [target, key]]) => [
    field,
    { type: 'many-to-one', target, joinColumn: joined(key) },
  ]);
  const manys = Object.entries(many).map(([field, [target]]) => [
    field,
    { type: 'one-to-many', target, inverseSide: backOf(name, field) },
  ]);
  const backs = Object.entries(MODEL).flatMap(([owner, { many: others = {} }]) =>
    Object.entries(others).flatMap(([field, [target, key]]) =>
      target === name
        ? [[backOf(owner, field), { type: 'many-to-one', target: owner, inverseSide: field, joinColumn: joined(key) }]]
        : [],
    ),
  );
  const columns = Object.entries(fields).map(([field, type]) => [
    field,
    { type: ['dueOn', 'startOn'].includes(field) ? 'date' : TYPES[type], name: columnOf(field), nullable: true },
  ]);
  return new EntitySchema({
    name,
    target: CLASSES[name],
    tableName: table,
    columns: {
      tenantId: { type: 'uuid', primary: true, name: 'tenant_id' },
      id: { type: 'uuid', primary: true },
      ...Object.fromEntries(columns),
    },
    relations: Object.fromEntries([...ones, ...manys, ...backs]),
  });
}

const PAGE = {
  client: true,
  owner: true,
  deliveryManager: true,
  checklist: { evidence: true },
  evaluations: { findings: true },
  approvalRequests: { votes: true },
  decisions: true,
};

const ONE = {
  client: true,
  deal: true,
  owner: true,
  deliveryManager: true,
  stakeholders: true,
  assumptions: true,
  risks: true,
  checklist: { evidence: { submitter: true, verifier: true } },
  evaluations: { findings: true },
  approvalRequests: { requester: true, votes: { voter: true } },
  decisions: { owner: true },
  returns: true,
};

const schema = await schemaOf({
  page: (take, { tenant }) =>
    inTenant(tenant, (handoffs) =>
      handoffs.find({ where: { tenantId: tenant }, relations: PAGE, order: { id: 'DESC' }, take }),
    ),
  one: async (id, { tenant }) =>
    (await inTenant(tenant, (handoffs) => handoffs.find({ where: { tenantId: tenant, id }, relations: ONE })))[0] ??
    null,
  related: null,
});

const source = await new DataSource({
  type: 'postgres',
  url: settings.databaseUrl,
  poolSize: settings.poolSize,
  entities: Object.keys(MODEL).map(entityOf),
}).initialize();

async function inTenant(tenant, find) {
  const found = await source.transaction(async (manager) => {
    await manager.query("select set_config('app.tenant_id', $1, true)", [tenant]);
    return find(manager.getRepository(CLASSES.Handoff));
  });
  for (const row of found) order('Handoff', row);
  return found;
}

/** Puts the children of a row in the order that the fields promise, and theirs. */
function order(name, row) {
  for (const [field, [target, , terms]] of Object.entries(MODEL[name].many ?? {})) {
    const children = row[field];
    if (!children) continue;
    const [term] = terms;
    const [property, sign] = term.startsWith('-') ? [term.slice(1), -1] : [term, 1];
    children.sort((a, b) => sign * (a[property] < b[property] ? -1 : a[property] > b[property] ? 1 : 0));
    for (const child of children) order(target, child);
  }
}

const end = () => Promise.resolve();
announce(await serve(schema, (headers) => ({ tenant: headers['x-tenant'], end })), recorder);
