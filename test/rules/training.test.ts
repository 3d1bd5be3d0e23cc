import type { TrainingPolicy } from '../../src/catalogue/configuration.rollout.js';
import type { GateStanding } from '../../src/handoff/shadow.queries.js';
import { buddyFindings } from '../../src/handoff/shadow.rules.js';
import { CertificationState, TrainingKind } from '../../src/rollout/training.entity.js';
import {
  buddyFindings as namedFindings,
  certifyFindings,
  recordFindings,
  stateOf,
} from '../../src/rollout/training.rules.js';

const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);
const NOW = new Date('2026-11-23T14:00:00.000Z');
const TRAINING: TrainingPolicy = {
  courses: [
    { key: 'for-sales', label: 'Sales', roles: ['SALES_MANAGER'], minutes: 45 },
    { key: 'for-leads', label: 'Leads', roles: ['SERVICE_DELIVERY_LEAD'], minutes: 30 },
  ],
  certify: ['SALES_MANAGER'],
};

describe('a buddy', () => {
  const standing = (change: Partial<GateStanding> = {}): GateStanding => ({
    isInShadow: false,
    isCertified: false,
    earlier: 0,
    hasBuddy: false,
    ...change,
  });
  const found = (change: Partial<GateStanding>, roles = ['SALES_MANAGER'], training?: TrainingPolicy): string[] =>
    codes(buddyFindings(training, roles, standing(change)));

  it.each([
    { what: 'no policy', change: {}, training: undefined, expected: [] },
    { what: 'the first handoff', change: {}, training: TRAINING, expected: ['BUDDY_MISSING'] },
    { what: 'the fifth', change: { earlier: 4 }, training: TRAINING, expected: ['BUDDY_MISSING'] },
    { what: 'the sixth', change: { earlier: 5 }, training: TRAINING, expected: [] },
    { what: 'a certified rep', change: { isCertified: true }, training: TRAINING, expected: [] },
    { what: 'a named buddy', change: { hasBuddy: true }, training: TRAINING, expected: [] },
    { what: 'the tenant’s number', change: { earlier: 1 }, training: { ...TRAINING, buddyHandoffs: 1 }, expected: [] },
  ])('is asked for: $what', ({ change, training, expected }) => {
    expect(found(change, ['SALES_MANAGER'], training)).toEqual(expected);
  });

  it('is asked of the roles that are certified alone', () => {
    expect(found({}, ['SERVICE_DELIVERY_LEAD'], TRAINING)).toEqual([]);
  });

  it('is an active, certified member, and not the rep', () => {
    const standingOf = (isActive: boolean, isCertified: boolean) => ({ isActive, isCertified });
    expect(codes(namedFindings('a', 'a', standingOf(false, false)))).toEqual(['BUDDY_IS_REP']);
    expect(codes(namedFindings('b', 'a', standingOf(false, false)))).toEqual(['BUDDY_INACTIVE', 'BUDDY_NOT_CERTIFIED']);
    expect(namedFindings('b', 'a', standingOf(true, true))).toEqual([]);
  });
});

describe('certification', () => {
  const records = [
    { kind: TrainingKind.COURSE, course: 'for-sales' },
    { kind: TrainingKind.SHADOWING, course: null },
    { kind: TrainingKind.OBSERVED_HANDOFF, course: null },
  ];
  const live = { endedAt: null, expiresAt: null };

  it('asks for every course of the roles, shadowing and an observed handoff, all at once', () => {
    expect(certifyFindings(TRAINING, ['SALES_MANAGER'], records, null, NOW)).toEqual([]);
    const none = certifyFindings(TRAINING, ['SALES_MANAGER', 'SERVICE_DELIVERY_LEAD'], [], live, NOW);
    expect(none.map(({ code, facts }) => facts.missing ?? code)).toEqual([
      'ALREADY_CERTIFIED',
      'COURSE for-sales',
      'COURSE for-leads',
      'SHADOWING',
      'OBSERVED_HANDOFF',
    ]);
    expect(codes(certifyFindings(TRAINING, ['AUDITOR'], records, null, NOW))).toEqual(['NOT_ELIGIBLE']);
    expect(codes(certifyFindings(undefined, ['SALES_MANAGER'], records, null, NOW))).toEqual(['NO_TRAINING_POLICY']);
  });

  it('expires, and makes room for another', () => {
    const expired = { endedAt: null, expiresAt: NOW };
    expect(stateOf(expired, NOW)).toBe(CertificationState.EXPIRED);
    expect(stateOf(live, NOW)).toBe(CertificationState.VALID);
    expect(stateOf({ ...live, endedAt: NOW }, NOW)).toBe(CertificationState.ENDED);
    expect(certifyFindings(TRAINING, ['SALES_MANAGER'], records, expired, NOW)).toEqual([]);
  });

  it('stands on records that name what they are of', () => {
    const course = { kind: TrainingKind.COURSE, course: 'for-sales', handoffId: null, completedOn: '2026-11-20' };
    const of = (change: Partial<typeof course> | object): string[] =>
      codes(recordFindings(TRAINING, { ...course, ...change }, '2026-11-23'));
    expect(of({})).toEqual([]);
    expect(of({ course: 'juggling', completedOn: '2026-11-24' })).toEqual(['COURSE_UNKNOWN', 'DATE_IN_THE_FUTURE']);
    expect(of({ handoffId: 'h' })).toEqual(['RECORD_INCOMPLETE']);
    expect(of({ kind: TrainingKind.SHADOWING })).toEqual(['RECORD_INCOMPLETE']);
    expect(of({ kind: TrainingKind.SHADOWING, course: null, handoffId: 'h' })).toEqual([]);
  });
});
