import { createChecklist } from '../../src/checklist/checklist.effects.js';
import { ChecklistItem, ItemState } from '../../src/checklist/checklist.entity.js';
import { evidenceOf } from '../../src/checklist/checklist.queries.js';
import { rejectEvidence, submitEvidence, verifyEvidence } from '../../src/checklist/evidence.commands.js';
import { Evidence, EvidenceForm, EvidenceState } from '../../src/checklist/evidence.entity.js';
import { acceptNotApplicable, claimNotApplicable, reopenItem } from '../../src/checklist/item.commands.js';
import { configurationOfHandoff } from '../../src/catalogue/catalogue.queries.js';
import { newId } from '../../src/core/id.js';
import { select, selectRequired, type Statement, update } from '../../src/core/statement.js';
import { Side } from '../../src/handoff/content.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { grantRole } from '../../src/identity/role.commands.js';
import { Person } from '../../src/identity/person.entity.js';
import { Role } from '../../src/identity/roles.js';
import { importForTest } from '../kit/deal.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

let suite: Suite;
let world: World;
let sales: Persona;
let delivery: Persona;
let handoffId: string;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  sales = await world.as('SALES_MANAGER');
  delivery = await world.as('DELIVERY_MANAGER');
  handoffId = await sales.done(importForTest, read('managed-network-healthy'));
  const { handoff, version } = await world.read({
    handoff: selectRequired(Handoff, handoffId),
    version: configurationOfHandoff(handoffId),
  });
  const choice = {
    handoffId,
    template: handoff.checklistTemplate,
    tier: handoff.tier,
    configuration: world.configuration,
    version,
  };
  await commit(
    ...createChecklist(choice, { now: START, actor: sales.actor, newId, vault: suite.vault }),
    // What is not theirs, delivery does not see while it is a draft.
    update(Handoff, { id: handoffId }, { deliveryManagerId: delivery.actor.id }),
  );
});

const HASH = 'a'.repeat(64);
const commit = (...writes: Statement[]): Promise<void> =>
  suite.gateway.transaction(world.tenantId, (tx) => tx.commit(writes));
const load = async (): Promise<Handoff> => (await world.read({ row: selectRequired(Handoff, handoffId) })).row;
const on = async () => ({ handoffId, expectedRevision: (await load()).revision });
const itemOf = async (code: string): Promise<ChecklistItem> =>
  (await world.read({ rows: select(ChecklistItem, { handoffId, code }) })).rows[0]!;
const evidence = async (): Promise<Evidence[]> => (await world.read({ rows: evidenceOf(handoffId) })).rows;
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

/** Sound evidence of an item. */
async function proof(code: string, change: object = {}) {
  const item = await itemOf(code);
  const document = { documentUrl: 'https://msp.sharepoint.com/sites/h/scope.pdf', contentHash: HASH };
  const signers = [{ name: 'Priya Shah', side: Side.CLIENT, signedOn: '2026-11-20' }];
  return {
    ...(await on()),
    itemId: item.id,
    kind: EvidenceForm.DOCUMENT,
    title: 'Scope',
    ...document,
    signers,
    ...change,
  };
}

/** Gives sound evidence and answers its id. */
async function submitted(code: string, change: object = {}): Promise<string> {
  const itemId = await sales.done(submitEvidence, await proof(code, change));
  return (await evidence()).findLast((row) => row.itemId === itemId)!.id;
}

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing failed',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );
}

describe('evidence', () => {
  test('is given, verified by another person, and binds the terms; each step is one revision and one ledger row', async () => {
    const before = await load();
    const evidenceId = await submitted('SIGNED_SCOPE');
    expect(await itemOf('SIGNED_SCOPE')).toMatchObject({ state: ItemState.SUBMITTED });
    await delivery.done(verifyEvidence, { ...(await on()), evidenceId });
    expect(await itemOf('SIGNED_SCOPE')).toMatchObject({ state: ItemState.VERIFIED });
    expect(await evidence()).toMatchObject([
      {
        sequence: 1,
        state: EvidenceState.VERIFIED,
        submittedBy: sales.actor.id,
        verifiedBy: delivery.actor.id,
        termsDigest: before.termsDigest,
        termsRevision: before.termsRevision,
        contentHash: HASH,
      },
    ]);
    expect((await load()).revision).toBe(before.revision + 2);
    const ledger = await world.rows(
      "select action, outcome, content from ledger_entry where tenant_id = $1 and subject_id = $2 and action like '%Evidence'",
      [handoffId],
    );
    expect(ledger).toMatchObject([
      { action: 'submitEvidence', outcome: 'DONE' },
      { action: 'verifyEvidence', outcome: 'DONE' },
    ]);
    expect(ledger.map(({ content }) => content).join()).not.toMatch(/Priya|sharepoint/);
  });

  test('is not verified by who gave it, whatever their roles; the refusal is in the ledger and changes nothing', async () => {
    const admin = await world.as('REVOPS_ADMIN');
    const { row } = await world.read({ row: selectRequired(Person, sales.actor.id) });
    await admin.done(grantRole, {
      personId: sales.actor.id,
      role: Role.DELIVERY_MANAGER,
      expectedRevision: row.revision,
    });
    const evidenceId = await submitted('SIGNED_SCOPE');
    expect(codes(await sales.refused(verifyEvidence, { ...(await on()), evidenceId }))).toEqual(['SELF_VERIFICATION']);
    expect(
      codes(await sales.refused(rejectEvidence, { ...(await on()), evidenceId, reason: 'I take it back.' })),
    ).toEqual(['SELF_VERIFICATION']);
    expect(await evidence()).toMatchObject([{ state: EvidenceState.SUBMITTED, verifiedBy: null }]);
    const refusals = await world.rows(
      "select action from ledger_entry where tenant_id = $1 and subject_id = $2 and outcome = 'REFUSED'",
      [handoffId],
    );
    expect(refusals).toHaveLength(2);
  });

  test('is not verified by who gave it in the database either, and what was given never changes', async () => {
    const evidenceId = await submitted('SIGNED_SCOPE');
    const verdict = { state: EvidenceState.VERIFIED, verifiedAt: START };
    expect(
      await failure(commit(update(Evidence, { id: evidenceId }, { ...verdict, verifiedBy: sales.actor.id }))),
    ).toBe('23514');
    expect(await failure(commit(update(Evidence, { id: evidenceId }, verdict)))).toBe('23514');
    expect(await failure(commit(update(Evidence, { id: evidenceId }, { contentHash: 'b'.repeat(64) })))).toBe('42501');
    expect(await failure(commit(update(Evidence, { id: evidenceId }, { submittedBy: delivery.actor.id })))).toBe(
      '42501',
    );
    expect(await failure(commit({ text: 'delete from evidence where tenant_id = $1', values: [] }))).toBe('42501');
    expect(
      await failure(commit(update(Evidence, { id: evidenceId }, { ...verdict, verifiedBy: delivery.actor.id }))),
    ).toBe('nothing failed');
  });

  test('is judged by the role of its item', async () => {
    const evidenceId = await submitted('MARGIN_FLOOR');
    expect(codes(await delivery.refused(verifyEvidence, { ...(await on()), evidenceId }))).toEqual([
      'NOT_THE_VERIFIER',
    ]);
    await (await world.as('FINANCE_APPROVER')).done(verifyEvidence, { ...(await on()), evidenceId });
  });

  test('auditors and programs may not touch it', async () => {
    const auditor = await world.as('AUDITOR');
    expect(await failure(auditor.run(submitEvidence, await proof('SIGNED_SCOPE')))).toBe('FORBIDDEN');
    const service = world.acting({ ...sales.actor, kind: 'SERVICE', roles: ['INTEGRATOR'], scopes: ['handoffs:read'] });
    expect(await failure(service.run(submitEvidence, await proof('SIGNED_SCOPE'), newId()))).toBe('FORBIDDEN');
  });

  test('is refused with everything that is wrong', async () => {
    const input = await proof('SIGNED_SCOPE', {
      documentUrl: 'http://x',
      contentHash: 'x',
      signers: [],
      documentDate: '2027-01-01',
    });
    const findings = await sales.refused(submitEvidence, input);
    expect(codes(findings)).toEqual(['SIGNER_MISSING', 'URL_NOT_ACCEPTED', 'CONTENT_HASH_INVALID', 'FUTURE_DATE']);
    expect(await evidence()).toEqual([]);
  });

  test('an item or evidence of another handoff or tenant is not found', async () => {
    const evidenceId = await submitted('SIGNED_SCOPE');
    expect(await failure(sales.run(submitEvidence, await proof('SIGNED_SCOPE', { itemId: newId() })))).toBe(
      'NOT_FOUND',
    );
    const stranger = await (await suite.tenant()).as('DELIVERY_MANAGER');
    expect(await failure(stranger.run(verifyEvidence, { ...(await on()), evidenceId }))).toBe('NOT_FOUND');
    expect(await failure(delivery.run(verifyEvidence, { handoffId, expectedRevision: 1, evidenceId }))).toBe(
      'STALE_REVISION',
    );
  });

  test('newer evidence supersedes; what was rejected is judged once', async () => {
    const first = await submitted('SIGNED_SCOPE');
    await delivery.done(rejectEvidence, { ...(await on()), evidenceId: first, reason: 'Page 3 is missing.' });
    expect(await itemOf('SIGNED_SCOPE')).toMatchObject({ state: ItemState.REJECTED });
    expect(codes(await delivery.refused(verifyEvidence, { ...(await on()), evidenceId: first }))).toEqual([
      'NOTHING_TO_VERIFY',
    ]);
    const second = await submitted('SIGNED_SCOPE', { contentHash: 'b'.repeat(64) });
    expect(codes(await delivery.refused(verifyEvidence, { ...(await on()), evidenceId: first }))).toEqual([
      'EVIDENCE_SUPERSEDED',
    ]);
    await delivery.done(verifyEvidence, { ...(await on()), evidenceId: second });
    expect(
      codes(
        await delivery.refused(rejectEvidence, { ...(await on()), evidenceId: second, reason: 'too late, really' }),
      ),
    ).toEqual(['NOTHING_TO_VERIFY']);
  });

  test('that the quote or time has outdated is not verified', async () => {
    const outdated = await submitted('SIGNED_SCOPE');
    const aged = await submitted('DEPENDENCIES', { documentDate: '2026-11-20' });
    const { termsRevision } = await load();
    await commit(update(Handoff, { id: handoffId }, { termsRevision: termsRevision + 1 }));
    suite.clock.advanceHours(24 * 5);
    expect(codes(await delivery.refused(verifyEvidence, { ...(await on()), evidenceId: outdated }))).toEqual([
      'EVIDENCE_OUTDATED_BY_QUOTE',
    ]);
    expect(codes(await delivery.refused(verifyEvidence, { ...(await on()), evidenceId: aged }))).toHaveLength(1);
  });

  test('is given while sales edits, judged in review too, and closed after', async () => {
    const evidenceId = await submitted('SIGNED_SCOPE');
    await commit(update(Handoff, { id: handoffId }, { stage: Stage.IN_REVIEW }));
    expect(codes(await sales.refused(submitEvidence, await proof('DEPENDENCIES')))).toEqual(['NOT_EDITABLE']);
    await delivery.done(verifyEvidence, { ...(await on()), evidenceId });
    await commit(update(Handoff, { id: handoffId }, { stage: Stage.SIGNED_OFF }));
    const { id: itemId } = await itemOf('SIGNED_SCOPE');
    expect(
      codes(await delivery.refused(reopenItem, { ...(await on()), itemId, reason: 'The scope is wrong.' })),
    ).toEqual(['CHECKLIST_CLOSED']);
  });
});

/** An item that may be claimed not to apply. */
const optional = async (): Promise<ChecklistItem> =>
  (await world.read({ rows: select(ChecklistItem, { handoffId, allowNotApplicable: true }) })).rows[0]!;

const claim = async () => ({
  ...(await on()),
  itemId: (await optional()).id,
  reason: 'Nothing of this is sold here.',
});

describe('an item that does not apply', () => {
  test('is claimed with a reason, accepted by another, and reopened', async () => {
    await sales.done(claimNotApplicable, await claim());
    const { id: itemId, verifierRole } = await optional();
    const verifier = await world.as(verifierRole);
    await verifier.done(acceptNotApplicable, { ...(await on()), itemId });
    expect(await optional()).toMatchObject({
      state: ItemState.NOT_APPLICABLE,
      naClaimedBy: sales.actor.id,
      naAcceptedBy: verifier.actor.id,
    });
    await verifier.done(reopenItem, { ...(await on()), itemId, reason: 'It does apply after all.' });
    expect(await optional()).toMatchObject({
      state: ItemState.OPEN,
      naReason: null,
      naAcceptedBy: null,
      reopenedBy: verifier.actor.id,
    });
  });

  test('is not accepted by who claimed it, by rule and by the database', async () => {
    await sales.done(claimNotApplicable, await claim());
    const { id: itemId, verifierRole } = await optional();
    await commit(update(ChecklistItem, { id: itemId }, { naClaimedBy: (await world.as(verifierRole)).actor.id }));
    expect(
      codes(await (await world.as(verifierRole)).refused(acceptNotApplicable, { ...(await on()), itemId })),
    ).toEqual(['SELF_VERIFICATION']);
    const accepted = {
      state: ItemState.NOT_APPLICABLE,
      naAcceptedAt: START,
      naAcceptedBy: (await optional()).naClaimedBy,
    };
    expect(await failure(commit(update(ChecklistItem, { id: itemId }, accepted)))).toBe('23514');
  });

  test('is never one of the closed-won five, by rule and by the database', async () => {
    const { id: itemId } = await itemOf('SIGNED_SCOPE');
    expect(codes(await sales.refused(claimNotApplicable, { ...(await claim()), itemId }))).toEqual([
      'NOT_APPLICABLE_FORBIDDEN',
    ]);
    const forced = {
      state: ItemState.NOT_APPLICABLE_CLAIMED,
      naReason: 'Nothing of this is sold.',
      naClaimedBy: sales.actor.id,
      naClaimedAt: START,
      naTermsRevision: 1,
    };
    expect(await failure(commit(update(ChecklistItem, { id: itemId }, forced)))).toBe('23514');
  });
});

const LIST = `query ($id: ID!) { handoff(id: $id) { completenessBps checklist { code status statusReason validUntil required
  evidence { sequence state contentHash submitter { handle } signers { name side signedOn } } } } }`;

/** How many statements it takes to read the whole checklist. */
const statements = async (): Promise<number> => {
  suite.statements.length = 0;
  await sales.graphql(LIST, { id: handoffId });
  return suite.statements.length;
};

describe('over GraphQL', () => {
  const SUBMIT = `mutation ($input: SubmitEvidenceInput!) { submitEvidence(input: $input) {
    ... on ChecklistItem { id state status handoff { revision } evidence { id } } ... on Refused { findings { code } } } }`;

  test('evidence is given with its dates and read back; names only by those who may see them', async () => {
    const answer = await sales.graphql(SUBMIT, { input: await proof('SIGNED_SCOPE') });
    expect(answer.errors).toEqual([]);
    expect(answer.data!.submitEvidence).toMatchObject({
      state: 'SUBMITTED',
      status: 'SUBMITTED',
      evidence: [{ id: expect.any(String) }],
    });
    const list = await sales.graphql(LIST, { id: handoffId });
    expect(list.errors).toEqual([]);
    const scope = list.data!.handoff.checklist.find((row: { code: string }) => row.code === 'SIGNED_SCOPE');
    expect(scope.evidence).toMatchObject([
      { sequence: 1, signers: [{ name: 'Priya Shah', side: 'CLIENT', signedOn: '2026-11-20' }] },
    ]);
    const auditor = await world.as('AUDITOR');
    expect((await auditor.graphql(LIST, { id: handoffId })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
    expect((await auditor.graphql(LIST.replace('name side', 'side'), { id: handoffId })).errors).toEqual([]);
  });

  test('the whole checklist is read in as many statements for four proofs as for one', async () => {
    await submitted('SIGNED_SCOPE');
    const one = await statements();
    for (const code of ['SIGNED_SCOPE', 'DEPENDENCIES', 'MARGIN_FLOOR']) await submitted(code);
    expect(await statements()).toBe(one);
  });
});
