// Handoffs that changes are made to. One is prepared through the product's own commands in each writing tenant; the others
// are copies of its rows under other keys, made by one statement a table, so that every request finds one that is untouched.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copiedIdSql } from './copies.mjs';
import { load, root } from './product.mjs';
import { operation, send, shipped } from './graphql.mjs';

const { onHandoff, proveChecklist, writeContent } = await load('src/sandbox/demo/chapters');
const { countersign, peopleByHandle } = await load('src/sandbox/demo/story');
const { CAST } = await load('src/sandbox/demo/cast');
const { demoDeal } = await load('src/sandbox/demo/deal-files');
const { Teller } = await load('src/sandbox/demo/teller');

/** Tables whose rows tell of a handoff and are no part of it. */
const BESIDE = /^(ledger_|outbox|effect|reporting|fact_|dim_|alert|notice|idempotency|misfire)/;

/** So many opportunities no seeded year has. */
const FIRST_OPPORTUNITY = 9_000_000;

/** What each change needs: how far the handoff is brought, who makes the change, and its input. */
const PREPARED = {
  'submit-evidence': {
    persona: CAST.sales,
    prepare: async (tale) => {
      const { handoff } = await tale.teller.read(CAST.sales, 'handoff-for-sales', { id: tale.handoffId });
      const item = handoff.checklist.find(
        ({ providerRole, needsSigner, needsAllSigners, status }) =>
          providerRole === 'SALES_MANAGER' && !needsSigner && !needsAllSigners && status !== 'VERIFIED',
      );
      return onHandoff(tale, {
        itemId: item.id,
        kind: item.kinds[0],
        title: 'What the client has confirmed',
        documentId: 'DOC-1',
        documentUrl: 'https://northwind.sharepoint.com/sites/deals/confirmed.pdf',
        contentHash: 'a'.repeat(64),
        statement: 'Checked with the client and written into the handoff.',
      });
    },
  },
  'submit-handoff': {
    persona: CAST.sales,
    prepare: async (tale, people) => {
      await writeContent(tale, people);
      await proveChecklist(tale, false);
      await countersign(tale);
      return onHandoff(tale);
    },
  },
  'cast-vote': {
    persona: CAST.finance,
    prepare: async (tale) => {
      const reason = 'The client signs for three years and brings two further sites next spring.';
      const request = await tale.teller.done(
        CAST.sales,
        'request-margin-exception',
        await onHandoff(tale, { reason }),
        'Asked.',
      );
      return { requestId: request.id, digest: request.digest, decision: 'APPROVE', reason: 'It carries itself.' };
    },
  },
};

export const CHANGES = Object.keys(PREPARED);

/**
 * Prepares one handoff a change in a tenant, over HTTP. Answers for each change `{ operation, tenant, token, input, owned,
 * tables, texts }`: the rows that belong to it by table, and the texts of it that no copy may share.
 */
export async function prepareTenant({ url, tenant, index, token, asSuperuser, changes = CHANGES }) {
  const sample = readFileSync(join(root, 'samples', 'halopsa', 'managed-network-below-floor.json'), 'utf8');
  const teller = new Teller({
    document: shipped,
    tell: () => undefined,
    ask: async (persona, query, variables) => {
      const person = tenant.people.find(({ key }) => key === persona);
      const headers = { authorization: `Bearer ${await token(tenant, person)}` };
      const { text } = await send(url, { headers, body: JSON.stringify({ query, variables }) });
      const { data = null, errors = [] } = JSON.parse(text);
      return { data, errors };
    },
  });
  const people = await peopleByHandle(teller);
  const units = {};
  for (const [place, name] of changes.entries()) {
    const { persona, prepare } = PREPARED[name];
    const person = tenant.people.find(({ key }) => key === persona);
    const opportunity = FIRST_OPPORTUNITY + index * 10 + place;
    const deal = demoDeal(sample, opportunity).won;
    const imported = await teller.done(CAST.sales, 'import-deal', { payload: deal }, 'Brought in.');
    const input = await prepare({ teller, handoffId: imported.id, now: new Date() }, people);
    const { tables, owned } = await asSuperuser((client) => rowsOf(client, tenant.id, imported.id));
    const unit = {
      operation: name,
      document: operation(name),
      tenant,
      personId: person.id,
      token: await token(tenant, person),
      input,
      tables,
      owned: [...owned],
      texts: [imported.number, String(opportunity)],
      copies: 0,
      columns: {},
      aside: (table) => `bench."${place}_${index}_${table}"`,
    };
    await asSuperuser((client) => setAside(client, unit));
    units[name] = unit;
  }
  return units;
}

/** Every row that hangs together with a handoff, its deal and its client: ids by table, and all the ids. */
async function rowsOf(client, tenantId, handoffId) {
  const { rows: columns } = await client.query(
    `select c.relname as table, array_agg(a.attname::text) as names
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.atttypid = 'uuid'::regtype
        and exists (select 1 from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id')
      group by c.relname`,
  );
  const tables = columns.filter(({ table }) => !BESIDE.test(table));
  const { rows } = await client.query('select deal_id, client_id from handoff where tenant_id = $1 and id = $2', [
    tenantId,
    handoffId,
  ]);
  const owned = new Set([handoffId, rows[0].deal_id, rows[0].client_id]);
  const found = new Map();
  for (let before = -1; before !== owned.size;) {
    before = owned.size;
    for (const { table, names } of tables) {
      const keys = names.filter((name) => name !== 'tenant_id');
      if (keys.length === 0) continue;
      const named = keys.map((name) => `${name} = any($2)`).join(' or ');
      const hasId = names.includes('id');
      const answer = await client.query(
        `select ctid::text as place${hasId ? ', id' : ''} from ${table} where tenant_id = $1 and (${named})`,
        [tenantId, [...owned]],
      );
      if (answer.rowCount > 0) found.set(table, true);
      if (hasId) for (const { id } of answer.rows) owned.add(id);
    }
  }
  return { tables: tables.filter(({ table }) => found.has(table)), owned };
}

/** Sets the rows of a unit aside, as they are now: what its copies are made of. */
async function setAside(client, { tenant, owned, tables, aside }) {
  await client.query('create schema if not exists bench');
  for (const { table, names } of tables) {
    const named = names.filter((name) => name !== 'tenant_id').map((name) => `${name} = any($2)`);
    await client.query(`create unlogged table ${aside(table)} as select * from ${table} where false`);
    await client.query(
      `insert into ${aside(table)} select * from ${table} where tenant_id = $1 and (${named.join(' or ')})`,
      [tenant.id, owned],
    );
  }
}

/**
 * Makes further copies of a unit and answers their numbers. Foreign keys and row security are left to those who wrote the
 * row that is copied: the copy says the same of other keys.
 */
export async function copyUnits(client, unit, count) {
  const first = unit.copies + 1;
  const last = unit.copies + count;
  await client.query('begin');
  await client.query("set local session_replication_role = 'replica'; set local synchronous_commit = off");
  for (const { table } of unit.tables) await copyRows(client, unit, table, first, last);
  await client.query('commit');
  unit.copies = last;
  return Array.from({ length: count }, (_, at) => first + at);
}

const OWNED = '$1::text[]::uuid[]';

async function copyRows(client, unit, table, first, last) {
  const { owned, texts, aside } = unit;
  const columns = (unit.columns[table] ??= await columnsOf(client, table));
  const expression = ({ name, type }) => {
    if (name === 'tenant_id' || !['uuid', 'text'].includes(type)) return `"${name}"`;
    if (type === 'uuid') return `case when ${name} = any(${OWNED}) then ${copiedIdSql(name)}::uuid else ${name} end`;
    // A text may be the id of a row, or name the handoff, such as the number of its project.
    const renamed = texts.map((_, at) => {
      const own = `$${at + 2}::text`;
      return `when position(${own} in "${name}") > 0 then replace("${name}", ${own}, ${own} || '-' || n)`;
    });
    return `case when "${name}" = any($1::text[]) then ${copiedIdSql(`"${name}"`)} ${renamed.join(' ')} else "${name}" end`;
  };
  await client.query(
    `insert into ${table} (${columns.map(({ name }) => `"${name}"`).join(', ')})
      select ${columns.map(expression).join(', ')} from ${aside(table)}, generate_series(${first}, ${last}) n
      where $1::text[] is not null ${texts.map((_, at) => `and $${at + 2}::text is not null`).join(' ')}`,
    [owned, ...texts],
  );
}

async function columnsOf(client, table) {
  const { rows } = await client.query(
    `select attname as name, atttypid::regtype::text as type from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  );
  return rows;
}
