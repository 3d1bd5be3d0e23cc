import {
  addCommitment,
  declareNoCommitments,
  resolveCommitment,
  reviseCommitment,
} from '../../src/commitment/commitment.commands.js';
import { type Commitment, CommitmentChannel, CommitmentState } from '../../src/commitment/commitment.entity.js';
import { commitmentsOf, declarationOf } from '../../src/commitment/commitment.queries.js';
import { newId } from '../../src/core/id.js';
import { selectRequired, update } from '../../src/core/statement.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { importForTest } from '../kit/deal.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

let suite: Suite;
let world: World;
let sales: Persona;
let handoffId: string;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  world = await suite.tenant();
  sales = await world.as('SALES_MANAGER');
  handoffId = await sales.done(importForTest, read('managed-network-healthy'));
});

const on = async () => ({
  handoffId,
  expectedRevision: (await world.read({ row: selectRequired(Handoff, handoffId) })).row.revision,
});
const commitments = async (): Promise<Commitment[]> => (await world.read({ rows: commitmentsOf(handoffId) })).rows;
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);
const promise = async (change: object = {}) => ({
  ...(await on()),
  text: 'Free training for all users.',
  channel: CommitmentChannel.VERBAL,
  madeOn: '2026-11-02',
  promisedTo: 'Priya Shah',
  source: 'Call of 2 November',
  ...change,
});
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing failed',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );

test('a promise is written down, ends, and is open again once it is another', async () => {
  const commitmentId = await sales.done(addCommitment, await promise({ dueOn: '2026-12-01' }));
  expect(await commitments()).toMatchObject([
    { state: CommitmentState.OPEN, madeBy: sales.actor.id, dueOn: '2026-12-01' },
  ]);
  await sales.done(resolveCommitment, {
    ...(await on()),
    commitmentId,
    state: CommitmentState.SCOPE_LINE,
    reference: 'Quotation line 3',
  });
  expect(await commitments()).toMatchObject([
    { state: CommitmentState.SCOPE_LINE, resolutionReference: 'Quotation line 3', resolvedBy: sales.actor.id },
  ]);
  expect(
    codes(
      await sales.refused(resolveCommitment, {
        ...(await on()),
        commitmentId,
        state: CommitmentState.TASK,
        reference: 'x',
      }),
    ),
  ).toEqual(['COMMITMENT_RESOLVED']);
  await sales.done(reviseCommitment, { ...(await on()), commitmentId, text: 'Training for ten users.', dueOn: null });
  expect(await commitments()).toMatchObject([
    {
      state: CommitmentState.OPEN,
      text: 'Training for ten users.',
      dueOn: null,
      resolvedBy: null,
      channel: CommitmentChannel.VERBAL,
    },
  ]);
  const ledger = await world.rows('select content from ledger_entry where tenant_id = $1 and subject_id = $2', [
    handoffId,
  ]);
  expect(ledger.map(({ content }) => content).join()).not.toMatch(/Priya|raining/);
});

test('what the rules refuse, the database refuses too', async () => {
  const commitmentId = await sales.done(addCommitment, await promise());
  expect(
    codes(
      await sales.refused(resolveCommitment, {
        ...(await on()),
        commitmentId,
        state: CommitmentState.DECLINED,
        reason: 'no',
      }),
    ),
  ).toEqual(['REASON_TOO_SHORT']);
  const forced =
    "update commitment set state = 'DECLINED', resolution_reason = 'no', resolved_by = $2, resolved_at = $3 where tenant_id = $1";
  const write = { text: forced, values: [sales.actor.id, new Date()] };
  expect(await failure(suite.gateway.transaction(world.tenantId, (tx) => tx.commit([write])))).toBe('23514');
});

test('bad input is named and nothing is half done', async () => {
  expect(
    codes(await sales.refused(addCommitment, await promise({ madeOn: '2027-01-01', dueOn: '2026-01-01' }))),
  ).toEqual(['FUTURE_DATE', 'DUE_BEFORE_MADE']);
  expect(await failure(sales.run(addCommitment, await promise({ madeById: newId() })))).toBe('NOT_FOUND');
  const commitmentId = await sales.done(addCommitment, await promise());
  expect(await failure(sales.run(reviseCommitment, { ...(await on()), commitmentId, text: null as never }))).toBe(
    'BAD_USER_INPUT',
  );
  expect(
    await failure(
      sales.run(resolveCommitment, {
        ...(await on()),
        commitmentId: newId(),
        state: CommitmentState.TASK,
        reference: 'x',
      }),
    ),
  ).toBe('NOT_FOUND');
  expect(await commitments()).toHaveLength(1);
});

test('that there were none is said explicitly, once, and not beside a promise', async () => {
  await sales.done(declareNoCommitments, await on());
  expect((await world.read({ row: declarationOf(handoffId) })).row).toMatchObject({ declaredBy: sales.actor.id });
  expect(codes(await sales.refused(declareNoCommitments, await on()))).toEqual(['ALREADY_DECLARED']);
  await sales.done(addCommitment, await promise());
  expect(codes(await sales.refused(declareNoCommitments, await on()))).toEqual(['COMMITMENTS_EXIST']);
});

test('sales owns it while the content is open; delivery, auditors and programs do not write it', async () => {
  for (const role of ['DELIVERY_MANAGER', 'FINANCE_APPROVER', 'AUDITOR']) {
    expect(await failure((await world.as(role)).run(addCommitment, await promise()))).toBe('FORBIDDEN');
  }
  await suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([update(Handoff, { id: handoffId }, { stage: Stage.IN_REVIEW })]),
  );
  expect(codes(await sales.refused(addCommitment, await promise()))).toEqual(['NOT_EDITABLE']);
});

test('over GraphQL, with dates; to whom it was promised only for those who may see it', async () => {
  const mutation = `mutation ($input: AddCommitmentInput!) { addCommitment(input: $input) {
    ... on Commitment { state madeOn dueOn maker { handle } handoff { revision } } ... on Refused { findings { code } } } }`;
  const answer = await sales.graphql(mutation, { input: await promise({ dueOn: '2026-12-01' }) });
  expect(answer).toMatchObject({
    errors: [],
    data: { addCommitment: { state: 'OPEN', madeOn: '2026-11-02', dueOn: '2026-12-01' } },
  });
  const query =
    'query ($id: ID!) { handoff(id: $id) { commitments { text promisedTo } commitmentDeclaration { declaredAt } } }';
  expect(await sales.graphql(query, { id: handoffId })).toMatchObject({
    data: { handoff: { commitments: [{ promisedTo: 'Priya Shah' }], commitmentDeclaration: null } },
  });
  expect((await (await world.as('AUDITOR')).graphql(query, { id: handoffId })).errors).toMatchObject([
    { extensions: { code: 'FORBIDDEN' } },
  ]);
});
