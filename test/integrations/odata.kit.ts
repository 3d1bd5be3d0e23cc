import pg from 'pg';
import { createFeedKey } from '../../src/odata/keys/feed-key.commands.js';
import type { FeedClass } from '../../src/odata/keys/feed-key.entity.js';
import { parseCredentials, userOfKey } from '../../src/odata/keys/feed-key.secret.js';
import { FEED_PATH } from '../../src/odata/resource.js';
import type { Column, Dataset } from '../../src/reporting/dataset.js';
import { DATASETS } from '../../src/reporting/datasets.js';
import { DatasetKind } from '../../src/reporting/dataset.js';
import { Role } from '../../src/identity/roles.js';
import type { TestServer } from '../kit/server.js';
import type { World } from '../kit/world.js';

/** Runs work as the superuser, past foreign keys and row-level security: how rows get into the model here. */
export async function asSuperuser<T>(world: World, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: world.suite.superuserUrl });
  await client.connect();
  try {
    await client.query("set session_replication_role = 'replica'");
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The key of the n-th row of a set; the same in every test, another in every tenant. */
const keyOf = (set: string, n: string): string => `md5($1::text || '${set}' || ${n})::uuid`;

const WORDS: Readonly<Record<string, string>> = {
  ServiceTemplates: 'SERVICE_TEMPLATE',
  DealTypes: 'DEAL_TYPE',
  Tiers: 'TIER',
};

/** A value of the n-th row by the column's type; every third one that may be null is. */
function valueOf(dataset: Dataset, column: Column): string {
  const navigation = dataset.navigations.find(({ from }) => from === column.name);
  const value = navigation ? reference(navigation.to) : plainValue(dataset, column);
  return column.nullable ? `case when n % 3 = 1 then null else ${value} end` : value;
}

function reference(to: string): string {
  if (to === 'People' || to === 'Teams')
    return '(select id from person where tenant_id = $1::uuid order by id limit 1)';
  if (DATASETS.find(({ name }) => name === to)!.key === 'Key') return "'k' || n % 5";
  return keyOf(to, '(n % 7)');
}

function plainValue({ name: set, key }: Dataset, { name, type }: Column): string {
  switch (type) {
    case 'Edm.Guid':
      return name === key ? keyOf(set, 'n') : keyOf(name, 'n % 4');
    case 'Edm.String':
      return `'${name} ' || n % 11 || case n % 4 when 0 then ' é' when 1 then '''"<&' else '' end`;
    case 'Edm.Boolean':
      return 'n % 2 = 0';
    case 'Edm.Int32':
      return 'n % 13';
    case 'Edm.Int64':
      return 'n * 1000000007::bigint';
    case 'Edm.Date':
      return "date '2026-01-01' + n % 365";
    case 'Edm.DateTimeOffset':
      return "timestamptz '2026-01-01T00:00:00Z' + make_interval(mins => n % 5000)";
    default:
      return 'n / 4.0';
  }
}

/** Puts so many rows into every fact, and a few into every dimension. */
export async function fill(world: World, rows: Readonly<Record<string, number>>, few = 12): Promise<void> {
  const { tenantId } = world;
  await asSuperuser(world, async (client) => {
    await client.query("set timezone = 'UTC'");
    for (const dataset of DATASETS) {
      if (dataset.kind !== DatasetKind.FACT && dataset.name !== 'Kpis') continue;
      const isFact = dataset.kind === DatasetKind.FACT;
      const columns = [...(isFact ? [] : ['id']), ...dataset.columns.map(({ column }) => column)];
      const values = [
        ...(isFact ? [] : ['gen_random_uuid()']),
        ...dataset.columns.map((column) => (column.name === 'Key' ? "'k' || n" : valueOf(dataset, column))),
      ];
      const count = rows[dataset.name] ?? few;
      await client.query(
        `insert into ${dataset.relation} (tenant_id, ${columns.join(', ')}) select $1::uuid, ${values.join(', ')} from generate_series(0, ${count - 1}) n`,
        [tenantId],
      );
    }
    await client.query(
      `insert into client (tenant_id, id, name, external_id, created_at) select $1::uuid, ${keyOf('Clients', 'n')}, 'Client ' || n, 'x' || n, '2026-01-01' from generate_series(0, 6) n`,
      [tenantId],
    );
    await client.query(
      `insert into dim_date (tenant_id, id, day, year, quarter, month, iso_year, iso_week, weekday, business_day)
        select $1::uuid, gen_random_uuid(), d, extract(year from d), extract(quarter from d), extract(month from d), extract(isoyear from d), extract(week from d), extract(isodow from d), true
        from (select date '2026-01-01' + n as d from generate_series(0, 30) n) days`,
      [tenantId],
    );
    for (const kind of Object.values(WORDS))
      await client.query(
        "insert into dim_word (tenant_id, id, kind, key, name) select $1::uuid, gen_random_uuid(), $2, 'k' || n, 'Word ' || n from generate_series(0, 4) n",
        [tenantId, kind],
      );
  });
}

/** A feed key's user, password and header. */
export interface Credentials {
  readonly id: string;
  readonly user: string;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes a feed key as somebody of this role. */
export async function feedKey(
  world: World,
  role: Role = Role.REVOPS_ADMIN,
  sees: FeedClass[] = [],
): Promise<Credentials> {
  const result = await (await world.as(role)).run(createFeedKey, { name: 'Power BI', sees, days: 30 });
  if (result.kind !== 'done' || !result.secret) throw new Error(JSON.stringify(result));
  return credentials(world.tenantId, result.id, result.secret);
}

/** The credentials of a key with this secret. */
export function credentials(tenantId: string, id: string, secret: string): Credentials {
  const user = userOfKey(tenantId, id);
  if (!parseCredentials(user, secret)) throw new Error('These are no credentials');
  return {
    id,
    user,
    secret,
    headers: { authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: any; // oxlint-disable-line typescript/no-explicit-any -- a test reads whatever it asked for
}

/** Where the feed says that it stands: behind a proxy, under another name than the listener's. */
export const PUBLIC = 'https://countersign.example';

/** Asks the feed; `path` is behind FEED_PATH, or an address that the feed gave. */
export async function ask(
  server: TestServer,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  init: RequestInit = {},
): Promise<Answer> {
  const url = path.startsWith(PUBLIC)
    ? `${server.address}${path.slice(PUBLIC.length)}`
    : `${server.address}${FEED_PATH}${path}`;
  const response = await fetch(url, { redirect: 'manual', ...init, headers });
  const text = await response.text();
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // XML, or a number: the test looks at the text.
  }
  return { status: response.status, headers: response.headers, text, json };
}

/** Follows the nextLinks to the end; `between` runs after each page. */
export async function readAll(
  server: TestServer,
  path: string,
  headers: Readonly<Record<string, string>>,
  between: (pages: number) => Promise<void> = async () => undefined,
): Promise<{ rows: Record<string, unknown>[]; pages: number; sizes: number[] }> {
  const rows: Record<string, unknown>[] = [];
  const sizes: number[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { status, json, text } = await ask(server, next, headers);
    if (status !== 200) throw new Error(`${status}: ${text}`);
    rows.push(...json.value);
    sizes.push(json.value.length);
    next = json['@odata.nextLink'];
    await between(sizes.length);
  }
  return { rows, pages: sizes.length, sizes };
}
