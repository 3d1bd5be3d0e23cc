import { command, done } from '../../src/core/command.js';
import { AppError } from '../../src/core/error.js';
import { sql, update } from '../../src/core/statement.js';
import { inviteMember, linkAccount, mergeMember, suspendMember } from '../../src/identity/member.commands.js';
import { grantRole, revokeRole } from '../../src/identity/role.commands.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { Person } from '../../src/identity/person.entity.js';
import { Role } from '../../src/identity/roles.js';
import { newId } from '../../src/core/id.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

let suite: Suite;
let world: World;
let admin: Persona;
beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  admin = await world.as(Role.REVOPS_ADMIN);
});
afterAll(() => suite.close());

const invitation = (handle: string) => ({
  handle,
  name: 'N',
  email: 'n@example.com',
  roles: [Role.SERVICE_DELIVERY_LEAD],
  oid: newId(),
});
const ledger = (action: string) =>
  world.rows(
    'select outcome, actor_id, subject_id, content from ledger_entry where tenant_id = $1 and action = $2 order by id',
    [action],
  );

describe('the command pipeline', () => {
  it('sends two flushes: everything before the first answer, then everything with COMMIT', async () => {
    suite.statements.length = 0;
    await admin.done(inviteMember, invitation('two.flushes'));
    const commits = suite.statements.filter((text) => text === 'commit').length;
    expect(commits).toBe(1);
    expect(suite.statements[0]).toBe('begin');
    expect(suite.statements[1]).toBe(`set local app.tenant_id = '${world.tenantId}'`);
    const firstWrite = suite.statements.findIndex((text) => text.startsWith('insert into person'));
    const clock = suite.statements.findIndex((text) => text.includes('as now'));
    expect(clock).toBeLessThan(firstWrite);
    expect(suite.statements.slice(clock + 1, firstWrite)).toEqual([]);
  });

  it('writes one ledger row for a change, in the same transaction', async () => {
    const before = (await ledger('inviteMember')).length;
    const id = await admin.done(inviteMember, invitation('one.row'));
    const rows = await ledger('inviteMember');
    expect(rows.length).toBe(before + 1);
    expect(rows.at(-1)).toMatchObject({ outcome: 'DONE', actor_id: admin.actor.id, subject_id: id });
    expect(rows.at(-1)!.content).not.toContain('n@example.com');
  });

  it('commits the ledger row of a refusal and nothing else', async () => {
    await admin.done(inviteMember, invitation('taken.handle'));
    const people = async () => (await world.rows('select count(*)::int as n from person where tenant_id = $1'))[0]!.n;
    const before = await people();
    const findings = await admin.refused(inviteMember, invitation('taken.handle'));
    expect(findings.map((f) => f.code)).toEqual(['ALREADY_TAKEN']);
    expect(await people()).toBe(before);
    expect((await ledger('inviteMember')).at(-1)).toMatchObject({ outcome: 'REFUSED' });
  });

  it('ledgers a denial in a transaction of its own', async () => {
    const sales = await world.as(Role.SALES_MANAGER);
    await expect(sales.run(inviteMember, invitation('never'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await ledger('inviteMember')).at(-1)).toMatchObject({ outcome: 'DENIED', actor_id: sales.actor.id });
  });

  it('reads the membership again inside the transaction: a role taken away no longer counts', async () => {
    const id = await admin.done(inviteMember, { ...invitation('second.admin'), roles: [Role.REVOPS_ADMIN] });
    const second = await world.as(Role.REVOPS_ADMIN);
    const stale = world.acting({
      ...second.actor,
      id,
      accountId: (await world.rows('select id from account where tenant_id = $1 and person_id = $2', [id]))[0]!
        .id as string,
    });
    await admin.done(revokeRole, { personId: id, role: Role.REVOPS_ADMIN, expectedRevision: 1 });
    await expect(stale.run(inviteMember, invitation('too.late'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('refuses a stale revision and says both', async () => {
    const id = await admin.done(inviteMember, invitation('stale.one'));
    await expect(admin.run(suspendMember, { personId: id, expectedRevision: 7 })).rejects.toMatchObject({
      code: 'STALE_REVISION',
      details: { expected: 7, actual: 1 },
    });
  });

  it('rolls everything back when a write fails, and reports that failure', async () => {
    const broken = command({
      name: 'broken',
      action: 'administer',
      subject: 'Person',
      facts: (_input: null, actor) => ({
        person: sql('select 1 as one where $1::uuid is not null', [], () => actor.id),
      }),
      decide: ({ person }) =>
        done({
          id: person,
          subject: { type: 'Person', id: person },
          writes: [
            update(Person, { id: person }, { name: 'changed' }),
            { text: 'insert into person (tenant_id, id) values ($1, $2)', values: [newId()] },
          ],
        }),
    });
    const rows = (await ledger('broken')).length;
    await expect(admin.run(broken, null)).rejects.toMatchObject({ code: '23502' });
    expect((await ledger('broken')).length).toBe(rows);
    expect((await world.rows('select 1 from person where tenant_id = $1 and name = $2', ['changed'])).length).toBe(0);
  });

  it('tries again when somebody wrote the same row first, so that the second try finds it', async () => {
    const results = await Promise.all(
      Array.from({ length: 6 }, () => admin.run(inviteMember, invitation('same.handle'))),
    );
    expect(results.filter((r) => r.kind === 'done').length).toBe(1);
    expect(results.filter((r) => r.kind === 'refused').length).toBe(5);
  });

  it("answers another tenant's id as an id that does not exist", async () => {
    const other = await suite.tenant();
    const theirs = await other.idOf(Role.SALES_MANAGER);
    const error = async (personId: string): Promise<AppError> => {
      const caught = await admin.run(suspendMember, { personId, expectedRevision: 1 }).catch((e: unknown) => e);
      return caught as AppError;
    };
    const nobody = newId();
    const [foreign, missing] = [await error(theirs), await error(nobody)];
    expect(foreign.code).toBe('NOT_FOUND');
    expect(foreign.message.replace(theirs, '*')).toBe(missing.message.replace(nobody, '*'));
  });

  it('fails closed without a tenant, and with a tenant that is no uuid', async () => {
    await expect(suite.gateway.read("' or true --", {})).rejects.toThrow(/uuid/);
    expect(await suite.gateway.global('select 1 from person')).toEqual([]);
  });
});

describe('idempotency keys', () => {
  it('make one change of many parallel requests', async () => {
    const input = invitation('only.once');
    const results = await Promise.all(
      Array.from({ length: 20 }, () => admin.run(inviteMember, input, 'key-only-once')),
    );
    const ids = new Set(results.map((r) => (r.kind === 'done' ? r.id : 'refused')));
    expect(ids.size).toBe(1);
    expect(results.filter((r) => !r.replayed).length).toBe(1);
    expect((await world.rows('select 1 from person where tenant_id = $1 and handle = $2', ['only.once'])).length).toBe(
      1,
    );
  });

  it('remember a refusal as well', async () => {
    const input = invitation('only.once');
    const first = await admin.run(inviteMember, input, 'key-refusal');
    const second = await admin.run(inviteMember, input, 'key-refusal');
    expect(first).toMatchObject({ kind: 'refused', replayed: false });
    expect(second).toEqual({ ...first, replayed: true });
  });

  it('conflict when the arguments differ', async () => {
    await admin.run(inviteMember, invitation('key.conflict'), 'key-conflict');
    await expect(admin.run(inviteMember, invitation('key.other'), 'key-conflict')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
  });

  it("are each principal's and each tenant's own", async () => {
    const other = await suite.tenant();
    const theirAdmin = await other.as(Role.REVOPS_ADMIN);
    const input = invitation('shared.key');
    await admin.done(inviteMember, input);
    expect(await theirAdmin.run(inviteMember, input, 'key-only-once')).toMatchObject({ kind: 'done', replayed: false });
  });

  it('are free again after a thrown error', async () => {
    await expect(
      admin.run(suspendMember, { personId: newId(), expectedRevision: 1 }, 'key-free-again'),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      admin.run(suspendMember, { personId: newId(), expectedRevision: 1 }, 'key-free-again'),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are checked before the revision: a repeat of a success is a success', async () => {
    const id = await admin.done(inviteMember, invitation('twice.granted'));
    const input = { personId: id, role: Role.FINANCE_APPROVER, expectedRevision: 1 };
    await admin.run(grantRole, input, 'key-grant-role');
    expect(await admin.run(grantRole, input, 'key-grant-role')).toMatchObject({ kind: 'done', id, replayed: true });
  });

  it('are required of an API key, and never repeat its secret', async () => {
    const made = await admin.run(createApiKey, { name: 'sync', scopes: ['handoffs:read'], days: 30 }, 'key-make-key');
    expect(made).toMatchObject({ kind: 'done', secret: expect.stringMatching(/^cs_/) });
    const again = await admin.run(createApiKey, { name: 'sync', scopes: ['handoffs:read'], days: 30 }, 'key-make-key');
    expect(again).not.toHaveProperty('secret');
  });
});

describe('members', () => {
  it('never give a role to themselves', async () => {
    const me = admin.actor.id;
    const revision = (await world.rows('select revision from person where tenant_id = $1 and id = $2', [me]))[0]!
      .revision as number;
    const findings = await admin.refused(grantRole, {
      personId: me,
      role: Role.FINANCE_APPROVER,
      expectedRevision: revision,
    });
    expect(findings.map((f) => f.code)).toEqual(['SELF_GRANT']);
  });

  it('keep a last administrator', async () => {
    const fresh = await suite.tenant();
    const only = await fresh.as('ravi.revops');
    await only.done(suspendMember, { personId: await fresh.idOf('rita.revops'), expectedRevision: 1 });
    const findings = await only.refused(suspendMember, { personId: only.actor.id, expectedRevision: 1 });
    expect(findings.map((f) => f.code)).toEqual(['LAST_ADMINISTRATOR']);
  });

  it('sign in by a linked account, and as the record that stays after a merge', async () => {
    const first = await admin.done(inviteMember, invitation('human.one'));
    const twin = await admin.done(inviteMember, invitation('human.two'));
    const subject = newId();
    await admin.done(linkAccount, { personId: twin, issuer: '*', subject, expectedRevision: 1 });
    await admin.done(mergeMember, { personId: twin, intoPersonId: first, expectedRevision: 2 });
    const { memberBySignIn } = await import('../kit/sign-in.js');
    const { actor } = await world.read({
      actor: memberBySignIn(world.tenantId, { issuer: 'x', subject: 'x', oid: subject, authTime: null }),
    });
    expect(actor?.id).toBe(first);
  });
});
