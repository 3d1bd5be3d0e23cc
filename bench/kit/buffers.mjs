// How many pages of the database an operation reads: what our server sends for one request, explained as the application role.
import pg from 'pg';
import { send } from './graphql.mjs';

/**
 * The pages (hits and reads) of one request, and its statements. `request` was answered before, so that sign-in and plan are
 * known; what is explained runs in a transaction of that tenant and is rolled back.
 */
export async function buffersOf({ server, appUrl, tenantId, request }) {
  const { statements } = await server.record(async () => send(server.url, request));
  const asked = statements.filter(({ text, values }) => values.length > 0 && /^\s*(select|with)\b/i.test(text));
  const client = new pg.Client({ connectionString: appUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`set local app.tenant_id = '${tenantId}'`);
    let pages = 0;
    for (const { text, values } of asked) {
      const { rows } = await client.query(`explain (analyze, buffers, timing off, format json) ${text}`, values);
      const { Plan: plan } = rows[0]['QUERY PLAN'][0];
      pages += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    }
    await client.query('rollback');
    return { pages, statements: asked.length };
  } finally {
    await client.end();
  }
}
