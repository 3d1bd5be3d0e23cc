// The stack that is usually called good: Apollo, type-graphql, a DataLoader for each relation, rows by pg. One transaction a
// request with the tenant set in it, on one pipelined connection.
import DataLoader from 'dataloader';
import pg from 'pg';
import { announce, settings } from '../servers/child.mjs';
import { recorderOf } from '../servers/recorder.mjs';
import { columnOf, keysOf, MODEL } from './model.mjs';
import { schemaOf, serve } from './schema.mjs';

const DATE = 1082;
pg.types.setTypeParser(DATE, (text) => text);
const recorder = recorderOf(pg);
const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.poolSize, pipeline: true });

const selections = Object.fromEntries(
  Object.entries(MODEL).map(([name, { fields }]) => [
    name,
    ['id', ...Object.keys(fields), ...keysOf(name)]
      .map((property) => `${columnOf(property)} as "${property}"`)
      .join(', '),
  ]),
);

/** One request: its connection, from the first statement on, and its loaders. */
class Request {
  #client = null;
  #loaders = new Map();

  constructor(tenant) {
    this.tenant = tenant;
  }

  async query(name, rest, values) {
    this.#client ??= this.#open();
    const client = await this.#client;
    const text = `select ${selections[name]} from ${MODEL[name].table} where tenant_id = $1 ${rest}`;
    return (await client.query(text, [this.tenant, ...values])).rows;
  }

  loader(name, key, order) {
    const known = this.#loaders.get(`${name}.${key}`);
    if (known) return known;
    const terms = order.map((term) => (term.startsWith('-') ? `${columnOf(term.slice(1))} desc` : columnOf(term)));
    const made = new DataLoader(async (ids) => {
      const rows = await this.query(name, `and ${columnOf(key)} = any($2) order by ${terms.join(', ')}`, [ids]);
      const groups = Map.groupBy ? Map.groupBy(rows, (row) => row[key]) : groupBy(rows, key);
      return ids.map((id) => groups.get(id) ?? []);
    });
    this.#loaders.set(`${name}.${key}`, made);
    return made;
  }

  async end() {
    const client = await this.#client;
    if (!client) return;
    await client.query('commit');
    client.release();
  }

  async #open() {
    const client = await pool.connect();
    await client.query('begin read only');
    await client.query("select set_config('app.tenant_id', $1, true)", [this.tenant]);
    return client;
  }
}

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(row[key]);
    if (group) group.push(row);
    else groups.set(row[key], [row]);
  }
  return groups;
}

const schema = await schemaOf({
  page: (count, request) => request.query('Handoff', `order by id desc limit ${Number(count)}`, []),
  one: async (id, request) => (await request.query('Handoff', 'and id = $2', [id]))[0] ?? null,
  related: async (row, _field, [name, key, order = ['id']], isMany, request) => {
    if (isMany) return request.loader(name, key, order).load(row.id);
    return row[key] === null ? null : ((await request.loader(name, 'id', order).load(row[key]))[0] ?? null);
  },
});
announce(await serve(schema, (headers) => new Request(headers['x-tenant'])), recorder);
