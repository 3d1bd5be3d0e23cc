import { castVote, revokeVote } from '../../src/approval/approval.commands.js';
import { newId } from '../../src/core/id.js';
import { peopleAt, requestHistory } from '../../src/audit/eligibility.queries.js';
import { eligibilityAt, type MemberEligibility, thenAt } from '../../src/audit/eligibility.rules.js';
import { Role } from '../../src/identity/roles.js';
import { inviteMember, mergeMember, reinstateMember, suspendMember } from '../../src/identity/member.commands.js';
import { grantRole, revokeRole } from '../../src/identity/role.commands.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { ballot, changePaper, open, writePaper } from './approval.kit.js';
import { delegated, revisionOf } from './engine.kit.js';

const QUERY = `query ($requestId: ID!, $at: DateTime!) { couldHaveApproved(requestId: $requestId, at: $at) {
  round state approversNeeded
  members { person { handle } could reasons barredAs steps isNamed roles { role counts } insteadOf { handle } } } }`;

let suite: Suite;
let world: World;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  world = await suite.tenant();
});
afterAll(() => suite.close());

const hour = (hours: number): void => suite.clock.advanceHours(hours);

/** What is known now of an instant of the past. */
async function then(requestId: string, at: Date): Promise<ReadonlyMap<string, MemberEligibility>> {
  const history = await world.read(requestHistory(requestId));
  const { members } = eligibilityAt(history, await world.read(peopleAt(at)), thenAt(history, at));
  return new Map(members.map((one) => [one.member.handle, one]));
}

const could = (found: ReadonlyMap<string, MemberEligibility>): string[] =>
  [...found].filter(([, one]) => one.could).map(([handle]) => handle);

it('answers for the instant, whatever has become of roles and members since', async () => {
  const { id } = await open(world);
  hour(1);
  const before = suite.clock.at;
  hour(1);
  const admin = await world.as(Role.REVOPS_ADMIN);
  const femi = await world.idOf('femi.finance');
  const fiona = await world.idOf('fiona.finance');
  const leah = await world.idOf('leah.lead');
  await admin.done(suspendMember, { personId: femi, expectedRevision: 1 });
  await admin.done(revokeRole, { personId: fiona, role: Role.FINANCE_APPROVER, expectedRevision: 1 });
  await admin.done(grantRole, { personId: leah, role: Role.FINANCE_APPROVER, expectedRevision: 1, until: null });
  hour(1);
  const after = suite.clock.at;
  expect(could(await then(id, before))).toEqual(['femi.finance', 'fiona.finance', 'freda.finance']);
  const found = await then(id, after);
  expect(could(found)).toEqual(['freda.finance']);
  expect(found.get('femi.finance')!.reasons).toEqual(['SUSPENDED']);
  expect(found.get('fiona.finance')!.reasons).toEqual(['NO_ROLE']);
  expect(found.get('leah.lead')).toMatchObject({ reasons: ['ROLE_TOO_NEW'], roles: [{ counts: false }] });
  hour(1);
  await admin.done(reinstateMember, { personId: femi, expectedRevision: 2 });
  hour(30);
  expect(could(await then(id, suite.clock.at))).toEqual(['femi.finance', 'freda.finance', 'leah.lead']);
  // The past has not moved.
  expect(could(await then(id, before))).toEqual(['femi.finance', 'fiona.finance', 'freda.finance']);
  expect(could(await then(id, after))).toEqual(['freda.finance']);
});

it('tells requester, owner and contributor apart, and bars who wrote from then on', async () => {
  const owner = await world.idOf('femi.finance');
  const { id, subjectId } = await open(world, { barred: [owner] });
  hour(1);
  const before = suite.clock.at;
  hour(1);
  await (await world.as('fiona.finance')).done(writePaper, { subjectId });
  hour(1);
  const early = await then(id, before);
  expect(early.get('sofia.sales')).toMatchObject({ barredAs: 'REQUESTER' });
  expect(early.get('sofia.sales')!.reasons).toContain('SELF_APPROVAL');
  expect(early.get('femi.finance')).toMatchObject({ barredAs: 'OWNER', reasons: ['CONTRIBUTOR'] });
  expect(early.get('fiona.finance')).toMatchObject({ barredAs: null, could: true });
  const late = await then(id, suite.clock.at);
  expect(late.get('fiona.finance')).toMatchObject({ barredAs: 'CONTRIBUTOR', could: false, reasons: ['CONTRIBUTOR'] });
});

it('knows the round of the instant, the votes before it, and those that were taken back', async () => {
  const { id, subjectId } = await open(world);
  const freda = await world.as('freda.finance');
  hour(1);
  await freda.done(castVote, ballot(id));
  hour(1);
  const voted = suite.clock.at;
  hour(1);
  await (await world.as('fiona.finance')).done(changePaper, { subjectId, letter: 'b', revision: 2 });
  hour(1);
  expect((await then(id, voted)).get('freda.finance')!.reasons).toEqual(['ALREADY_VOTED']);
  expect((await then(id, voted)).get('fiona.finance')!.could).toBe(true);
  const now = await then(id, suite.clock.at);
  expect(now.get('freda.finance')!.could).toBe(true);
  expect(now.get('fiona.finance')!.barredAs).toBe('CONTRIBUTOR');
});

it('knows a delegation while it held, and one human by two records once they were known as such', async () => {
  const { id } = await open(world, { hours: 200 });
  const admin = await world.as(Role.REVOPS_ADMIN);
  await delegated(world, await world.as('femi.finance'), await world.as('leah.lead'));
  const invite = { name: 'T', email: 't@example.com', roles: [Role.FINANCE_APPROVER], oid: newId(), until: null };
  const twin = await admin.done(inviteMember, { ...invite, handle: 'twin.finance' });
  hour(30);
  const before = suite.clock.at;
  hour(1);
  const freda = await world.idOf('freda.finance');
  await admin.done(mergeMember, {
    personId: twin,
    intoPersonId: freda,
    expectedRevision: await revisionOf(world, twin),
  });
  hour(30);
  const early = await then(id, before);
  expect(early.get('leah.lead')).toMatchObject({ could: false, insteadOf: [await world.idOf('femi.finance')] });
  expect(early.get('twin.finance')!.could).toBe(true);
  const late = await then(id, suite.clock.at);
  expect(late.get('leah.lead')!.insteadOf).toEqual([]);
  expect(late.get('twin.finance')).toMatchObject({ could: false, member: { mergedInto: freda } });
  expect(late.get('twin.finance')!.reasons).toContain('MERGED');
});

it('agrees at every step with what castVote itself says', async () => {
  const { id } = await open(world, { approvers: 2 });
  hour(1);
  for (const { key } of world.configuration.people) {
    const person = await world.as(key);
    const found = (await then(id, suite.clock.at)).get(key)!;
    if (person.actor.roles.includes(Role.AUDITOR)) continue;
    const result = await person.run(castVote, { ...ballot(id), digest: 'f'.repeat(64) });
    const codes = result.kind === 'refused' ? result.findings.map(({ code }) => code) : [];
    expect([key, codes.filter((code) => code !== 'STALE_CONTENT')]).toEqual([key, found.reasons]);
  }
});

it('is asked over the API by auditors and administrators, with where the request stood', async () => {
  const { id } = await open(world, { approvers: 2 });
  const opened = suite.clock.at;
  const freda = await world.as('freda.finance');
  hour(1);
  await freda.done(castVote, ballot(id));
  await (await world.as('femi.finance')).done(castVote, ballot(id));
  hour(1);
  const approved = suite.clock.at;
  await freda.done(revokeVote, { requestId: id, reason: 'Seen too fast.', expectedRevision: 2 });
  hour(40);
  const auditor = await world.as(Role.AUDITOR);
  const state = async (at: Date): Promise<unknown> =>
    (await auditor.graphql(QUERY, { requestId: id, at: at.toISOString() })).data?.couldHaveApproved.state;
  expect(await state(opened)).toBe('PENDING');
  expect(await state(new Date(approved.getTime() - 1))).toBe('APPROVED');
  expect(await state(new Date(approved.getTime() + 1))).toBe('PENDING');
  expect(await state(suite.clock.at)).toBe('EXPIRED');
  const { data } = await (
    await world.as(Role.REVOPS_ADMIN)
  ).graphql(QUERY, { requestId: id, at: opened.toISOString() });
  expect(data!.couldHaveApproved).toMatchObject({ round: 1, approversNeeded: 2 });
  const early = await auditor.graphql(QUERY, { requestId: id, at: new Date(opened.getTime() - 1).toISOString() });
  const late = await auditor.graphql(QUERY, { requestId: id, at: '2040-01-01T00:00:00.000Z' });
  for (const { errors } of [early, late])
    expect(errors.map(({ extensions }) => [extensions.code, extensions.field])).toEqual([['BAD_USER_INPUT', 'at']]);
  const sales = await (await world.as(Role.SALES_MANAGER)).graphql(QUERY, { requestId: id, at: opened.toISOString() });
  expect(sales.errors[0]!.extensions.code).toBe('FORBIDDEN');
});
