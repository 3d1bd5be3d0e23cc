import fc from 'fast-check';
import { Role } from '../../src/identity/roles.js';
import { scopeChecks } from '../../src/integrations/halopsa/scope.rules.js';
import { excessRoles, rolesOf } from '../../src/integrations/microsoft/graph.permissions.js';
import { quarterOf, reviewerOf } from '../../src/integrations/review/review.rules.js';

const token = (claims: object): string => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
const told = (checks: readonly { name: string; state: string }[]): string[] =>
  checks.map(({ name, state }) => `${name} ${state}`);

test.each([
  { at: '2026-12-31T23:30:00Z', zone: 'Europe/London', period: '2026-Q4', from: '2026-10-01T00:00:00+01:00' },
  { at: '2026-12-31T23:30:00Z', zone: 'Europe/Paris', period: '2027-Q1', from: '2027-01-01T00:00:00+01:00' },
  { at: '2027-01-01T03:00:00Z', zone: 'America/New_York', period: '2026-Q4', from: '2026-10-01T00:00:00-04:00' },
])('the quarter of $at in $zone is $period', ({ at, zone, period, from }) => {
  expect(quarterOf(new Date(at), zone)).toEqual({ period, from: new Date(from) });
});

test('nobody reviews what they had a hand in, under another record either', () => {
  const person = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const role = fc.constantFrom(Role.REVOPS_ADMIN, Role.AUDITOR, Role.SALES_MANAGER);
  const people = fc.array(fc.record({ personId: person, role }), { maxLength: 8 });
  const merged = { canonicalOf: (id: string) => (id === 'e' ? 'd' : id) };
  fc.assert(
    fc.property(fc.uuid(), people, fc.array(person), (id, held, hands) => {
      const reviewer = reviewerOf(id, held, hands, merged);
      const barred = hands.map(merged.canonicalOf);
      const able = (which: Role): string[] =>
        held
          .filter((one) => one.role === which)
          .map((one) => merged.canonicalOf(one.personId))
          .filter((one) => !barred.includes(one));
      const first = able(Role.REVOPS_ADMIN);
      const expected = first.length > 0 ? first : able(Role.AUDITOR);
      if (expected.length === 0) expect(reviewer).toBeNull();
      else expect(expected).toContain(reviewer);
    }),
  );
});

test('what a token of Graph may do beyond our use is named; what cannot be read says nothing', () => {
  const roles = ['Sites.Selected', 'Files.ReadWrite.All', 'Mail.Send', 'Directory.Read.All'];
  expect(told(excessRoles(token({ roles })))).toEqual(['Directory.Read.All EXCESS', 'Files.ReadWrite.All EXCESS']);
  expect(excessRoles(token({}))).toEqual([]);
  expect(rolesOf('opaque')).toBeNull();
  expect(rolesOf(token({ roles: 'all' }))).toBeNull();
  expect(rolesOf(token({ roles: [7, 'bad role', 'Good.Role'] }))).toEqual(['Good.Role']);
  fc.assert(fc.property(fc.string(), (text) => void excessRoles(text)));
});

test.each([
  { scopes: null, says: [] },
  { scopes: ['read:tickets', 'edit:tickets', 'read:customers'], says: ['edit:tickets OK'] },
  { scopes: ['read:tickets'], says: ['edit:tickets MISSING'] },
  { scopes: ['all'], says: ['edit:tickets OK', 'all EXCESS'] },
  {
    scopes: ['edit:tickets', 'edit:customers', 'admin', 'edit:customers'],
    says: ['edit:tickets OK', 'admin EXCESS', 'edit:customers EXCESS'],
  },
])('scopes $scopes of HaloPSA', ({ scopes, says }) => {
  expect(told(scopeChecks(scopes))).toEqual(says);
  expect(told(scopeChecks(['edit:tickets', 'read:agents'], ['read:agents']))).toEqual(['edit:tickets OK']);
});
