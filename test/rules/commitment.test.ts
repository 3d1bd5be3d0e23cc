import * as fc from 'fast-check';
import {
  Commitment,
  CommitmentChannel,
  CommitmentDeclaration,
  CommitmentState,
} from '../../src/commitment/commitment.entity.js';
import {
  commitmentFindings,
  declarationFindings,
  entryFindings,
  resolutionFindings,
  resolvedFindings,
} from '../../src/commitment/commitment.rules.js';
import { id, NOW, SOFIA, TENANT } from './handoff.kit.js';

const TODAY = '2026-11-23';
const commitment = (change: Partial<Commitment> = {}): Commitment =>
  Object.assign(new Commitment(), {
    tenantId: TENANT,
    id: id(600),
    handoffId: id(30),
    text: 'Free training for all users.',
    channel: CommitmentChannel.VERBAL,
    madeOn: '2026-11-02',
    madeBy: SOFIA,
    promisedTo: 'Priya Shah',
    source: 'Call of 2 November',
    dueOn: null,
    state: CommitmentState.OPEN,
    resolutionReference: null,
    resolutionReason: null,
    resolvedBy: null,
    resolvedAt: null,
    recordedBy: SOFIA,
    recordedAt: NOW,
    ...change,
  });
const declaration = Object.assign(new CommitmentDeclaration(), {
  id: id(601),
  handoffId: id(30),
  declaredBy: SOFIA,
  declaredAt: NOW,
});
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

test('silence about promises blocks; the words that there were none do not', () => {
  expect(codes(commitmentFindings([], null))).toEqual(['COMMITMENTS_UNDECLARED']);
  expect(commitmentFindings([], declaration)).toEqual([]);
});

test('exactly the promises without a home block, each by itself, whatever was declared before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...Object.values(CommitmentState)), { minLength: 1, maxLength: 9 }),
      fc.boolean(),
      (states, declared) => {
        const rows = states.map((state, index) => commitment({ id: id(700 + index), state }));
        const findings = commitmentFindings(rows, declared ? declaration : null);
        expect(findings.map(({ facts }) => facts.commitmentId)).toEqual(
          rows.filter(({ state }) => state === CommitmentState.OPEN).map((row) => row.id),
        );
        for (const found of findings) expect(found).toMatchObject({ code: 'COMMITMENT_OPEN', severity: 'BLOCKING' });
      },
    ),
  );
});

test('a finding names nobody and repeats no promise: the ledger keeps it', () => {
  expect(JSON.stringify(commitmentFindings([commitment()], null))).not.toMatch(/Priya|training/);
});

test.each([
  ['made today, due today', { madeOn: TODAY, dueOn: TODAY }, []],
  ['made tomorrow', { madeOn: '2026-11-24', dueOn: null }, ['FUTURE_DATE']],
  ['due before it was made', { madeOn: TODAY, dueOn: '2026-11-22' }, ['DUE_BEFORE_MADE']],
  ['both', { madeOn: '2026-12-01', dueOn: '2026-11-22' }, ['FUTURE_DATE', 'DUE_BEFORE_MADE']],
])('a promise %s', (_name, dates, expected) => {
  expect(codes(entryFindings(dates, TODAY))).toEqual(expected);
});

test.each([
  [CommitmentState.OPEN, null, null, ['NO_RESOLUTION']],
  [CommitmentState.SCOPE_LINE, 'Quotation line 3', null, []],
  [CommitmentState.SCOPE_LINE, '  ', 'a long enough reason', ['REFERENCE_MISSING']],
  [CommitmentState.TASK, null, null, ['REFERENCE_MISSING']],
  [CommitmentState.TASK, 'Train the users', null, []],
  [CommitmentState.DECLINED, null, 'The client was told.', []],
  [CommitmentState.DECLINED, 'a reference', ' no ', ['REASON_TOO_SHORT']],
])('a promise that ends as %s with reference %p and reason %p', (state, reference, reason, expected) => {
  expect(codes(resolutionFindings({ state, reference, reason }))).toEqual(expected);
});

test('a promise ends once', () => {
  expect(resolvedFindings(commitment())).toEqual([]);
  expect(codes(resolvedFindings(commitment({ state: CommitmentState.TASK })))).toEqual(['COMMITMENT_RESOLVED']);
});

test('that there were none is said once, and only when there are none', () => {
  expect(declarationFindings([], null)).toEqual([]);
  expect(codes(declarationFindings([], declaration))).toEqual(['ALREADY_DECLARED']);
  expect(codes(declarationFindings([commitment({ state: CommitmentState.DECLINED })], null))).toEqual([
    'COMMITMENTS_EXIST',
  ]);
});
