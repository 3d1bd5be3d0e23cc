import { checkpointsFor, preClosePolicy } from '../../src/catalogue/variant.rules.js';
import { variantFaults } from '../../src/catalogue/variants.faults.js';
import type { ChecklistItem } from '../../src/checklist/checklist.entity.js';
import { finding } from '../../src/core/finding.js';
import { dayAfter } from '../../src/core/local-day.js';
import { DealType, Tier } from '../../src/handoff/handoff.entity.js';
import { policyChanges } from '../../src/governance/policy-change.rules.js';
import { PreClose, PreCloseState } from '../../src/passage/pre-close.entity.js';
import { answerFindings, judgeContract, pendingFindings, requestFindings } from '../../src/passage/pre-close.rules.js';
import { plannedCheckpoints } from '../../src/phase/checkpoint.rules.js';
import { sample } from './catalogue.kit.js';
import { CALENDAR, id, SOFIA } from './handoff.kit.js';

const TODAY = '2026-11-23';
const HANDOFF = { tier: Tier.HIGH_TOUCH, dealType: DealType.NEW_BUSINESS };
const ask = (days: number, probabilityPercent: number | null = null, more: object = {}): string[] =>
  requestFindings({
    handoff: HANDOFF,
    configuration: {},
    live: null,
    expectedCloseOn: dayAfter(TODAY, days),
    probabilityPercent,
    today: TODAY,
    ...more,
  }).map(({ code }) => code);
const preClose = (state: PreCloseState): PreClose =>
  Object.assign(new PreClose(), { id: id(900), state, requestedBy: SOFIA });

describe('a review before the signature', () => {
  it('may be asked for five to seven days before the close, or once the deal is probable', () => {
    const asked = Array.from({ length: 12 }, (_, days) => [days, ask(days)] as const);
    expect(asked.filter(([, codes]) => codes.length === 0).map(([days]) => days)).toEqual([5, 6, 7]);
    expect(ask(4)).toEqual(['PRE_CLOSE_TOO_LATE']);
    expect(ask(8)).toEqual(['PRE_CLOSE_TOO_EARLY']);
    expect(ask(-1, 100)).toEqual(['EXPECTED_CLOSE_PAST']);
    expect([ask(30, 89), ask(30, 90), ask(0, 90)]).toEqual([['PRE_CLOSE_TOO_EARLY'], [], []]);
  });

  it('takes the numbers, tiers and deal types of the tenant', () => {
    const variants = {
      preClose: { tiers: ['STANDARD' as const], opensDaysBefore: 20, leastDaysBefore: 0, fromProbabilityPercent: 50 },
    };
    expect(ask(15, null, { configuration: { variants } })).toEqual(['PRE_CLOSE_NOT_ALLOWED']);
    expect(ask(15, null, { configuration: { variants }, handoff: { ...HANDOFF, tier: Tier.STANDARD } })).toEqual([]);
    expect(ask(6, null, { configuration: { variants: { preClose: { dealTypes: ['RENEWAL'] } } } })).toEqual([
      'PRE_CLOSE_NOT_ALLOWED',
    ]);
    expect(preClosePolicy({}).tiers).toEqual(['HIGH_TOUCH']);
    expect(ask(6, null, { live: preClose(PreCloseState.APPROVED) })).toEqual(['PRE_CLOSE_ASKED']);
  });

  it('is answered by somebody else, once', () => {
    const codes = (live: PreClose | null, ...ids: string[]): string[] =>
      answerFindings(live, { ownerId: id(13) }, ids).map(({ code }) => code);
    expect(codes(preClose(PreCloseState.REQUESTED), id(12))).toEqual([]);
    expect(codes(preClose(PreCloseState.REQUESTED), id(12), SOFIA)).toEqual(['SELF_APPROVAL']);
    expect(codes(preClose(PreCloseState.REQUESTED), id(12), id(13))).toEqual(['SELF_APPROVAL']);
    expect(codes(preClose(PreCloseState.APPROVED), id(12))).toEqual(['PRE_CLOSE_NOT_ASKED']);
    expect(codes(null, id(12))).toEqual(['PRE_CLOSE_NOT_ASKED']);
  });

  it('lets pass what the signature proves, and nothing else', () => {
    const found = (code: string, path: string) => finding({ code, path, message: 'm', facts: {}, remedy: 'r' });
    const items = [
      { code: 'SIGNED_SCOPE', needsSigner: true },
      { code: 'DEPENDENCIES', needsSigner: false },
    ] as ChecklistItem[];
    const scope = found('EVIDENCE_MISSING', 'checklist.SIGNED_SCOPE');
    const other = found('EVIDENCE_MISSING', 'checklist.DEPENDENCIES');
    const under = { handoff: HANDOFF, policies: [{}, {}] };
    const severities = (state: PreCloseState | null, ...findings: (typeof scope)[]): unknown => {
      const judged = judgeContract(findings, { ...under, items, preClose: state === null ? null : preClose(state) });
      return [judged.isPending, judged.findings.map(({ severity }) => severity)];
    };
    expect(severities(null, scope)).toEqual([false, ['BLOCKING']]);
    expect(severities(PreCloseState.REQUESTED, scope)).toEqual([false, ['BLOCKING']]);
    expect(severities(PreCloseState.APPROVED, scope, other)).toEqual([true, ['WARNING', 'BLOCKING']]);
    expect(severities(PreCloseState.APPROVED, other)).toEqual([false, ['BLOCKING']]);
    const forbids = { variants: { preClose: { tiers: ['STANDARD' as const] } } };
    for (const policies of [
      [forbids, {}],
      [{}, forbids],
    ]) {
      const asked = { ...under, policies, items, preClose: preClose(PreCloseState.APPROVED) };
      const judged = judgeContract([scope, other], asked);
      expect(judged.isPending).toBe(false);
      expect(judged.findings.slice(0, 2)).toEqual([scope, other]);
      expect(judged.findings.slice(2)).toMatchObject([{ code: 'PRE_CLOSE_NOT_ALLOWED', severity: 'BLOCKING' }]);
      expect(judgeContract([other], asked)).toEqual({ findings: [other], isPending: false });
    }
    expect(pendingFindings({ pendingContract: false }, [scope])).toEqual([]);
    expect(pendingFindings({ pendingContract: true }, [scope])).toMatchObject([
      { code: 'CONTRACT_PENDING', facts: { items: ['SIGNED_SCOPE'] } },
    ]);
  });

  it('is policy: what lets more of them through is looser', () => {
    const before = sample();
    const change = (preCloseOf: object): string[] => {
      const after = {
        ...before,
        variants: { ...before.variants, preClose: { ...before.variants?.preClose, ...preCloseOf } },
      };
      return policyChanges(before as never, after as never).map(({ path, effect }) => `${path} ${effect}`);
    };
    expect(change({ tiers: ['HIGH_TOUCH', 'STANDARD'] })).toEqual(['variants.preClose.tiers LOOSER']);
    expect(change({ leastDaysBefore: 6 })).toEqual(['variants.preClose.leastDaysBefore STRICTER']);
    expect(change({ opensDaysBefore: 9, fromProbabilityPercent: 95 })).toEqual([
      'variants.preClose.opensDaysBefore LOOSER',
      'variants.preClose.fromProbabilityPercent STRICTER',
    ]);
    expect(change({})).toEqual([]);
  });
});

describe('a handoff in phases', () => {
  const checkpoints = [
    { key: 'design', name: 'Design', dueBusinessDays: 1, milestones: ['design'] },
    { key: 'live', name: 'Live', dueBusinessDays: 23, checklistItems: ['SUPPORT_ENTITLEMENT'] },
  ];
  const facts = { tier: 'HIGH_TOUCH' as const, dealType: 'NEW_BUSINESS' as const, serviceTemplate: 'managed-network' };
  const keys = (phases: object[], more: object = {}): string[] =>
    checkpointsFor({ variants: { phases: phases as never } }, { ...facts, ...more }).map(
      ({ key, path }) => `${key} ${path.split('.')[1]!}`,
    );

  it('gets the checkpoints of the first phases that match', () => {
    const standard = { tiers: ['STANDARD'], checkpoints };
    const ours = { serviceTemplates: ['managed-network'], dealTypes: ['NEW_BUSINESS'], checkpoints };
    expect(keys([standard, ours])).toEqual(['design phases[1]', 'live phases[1]']);
    expect(keys([standard, ours], { serviceTemplate: 'cloud-migration' })).toEqual([]);
    expect(keys([standard, ours], { dealType: 'RENEWAL' })).toEqual([]);
    expect(keys([])).toEqual([]);
    expect(checkpointsFor({}, facts)).toEqual([]);
  });

  it('counts business days from the day of the sign-off, whatever its hour, over weekends, holidays and the clock change', () => {
    const plan = (signedAt: string): string[] =>
      plannedCheckpoints(
        { variants: { phases: [{ checkpoints }] }, calendar: CALENDAR },
        { tier: Tier.LIGHT, dealType: DealType.RENEWAL, serviceTemplate: 'x' },
        new Date(signedAt),
      ).map(({ dueOn }) => dueOn);
    // Friday 17:00 in London: the next business day is Monday; 23 further days pass Christmas Day.
    expect(plan('2026-11-27T17:00:00Z')).toEqual(['2026-11-30', '2026-12-31']);
    // Half past midnight of a Monday in British Summer Time is still Sunday in UTC.
    expect(plan('2026-10-18T23:30:00Z')).toEqual(['2026-10-20', '2026-11-19']);
  });

  it('asks for what there is', () => {
    const faults = (variants: object): string[] =>
      variantFaults({ ...sample(), variants }).map(({ code, path }) => `${code} ${path.join('.')}`);
    expect(faults({ phases: [{ serviceTemplates: ['managed-network'], checkpoints }] })).toEqual([]);
    // Not every service has this milestone.
    expect(faults({ phases: [{ checkpoints }] })).toEqual([
      'UNKNOWN_REFERENCE variants.phases.0.checkpoints.0.milestones.0',
    ]);
    // An item that not every checklist holds which a handoff of these phases may get could never be proven.
    const { checklistTemplates, ...rest } = sample();
    checklistTemplates['high-touch']!.items.push({ ...checklistTemplates['high-touch']!.items[0]!, code: 'DRILL' });
    const drilled = (...phases: object[]): string[] =>
      variantFaults({
        ...rest,
        checklistTemplates,
        variants: {
          phases: phases.map((phased) => ({
            serviceTemplates: ['managed-network'],
            checkpoints: [{ key: 'drill', name: 'Drill', dueBusinessDays: 5, checklistItems: ['DRILL'] }],
            ...phased,
          })),
        },
      }).map(({ code, path, message }) => `${code} ${path.join('.')} ${message}`);
    const missing = (phase: number, checklist: string): string =>
      `CHECKPOINT_ITEM_NOT_GIVEN variants.phases.${phase}.checkpoints.0.checklistItems.0 ` +
      `A handoff of this phase may get the checklist ${checklist}, which has no item DRILL.`;
    expect(drilled({ tiers: ['HIGH_TOUCH'] })).toEqual([]);
    expect(drilled({ tiers: ['STANDARD'] })).toEqual([missing(0, 'standard')]);
    expect(drilled({ tiers: ['HIGH_TOUCH', 'LIGHT'], dealTypes: ['RENEWAL'] })).toEqual([missing(0, 'light')]);
    // What an earlier phase takes is none of a later one's.
    const others = { tiers: ['STANDARD', 'LIGHT'], checkpoints };
    expect(drilled(others, {})).toEqual([]);
    expect(drilled({})).toEqual([missing(0, 'light, standard')]);
    expect(
      faults({
        preClose: { opensDaysBefore: 3 },
        phases: [
          {
            serviceTemplates: ['telepathy'],
            checkpoints: [
              { key: 'a', name: 'A', dueBusinessDays: 1 },
              { key: 'a', name: 'A', dueBusinessDays: 1, milestones: ['nowhere'], checklistItems: ['NOTHING'] },
            ],
          },
        ],
      }).toSorted(),
    ).toEqual([
      'CHECKPOINT_EMPTY variants.phases.0.checkpoints.0',
      'DUPLICATE variants.phases.0.checkpoints.1.key',
      'UNKNOWN_REFERENCE variants.phases.0.checkpoints.1.checklistItems.0',
      'UNKNOWN_REFERENCE variants.phases.0.checkpoints.1.milestones.0',
      'UNKNOWN_REFERENCE variants.phases.0.serviceTemplates.0',
      'WINDOW_REVERSED variants.preClose',
    ]);
  });
});
