import { castVote } from '../../src/approval/approval.commands.js';
import { peopleAt, requestHistory } from '../../src/audit/eligibility.queries.js';
import { eligibilityAt, thenAt } from '../../src/audit/eligibility.rules.js';
import { newId } from '../../src/core/id.js';
import { TENANT_DIRECTORY } from '../../src/identity/actor.queries.js';
import { memberBySignIn } from '../kit/sign-in.js';
import { inviteMember, linkAccount, mergeMember, unlinkAccount } from '../../src/identity/member.commands.js';
import { confirmRole, grantRole } from '../../src/identity/role.commands.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { ballot, open } from './approval.kit.js';
import { codes, revisionOf } from './engine.kit.js';

let suite: Suite;
let world: World;
let admin: Persona;
let freda: string;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  world = await suite.tenant();
  suite.clock.advanceHours(100);
  admin = await world.as(Role.REVOPS_ADMIN);
  freda = await world.idOf('freda.finance');
});
afterAll(() => suite.close());

/** Whoever signs in by an account of the tenant's directory now. */
async function signedIn(oid: string): Promise<Persona> {
  const { actor } = await world.read({
    actor: memberBySignIn(world.tenantId, { issuer: 'x', subject: 'x', oid, authTime: suite.clock.at }),
  });
  return world.acting(actor!);
}

async function linked(personId: string): Promise<string> {
  const subject = newId();
  const expectedRevision = await revisionOf(world, personId);
  await admin.done(linkAccount, { personId, issuer: TENANT_DIRECTORY, subject, expectedRevision });
  return subject;
}

async function invited(handle: string): Promise<{ id: string; oid: string }> {
  const oid = newId();
  const person = { handle, name: 'T', email: 't@example.com', roles: [Role.SERVICE_DELIVERY_LEAD], until: null };
  return { id: await admin.done(inviteMember, { ...person, oid }), oid };
}

async function merged(by: Persona, personId: string, intoPersonId: string): Promise<void> {
  await by.done(mergeMember, { personId, intoPersonId, expectedRevision: await revisionOf(world, personId) });
}

describe('an administrator who would be an approver', () => {
  it('votes by no account that they link to an approver, until a new role would count as well', async () => {
    const asFreda = await signedIn(await linked(freda));
    expect(asFreda.actor.id).toBe(freda);
    const { id } = await open(world, { hours: 200 }, admin);
    const findings = await asFreda.refused(castVote, ballot(id));
    expect(findings).toMatchObject([{ code: 'ACCOUNT_TOO_NEW', path: 'account', facts: { coolDownHours: 24 } }]);
    suite.clock.advanceHours(23.99);
    expect(codes(await asFreda.refused(castVote, ballot(id)))).toEqual(['ACCOUNT_TOO_NEW']);
    suite.clock.advanceHours(0.01);
    await asFreda.done(castVote, ballot(id));
  });

  it('keeps nobody from voting by the accounts that they had', async () => {
    await linked(freda);
    const { id } = await open(world);
    await (await world.as('freda.finance')).done(castVote, ballot(id));
  });

  it('votes as no approver by a record of their own that they merge with the approver', async () => {
    const own = await invited('own.second');
    suite.clock.advanceHours(100);
    await merged(admin, own.id, freda);
    const { id } = await open(world, { hours: 200 }, admin);
    const asFreda = await signedIn(own.oid);
    expect(asFreda.actor.id).toBe(freda);
    expect(codes(await asFreda.refused(castVote, ballot(id)))).toEqual(['ACCOUNT_TOO_NEW']);
    suite.clock.advanceHours(24);
    await asFreda.done(castVote, ballot(id));
  });

  it('nor by a record that follows another one there', async () => {
    const [own, other] = [await invited('own.second'), await invited('own.third')];
    await merged(admin, own.id, other.id);
    suite.clock.advanceHours(100);
    await merged(admin, other.id, freda);
    const { id } = await open(world, { hours: 200 }, admin);
    expect(codes(await (await signedIn(own.oid)).refused(castVote, ballot(id)))).toEqual(['ACCOUNT_TOO_NEW']);
  });

  it('merges no record of their own, from neither side', async () => {
    const input = async (personId: string, intoPersonId: string) => ({
      personId,
      intoPersonId,
      expectedRevision: await revisionOf(world, personId),
    });
    const own = admin.actor.id;
    expect(await admin.refused(mergeMember, await input(own, freda))).toMatchObject([
      { code: 'SELF_MERGE', path: 'personId' },
    ]);
    expect(await admin.refused(mergeMember, await input(freda, own))).toMatchObject([
      { code: 'SELF_MERGE', path: 'intoPersonId' },
    ]);
    const twin = await invited('own.second');
    await merged(await world.as(Role.REVOPS_ADMIN, 1), twin.id, own);
    expect(codes(await admin.refused(mergeMember, await input(twin.id, freda)))).toEqual(['SELF_MERGE']);
  });

  it('confirms no role as a second administrator by an account of this hour', async () => {
    const friend = await invited('a.friend');
    const on = async () => ({ personId: friend.id, expectedRevision: await revisionOf(world, friend.id) });
    await admin.done(grantRole, { ...(await on()), role: Role.FINANCE_APPROVER, until: null });
    const asSecond = await signedIn(await linked(await world.idOf(Role.REVOPS_ADMIN, 1)));
    const confirmation = { ...(await on()), role: Role.FINANCE_APPROVER };
    expect(codes(await asSecond.refused(confirmRole, confirmation))).toEqual(['ACCOUNT_TOO_NEW']);
  });
});

it('who could have approved: nobody who had none but a new account by then', async () => {
  const { id } = await open(world, { hours: 200 });
  await linked(freda);
  const both = suite.clock.at;
  suite.clock.advanceHours(1);
  const { oid } = world.configuration.people.find(({ key }) => key === 'freda.finance')!.accounts[0]!;
  const second = world.configuration.people.find(({ key }) => key === 'freda.finance')!.accounts[1]!;
  for (const subject of [oid, second.oid])
    await admin.done(unlinkAccount, {
      personId: freda,
      issuer: TENANT_DIRECTORY,
      subject,
      expectedRevision: await revisionOf(world, freda),
    });
  const none = suite.clock.at;
  suite.clock.advanceHours(23);
  const reasons = async (at: Date): Promise<readonly string[]> => {
    const history = await world.read(requestHistory(id));
    const { members } = eligibilityAt(history, await world.read(peopleAt(at)), thenAt(history, at));
    return members.find(({ member }) => member.personId === freda)!.reasons;
  };
  expect(await reasons(both)).toEqual([]);
  expect(await reasons(none)).toEqual(['ACCOUNT_TOO_NEW']);
  expect(await reasons(suite.clock.at)).toEqual([]);
});
