// PostGraphile 5 on the same tables with the same role, as its documents show it: the amber preset over node:http, the tenant
// by pgSettings, a pool of the same size. The tenant is told in a header; nobody signs in.
import { createServer } from 'node:http';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { jsonPgSmartTags } from 'postgraphile/utils';
import { announce, settings } from '../servers/child.mjs';
import { recorderOf } from '../servers/recorder.mjs';

const recorder = recorderOf(pg);
const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });

const unused = { tags: { behavior: '-*' } };

/**
 * What no foreign key says, and away with those that only guard a rule: they would give a type the same field twice. Behind
 * an index PostGraphile offers no order by a column that a unique key holds further back, so the column asks for it.
 */
const tags = jsonPgSmartTags({
  version: 1,
  config: {
    class: {
      approval_request: {
        tags: {
          foreignKey: '(tenant_id, subject_id) references handoff (tenant_id, id)|@foreignFieldName approvalRequests',
        },
      },
      approval_vote: {
        tags: {
          foreignKey: '(tenant_id, request_id) references approval_request (tenant_id, id)|@foreignFieldName votes',
        },
      },
    },
    attribute: {
      'checklist_item.position': { tags: { behavior: '+orderBy' } },
      // Its own name for what every row has as its id.
      'audit_sample_item.row_id': { tags: { name: 'rowKey' } },
    },
    constraint: Object.fromEntries(
      ['requester', 'content', 'participant', 'account', 'principal_participant', 'delegation'].map((name) => [
        `approval_vote.approval_vote_${name}`,
        unused,
      ]),
    ),
  },
});

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [tags],
  schema: { defaultBehavior: '+list +orderBy +filterBy -connection' },
  pgServices: [makePgService({ pool, schemas: ['public', 'bench_api'] })],
  grafast: {
    context: (request) => ({ pgSettings: { 'app.tenant_id': request.node.req.headers['x-tenant'] } }),
    explain: false,
  },
  grafserv: { graphqlPath: '/graphql', watch: false, graphiql: false },
});
const server = createServer();
server.on('error', (error) => console.error(error));
await pgl.createServ(grafserv).addTo(server);
server.listen(0, '127.0.0.1', () => announce(`http://127.0.0.1:${server.address().port}/graphql`, recorder));
