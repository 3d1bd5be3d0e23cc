import { Doorkeeper } from '../../src/core/doorkeeper.js';
import { sql } from '../../src/core/statement.js';

const CLAIM = { tenantId: 'a tenant', proof: 'a digest' };

/** A gateway that finds what it is told to, and says in which lines it was asked. */
function gateway() {
  const lines: string[] = [];
  const answers = { found: 'somebody' as unknown };
  const asked = (line: string) => async () => (lines.push(line), answers as never);
  return { lines, answers, read: asked('TENANT'), readForStranger: asked('STRANGERS') };
}
const query = sql<string | null>('select 1', [], () => null);

it('asks for strangers until somebody was found by the same proof at the same tenant', async () => {
  const asked = gateway();
  const doorkeeper = new Doorkeeper(asked);
  expect([await doorkeeper.find(CLAIM, query), await doorkeeper.find(CLAIM, query)]).toEqual(['somebody', 'somebody']);
  await doorkeeper.find({ ...CLAIM, proof: 'another' }, query);
  await doorkeeper.find({ ...CLAIM, tenantId: 'another' }, query);
  expect(asked.lines).toEqual(['STRANGERS', 'TENANT', 'STRANGERS', 'STRANGERS']);
});

it('makes a stranger again of whoever is not found any more', async () => {
  const asked = gateway();
  const doorkeeper = new Doorkeeper(asked);
  await doorkeeper.find(CLAIM, query);
  asked.answers.found = null;
  for (let n = 0; n < 3; n++) expect(await doorkeeper.find(CLAIM, query)).toBeNull();
  expect(asked.lines).toEqual(['STRANGERS', 'TENANT', 'STRANGERS', 'STRANGERS']);
});

it('remembers so many, and forgets whoever has not come for longest', async () => {
  const asked = gateway();
  const doorkeeper = new Doorkeeper(asked);
  const come = (n: number): Promise<unknown> => doorkeeper.find({ ...CLAIM, proof: String(n) }, query);
  for (let n = 0; n < 10_000; n++) await come(n);
  await come(0);
  await come(10_000);
  asked.lines.length = 0;
  await come(0);
  await come(1);
  expect(asked.lines).toEqual(['TENANT', 'STRANGERS']);
});
