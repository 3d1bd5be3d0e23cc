import { getNamedType, type GraphQLNamedType, isObjectType, isUnionType } from 'graphql';
import { accessMatrix } from '../../src/cli/access-matrix.js';
import { abilityOf, allows } from '../../src/core/ability.js';
import { FIELD_CLASSES, type FieldClass, sensitiveFields } from '../../src/core/graphql/rights.js';
import { update } from '../../src/core/statement.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { API_SCOPES } from '../../src/identity/api-key.entity.js';
import { ACTING_ROLES, PERSON_ROLES, Role } from '../../src/identity/roles.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { ProjectTask } from '../../src/project/project.entity.js';
import { FollowUp } from '../../src/feedback/follow-up.entity.js';
import { ABILITIES } from '../../src/abilities.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona } from '../kit/world.js';
import { calls, populate, type Population, schema } from './population.js';

const matrix = accessMatrix();
const classes = new Map(sensitiveFields(schema).map(({ path, fieldClass }) => [path, fieldClass]));
const GATES = ['SUBMIT', 'SIGN_OFF', 'KICKOFF'];

let suite: Suite;
let ours: Population;
/** Every value that was seen in a field of a class, by those who may. */
const secrets = new Map<FieldClass, Set<string>>(FIELD_CLASSES.map((fieldClass) => [fieldClass, new Set()]));
/** Every leaf of every answer, by role: where it stood, and its text. */
const seen = new Map<Role, Leaf[]>();

interface Leaf {
  readonly path: string;
  readonly text: string;
  readonly fieldClass: FieldClass | null;
}

/** The leaves of an answer, with the field where each stood and the class that covers it. */
function leaves(type: GraphQLNamedType, value: unknown, covering: FieldClass | null): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((one) => leaves(type, one, covering));
  if (!value || typeof value !== 'object') return [];
  const actual = isUnionType(type) ? schema.getType((value as { __typename: string }).__typename)! : type;
  if (!isObjectType(actual)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const field = actual.getFields()[name];
    if (!field) return [];
    const path = `${actual.name}.${name}`;
    const fieldClass = classes.get(path) ?? covering;
    const next = getNamedType(field.type);
    if (inner !== null && typeof inner === 'object' && isObjectType(next)) return leaves(next, inner, fieldClass);
    return [inner]
      .flat()
      .filter((one) => one !== null)
      .map((one) => ({ path, text: String(one), fieldClass }));
  });
}

beforeAll(async () => {
  suite = await openSuite();
  ours = await populate(await suite.tenant(), { closed: false });
  for (const role of Object.values(Role)) {
    const persona = await personaOf(role);
    const found = await everything(persona);
    seen.set(role, found);
    for (const { text, fieldClass } of found) if (fieldClass) secrets.get(fieldClass)!.add(text);
  }
});
afterAll(() => suite.close());

async function personaOf(role: Role): Promise<Persona> {
  const { world, apiKeyId: id } = ours;
  if (role !== Role.INTEGRATOR) return world.as(role);
  return world.acting({
    kind: 'SERVICE',
    tenantId: world.tenantId,
    id,
    roles: [role],
    scopes: [...API_SCOPES],
    authTime: null,
    accountId: null,
  });
}

const isTooCostly = (error: Error): boolean => {
  if (error.message.includes('QUERY_TOO_COSTLY')) return true;
  throw error;
};

/** Whatever a person may ask of the story's handoff and of every list. */
async function everything(persona: Persona): Promise<Leaf[]> {
  const role = persona.actor.roles[0] as Role;
  const ability = abilityOf(persona.actor, ABILITIES);
  const leave = (path: string): boolean => classes.has(path) && !allows(ability, 'see', classes.get(path)!);
  const found: Leaf[] = [];
  const ask = async (root: string, selection: string, id?: string): Promise<void> => {
    const { document, variables } = calls.call(root, {
      selection,
      first: root === 'ledger' ? 100 : 5,
      values: (name) => (name === 'id' ? id : undefined),
    });
    const { data, errors } = await persona.graphql(document, variables);
    if (errors.length > 0) throw new Error(`${root}: ${JSON.stringify(errors)}`);
    const type = schema.getQueryType()!.getFields()[root]!.type;
    found.push(...leaves(getNamedType(type), data![root], null));
  };
  const may = (root: string): boolean => matrix.find(({ name }) => name === root)!.allowed[role] !== 'no';
  for (const { field } of calls
    .roots()
    .filter((r) => r.operation === 'query' && getNamedType(r.field.type).name.endsWith('Connection'))) {
    if (may(field.name))
      await ask(field.name, calls.selection(getNamedType(field.type), field.name === 'handoffs' ? 0 : 1, leave));
  }
  if (may('configuration'))
    await ask('configuration', calls.selection(schema.getType('ConfigurationVersion')!, 1, leave));
  const [handoff, readiness] = [schema.getType('Handoff')!, schema.getType('Readiness')!];
  for (const id of [ours.story, ...(role === Role.DELIVERY_MANAGER ? [] : [ours.draft])]) {
    if (!isObjectType(handoff)) throw new Error('There is no Handoff');
    for (const field of Object.values(handoff.getFields())) {
      if (leave(`Handoff.${field.name}`)) continue;
      if (field.name === 'readiness')
        for (const gate of GATES)
          await ask('handoff', `{ readiness(for: ${gate}) ${calls.selection(readiness, 2, leave)} }`, id);
      else
        for (const selection of calls.selections(getNamedType(field.type), 2, leave, ['Handoff']))
          if (await ask('handoff', `{ ${field.name} ${selection} }`, id).then(() => false, isTooCostly))
            for (const less of calls.selections(getNamedType(field.type), 1, leave, ['Handoff']))
              await ask('handoff', `{ ${field.name} ${less} }`, id);
    }
  }
  return found;
}

/** Long enough to be nobody's by chance. */
const telling = (text: string): boolean =>
  /^-?[\d.]+$/.test(text)
    ? text.replaceAll(/\D/g, '').length >= 6
    : text.length >= 8 && !/^[A-Z_]+$/.test(text) && !/^\d{4}-\d\d-\d\d/.test(text);

/** The forms in which a figure may be told: as it is, and in minor units. */
const forms = (secret: string): string[] => (/^\d+\.\d\d$/.test(secret) ? [secret, secret.replace('.', '')] : [secret]);

it.each(FIELD_CLASSES)('has values of class %s to look for', (fieldClass) => {
  expect([...secrets.get(fieldClass)!].filter(telling).length).toBeGreaterThan(0);
});

it('tells nobody in an open field what a class keeps from them', () => {
  const open = new Set(
    [...seen.values()]
      .flat()
      .filter(({ fieldClass }) => !fieldClass)
      .map(({ text }) => text),
  );
  const found: string[] = [];
  for (const [role, told] of seen) {
    // One figure may be of two classes: the price that sales sees is the revenue of the margin.
    const theirs = new Set(told.filter((leaf) => leaf.fieldClass).map(({ text }) => text));
    for (const fieldClass of FIELD_CLASSES) {
      if (matrix.find(({ name }) => name === fieldClass)!.allowed[role] !== 'no') continue;
      const kept = [...secrets.get(fieldClass)!]
        .filter((text) => telling(text) && !open.has(text) && !theirs.has(text))
        .flatMap(forms);
      for (const { path, text } of told)
        if (kept.some((one) => text.includes(one))) found.push(`${path} tells ${fieldClass} to ${role}`);
    }
  }
  expect([...new Set(found)].toSorted()).toEqual([]);
});

describe('cells that depend on the row', () => {
  const {
    SALES_MANAGER,
    DELIVERY_MANAGER,
    FINANCE_APPROVER,
    SERVICE_DELIVERY_LEAD,
    REVOPS_ADMIN,
    AUDITOR,
    INTEGRATOR,
  } = Role;
  const codes = async (persona: Persona, root: string, values: Record<string, unknown>): Promise<string[]> => {
    const { document, variables } = calls.call(root, { values: (name) => values[name] });
    return (await persona.graphql(document, variables)).errors.map(({ extensions }) => String(extensions.code));
  };
  const assign = (id: string, person: string | null): Promise<void> =>
    suite.gateway.transaction(ours.world.tenantId, (tx) =>
      tx.commit([update(Handoff, { id }, { deliveryManagerId: person })]),
    );

  const CELLS: Record<string, readonly Role[]> = {
    ledger: [SALES_MANAGER, DELIVERY_MANAGER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN, INTEGRATOR],
    apiKeys: [INTEGRATOR],
    handoff: [DELIVERY_MANAGER],
    handoffByNumber: [DELIVERY_MANAGER],
    handoffs: [DELIVERY_MANAGER],
    addAssumption: [DELIVERY_MANAGER],
    resolveAssumption: [DELIVERY_MANAGER],
    addRisk: [DELIVERY_MANAGER],
    editIntake: [DELIVERY_MANAGER],
    recordGateMisfire: [DELIVERY_MANAGER],
    // What returns call for, by those who see to it and the rep whom it is about.
    followUps: [SALES_MANAGER, DELIVERY_MANAGER, FINANCE_APPROVER],
    settleFollowUp: [SALES_MANAGER, DELIVERY_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD],
    // test/command/rollout.test.ts: an owner completes their item, and nobody else's.
    completeRolloutItem: [SALES_MANAGER, DELIVERY_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD],
    completeTask: [SALES_MANAGER, FINANCE_APPROVER, REVOPS_ADMIN],
    // What the control drew, for whoever reviews it; not what auditors draw.
    sample: [SALES_MANAGER, DELIVERY_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD],
    samples: [SALES_MANAGER, DELIVERY_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD],
    myNotices: [...PERSON_ROLES],
    myNoticePreference: [...PERSON_ROLES],
    setNoticePreference: [...ACTING_ROLES],
    // test/api/report-files.test.ts: the files that a person asked for themselves.
    reportFiles: [SALES_MANAGER, DELIVERY_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD],
    // test/integrations/powerbi.test.ts: nobody lets a class leave that they do not see.
    grantPowerBiClass: [FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN],
  };

  it('are these', () => {
    const some = matrix.flatMap(({ name, allowed }) =>
      Object.entries(allowed).flatMap(([role, how]) => (how === 'some' ? [`${name} ${role}`] : [])),
    );
    expect(some.toSorted()).toEqual(
      Object.entries(CELLS)
        .flatMap(([name, roles]) => roles.map((role) => `${name} ${role}`))
        .toSorted(),
    );
  });

  it.each(CELLS.ledger!)("%s reads their own entries of the ledger, and an auditor everybody's", async (role) => {
    const persona = await personaOf(role);
    const actors = async (who: Persona): Promise<Set<string>> => {
      const found = new Set<string>();
      const query =
        'query ($after: String) { ledger(first: 100, after: $after) { pageInfo { hasNextPage endCursor } edges { node { actorId } } } }';
      for (let after: string | null = null, more = true; more;) {
        const { ledger } = (await who.graphql(query, { after })).data!;
        for (const { node } of ledger.edges as { node: { actorId: string } }[]) found.add(node.actorId);
        after = ledger.pageInfo.endCursor as string;
        more = ledger.pageInfo.hasNextPage as boolean;
      }
      return found;
    };
    const own = [...(await actors(persona))];
    expect(own.filter((id) => id !== persona.actor.id)).toEqual([]);
    if (role !== INTEGRATOR) expect(own).toEqual([persona.actor.id]);
    expect((await actors(await personaOf(AUDITOR))).size).toBeGreaterThan(3);
  });

  it.each(CELLS.myNotices!)('%s reads and sets what they themselves are told, and nobody else', async (role) => {
    const { world } = ours;
    const persona = await personaOf(role);
    const { data } = await persona.graphql('{ myNotices(first: 100) { edges { node { id } } } }');
    const ids = (data!.myNotices.edges as { node: { id: string } }[]).map(({ node }) => node.id);
    const people = await world.rows('select distinct person_id from notice where tenant_id = $1 and id = any($2)', [
      ids,
    ]);
    expect(people.filter(({ person_id: id }) => id !== persona.actor.id)).toEqual([]);
    if (role === AUDITOR) return;
    const input = { delivery: 'DIGEST', quietHours: true, dailyMails: 3 };
    expect(await codes(persona, 'setNoticePreference', input)).toEqual([]);
    const set = await world.rows(
      'select daily_mails as mails from notice_preference where tenant_id = $1 and person_id = $2',
      [persona.actor.id],
    );
    expect(set).toEqual([{ mails: 3 }]);
  });

  it.each(CELLS.samples!)('%s sees the samples of the control alone, and an auditor every one', async (role) => {
    const ids = async (who: Persona): Promise<unknown[]> =>
      ((await who.graphql('{ samples(first: 50) { edges { node { id } } } }')).data!.samples.edges as unknown[]) ?? [];
    const drawn = await ours.world.rows(
      'select id from audit_sample where tenant_id = $1 and id in (select r.sample_id from control_run r where r.tenant_id = $1)',
    );
    const all = await ours.world.rows('select id from audit_sample where tenant_id = $1');
    expect(all.length).toBeGreaterThan(drawn.length);
    expect(await ids(await personaOf(role))).toEqual(drawn.map(({ id }) => ({ node: { id } })));
    expect(await ids(await personaOf(AUDITOR))).toHaveLength(all.length);
  });

  it('an API key sees itself alone', async () => {
    const { world, apiKeyId } = ours;
    await (await world.as(REVOPS_ADMIN)).done(createApiKey, { name: 'another', scopes: ['handoffs:read'], days: 30 });
    const seenBy = async (who: Persona): Promise<string[]> => {
      const { data } = await who.graphql('{ apiKeys { edges { node { id } } } }');
      return (data!.apiKeys.edges as { node: { id: string } }[]).map(({ node }) => node.id);
    };
    expect(await seenBy(await personaOf(INTEGRATOR))).toEqual([apiKeyId]);
    expect((await seenBy(await world.as(REVOPS_ADMIN))).length).toBeGreaterThan(1);
  });

  it('a delivery manager sees and works on what was handed over, and on drafts that are theirs', async () => {
    const { world, draft, story } = ours;
    const delivery = await personaOf(DELIVERY_MANAGER);
    const number = (await world.rows('select number from handoff where tenant_id = $1 and id = $2', [draft]))[0]!
      .number;
    const listed = async (): Promise<string[]> => {
      const { data } = await delivery.graphql('{ handoffs(first: 100) { edges { node { id } } } }');
      return (data!.handoffs.edges as { node: { id: string } }[]).map(({ node }) => node.id);
    };
    const byNumber = async (): Promise<unknown> =>
      (await delivery.graphql('query ($number: String!) { handoffByNumber(number: $number) { id } }', { number })).data!
        .handoffByNumber;
    const work = ['addAssumption', 'resolveAssumption', 'addRisk', 'editIntake', 'recordGateMisfire'];
    expect(await codes(delivery, 'handoff', { id: story })).toEqual([]);
    expect(await codes(delivery, 'handoff', { id: draft })).toEqual(['NOT_FOUND']);
    expect(await listed()).toEqual([story]);
    expect(await byNumber()).toBeNull();
    for (const root of work)
      expect([root, await codes(delivery, root, { handoffId: draft })]).toEqual([root, ['NOT_FOUND']]);
    await assign(draft, delivery.actor.id);
    expect(await codes(delivery, 'handoff', { id: draft })).toEqual([]);
    expect((await listed()).toSorted()).toEqual([draft, story].toSorted());
    expect(await byNumber()).toEqual({ id: draft });
    for (const root of work)
      expect([root, await codes(delivery, root, { handoffId: draft })]).toEqual([
        root,
        expect.not.arrayContaining(['FORBIDDEN']),
      ]);
    await assign(draft, null);
  });

  it.each(CELLS.followUps!)('%s sees what returns call for when it is theirs to see to, and no other', async (role) => {
    const { world } = ours;
    const persona = await personaOf(role);
    const [followUp] = await world.rows(
      'select id, rep_id from follow_up where tenant_id = $1 order by id desc limit 1',
    );
    const own = (ownerId: string): Promise<void> =>
      suite.gateway.transaction(world.tenantId, (tx) =>
        tx.commit([update(FollowUp, { id: followUp!.id as string }, { ownerId })]),
      );
    const listed = async (): Promise<boolean> => {
      const { data } = await persona.graphql('{ followUps(first: 50, openOnly: false) { edges { node { id } } } }');
      return (data!.followUps.edges as { node: { id: string } }[]).some(({ node }) => node.id === followUp!.id);
    };
    await own(await world.idOf(REVOPS_ADMIN));
    const isAboutThem = persona.actor.id === followUp!.rep_id;
    expect(await listed()).toBe(isAboutThem);
    const input = { followUpId: followUp!.id, expectedRevision: 99, outcome: 'Seen and talked through.' };
    expect(await codes(persona, 'settleFollowUp', input)).toEqual([isAboutThem ? 'FORBIDDEN' : 'NOT_FOUND']);
    await own(persona.actor.id);
    expect(await listed()).toBe(true);
    expect(await codes(persona, 'settleFollowUp', input)).toEqual(['STALE_REVISION']);
  });

  it.each(CELLS.completeTask!)("%s completes their own tasks and nobody else's", async (role) => {
    const { world, story } = ours;
    const persona = await personaOf(role);
    const taskId = (
      await world.rows('select id from project_task where tenant_id = $1 and handoff_id = $2 limit 1', [story])
    )[0]!.id as string;
    const own = (ownerId: string): Promise<void> =>
      suite.gateway.transaction(world.tenantId, (tx) => tx.commit([update(ProjectTask, { id: taskId }, { ownerId })]));
    await own(await world.idOf(SERVICE_DELIVERY_LEAD));
    expect(await codes(persona, 'completeTask', { handoffId: story, taskId })).toEqual(['FORBIDDEN']);
    await own(persona.actor.id);
    expect(await codes(persona, 'completeTask', { handoffId: story, taskId })).toEqual(['STALE_REVISION']);
  });
});
