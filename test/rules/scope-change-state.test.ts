import { ApprovalState } from '../../src/approval/request.entity.js';
import type { FeasibilitySignOff } from '../../src/feasibility/feasibility.entity.js';
import type { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { type ChangeOrder, type ScopeChange, ScopeChangeState } from '../../src/scope-change/scope-change.entity.js';
import { orderFindings, phaseFindings, rebaselineFindings, stateOf } from '../../src/scope-change/state.rules.js';

const NOW = new Date('2026-11-23T14:00:00.000Z');
const LATER = new Date('2026-11-24T14:00:00.000Z');
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

const change = (parts: Partial<ScopeChange> = {}): ScopeChange =>
  ({
    id: 'c',
    number: 'SC-1',
    baselineId: 'b1',
    baselineVersion: 1,
    baselinePriceMinor: 100n,
    proposedPriceMinor: 100n,
    ...parts,
  }) as ScopeChange;
const request = (state: ApprovalState, expiresAt = LATER) => ({ id: 'r', state, expiresAt });
const BASELINE = { id: 'b1', version: 1 };
const ORDER = { id: 'o' } as ChangeOrder;

describe('where a scope change stands', () => {
  it('follows from its request and the time', () => {
    const states = Object.values(ApprovalState).map((state) => stateOf(request(state), NOW));
    expect(new Set(states)).toEqual(new Set(Object.values(ScopeChangeState)));
    for (const state of [ApprovalState.PENDING, ApprovalState.APPROVED])
      expect(stateOf(request(state, NOW), NOW)).toBe(ScopeChangeState.EXPIRED);
    expect(stateOf(request(ApprovalState.USED, NOW), NOW)).toBe(ScopeChangeState.REBASELINED);
  });

  it('moves the baseline only covered, on its own version, with the client’s agreement to another price', () => {
    const covered = { change: change(), request: request(ApprovalState.APPROVED), isCovered: true };
    const ground = { ...covered, baseline: BASELINE, order: null };
    expect(rebaselineFindings(ground, NOW)).toEqual([]);
    const moved = { ...ground, baseline: { id: 'b2', version: 2 } };
    expect(codes(rebaselineFindings(moved, NOW))).toEqual(['BASELINE_MOVED']);
    const dearer = { ...ground, change: change({ proposedPriceMinor: 101n }) };
    expect(codes(rebaselineFindings(dearer, NOW))).toEqual(['CLIENT_AGREEMENT_MISSING']);
    expect(rebaselineFindings({ ...dearer, order: ORDER }, NOW)).toEqual([]);
    const used = { ...moved, request: request(ApprovalState.USED), isCovered: false };
    expect(codes(rebaselineFindings(used, NOW))).toEqual(['ALREADY_REBASELINED']);
    const all = { ...moved, change: change({ proposedPriceMinor: 99n }), isCovered: false };
    expect(codes(rebaselineFindings({ ...all, request: request(ApprovalState.PENDING) }, NOW))).toEqual([
      'BASELINE_MOVED',
      'APPROVAL_MISSING',
      'CLIENT_AGREEMENT_MISSING',
    ]);
  });

  it('belongs to the time after the sign-off; before it the content is edited', () => {
    const signOff = {} as FeasibilitySignOff;
    const found = (stage: Stage, signed: FeasibilitySignOff | null): string =>
      codes(phaseFindings({ stage } as Handoff, signed)).join();
    for (const stage of [Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED, Stage.KICKED_OFF])
      expect(found(stage, signOff)).toBe('');
    expect(found(Stage.IN_REVIEW, signOff)).toBe('');
    expect(found(Stage.IN_REVIEW, null)).toBe('SCOPE_STILL_OPEN');
    for (const stage of [Stage.DRAFT, Stage.RETURNED]) expect(found(stage, signOff)).toBe('SCOPE_STILL_OPEN');
    for (const stage of [Stage.CLOSED, Stage.WITHDRAWN]) expect(found(stage, signOff)).toBe('HANDOFF_ENDED');
  });

  it('takes one change order, while it is open, signed by today', () => {
    const ground = { change: change(), request: request(ApprovalState.PENDING), order: null, today: '2026-11-23' };
    expect(orderFindings({ ...ground, signedOn: '2026-11-23' }, NOW)).toEqual([]);
    const bad = { ...ground, order: ORDER, request: request(ApprovalState.REJECTED), signedOn: '2026-11-24' };
    expect(codes(orderFindings(bad, NOW))).toEqual(['SCOPE_CHANGE_ENDED', 'CHANGE_ORDER_RECORDED', 'SIGNED_IN_FUTURE']);
  });
});
