import { sql, update } from '../../src/core/statement.js';
import { rolesAt } from '../../src/identity/history.queries.js';
import { actorByApiKey } from '../../src/identity/actor.queries.js';
import { memberBySignIn } from '../kit/sign-in.js';
import { type Eligible, eligiblePeople, lockMember } from '../../src/identity/identity.queries.js';
import { MemberState, Person } from '../../src/identity/person.entity.js';
import { isSeasoned } from '../../src/identity/identity.rules.js';
import { inviteMember, mergeMember, reinstateMember, suspendMember } from '../../src/identity/member.commands.js';
import { confirmRole, grantRole, revokeRole } from '../../src/identity/role.commands.js';
import { Role } from '../../src/identity/roles.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { parseApiKey } from '../../src/identity/api-key.secret.js';
import { newId } from '../../src/core/id.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

const DAY = 86_400_000;

let suite: Suite;
let world: World;
/** Three administrators who were there from the start, and a friend of the first. */
let ravi: Persona;
let leah: Persona;
let dana: Persona;
let friend: string;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant((configuration) => {
    for (const person of configuration.people)
      if (['leah.lead', 'dana.delivery'].includes(person.key)) person.roles = [...person.roles, 'REVOPS_ADMIN'];
  });
  [ravi, leah, dana] = [await world.as('ravi.revops'), await world.as('leah.lead'), await world.as('dana.delivery')];
  friend = await world.idOf('sam.sales');
});

const revision = async (personId: string): Promise<number> =>
  (await world.rows('select revision from person where tenant_id = $1 and id = $2', [personId]))[0]!.revision as number;
const on = async (personId: string, role = Role.FINANCE_APPROVER) => ({
  personId,
  role,
  expectedRevision: await revision(personId),
});
const people = async (): Promise<Eligible[]> => (await world.read({ people: eligiblePeople() })).people;
const held = async (personId: string, role = Role.FINANCE_APPROVER): Promise<Eligible | undefined> =>
  (await people()).find((one) => one.personId === personId && one.role === role);
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);
const codeOf = async (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'NONE',
    (error: { code: string }) => error.code,
  );

describe('a role given to a friend (attack A15)', () => {
  const seasoned = async (circle: readonly string[] = []): Promise<boolean> =>
    isSeasoned((await held(friend))!, new Set(circle), 72, suite.clock.at);

  it('does not count until its cool-down is over', async () => {
    await ravi.done(grantRole, await on(friend));
    expect(await held(friend)).toMatchObject({ grantedBy: ravi.actor.id, grantedAt: START, confirmedBy: null });
    expect(await seasoned()).toBe(false);
    suite.clock.advanceHours(71.99);
    expect(await seasoned()).toBe(false);
    suite.clock.advanceHours(0.01);
    expect(await seasoned()).toBe(true);
  });

  it('counts once a second administrator confirmed it, unless giver or confirmer has a stake', async () => {
    await ravi.done(grantRole, await on(friend));
    await leah.done(confirmRole, await on(friend));
    expect(await held(friend)).toMatchObject({ confirmedBy: leah.actor.id });
    expect(await seasoned([dana.actor.id])).toBe(true);
    expect(await seasoned([ravi.actor.id])).toBe(false);
    expect(await seasoned([leah.actor.id])).toBe(false);
  });

  it('is confirmed neither by its giver, nor by its holder, nor by an administrator of the hour', async () => {
    await ravi.done(grantRole, await on(friend));
    expect(codes(await ravi.refused(confirmRole, await on(friend)))).toEqual(['SECOND_ADMINISTRATOR_NEEDED']);
    await ravi.done(grantRole, await on(friend, Role.REVOPS_ADMIN));
    const itself = await world.as('sam.sales');
    expect(codes(await itself.refused(confirmRole, await on(friend)))).toEqual(['SECOND_ADMINISTRATOR_NEEDED']);
    await ravi.done(grantRole, await on(await world.idOf('sofia.sales'), Role.REVOPS_ADMIN));
    const accomplice = await world.as('sofia.sales');
    expect(codes(await accomplice.refused(confirmRole, await on(friend)))).toEqual(['NEW_ADMINISTRATOR']);
    expect((await held(friend))?.confirmedBy).toBeNull();
    suite.clock.advanceHours(72);
    await accomplice.done(confirmRole, await on(friend));
    expect((await held(friend))?.confirmedBy).toBe(accomplice.actor.id);
  });

  it('is not confirmed when it is not held, nor at a stale revision, nor by whoever administers nothing', async () => {
    expect(codes(await leah.refused(confirmRole, await on(friend)))).toEqual(['ROLE_NOT_HELD']);
    await ravi.done(grantRole, await on(friend));
    expect(await codeOf(leah.run(confirmRole, { ...(await on(friend)), expectedRevision: 1 }))).toBe('STALE_REVISION');
    expect(await codeOf((await world.as('FINANCE_APPROVER')).run(confirmRole, await on(friend)))).toBe('FORBIDDEN');
    expect(await codeOf(leah.run(confirmRole, { ...(await on(friend)), personId: newId() }))).toBe('NOT_FOUND');
  });

  it('keeps its first confirmation, and loses it with the role', async () => {
    await ravi.done(grantRole, await on(friend));
    await leah.done(confirmRole, await on(friend));
    await dana.done(confirmRole, await on(friend));
    expect((await held(friend))?.confirmedBy).toBe(leah.actor.id);
    await dana.done(revokeRole, await on(friend));
    await ravi.done(grantRole, await on(friend));
    expect((await held(friend))?.confirmedBy).toBeNull();
  });

  it('is not confirmed any more when the second administrator turns out to be the first', async () => {
    await ravi.done(grantRole, await on(friend));
    await leah.done(confirmRole, await on(friend));
    await dana.done(mergeMember, {
      personId: leah.actor.id,
      intoPersonId: ravi.actor.id,
      expectedRevision: await revision(leah.actor.id),
    });
    expect(await held(friend)).toMatchObject({ grantedBy: ravi.actor.id, confirmedBy: null });
    await dana.done(confirmRole, await on(friend));
    expect((await held(friend))?.confirmedBy).toBe(dana.actor.id);
  });

  it('is not given to another record of oneself', async () => {
    await dana.done(mergeMember, { personId: friend, intoPersonId: ravi.actor.id, expectedRevision: 1 });
    expect(codes(await ravi.refused(grantRole, await on(friend)))).toEqual(['SELF_GRANT']);
  });

  it('counts from the start for those whom the operator put into the file', async () => {
    for (const grant of await people()) expect(isSeasoned(grant, new Set([ravi.actor.id]), 72, START)).toBe(true);
  });
});

describe('a membership that ends between reading and commit (attack A14)', () => {
  it('gives and confirms nothing by a role that is gone, whatever the token says', async () => {
    await ravi.done(grantRole, await on(friend));
    await dana.done(suspendMember, { personId: leah.actor.id, expectedRevision: await revision(leah.actor.id) });
    expect(await codeOf(leah.run(confirmRole, await on(friend)))).toBe('FORBIDDEN');
    await dana.done(revokeRole, await on(ravi.actor.id, Role.REVOPS_ADMIN));
    expect(await codeOf(ravi.run(grantRole, await on(friend, Role.DELIVERY_MANAGER)))).toBe('FORBIDDEN');
    expect((await held(friend))?.confirmedBy).toBeNull();
  });

  it('makes an act wait for a suspension under way, and refuses it then', async () => {
    await ravi.done(grantRole, await on(friend));
    const input = await on(friend);
    const { confirming, first } = await suite.gateway.transaction(world.tenantId, async (tx) => {
      await tx.flush({ person: lockMember(leah.actor.id, dana.actor) });
      const attempt = codeOf(leah.run(confirmRole, input));
      const waits = new Promise<string>((tell) => setTimeout(() => tell('WAITS'), 300));
      const told = await Promise.race([attempt, waits]);
      await tx.commit([update(Person, { id: leah.actor.id }, { state: MemberState.SUSPENDED })]);
      return { confirming: attempt, first: told };
    });
    expect([first, await confirming]).toEqual(['WAITS', 'FORBIDDEN']);
    expect((await held(friend))?.confirmedBy).toBeNull();
  });

  it('leaves one administrator at least, when all leave at once', async () => {
    const admins = await Promise.all(
      world.configuration.people.filter(({ roles }) => roles.includes('REVOPS_ADMIN')).map(({ key }) => world.as(key)),
    );
    for (let round = 0; round < 15; round += 1) {
      const inputs = await Promise.all(admins.map(({ actor }) => revision(actor.id)));
      await Promise.all(
        admins.map((admin, index) =>
          admin.run(suspendMember, { personId: admin.actor.id, expectedRevision: inputs[index]! }),
        ),
      );
      const left = (await people()).filter(({ role }) => role === Role.REVOPS_ADMIN);
      expect(left).toHaveLength(1);
      const last = admins.find(({ actor }) => actor.id === left[0]!.personId)!;
      for (const { actor } of admins.filter((one) => one !== last))
        await last.done(reinstateMember, { personId: actor.id, expectedRevision: await revision(actor.id) });
    }
  });
});

describe("an auditor's seat", () => {
  const until = new Date(START.getTime() + 30 * DAY);
  const oid = newId();
  const invitation = { handle: 'ida.inspect', name: 'Ida', email: 'ida@example.com', roles: [Role.AUDITOR], oid };
  const signIn = () =>
    world.read({ actor: memberBySignIn(world.tenantId, { issuer: 'x', subject: 'x', oid, authTime: null }) });

  it('takes an end, stands alone, and is refused otherwise', async () => {
    expect(codes(await ravi.refused(inviteMember, invitation))).toEqual(['UNTIL_REQUIRED']);
    expect(
      codes(await ravi.refused(inviteMember, { ...invitation, roles: [Role.AUDITOR, Role.SALES_MANAGER], until })),
    ).toEqual(['AUDITOR_STANDS_ALONE']);
    expect(codes(await ravi.refused(grantRole, { ...(await on(friend, Role.AUDITOR)), until }))).toEqual([
      'AUDITOR_STANDS_ALONE',
    ]);
    const audrey = await world.idOf('AUDITOR');
    expect(codes(await ravi.refused(grantRole, await on(audrey, Role.SALES_MANAGER)))).toEqual([
      'AUDITOR_STANDS_ALONE',
    ]);
    expect(codes(await ravi.refused(grantRole, { ...(await on(friend)), until }))).toEqual(['UNTIL_NOT_FOR_ROLE']);
    const long = new Date(START.getTime() + 367 * DAY);
    expect(codes(await ravi.refused(inviteMember, { ...invitation, until: long }))).toEqual(['UNTIL_OUT_OF_RANGE']);
  });

  it('ends by itself: at sign-in, in the middle of work, and among those who hold a role', async () => {
    const id = await ravi.done(inviteMember, { ...invitation, until });
    const ida = world.acting((await signIn()).actor!);
    suite.clock.at = new Date(until.getTime() - 1);
    expect((await ida.graphql('{ tenant { slug } }')).errors).toEqual([]);
    expect(await held(id, Role.AUDITOR)).toBeDefined();
    suite.clock.at = until;
    expect(await held(id, Role.AUDITOR)).toBeUndefined();
    await expect(signIn()).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: `Your seat ended on ${until.toISOString()}.`,
    });
    const late = await ida.graphql('{ tenant { slug } }');
    expect(late).toMatchObject({ data: null, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });

  it('is shown to administrators, and renewed by giving it again', async () => {
    const id = await ravi.done(inviteMember, { ...invitation, until });
    const roles = async () => {
      const query = '{ people(handle: "ida.inspect") { edges { node { roles { role held endsAt } } } } }';
      return (await ravi.graphql(query)).data!.people.edges[0].node.roles as unknown[];
    };
    expect(await roles()).toEqual([{ role: 'AUDITOR', held: true, endsAt: until.toISOString() }]);
    suite.clock.at = new Date(until.getTime() + DAY);
    expect(await roles()).toEqual([{ role: 'AUDITOR', held: false, endsAt: until.toISOString() }]);
    const later = new Date(until.getTime() + 60 * DAY);
    await ravi.done(grantRole, { ...(await on(id, Role.AUDITOR)), until: later });
    const again = await revision(id);
    await ravi.done(grantRole, { ...(await on(id, Role.AUDITOR)), until: later });
    expect(await revision(id)).toBe(again);
    expect((await roles()).length).toBe(2);
    expect((await signIn()).actor?.roles).toEqual(['AUDITOR']);
  });

  it('of the first file ends after 366 days', async () => {
    const audrey = await world.idOf('AUDITOR');
    suite.clock.at = new Date(START.getTime() + 366 * DAY - 1);
    expect(await held(audrey, Role.AUDITOR)).toBeDefined();
    suite.clock.at = new Date(START.getTime() + 366 * DAY);
    expect(await held(audrey, Role.AUDITOR)).toBeUndefined();
  });
});

describe('who held which role at an instant', () => {
  it('is answered as it was answered then, after any number of changes', async () => {
    const known: { at: Date; people: Eligible[] }[] = [];
    const note = async (): Promise<void> => {
      known.push({ at: suite.clock.at, people: await people() });
      suite.clock.advanceHours(1);
    };
    const twin = await ravi.done(inviteMember, {
      handle: 'twin.sales',
      name: 'T',
      email: 't@example.com',
      roles: [Role.REVOPS_ADMIN],
      oid: newId(),
    });
    const seat = { handle: 'ida.inspect', name: 'I', email: 'i@example.com', roles: [Role.AUDITOR], oid: newId() };
    await ravi.done(inviteMember, { ...seat, until: new Date(START.getTime() + 7.5 * 3_600_000) });
    await note();
    await ravi.done(grantRole, await on(friend));
    await note();
    await leah.done(confirmRole, await on(friend));
    await note();
    await dana.done(suspendMember, { personId: friend, expectedRevision: await revision(friend) });
    await note();
    await dana.done(suspendMember, { personId: friend, expectedRevision: await revision(friend) });
    await note();
    await dana.done(reinstateMember, { personId: friend, expectedRevision: await revision(friend) });
    await note();
    await dana.done(mergeMember, {
      personId: leah.actor.id,
      intoPersonId: twin,
      expectedRevision: await revision(leah.actor.id),
    });
    await note();
    await dana.done(mergeMember, {
      personId: twin,
      intoPersonId: ravi.actor.id,
      expectedRevision: await revision(twin),
    });
    await note();
    await dana.done(revokeRole, await on(friend));
    await note();
    expect(new Set(known.map((one) => JSON.stringify(one.people))).size).toBe(7);
    for (const { at, people: then } of known) {
      expect((await world.read({ past: rolesAt(at) })).past).toEqual(then);
      const later = new Date(at.getTime() + 20 * 60_000);
      expect((await world.read({ past: rolesAt(later) })).past).toEqual(then);
    }
    expect((await world.read({ past: rolesAt(new Date(START.getTime() - 1)) })).past).toEqual([]);
  });

  it('knows nobody of another tenant', async () => {
    const other = await suite.tenant();
    const ids = new Set((await other.read({ past: rolesAt(START) })).past.map(({ personId }) => personId));
    for (const { personId } of await people()) expect(ids.has(personId)).toBe(false);
  });
});

describe('one clock', () => {
  it('ends API keys and begins configurations when the clock of the test says so', async () => {
    const made = await ravi.run(createApiKey, { name: 'sync', scopes: ['handoffs:read'], days: 1 });
    const { tenantId, keyId, secretHash } = parseApiKey(made.kind === 'done' ? made.secret! : '')!;
    const actor = async () =>
      (await world.read({ found: actorByApiKey(tenantId, keyId, secretHash) })).found?.actor ?? null;
    expect((await actor())?.id).toBe(keyId);
    suite.clock.advanceHours(24);
    expect(await actor()).toBeNull();
  });

  it('is the same for a command, a read and the sign-in', async () => {
    suite.clock.at = new Date('2031-01-01T00:00:00.123Z');
    const present = sql(
      "select current_setting('app.now') as now where $1::uuid is not null",
      [],
      (rows) => rows[0]?.now,
    );
    expect((await world.read({ present })).present).toBe('2031-01-01T00:00:00.123Z');
    await suite.gateway.transaction(world.tenantId, async (tx) => {
      expect(await tx.flush({ present, now: suite.clock.now() })).toEqual({
        present: '2031-01-01T00:00:00.123Z',
        now: suite.clock.at,
      });
    });
  });
});
