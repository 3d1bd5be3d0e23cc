import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { parseConfigurationFile } from '../../src/catalogue/configuration-file.js';
import { ruleFaults } from '../../src/catalogue/configuration.rules.js';
import { shapeFaults } from '../../src/catalogue/configuration-shape.js';
import { canonicalJson, sha256Hex } from '../../src/core/canonical.js';
import { edited, type Edit, faultsOf, markedLines, sample, SAMPLES, sampleText } from './catalogue.kit.js';

describe('a sound file', () => {
  test.each(SAMPLES)('%s is read, with canonical text and digest', (name) => {
    const parsed = parseConfigurationFile(sampleText(name));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults, null, 2));
    expect(parsed.configuration.tenant.slug).toBe(name);
    expect(parsed.canonical).toBe(canonicalJson(parsed.configuration));
    expect(parsed.digest).toBe(sha256Hex(parsed.canonical));
    expect(JSON.parse(parsed.canonical)).toEqual(parsed.configuration);
  });

  test('the samples have people in every role, none of them in both tenants', () => {
    const [first, second] = SAMPLES.map((name) => sample(name).people);
    for (const people of [first!, second!]) {
      const count = (role: string): number => people.filter(({ roles }) => (roles as string[]).includes(role)).length;
      expect(count('SALES_MANAGER')).toBe(2);
      expect(count('DELIVERY_MANAGER')).toBe(2);
      expect(count('FINANCE_APPROVER')).toBe(3);
      for (const role of ['SERVICE_DELIVERY_LEAD', 'REVOPS_ADMIN']) expect(count(role)).toBe(2);
      expect(count('AUDITOR')).toBe(1);
      const finance = people.filter(({ roles }) => roles.includes('FINANCE_APPROVER'));
      expect(finance.filter(({ accounts }) => accounts.length === 2)).toHaveLength(1);
    }
    const ids = [...first!, ...second!].flatMap(({ id, key, accounts }) => [
      id,
      key,
      ...accounts.map(({ oid }) => oid),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('layout, comments, order of fields, anchors and a byte order mark do not change the digest', () => {
    const digest = digestOf(sampleText());
    const reversed = Object.fromEntries(Object.entries(sample()).toReversed());
    expect(digestOf(JSON.stringify(reversed))).toBe(digest);
    expect(digestOf(stringify(reversed))).toBe(digest);
    expect(digestOf(`\uFEFF${sampleText().replaceAll('\n', '\r\n')}`)).toBe(digest);
    const anchored = edited(
      ["    mon: [{ from: '09:00', to: '17:30' }]", "    mon: &day [{ from: '09:00', to: '17:30' }]"],
      ["    tue: [{ from: '09:00', to: '17:30' }]", '    tue: *day'],
    );
    expect(digestOf(anchored)).toBe(digest);
    expect(digestOf(edited(['currency: GBP', 'currency: CHF']))).not.toBe(digest);
  });
});

describe('faults of shape', () => {
  const cases: readonly (readonly [name: string, code: string, words: RegExp, ...edits: Edit[]])[] = [
    [
      'a missing field',
      'MISSING',
      /^slug is missing/,
      ['tenant:\n', 'tenant: #<<\n'],
      ['  slug: northwind-managed\n', ''],
    ],
    ['a missing part', 'MISSING', /^questions is missing/, ['questions:\n', 'questionss:\n']],
    [
      'an unknown field',
      'UNKNOWN_FIELD',
      /nmae is not known/,
      ["  name: 'Northwind", "  nmae: 'Northwind"],
      ["Services'", "Services' #<<"],
    ],
    ['an empty part', 'TYPE', /Expected object, found nothing/, ['  halopsa:\n', '  halopsa: #<<\n  other:\n']],
    [
      'a number where text belongs',
      'TYPE',
      /Expected string, found 0\.5/,
      ["estimateHours: '0.5'", 'estimateHours: 0.5 #<<'],
    ],
    ['a fraction of a basis point', 'TYPE', /integer/, ['floorBps: 2500', 'floorBps: 2500.5']],
    ['a floor above the whole', 'VALUE', /10001/, ['floorBps: 2500', 'floorBps: 10001']],
    ['a negative floor', 'VALUE', /-1/, ['floorBps: 2500', 'floorBps: -1']],
    ['not a number', 'TYPE', /integer/, ['floorBps: 2500', 'floorBps: .nan']],
    ['infinity', 'TYPE', /integer/, ['floorBps: 2500', 'floorBps: .inf']],
    [
      'an amount beyond exactness',
      'VALUE',
      /must be <=/,
      ['shortfallMinor: 100000', 'shortfallMinor: 12345678901234567890'],
    ],
    ['negative hours', 'VALUE', /right form/, ["estimateHours: '0.5'", "estimateHours: '-0.5' #<<"]],
    ['a uuid of another version', 'VALUE', /right form/, ['id: f5057fee-4c3e-4459', 'id: f5057fee-4c3e-1459']],
    ['an upper-case uuid', 'VALUE', /right form/, ['oid: e52fec14', 'oid: E52FEC14']],
    [
      'the role of an API key',
      'VALUE',
      /"INTEGRATOR" is none/,
      ['roles: [AUDITOR]', 'roles: [AUDITOR, INTEGRATOR] #<<'],
    ],
    ['a role twice', 'DUPLICATE', /already/, ['roles: [AUDITOR]', 'roles: [AUDITOR, AUDITOR] #<<']],
    [
      'a person without an account',
      'VALUE',
      /fewer than 1/,
      ['    accounts:\n      - oid: e52fec14-2d75-4a6a-8584-0f4ce50ee168', '    accounts: [] #<<'],
    ],
    ['a key that is no slug', 'NAME', /Managed Network/, ['  managed-network:\n', '  Managed Network: #<<\n']],
    ['a name that every object has', 'NAME', /__proto__/, ['  managed-network:\n', '  __proto__: #<<\n']],
    ['an unknown deal type of a pack', 'NAME', /RENEWALS/, ['      RENEWAL:\n', '      RENEWALS: #<<\n']],
    ['a time past midnight', 'VALUE', /25:00/, ["to: '17:30'", "to: '25:00'"]],
    ['a date of another form', 'VALUE', /right form/, ["from: '2026-07-01'", "from: '1.7.2026'"]],
    ['a text of blanks', 'VALUE', /right form/, ["name: 'Sofia Marsh'", "name: '  ' #<<"]],
    [
      'a merge key',
      'UNKNOWN_FIELD',
      /<< is not known/,
      ['  slug: northwind-managed', '  slug: northwind-managed\n  <<: { locale: en-GB }'],
    ],
  ];
  test.each(cases.map((row) => [row[0], row] as const))('%s', (_name, [, code, words, ...edits]) => {
    const text = edited(...edits);
    const faults = faultsOf(text);
    const found = faults.filter((fault) => fault.code === code && words.test(fault.message));
    expect({ faults, found: found.length > 0 }).toMatchObject({ found: true });
    for (const line of markedLines(text)) expect(found.map((fault) => fault.line)).toContain(line);
  });

  test('a near miss is answered with what was meant, a number without quotes with the quotes', () => {
    expect(
      faultsOf(edited(['    weight', '    wieght'], ['  slug:', '  slgu:'])).map(({ remedy }) => remedy),
    ).toContain('Did you mean slug?');
    expect(faultsOf(edited(['marginFloors', 'margin_floors'])).map(({ remedy }) => remedy)).toContain(
      'Did you mean marginFloors?',
    );
    expect(faultsOf(edited(["version: '1.3'", 'version: 1.3']))[0]?.remedy).toMatch(/^Put it in quotes/);
  });

  test('faults of shape in one part do not hide faults of meaning in another', () => {
    const faults = faultsOf(
      edited(
        ['  slug: northwind-managed\n', ''],
        ['amount: 10, unit: BUSINESS_DAYS', 'amount: 1, unit: BUSINESS_DAYS'],
      ),
    );
    expect(faults.map(({ code }) => code)).toEqual(['MISSING', 'CLOCK_ORDER']);
  });

  test('a wrong word does not hide a fault of meaning in the same part', () => {
    const faults = faultsOf(edited(['roles: [AUDITOR]', 'roles: [AUDITRO]'], ['key: sam.sales', 'key: sofia.sales']));
    expect(faults.map(({ code }) => code)).toEqual(['DUPLICATE', 'VALUE']);
  });
});

describe('faults of the text', () => {
  test('a key twice in one object, on the second line, beside other faults', () => {
    const faults = faultsOf(edited(['  currency: GBP', '  currency: GBP\n  currency: GBX']));
    expect(faults.map(({ code, line }) => [code, line])).toContainEqual(['DUPLICATE_KEY', 11]);
    const both = faultsOf(
      edited(['  locale: en-GB', '  locale: en-GB\n  locale: en-GB'], ['key: sam.sales', 'key: sofia.sales']),
    );
    expect(both.map(({ code }) => code)).toEqual(['DUPLICATE_KEY', 'DUPLICATE']);
  });

  test('every syntax error, with its line', () => {
    const faults = faultsOf('tenant:\n  slug: a\n name: b\npeople: [1, 2\n');
    expect(faults.length).toBeGreaterThan(1);
    for (const fault of faults) expect(fault.code).toBe('SYNTAX');
    expect(faults[0]?.line).toBe(3);
  });

  test('nothing, only comments, a scalar, a list, two documents', () => {
    for (const text of ['', '# nothing\n', '42\n', '- a\n']) expect(one(text)).toEqual({ code: 'TYPE', line: 1 });
    expect(faultsOf('a: 1\n---\nb: 2\n').map(({ code }) => code)).toEqual(['SYNTAX']);
  });

  test('an unknown tag, an alias to nothing, an alias that holds itself', () => {
    expect(one(edited(['slug: northwind-managed', 'slug: !secret northwind-managed']))).toEqual({
      code: 'SYNTAX',
      line: 6,
    });
    expect(one(edited(['slug: northwind-managed', 'slug: *nothing']))).toEqual({ code: 'UNKNOWN_ALIAS', line: 6 });
    expect(faultsOf('tenant: &a\n  slug: *a\n').map(({ code }) => code)).toEqual(['TOO_DEEP']);
  });

  test('an alias bomb is refused without being set off', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 8 }, () => `*a${i}`).join(', ')}]`,
    );
    expect(one(`a0: &a0 [x, x, x]\n${levels.join('\n')}\n`).code).toBe('TOO_MANY_ALIASES');
    const many = Array.from({ length: 101 }, () => '  - *a').join('\n');
    expect(one(`a: &a x\nb:\n${many}\n`)).toEqual({ code: 'TOO_MANY_ALIASES', line: 103 });
  });

  test('a text that the database cannot hold', () => {
    expect(one(edited(["name: 'Sofia Marsh'", 'name: "Sofia\\0Marsh"']))).toEqual({ code: 'CHARACTER', line: 17 });
    expect(one(edited(["name: 'Sofia Marsh'", 'name: "Sofia \\uD800"']))).toEqual({ code: 'CHARACTER', line: 17 });
  });

  test('a hostile file is answered soon, and never ends the process', () => {
    const deep = ['[', '{a: ', '- ', '? ', 'a: b: '].map(
      (piece) => `a:\n  ${piece.repeat(Math.floor(500_000 / piece.length))}`,
    );
    const stairs = Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
    for (const text of [...deep, stairs]) expect(timed(text)[0]?.code).toBe('TOO_DEEP');
    const keys = Array.from({ length: 80_000 }, (_, i) => `${i.toString(36)}:`).join('\n');
    for (const text of [
      keys,
      'a:\n'.repeat(150_000),
      '- a\n'.repeat(120_000),
      `[${', '.repeat(200_000)}`,
      '&a '.repeat(100_000),
    ]) {
      expect(timed(text)[0]?.code).toBe('FILE_TOO_LARGE');
    }
    expect(timed(`# ${'x'.repeat(512 * 1024)}`)[0]?.code).toBe('FILE_TOO_LARGE');
    expect(timed(`a: ${'>'.repeat(300_000)}`)[0]?.message.length).toBeLessThan(600);
    expect(
      timed(edited(['sofia.sales@northwind.example', `a@${'.'.repeat(400_000)}`]))[0]?.message.length,
    ).toBeLessThan(600);
    const tiers = timed(edited(['tiers:\n', `tiers:\n${Array.from({ length: 1000 }, (_, i) => rule(i)).join('')}`]));
    expect(tiers.map(({ message }) => message)).toEqual(['a list of 1005 must NOT have more than 20 items.']);
    const faults = timed(Array.from({ length: 20_000 }, (_, i) => `field-${i}: 1`).join('\n'));
    expect(faults).toHaveLength(501);
    expect(faults.at(-1)).toMatchObject({ code: 'MORE_FAULTS', line: 490 });
  }, 60_000);

  test('no damage to a sound file makes the reader throw, and what it accepts is canonical', () => {
    const text = sampleText();
    const pieces = [
      '',
      '\n',
      ' ',
      ':',
      '- ',
      '*',
      '&a',
      '"',
      "'",
      '[',
      '}',
      '#',
      '!!binary',
      'null',
      '-1',
      '1e999',
      '\u0000',
      '\uD800',
      '\t',
    ];
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(40), fc.constantFrom(...pieces), (start, length, piece) => {
        const parsed = parseConfigurationFile(text.slice(0, start) + piece + text.slice(start + length));
        if (parsed.ok) expect(parsed.digest).toBe(sha256Hex(canonicalJson(parsed.configuration)));
        else
          expect(
            parsed.faults.every(({ line, column, message, remedy }) => line > 0 && column > 0 && message && remedy),
          ).toBe(true);
      }),
      { numRuns: 30 },
    );
  }, 30_000);

  test('no value in place of another makes the rules throw', () => {
    const whole = sample();
    const paths = pathsOf(whole, []);
    fc.assert(
      fc.property(
        fc.nat(paths.length - 1),
        fc.constantFrom<unknown>(null, 0, -1, 1.5, '', 'x', '*', true, [], {}, [{}], ['x'], { x: 1 }),
        (at, value) => {
          const changed = structuredClone(whole) as unknown as Record<string, unknown>;
          setAt(changed, paths[at]!, value);
          const shape = shapeFaults(changed);
          expect(ruleFaults(changed, shape.broken)).toBeInstanceOf(Array);
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);
});

/** A tier rule of its own. */
function rule(i: number): string {
  return `  - { tier: LIGHT, description: x, when: { segments: [s${i}], minValueMinor: ${i} }, checklistTemplate: light }\n`;
}

/** The digest of a sound text. */
function digestOf(text: string): string {
  const parsed = parseConfigurationFile(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.digest;
}

/** Code and line of the only fault of a text. */
function one(text: string): { code: string; line: number } {
  const faults = faultsOf(text);
  expect(faults).toHaveLength(1);
  return { code: faults[0]!.code, line: faults[0]!.line };
}

/** The faults of a text, which must not take long to find. */
function timed(text: string): ReturnType<typeof faultsOf> {
  const before = performance.now();
  const faults = faultsOf(text);
  // A bound against minutes, not a benchmark: the machine may be busy.
  expect(performance.now() - before).toBeLessThan(8000);
  return faults;
}

type Steps = readonly (string | number)[];

function pathsOf(value: unknown, path: Steps): Steps[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Array.isArray(value) ? value.map((item, i): [number, unknown] => [i, item]) : Object.entries(value);
  return [...(path.length > 0 ? [path] : []), ...inner.flatMap(([step, item]) => pathsOf(item, [...path, step]))];
}

function setAt(root: Record<string, unknown>, path: Steps, value: unknown): void {
  const parent = path
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>((at, step) => at[step] as Record<string, unknown>, root);
  parent[path.at(-1)!] = value;
}
