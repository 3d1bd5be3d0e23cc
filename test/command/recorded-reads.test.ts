import pg from 'pg';
import { sha256Hex } from '../../src/core/canonical.js';
import { newId } from '../../src/core/id.js';
import { operation } from '../kit/operation.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

let suite: Suite;
let world: World;
let auditor: Persona;
let finance: Persona;

beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  auditor = await world.as('AUDITOR');
  finance = await world.as('FINANCE_APPROVER');
});
afterAll(() => suite.close());

interface Entry {
  readonly subject: { readonly type: string; readonly id: string };
  readonly body: Readonly<Record<string, unknown>>;
}
const entries = async (): Promise<Entry[]> =>
  (
    await world.rows(
      `select content from ledger_entry where tenant_id = $1 and action = 'readRecords' and actor_id = $2 order by id`,
      [auditor.actor.id],
    )
  ).map(({ content }) => JSON.parse(content as string) as Entry);
/** The entries that the work adds. */
async function added(work: () => Promise<unknown>): Promise<Entry[]> {
  const before = (await entries()).length;
  await work();
  return (await entries()).slice(before);
}

it('names the operation, the ids and the rows, and no personal data', async () => {
  const other = newId();
  const query = `query Evidence($subject: String = "${other.toUpperCase()}", $handle: String!) {
    ...Whole
    second: ledger(subjectId: $subject, first: 3) { edges { node { id } } }
    ... on Query { people(handle: $handle) { edges { node { id } } } }
  }
  fragment Whole on Query { members: people { edges { node { handle } } } handoffs(first: 5) { edges { node { id } } } }`;
  const [entry, ...more] = await added(() => auditor.graphql(query, { handle: 'sofia.sales' }));
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ subject: { type: 'Operation', id: sha256Hex(query) } });
  expect(entry!.body).toEqual({
    operation: 'Evidence',
    documentHash: sha256Hex(query),
    variablesHash: sha256Hex('{"handle":"sofia.sales"}'),
    roots: [
      { field: 'people', ids: [], rows: world.configuration.people.length },
      { field: 'handoffs', ids: [], rows: 0 },
      { field: 'ledger', ids: [other], rows: 0 },
      { field: 'people', ids: [], rows: 1 },
    ],
  });
  expect(JSON.stringify(entry)).not.toContain('sofia');
});

it('is written for a read that found nothing or failed, and not for one that was never executed', async () => {
  const query = 'query ($id: ID!) { handoff(id: $id) { id } }';
  const id = newId();
  const [entry] = await added(async () =>
    expect((await auditor.graphql(query, { id })).errors[0]?.extensions.code).toBe('NOT_FOUND'),
  );
  expect(entry?.body).toMatchObject({ operation: null, roots: [{ field: 'handoff', ids: [id], rows: 0 }] });
  expect(await added(() => auditor.graphql('{ people { edges { node { name } } } }'))).toEqual([]);
  expect(await added(() => auditor.graphql('{ nothing }'))).toEqual([]);
});

it('is not written for the schema, for oneself, and for whoever reads in the course of work', async () => {
  expect(await added(() => auditor.graphql('{ me { handle } __typename }'))).toEqual([]);
  expect(await added(() => auditor.graphql('{ __schema { queryType { name } } }'))).toEqual([]);
  expect((await added(() => auditor.graphql('{ me { handle } tenant { slug } }'))).length).toBe(1);
  const before = await world.rows('select count(*)::int as n from ledger_entry where tenant_id = $1');
  await finance.graphql('{ people { edges { node { id } } } }');
  expect(await world.rows('select count(*)::int as n from ledger_entry where tenant_id = $1')).toEqual(before);
});

it('is written for every operation of the product that an auditor sends, the ledger too', async () => {
  const document = operation('ledger');
  const [entry] = await added(() => auditor.graphql(document, { first: 2 }));
  expect(entry?.body).toMatchObject({
    operation: 'Ledger',
    documentHash: sha256Hex(document),
    roots: [{ field: 'ledger', rows: 2 }],
  });
});

it('withholds the answer when it cannot be written, and answers again afterwards', async () => {
  const owner = new pg.Client({ connectionString: suite.superuserUrl });
  await owner.connect();
  const role = new URL(suite.appUrl).username;
  try {
    await owner.query(`revoke insert on ledger_entry from ${role}`);
    const withheld = await auditor.graphql('{ people { edges { node { handle } } } }');
    expect(withheld).toEqual({
      data: null,
      errors: [
        {
          message: 'The read could not be recorded.',
          extensions: { code: 'UNAVAILABLE', remedy: expect.stringContaining('Try again') as string },
        },
      ],
    });
    expect((await finance.graphql('{ people { edges { node { handle } } } }')).errors).toEqual([]);
    expect((await auditor.graphql('{ me { handle } }')).errors).toEqual([]);
  } finally {
    await owner.query(`grant insert on ledger_entry to ${role}`);
    await owner.end();
  }
  expect((await auditor.graphql('{ people { edges { node { handle } } } }')).errors).toEqual([]);
});
