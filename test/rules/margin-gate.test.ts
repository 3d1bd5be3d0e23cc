import { WEEKDAYS } from '../../src/catalogue/configuration.words.js';
import type { TenantConfiguration } from '../../src/catalogue/configuration.js';
import { ApprovalRequest, ApprovalState } from '../../src/approval/request.entity.js';
import { ApprovalGrant } from '../../src/approval/vote.entity.js';
import { addBusinessHours } from '../../src/catalogue/calendar.rules.js';
import { deadlines, lapseOf } from '../../src/approval/deadline.rules.js';
import type { Cover } from '../../src/approval/grant.rules.js';
import { approversNeeded, rolesOf } from '../../src/approval/need.rules.js';
import { workingTimesFrom } from '../../src/catalogue/calendar.rules.js';
import { DealType } from '../../src/handoff/handoff.entity.js';
import { exceptionFindings } from '../../src/margin/exception.rules.js';
import {
  type ExceptionNeed,
  exceptionNeed,
  judgeMargin,
  judgeMarginGate,
  MARGIN_EXCEPTION,
} from '../../src/margin/margin.gate.js';
import { floor, line, terms } from './margin.kit.js';

const NOW = new Date('2026-11-23T14:00:00.000Z');
const DIGEST = 'a'.repeat(64);
const handoff = {
  serviceTemplate: 'managed-network',
  dealType: DealType.NEW_BUSINESS,
  termsDigest: DIGEST,
  termsRevision: 2,
};
const calendar = {
  timeZone: 'Europe/London',
  hours: Object.fromEntries(WEEKDAYS.slice(0, 5).map((day) => [day, [{ from: '09:00', to: '17:00' }]])),
  holidays: [],
};
const rule = {
  materiality: { shortfallMinor: 10_000, shortfallBps: 300 },
  below: { approvers: 1, roles: ['FINANCE_APPROVER'] },
  above: { approvers: 2, roles: ['FINANCE_APPROVER', 'SERVICE_DELIVERY_LEAD'] },
  pendingExpiryBusinessHours: 24,
  grantExpiryBusinessHours: 10,
};
const configuration = {
  tenant: { timeZone: 'Europe/London', currency: 'GBP' },
  marginFloors: [floor(3000), floor(3600, { from: '2026-11-24' })],
  approvalPolicy: { marginException: rule },
  calendar,
} as unknown as TenantConfiguration;

/** 1000 GBP of revenue at this cost, against a floor of 30 %. */
const at = (cost: string | null, price = '1000') => terms(line({ price, cost }));
const asked = (own: ReturnType<typeof terms>, now = NOW) => ({
  terms: own,
  configuration,
  ruling: configuration,
  handoff,
  now,
  priors: [],
  handleIds: new Map<string, string>(),
});
const need = (own: ReturnType<typeof terms>, now = NOW) => {
  const found = exceptionNeed(asked(own, now));
  if (!found) return null;
  const { need: first, strictest, weighing } = found;
  return {
    material: weighing.gravity !== 'BELOW',
    need: { approvers: approversNeeded(first), roles: rolesOf(first) },
    strictest: { approvers: approversNeeded(strictest) },
  };
};
const grant = (parts: Partial<ApprovalGrant> = {}) =>
  Object.assign(new ApprovalGrant(), {
    id: 'grant',
    requestId: 'request',
    kind: MARGIN_EXCEPTION,
    digest: DIGEST,
    contentRevision: 2,
    approvers: 1,
    grantedAt: NOW,
    expiresAt: new Date('2026-12-01T00:00:00.000Z'),
    ...parts,
  });
/** An engine that has this grant, reached by as many as it says. */
const coverOf =
  (grants: readonly ApprovalGrant[]) =>
  ({ need: wanted }: ExceptionNeed): Cover | null => {
    const found = grants.find(({ approvers }) => approvers >= approversNeeded(wanted));
    return found ? { grant: found, request: new ApprovalRequest(), used: false } : null;
  };
const gate = (own: ReturnType<typeof terms>, grants: ApprovalGrant[] = [], now = NOW) =>
  judgeMarginGate({ ...asked(own, now), coverFor: coverOf(grants) }).findings;

describe('how many must approve', () => {
  it('nobody at the floor, one below materiality, two above either number', () => {
    expect(need(at('700'))).toBeNull();
    expect(need(at('700.01'))).toMatchObject({ material: false, need: { approvers: 1, roles: ['FINANCE_APPROVER'] } });
    expect(need(at('730'))).toMatchObject({ material: false });
    expect(need(at('730.01'))).toMatchObject({ material: true, need: { approvers: 2 }, strictest: { approvers: 2 } });
    // 1 % of 20,000 is above 100 GBP, though not above 300 bps.
    expect(need(at('14200', '20000'))).toMatchObject({ material: true });
    expect(need(at('7100', '10000'))).toMatchObject({ material: false });
  });

  it('two where the threshold cannot be applied: another currency', () => {
    expect(need({ ...at('710'), currency: 'EUR' })).toMatchObject({ material: true });
  });

  it('goes by the floor in force on the day of the tenant', () => {
    expect(need(at('700'), new Date('2026-11-24T00:00:00.000Z'))).toMatchObject({ material: true });
  });
});

describe('the margin gate', () => {
  it('blocks below the floor and says who must approve', () => {
    expect(gate(at('720'))).toMatchObject([
      {
        code: 'MARGIN_BELOW_FLOOR',
        severity: 'BLOCKING',
        exceptionable: true,
        facts: { approversNeeded: 1, approverRoles: ['FINANCE_APPROVER'] },
      },
    ]);
    expect(gate(at('700'))).toEqual([]);
  });

  it('lets a live grant for exactly these terms pass, with a warning', () => {
    expect(gate(at('720'), [grant()])).toMatchObject([
      { code: 'MARGIN_EXCEPTION_GRANTED', severity: 'WARNING', facts: { requestId: 'request' } },
    ]);
  });

  it('nor one that fewer people reached than the figures ask for today', () => {
    const later = new Date('2026-11-24T14:00:00.000Z');
    expect(gate(at('720'), [grant({ approvers: 1 })], later)).toMatchObject([
      { severity: 'BLOCKING', facts: { approversNeeded: 2 } },
    ]);
    expect(gate(at('720'), [grant({ approvers: 2 })], later)).toMatchObject([{ severity: 'WARNING' }]);
  });

  it('covers nothing but the shortfall', () => {
    const own = terms(
      line({ price: '1000', cost: '900', kind: 'LABOUR' }),
      line({ price: '100', cost: null, ...({ billing: 'RECURRING', billingPeriod: 'MONTHLY', periods: 12 } as const) }),
    );
    const found = gate(own, [grant({ approvers: 2 })]);
    expect(found.map(({ code, severity }) => `${code} ${severity}`).sort()).toEqual([
      'COST_MISSING BLOCKING',
      'MARGIN_EXCEPTION_GRANTED WARNING',
    ]);
  });
});

const verdict = (own: ReturnType<typeof terms>) =>
  judgeMargin({ terms: own, configuration, ruling: configuration, handoff, now: NOW });
const open = (state: ApprovalState, expiresAt = '2026-12-01T00:00:00.000Z', kind = MARGIN_EXCEPTION) =>
  Object.assign(new ApprovalRequest(), { id: 'request', kind, state, round: 1, expiresAt: new Date(expiresAt) });

const codes = (own: ReturnType<typeof terms>, requests: ApprovalRequest[] = []) =>
  exceptionFindings(verdict(own), requests, NOW).map(({ code }) => code);

describe('asking for an exception', () => {
  it('needs something to except, that an exception can cover, and no open request', () => {
    expect(codes(at('720'))).toEqual([]);
    expect(codes(at('700'))).toEqual(['NOTHING_TO_EXCEPT']);
    expect(codes(at(null))).toEqual(['COST_MISSING']);
    expect(codes(at('1', '0'))).toContain('REVENUE_NOT_POSITIVE');
    expect(codes(at('700'), [open(ApprovalState.PENDING)])).toEqual(['NOTHING_TO_EXCEPT', 'ALREADY_REQUESTED']);
    expect(codes(at('720'), [open(ApprovalState.APPROVED)])).toEqual(['ALREADY_REQUESTED']);
    expect(
      codes(at('720'), [
        open(ApprovalState.REJECTED),
        open(ApprovalState.WITHDRAWN),
        open(ApprovalState.PENDING, '2026-11-23T14:00:00.000Z'),
        open(ApprovalState.PENDING, undefined, 'REBASELINE'),
      ]),
    ).toEqual([]);
  });

  it('is timed by the business calendar', () => {
    const grantHours = rule.grantExpiryBusinessHours;
    const pinned = deadlines(
      { pendingHours: rule.pendingExpiryBusinessHours, grantHours },
      (from, hours) => workingTimesFrom(calendar, from, hours),
      NOW,
    );
    const { expiresAt, workingTimes } = pinned;
    expect(expiresAt.toISOString()).toBe('2026-11-26T14:00:00.000Z');
    // A grant made at any time until then lapses when the calendar says.
    for (const made of [
      '2026-11-23T14:00:00.000Z',
      '2026-11-24T03:00:00.000Z',
      '2026-11-25T16:59:00.000Z',
      '2026-11-26T13:59:00.000Z',
    ]) {
      expect(lapseOf({ grantHours, workingTimes: [...workingTimes] }, new Date(made))).toEqual(
        addBusinessHours(calendar, new Date(made), 10),
      );
    }
  });
});
