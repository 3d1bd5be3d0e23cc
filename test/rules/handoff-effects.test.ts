import * as fc from 'fast-check';
import { needOf } from './approval.kit.js';
import { ApprovalRequest, ApprovalState } from '../../src/approval/request.entity.js';
import { classificationFindings, classified } from '../../src/handoff/classification.rules.js';
import { adoptTerms, openHandoff, reclassify } from '../../src/handoff/handoff.effects.js';
import { DealType, Tier } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import {
  configuration,
  handoff,
  id,
  marks,
  moment,
  NOW,
  opening,
  OWNER,
  read,
  rowsOf,
  saying,
  SOFIA,
  VERSION,
} from './handoff.kit.js';

const ground = (): ReturnType<typeof opening> => opening();

describe('opening', () => {
  const { handoff: opened, statements } = openHandoff(opening(), moment());

  test('a draft with number, tier, sources and digest', () => {
    expect(opened).toMatchObject({
      number: 'H-2205',
      stage: Stage.DRAFT,
      revision: 1,
      termsRevision: 1,
      tier: Tier.STANDARD,
    });
    expect(opened.checklistTemplate).toBe('standard');
    expect(opened.tierSources).toEqual([
      { type: 'CONFIGURATION', id: VERSION.id, version: '3', hash: VERSION.digest },
      { type: 'DEAL_SNAPSHOT', id: id(22), version: '1', hash: opening().snapshot.termsDigest },
    ]);
    expect(opened.termsDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(opened.termsDigest).not.toBe(opening().snapshot.termsDigest);
  });

  test('a later one after a withdrawal has a number of its own', () => {
    expect(openHandoff(opening({ earlier: 1 }), moment()).handoff.number).toBe('H-2205.2');
    expect(openHandoff(opening({ earlier: 2 }), moment()).handoff.number).toBe('H-2205.3');
  });

  test('is prefilled from the PSA, each row with its source', () => {
    const { deal } = opening().parsed;
    const source = 'HaloPSA opportunity 2205, quotation 4101, deal revision 1';
    expect(rowsOf(statements, 'handoff_statement')).toEqual([
      expect.objectContaining({ kind: 'IN_SCOPE', text: deal.scope, source, deal_snapshot_id: id(22) }),
    ]);
    expect(rowsOf(statements, 'risk')).toEqual([expect.objectContaining({ text: deal.risk, level: 'MEDIUM', source })]);
    expect(rowsOf(statements, 'stakeholder').map(({ side, role, name }) => [side, role, name])).toEqual([
      ['CLIENT', 'PRIMARY_CONTACT', deal.contactName],
      ['PROVIDER', 'ACCOUNT_OWNER', deal.ownerName],
    ]);
  });

  test('what the PSA does not say is left to people', () => {
    const parsed = opening().parsed;
    const silent = { deal: { ...parsed.deal, scope: null, risk: null, contactName: null, ownerName: null } };
    const rows = openHandoff(opening({ parsed: silent }), moment()).statements;
    expect(rows.map(({ text }) => text.split(' (')[0])).toEqual([
      'insert into handoff',
      'insert into contribution',
      'insert into contribution',
    ]);
  });

  test('who opens it and who owns it are contributors; a program is none', () => {
    const people = (rows: typeof statements): unknown[] => rowsOf(rows, 'contribution').map((row) => row.person_id);
    expect(people(statements)).toEqual([OWNER, SOFIA]);
    expect(people(openHandoff(opening({ ownerId: SOFIA }), moment()).statements)).toEqual([SOFIA]);
    expect(people(openHandoff(opening(), moment({ kind: 'SERVICE', id: id(99) })).statements)).toEqual([OWNER]);
  });
});

/** What a classification is refused for. */
const ask = (serviceTemplate: string, dealType: DealType): ReturnType<typeof classificationFindings> =>
  classificationFindings(configuration(), { serviceTemplate, dealType });

describe('the tier', () => {
  test.each([
    ['by segment, whatever the case', { segment: ' enterprise ' }, Tier.HIGH_TOUCH, 'full'],
    ['by deal type', { dealType: DealType.RENEWAL }, Tier.LIGHT, 'light'],
    ['by default', {}, Tier.STANDARD, 'standard'],
  ])('%s', (_name, change, tier, checklistTemplate) => {
    expect(classified(ground(), { ...ground(), ...change })).toMatchObject({ tier, checklistTemplate });
  });

  test('a value in another currency is unknown to the rules', () => {
    const large = { ...ground(), configuration: configuration() };
    large.configuration.tiers[1]!.when = { minValueMinor: 1 };
    expect(classified(large, large).tier).toBe(Tier.HIGH_TOUCH);
    const foreign = { ...large, terms: { ...large.terms, currency: 'USD' } };
    expect(classified(foreign, foreign).tier).toBe(Tier.STANDARD);
  });

  test('the digest covers deal terms, service template and deal type, and not the segment', () => {
    const base = classified(ground(), ground()).termsDigest;
    const of = (change: object): string =>
      classified({ ...ground(), ...change }, { ...ground(), ...change }).termsDigest;
    expect(of({ segment: 'Enterprise' })).toBe(base);
    expect(of({ serviceTemplate: 'managed-workplace' })).not.toBe(base);
    expect(of({ dealType: DealType.RENEWAL })).not.toBe(base);
    expect(of({ snapshot: { ...ground().snapshot, termsDigest: 'd'.repeat(64) } })).not.toBe(base);
  });

  test('an unknown service template is refused with the valid ones; so is one that is not sold so', () => {
    expect(ask('managed-network', DealType.EXPANSION)).toEqual([]);
    expect(ask('constructor', DealType.EXPANSION)[0]).toMatchObject({
      code: 'UNKNOWN_SERVICE_TEMPLATE',
      facts: { valid: ['managed-network', 'managed-workplace'] },
    });
    expect(ask('managed-network', DealType.RENEWAL)[0]).toMatchObject({
      code: 'DEAL_TYPE_NOT_SOLD',
      facts: { valid: ['NEW_BUSINESS', 'EXPANSION'] },
    });
  });
});

const request = Object.assign(new ApprovalRequest(), {
  id: id(70),
  state: ApprovalState.APPROVED,
  requesterId: OWNER,
  round: 1,
  contentRevision: 1,
  need: needOf(1),
  strictest: needOf(2),
  pendingHours: 24,
  grantHours: 10,
  expiresAt: new Date(NOW.getTime() + 3_600_000),
  revision: 4,
});

/** A handoff of the sample deal with an approved request, to be reclassified. */
const classifying = (change: Parameters<typeof handoff>[0] = {}): Parameters<typeof reclassify>[0] => ({
  ...ground(),
  handoff: handoff(change),
  requests: [request],
  contributors: [OWNER],
  needFor: () => null,
});

describe('reclassifying', () => {
  test('a governed term makes a new content version, a new round and a contributor', () => {
    const { findings, changes, statements } = reclassify(
      classifying(),
      { serviceTemplate: 'managed-workplace' },
      moment(),
    );
    expect(findings).toEqual([]);
    expect(changes).toMatchObject({
      serviceTemplate: 'managed-workplace',
      dealType: DealType.NEW_BUSINESS,
      termsRevision: 2,
    });
    expect(changes.termsDigest).not.toBe(handoff().termsDigest);
    expect(rowsOf(statements, 'contribution')).toEqual([
      expect.objectContaining({ person_id: SOFIA, content_revision: 2 }),
    ]);
    expect(rowsOf(statements, 'approval_round')).toEqual([
      expect.objectContaining({ round: 2, digest: changes.termsDigest, content_revision: 2 }),
    ]);
    expect(rowsOf(statements, 'approval_participant').map((row) => row.person_id)).toEqual([OWNER, SOFIA]);
  });

  test('the segment alone changes the tier and its checklist, and voids no vote', () => {
    const { changes, statements } = reclassify(classifying(), { segment: 'Enterprise' }, moment());
    expect(changes).toMatchObject({ segment: 'Enterprise', tier: Tier.HIGH_TOUCH, checklistTemplate: 'full' });
    expect(changes).not.toHaveProperty('termsRevision');
    expect(statements).toEqual([]);
  });

  test('null empties the segment; nothing given changes nothing', () => {
    expect(reclassify(classifying({ segment: 'Enterprise' }), { segment: null }, moment()).changes).toMatchObject({
      segment: null,
    });
    expect(reclassify(classifying({ segment: 'Enterprise' }), {}, moment())).toEqual({
      findings: [],
      changes: {},
      statements: [],
    });
  });

  test('a change that goes back is a further content version (ABA)', () => {
    const there = reclassify(classifying(), { serviceTemplate: 'managed-workplace' }, moment()).changes;
    const back = reclassify(
      { ...classifying(there), requests: [] },
      { serviceTemplate: 'managed-network' },
      moment(),
    ).changes;
    expect(back).toMatchObject({ termsRevision: 3, termsDigest: handoff().termsDigest });
  });

  test('all findings at once, and no change', () => {
    const { findings, changes, statements } = reclassify(
      classifying({ stage: Stage.IN_REVIEW }),
      { serviceTemplate: 'unknown' },
      moment(),
    );
    expect(marks(findings)).toEqual(['NOT_EDITABLE handoff.stage', 'UNKNOWN_SERVICE_TEMPLATE serviceTemplate']);
    expect([changes, statements]).toEqual([{}, []]);
  });
});

describe('adopting another snapshot', () => {
  const cheaper = read('managed-network-below-floor').parsed;
  const facts = (): Parameters<typeof adoptTerms>[0] => ({
    ...ground(),
    handoff: handoff(),
    requests: [request],
    contributors: [],
    importer: null,
    needFor: () => null,
    former: ground().parsed.deal,
    clientId: id(21),
    snapshot: { id: id(23), revision: 2, termsDigest: cheaper.termsDigest },
    terms: cheaper.terms,
  });

  test('other terms: new content version, digest, round, contributor', () => {
    const { changes, statements } = adoptTerms(facts(), moment());
    expect(changes).toMatchObject({ dealSnapshotId: id(23), termsRevision: 2, clientId: id(21) });
    expect(changes.tierSources?.[1]).toMatchObject({ id: id(23), version: '2' });
    expect(rowsOf(statements, 'approval_round')).toHaveLength(1);
    expect(rowsOf(statements, 'contribution')).toEqual([expect.objectContaining({ person_id: SOFIA })]);
  });

  test('another payload with the same terms voids nothing', () => {
    const same = { ...facts(), snapshot: { ...ground().snapshot, id: id(23), revision: 2 }, terms: ground().terms };
    const { changes, statements } = adoptTerms(same, moment());
    expect(changes).toMatchObject({ dealSnapshotId: id(23) });
    expect(changes).not.toHaveProperty('termsRevision');
    expect(statements).toEqual([]);
  });

  test('the adopted one again changes nothing', () => {
    const { snapshot, terms } = ground();
    expect(adoptTerms({ ...facts(), snapshot, terms }, moment())).toEqual({ changes: {}, statements: [] });
  });

  test('what the PSA says otherwise is filled in again, and only that', () => {
    const deal = { ...ground().parsed.deal, scope: 'Another scope', risk: null };
    const { statements } = adoptTerms({ ...facts(), parsed: { deal } }, moment());
    expect(saying(statements, 'delete').map(({ text }) => text.split(' ')[2])).toEqual(['handoff_statement', 'risk']);
    expect(saying(statements, 'delete').every(({ text }) => text.includes('deal_snapshot_id is not null'))).toBe(true);
    expect(rowsOf(statements, 'handoff_statement')).toEqual([
      expect.objectContaining({ text: 'Another scope', deal_snapshot_id: id(23) }),
    ]);
    expect(rowsOf(statements, 'risk')).toEqual([]);
    expect(rowsOf(statements, 'stakeholder')).toEqual([]);
  });

  test('whatever is changed to and fro, content versions only rise', () => {
    const templates = fc.constantFrom('managed-network', 'managed-workplace');
    fc.assert(
      fc.property(fc.array(templates, { maxLength: 12 }), (steps) => {
        let current = handoff();
        for (const serviceTemplate of steps) {
          const input = { ...ground(), handoff: current, requests: [], contributors: [], needFor: () => null };
          const next = Object.assign(handoff(), current, reclassify(input, { serviceTemplate }, moment()).changes);
          expect(next.termsRevision - current.termsRevision).toBe(next.termsDigest === current.termsDigest ? 0 : 1);
          current = next;
        }
      }),
    );
  });
});
