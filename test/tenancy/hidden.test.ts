import { accessMatrix } from '../../src/cli/access-matrix.js';
import { newId } from '../../src/core/id.js';
import { update } from '../../src/core/statement.js';
import { tableOf } from '../../src/core/table.js';
import { ENTITIES } from '../../src/entities.js';
import { editIntake } from '../../src/handoff/handoff.commands.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona } from '../kit/world.js';
import { calls, populate, type Population, revisionOf } from './population.js';
import { valueOf } from './sources.js';

const matrix = accessMatrix();

/** The mutations about a handoff, or anything in it, that a delivery manager may try. */
const MUTATIONS = calls
  .roots()
  .filter(({ operation }) => operation === 'mutation')
  .map(({ field }) => field.name)
  .filter((name) => namesIn(name).includes('handoffId'))
  .filter((name) => matrix.find((row) => row.name === name)!.allowed[Role.DELIVERY_MANAGER] !== 'no');

let suite: Suite;
let ours: Population;
let delivery: Persona;
beforeAll(async () => {
  suite = await openSuite();
  ours = await populate(await suite.tenant(), { closed: false });
  delivery = await ours.world.as(Role.DELIVERY_MANAGER);
});
afterAll(() => suite.close());

/** The names of a mutation's arguments, at any depth of its input. */
function namesIn(mutation: string): string[] {
  const names: string[] = [];
  calls.call(mutation, { values: (name) => void names.push(name) });
  return names;
}

/** What the delivery manager is answered: about this handoff at this revision, with whatever the draft has to be named. */
async function answer(mutation: string, handoffId: string, expectedRevision: number): Promise<string[]> {
  const known: Record<string, unknown> = {};
  for (const name of namesIn(mutation)) known[name] = await valueOf(ours, ours.draft, mutation, name);
  const { document, variables } = calls.call(mutation, {
    values: (name) => ({ ...known, handoffId, expectedRevision })[name],
  });
  const { errors } = await delivery.graphql(document, variables);
  return errors.map(({ message, extensions }) => `${String(extensions.code)}: ${message}`);
}

/** What stands in every table of the tenant but the ledger, to which each denial is an entry. */
function standing(): Promise<unknown> {
  const tables = ENTITIES.map((entity) => tableOf(entity).name).filter(
    (name) => !/^ledger_(entry|pending)$/.test(name),
  );
  const digests = tables.map(
    (name) =>
      `select '${name}' as name, md5(string_agg(t::text, '|' order by t::text)) as digest from ${name} t where tenant_id = $1`,
  );
  return ours.world.rows(digests.join(' union all '));
}

/** Names the delivery manager of the draft, past the commands. */
const give = (deliveryManagerId: string | null): Promise<void> =>
  suite.gateway.transaction(ours.world.tenantId, (tx) =>
    tx.commit([update(Handoff, { id: ours.draft }, { deliveryManagerId })]),
  );

const denials = async (action: string): Promise<unknown> =>
  ours.world.rows(
    "select subject_type, subject_id from ledger_entry where tenant_id = $1 and action = $2 and outcome = 'DENIED'",
    [action],
  );

it('tries what delivery does, on handoffs and on what is in them', () => {
  expect(MUTATIONS).toEqual(
    expect.arrayContaining(['issueDocument', 'openDecision', 'addActionItem', 'verifyEvidence', 'scheduleKickoff']),
  );
});

describe('a draft that is hidden from a delivery manager', () => {
  it.each(MUTATIONS)('is not there for %s, and stays as it is', async (mutation) => {
    const { world, draft } = ours;
    const nobodys = newId();
    const revision = await revisionOf(world, draft);
    const before = await standing();
    expect(await answer(mutation, draft, revision)).toEqual([`NOT_FOUND: There is no Handoff ${draft} here.`]);
    expect(await answer(mutation, nobodys, revision)).toEqual([`NOT_FOUND: There is no Handoff ${nobodys} here.`]);
    expect(await standing()).toEqual(before);
    expect(await denials(mutation)).toEqual([{ subject_type: 'Handoff', subject_id: draft }]);
  });

  it('is there for each of them while it is theirs', async () => {
    const { draft } = ours;
    await give(delivery.actor.id);
    for (const mutation of MUTATIONS)
      expect(await answer(mutation, draft, 1)).not.toContain(`NOT_FOUND: There is no Handoff ${draft} here.`);
    await give(null);
  });

  it('is still answered to a repeat of what was done while it was theirs', async () => {
    const { world, draft: handoffId } = ours;
    await give(delivery.actor.id);
    const input = { handoffId, expectedRevision: await revisionOf(world, handoffId), intakeNotes: 'An early look.' };
    const first = await delivery.run(editIntake, input, 'key-of-a-draft');
    await give(null);
    expect(await delivery.run(editIntake, input, 'key-of-a-draft')).toEqual({ ...first, replayed: true });
  });
});
