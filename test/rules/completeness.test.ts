import { ItemState } from '../../src/checklist/checklist.entity.js';
import { completenessAt, type WeighedEvidence, type WeighedItem } from '../../src/checklist/completeness.rules.js';
import { EvidenceState } from '../../src/checklist/evidence.entity.js';

const at = (text: string): Date => new Date(`${text}Z`);
const WON = at('2026-11-23T10:00');

const item = (id: string, weight: number, rest: Partial<WeighedItem> = {}): WeighedItem => {
  return { id, weight, required: true, state: ItemState.VERIFIED, naAcceptedAt: null, reopenedAt: null, ...rest };
};
const proof = (itemId: string, rest: Partial<WeighedEvidence> = {}): WeighedEvidence => ({
  itemId,
  sequence: 1,
  state: EvidenceState.VERIFIED,
  submittedAt: at('2026-11-20T09:00'),
  verifiedAt: at('2026-11-20T15:00'),
  invalidAt: null,
  ...rest,
});
const atWin = (items: WeighedItem[], evidence: WeighedEvidence[]): string => {
  const { provenWeight, applicableWeight } = completenessAt(items, evidence, WON);
  return `${provenWeight}/${applicableWeight}`;
};

it.each([
  { what: 'verified in time', rest: {}, expected: '3/5' },
  { what: 'verified at the very instant', rest: { verifiedAt: WON }, expected: '3/5' },
  { what: 'verified later', rest: { verifiedAt: at('2026-11-23T10:01') }, expected: '2/5' },
  { what: 'given, not verified', rest: { state: EvidenceState.SUBMITTED, verifiedAt: null }, expected: '2/5' },
  { what: 'rejected', rest: { state: EvidenceState.REJECTED }, expected: '2/5' },
  { what: 'lost before', rest: { invalidAt: at('2026-11-22T10:00') }, expected: '2/5' },
  { what: 'lost after', rest: { invalidAt: at('2026-11-24T10:00') }, expected: '3/5' },
  { what: 'given later alone', rest: { submittedAt: at('2026-11-23T11:00') }, expected: '2/5' },
])('an item counts that was $what', ({ rest, expected }) => {
  expect(atWin([item('a', 2), item('b', 1), item('c', 2)], [proof('a'), proof('b', rest)])).toBe(expected);
});

it('what was accepted as not applicable by then, and what is not required, is left out', () => {
  const state = ItemState.NOT_APPLICABLE;
  const accepted = item('b', 1, { state, naAcceptedAt: at('2026-11-22T10:00') });
  const late = item('c', 2, { state, naAcceptedAt: at('2026-11-24T10:00') });
  const optional = item('d', 9, { required: false });
  expect(atWin([item('a', 2), accepted, late, optional], [proof('a')])).toBe('2/4');
  expect(atWin([accepted], [])).toBe('0/0');
});

it('what was reopened before does not count, nor the proof before a later one', () => {
  const reopened = (text: string): WeighedItem => item('a', 2, { reopenedAt: at(text) });
  expect(atWin([reopened('2026-11-22T10:00')], [proof('a')])).toBe('0/2');
  expect(atWin([reopened('2026-11-24T10:00')], [proof('a')])).toBe('2/2');
  const second = proof('a', { sequence: 2, state: EvidenceState.REJECTED, submittedAt: at('2026-11-21T10:00') });
  expect(atWin([item('a', 2)], [proof('a'), second])).toBe('0/2');
});
