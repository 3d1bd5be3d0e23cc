import * as fc from 'fast-check';
import { finding } from '../../src/core/finding.js';
import { HandoffStatement, Stakeholder, StatementKind, StakeholderRole } from '../../src/handoff/content.entity.js';
import { CONTENT_REQUIREMENTS, type ContentRequirement, requiredFor } from '../../src/handoff/content.requirements.js';
import {
  contentFindings,
  type HandoffContent,
  isNoneWithReason,
  saysSomething,
} from '../../src/handoff/content.rules.js';
import { Handoff, Tier } from '../../src/handoff/handoff.entity.js';
import { content, marks } from './handoff.kit.js';

const TIERS = [Tier.LIGHT, Tier.STANDARD, Tier.HIGH_TOUCH];

/** The content without whatever meets a requirement. */
function without(whole: HandoffContent, requirement: ContentRequirement): HandoffContent {
  switch (requirement.in) {
    case 'FIELD':
      return { ...whole, handoff: Object.assign(new Handoff(), whole.handoff, { [requirement.field]: null }) };
    case 'STATEMENT':
      return { ...whole, statements: whole.statements.filter(({ kind }) => kind !== requirement.kind) };
    case 'STAKEHOLDER':
      return { ...whole, stakeholders: whole.stakeholders.filter(({ role }) => role !== requirement.role) };
    case 'RISK':
      return { ...whole, risks: [] };
    default:
      return { ...whole, assumptions: [] };
  }
}

/** The content in which a kind of statement is these texts. */
function saying(kind: StatementKind, ...texts: string[]): HandoffContent {
  const whole = content();
  const like = whole.statements[0]!;
  const own = texts.map((text) => Object.assign(new HandoffStatement(), like, { kind, text }));
  return { ...whole, statements: [...whole.statements.filter((s) => s.kind !== kind), ...own] };
}

const onHandoff = (change: Partial<Handoff>): HandoffContent =>
  content({ handoff: Object.assign(new Handoff(), content().handoff, change) });

describe('what the content must say', () => {
  test.each(TIERS)('complete content passes as %s', (tier) => {
    expect(contentFindings(content(), tier)).toEqual([]);
  });

  test.each(CONTENT_REQUIREMENTS.map((requirement) => [requirement.id, requirement] as const))(
    'without %s it does not, from its tier on',
    (id, requirement) => {
      const gap = without(content(), requirement);
      for (const tier of TIERS) {
        const required = requiredFor(tier).some((other) => other.id === id);
        const expected = required ? [`CONTENT_MISSING ${requirement.path}`] : [];
        expect(marks(contentFindings(gap, tier))).toEqual(expected);
      }
    },
  );

  test('a heavier tier asks for everything that a lighter one asks for, and more', () => {
    const [light, standard, high] = TIERS.map((tier) => requiredFor(tier));
    expect(standard).toEqual(expect.arrayContaining([...light!]));
    expect(high).toEqual([...CONTENT_REQUIREMENTS]);
    expect(light!.length).toBeLessThan(standard!.length);
    expect(standard!.length).toBeLessThan(high!.length);
  });

  test('the closed-won five of requirement 002 are asked of everyone', () => {
    const ids = requiredFor(Tier.LIGHT).map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining([
        'IN_SCOPE',
        'DELIVERY_ASSUMPTIONS',
        'DEPENDENCY',
        'ACCEPTANCE_CRITERION',
        'OUT_OF_SCOPE',
      ]),
    );
  });

  test('all gaps are named at once, each with its remedy', () => {
    const { handoff } = content();
    const empty = content({
      handoff: Object.assign(new Handoff(), handoff, { billingTerms: null, deliveryManagerId: null, startOn: null }),
      stakeholders: [],
      statements: [],
      risks: [],
      assumptions: [],
    });
    const findings = contentFindings(empty, Tier.HIGH_TOUCH);
    expect(marks(findings)).toEqual(
      expect.arrayContaining([
        'CONTENT_MISSING handoff.billingTerms',
        'CONTENT_MISSING stakeholders.PRIMARY_CONTACT',
        'CONTENT_MISSING risks',
        'DELIVERY_MANAGER_MISSING handoff.deliveryManager',
        'START_MISSING handoff.startOn',
      ]),
    );
    expect(findings.every(({ remedy, severity }) => remedy.length > 10 && severity === 'BLOCKING')).toBe(true);
  });
});

describe('none, with a reason', () => {
  const { DEPENDENCY, OUT_OF_SCOPE } = StatementKind;
  test.each([
    ['None: the client needs nothing from anyone else', []],
    ['n/a - a renewal, nothing else has to happen', []],
    ['None', ['CONTENT_EMPTY statements.DEPENDENCY']],
    ['N/A', ['CONTENT_EMPTY statements.DEPENDENCY']],
    ['none:', ['CONTENT_EMPTY statements.DEPENDENCY']],
    ['None: TBD', ['CONTENT_EMPTY statements.DEPENDENCY']],
    ['None: n/a', ['CONTENT_EMPTY statements.DEPENDENCY']],
    ['n/a - ---', ['CONTENT_EMPTY statements.DEPENDENCY']],
    ['TBD', ['CONTENT_EMPTY statements.DEPENDENCY']],
    ['to be confirmed.', ['CONTENT_EMPTY statements.DEPENDENCY']],
    ['???', ['CONTENT_EMPTY statements.DEPENDENCY']],
  ])('%s', (text, expected) => {
    expect(marks(contentFindings(saying(DEPENDENCY, text), Tier.STANDARD))).toEqual(expected);
  });

  test('where something must be said, none does not do', () => {
    const findings = contentFindings(saying(OUT_OF_SCOPE, 'None: we do whatever is asked'), Tier.LIGHT);
    expect(marks(findings)).toEqual(['NONE_NOT_ALLOWED statements.OUT_OF_SCOPE']);
  });

  test('none beside an entry is a contradiction', () => {
    const findings = contentFindings(
      saying(DEPENDENCY, 'None: nothing at all', 'The line must be in by May'),
      Tier.LIGHT,
    );
    expect(marks(findings)).toEqual(['NONE_CONTRADICTED statements.DEPENDENCY']);
  });

  test('a stakeholder who is yet to be named is missing', () => {
    const { stakeholders } = content();
    const unnamed = stakeholders.map((one) =>
      one.role === StakeholderRole.EXECUTIVE_SPONSOR ? { ...one, name: 'TBD' } : one,
    );
    expect(marks(contentFindings(content({ stakeholders: unnamed }), Tier.HIGH_TOUCH))).toEqual([
      'CONTENT_MISSING stakeholders.EXECUTIVE_SPONSOR',
    ]);
  });

  test('a field with a placeholder is missing', () => {
    expect(marks(contentFindings(onHandoff({ billingTerms: ' tbd ' }), Tier.LIGHT))).toEqual([
      'CONTENT_MISSING handoff.billingTerms',
    ]);
  });

  test('a reason of some length makes a none; an ordinary sentence is neither none nor empty', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,40}$/).filter(saysSomething), (words) => {
        expect(isNoneWithReason(`None: ${words}`)).toBe(true);
        expect(isNoneWithReason(`The client has ${words}`)).toBe(false);
        expect(saysSomething(`The client has ${words}`)).toBe(true);
      }),
    );
  });

  test('a long text costs nothing to judge', () => {
    const started = performance.now();
    for (const text of ['-'.repeat(20_000), `${' '.repeat(20_000)}x`, `none${' '.repeat(20_000)}`]) saysSomething(text);
    expect(performance.now() - started).toBeLessThan(200);
  });
});

describe('contact, start, import', () => {
  test('a primary contact whom nobody can reach', () => {
    const whole = content();
    const stakeholders = whole.stakeholders.map((s) =>
      s.role === StakeholderRole.PRIMARY_CONTACT ? Object.assign(new Stakeholder(), s, { email: null }) : s,
    );
    expect(marks(contentFindings({ ...whole, stakeholders }, Tier.LIGHT))).toEqual([
      'PRIMARY_CONTACT_UNREACHABLE stakeholders.PRIMARY_CONTACT',
    ]);
  });

  test.each([
    ['2026-11-23', []],
    ['2026-11-20', ['START_IN_PAST']],
    ['2026-11-28', ['START_NOT_BUSINESS_DAY']],
    ['2026-12-25', ['START_NOT_BUSINESS_DAY']],
  ])('a start on %s', (startOn, expected) => {
    const findings = contentFindings(onHandoff({ startOn }), Tier.LIGHT);
    expect(findings.map(({ code }) => code)).toEqual(expected);
  });

  test('the next business day is offered', () => {
    const [found] = contentFindings(onHandoff({ startOn: '2026-12-25' }), Tier.LIGHT);
    expect(found?.facts).toMatchObject({ next: '2026-12-28' });
  });

  test('a blocking finding of the import stays, a warning does not block', () => {
    const missing = {
      path: '$.quotation.lines[0].costprice',
      message: 'No cost.',
      facts: {},
      remedy: 'Enter the cost.',
    };
    const importFindings = [
      finding({ code: 'COST_MISSING', ...missing }),
      finding({ code: 'COST_ZERO', severity: 'WARNING', ...missing }),
    ];
    expect(marks(contentFindings(content({ importFindings }), Tier.LIGHT))).toEqual([
      'COST_MISSING deal.snapshot.quotation.lines[0].costprice',
    ]);
  });
});
