import { ItemState } from '../../src/checklist/checklist.entity.js';
import { alignChecklist, createChecklist } from '../../src/checklist/checklist.effects.js';
import { EvidenceForm } from '../../src/checklist/evidence.entity.js';
import { entryFindings } from '../../src/checklist/evidence.rules.js';
import { claimFindings, providerFindings, verifierFindings } from '../../src/checklist/hand.rules.js';
import { CLOSED_WON_ITEMS } from '../../src/catalogue/configuration.words.js';
import type { Actor } from '../../src/core/actor.js';
import { Side, StakeholderRole } from '../../src/handoff/content.entity.js';
import { Tier } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { Person } from '../../src/identity/person.entity.js';
import { Role } from '../../src/identity/roles.js';
import { sample } from './catalogue.kit.js';
import { context, DANA, evidence, item, signer, vary } from './checklist.kit.js';
import { content, handoff, id, moment, NOW, SOFIA, VERSION } from './handoff.kit.js';

const { DOCUMENT, CERTIFICATE, RECORD, STATEMENT } = EvidenceForm;
const codes = (change: Parameters<typeof evidence>[0], subject = item(), ground = context()): string[] =>
  entryFindings(subject, evidence(change), ground).map(({ code, path }) => `${code} ${path}`);

describe('evidence as it is given', () => {
  const anything = item({ kinds: [DOCUMENT, CERTIFICATE, RECORD, STATEMENT], needsDocument: false });

  test('a sound document has nothing against it', () => {
    expect(codes({})).toEqual([]);
  });

  test.each([
    [
      'a form that the item does not accept',
      { kind: RECORD, documentId: '7' },
      item(),
      ['EVIDENCE_KIND_NOT_ACCEPTED checklist.DEPENDENCIES'],
    ],
    ['a document without its link', { documentUrl: null }, item(), ['DOCUMENT_MISSING checklist.DEPENDENCIES']],
    [
      'a record without its id',
      { kind: RECORD, documentUrl: null },
      anything,
      ['RECORD_MISSING checklist.DEPENDENCIES'],
    ],
    [
      'a statement that says nothing',
      { kind: STATEMENT, statement: '   ok    ' },
      anything,
      ['STATEMENT_MISSING checklist.DEPENDENCIES'],
    ],
    ['a certificate without its link', { kind: CERTIFICATE }, anything, ['CERTIFICATE_MISSING checklist.DEPENDENCIES']],
    [
      'nobody signed',
      { signers: [signer('Priya', Side.CLIENT, null)] },
      item({ needsSigner: true }),
      ['SIGNER_MISSING checklist.DEPENDENCIES'],
    ],
    [
      'only your own MSP signed',
      { signers: [signer('Priya', Side.CLIENT, null), signer('Sofia', Side.PROVIDER)] },
      item({ needsSigner: true }),
      ['SIGNER_MISSING checklist.DEPENDENCIES'],
    ],
    [
      'the client signed',
      { signers: [signer('Priya'), signer('Sofia', Side.PROVIDER, null)] },
      item({ needsSigner: true }),
      [],
    ],
    ['http', { documentUrl: 'http://msp.sharepoint.com/x' }, item(), ['URL_NOT_ACCEPTED documentUrl']],
    ['a script', { documentUrl: 'javascript:alert(1)' }, item(), ['URL_NOT_ACCEPTED documentUrl']],
    [
      'credentials in a link',
      { documentUrl: 'https://user:word@msp.sharepoint.com/x' },
      item(),
      ['URL_NOT_ACCEPTED documentUrl'],
    ],
    [
      'a link that never ends',
      { documentUrl: `https://msp.sharepoint.com/${'x'.repeat(2_048)}` },
      item(),
      ['URL_NOT_ACCEPTED documentUrl'],
    ],
    ['no hash', { contentHash: 'A'.repeat(64) }, item(), ['CONTENT_HASH_INVALID contentHash']],
    ['a date to come', { documentDate: '2026-11-24' }, item(), ['FUTURE_DATE documentDate']],
    [
      'a signature to come',
      { signers: [signer('Priya'), signer('Lena', Side.CLIENT, '2027-01-01')] },
      item(),
      ['FUTURE_DATE signers.1.signedOn'],
    ],
    ['old information', { documentDate: '2026-11-15' }, item(), ['EVIDENCE_STALE documentDate']],
  ])('%s', (_name, change, subject, expected) => {
    expect(codes(change, subject)).toEqual(expected);
  });

  test('everything at once', () => {
    expect(
      codes({ documentUrl: 'ftp://x', contentHash: 'x', documentDate: '2027-01-01', certificateUrl: 'nothing' }),
    ).toHaveLength(4);
  });
});

describe('an executed contract (document 004)', () => {
  const contract = item({
    code: 'EXECUTED_CONTRACT',
    kinds: [DOCUMENT, CERTIFICATE],
    needsSigner: true,
    needsAllSigners: true,
    validityDays: null,
  });
  const certificateUrl = 'https://sign.example/certificate/1';
  const all = [signer('Priya Shah'), signer('Sofia Sales', Side.PROVIDER)];
  const named = vary(content().stakeholders[0]!, { id: id(44), name: ' priya  SHAH ', role: StakeholderRole.SIGNER });

  test.each([
    ['fully executed', { signers: all, certificateUrl }, []],
    ['without its certificate', { signers: all }, ['CERTIFICATE_MISSING']],
    ['without signers', { certificateUrl }, ['SIGNER_MISSING', 'COUNTERSIGNATURE_MISSING', 'SIGNER_MISSING']],
    ['without counter-signature', { signers: [signer('Priya Shah')], certificateUrl }, ['COUNTERSIGNATURE_MISSING']],
    [
      'with one signature to come',
      { signers: [...all, signer('Lena', Side.CLIENT, null)], certificateUrl },
      ['SIGNATURE_MISSING'],
    ],
    ['signed by another than was named', { signers: [signer('Lena'), all[1]!], certificateUrl }, ['SIGNER_MISSING']],
    [
      'signed by a namesake of the wrong side',
      { signers: [signer('Lena'), signer('Priya Shah', Side.PROVIDER)], certificateUrl },
      ['SIGNER_MISSING'],
    ],
  ])('%s', (_name, change, expected) => {
    const findings = entryFindings(contract, evidence(change), context({ signers: [named] }));
    expect(findings.map(({ code }) => code)).toEqual(expected);
    expect(JSON.stringify(findings)).not.toContain('riya');
  });
});

const actor = (personId: string, ...roles: Role[]) => moment({ id: personId, roles }).actor;
const found = (findings: readonly { code: string }[]) => findings.map(({ code }) => code);

const by = (verifier: Actor, ...aliases: Person[]) => ({ actor: verifier, aliases });

describe('who may', () => {
  test('provide: the role of the item, or sales, while the content is open', () => {
    const finance = item({ providerRole: Role.FINANCE_APPROVER });
    expect(found(providerFindings(handoff(), finance, actor(SOFIA, Role.SALES_MANAGER)))).toEqual([]);
    expect(found(providerFindings(handoff(), finance, actor(DANA, Role.FINANCE_APPROVER)))).toEqual([]);
    expect(found(providerFindings(handoff(), finance, actor(DANA, Role.DELIVERY_MANAGER)))).toEqual([
      'NOT_THE_PROVIDER',
    ]);
    expect(
      found(providerFindings(handoff({ stage: Stage.IN_REVIEW }), finance, actor(DANA, Role.DELIVERY_MANAGER))),
    ).toEqual(['NOT_EDITABLE', 'NOT_THE_PROVIDER']);
  });

  test('verify: the role of the item, in review too, never oneself whatever the roles', () => {
    const both = by(actor(SOFIA, Role.SALES_MANAGER, Role.DELIVERY_MANAGER));
    expect(
      found(
        verifierFindings(handoff({ stage: Stage.IN_REVIEW }), item(), by(actor(DANA, Role.DELIVERY_MANAGER)), SOFIA),
      ),
    ).toEqual([]);
    expect(found(verifierFindings(handoff(), item(), both, SOFIA))).toEqual(['SELF_VERIFICATION']);
    expect(found(verifierFindings(handoff(), item(), by(actor(SOFIA, Role.SALES_MANAGER)), SOFIA))).toEqual([
      'NOT_THE_VERIFIER',
      'SELF_VERIFICATION',
    ]);
    expect(found(verifierFindings(handoff({ stage: Stage.SIGNED_OFF }), item(), both, DANA))).toEqual([
      'CHECKLIST_CLOSED',
    ]);
  });

  test('verify: not what one gave under a record that was merged into oneself', () => {
    const merged = Object.assign(new Person(), { id: SOFIA, mergedInto: DANA });
    const dana = actor(DANA, Role.DELIVERY_MANAGER);
    expect(found(verifierFindings(handoff(), item(), by(dana, merged), SOFIA))).toEqual(['SELF_VERIFICATION']);
    expect(found(verifierFindings(handoff(), item(), by(dana, merged), id(16)))).toEqual([]);
  });

  test('claim N/A: where the item allows it, with a reason', () => {
    expect(found(claimFindings(item({ allowNotApplicable: true }), 'No hardware is sold.'))).toEqual([]);
    expect(found(claimFindings(item(), '  too short  '))).toEqual(['REASON_TOO_SHORT', 'NOT_APPLICABLE_FORBIDDEN']);
  });
});

describe('the items of a handoff', () => {
  const configuration = sample();
  const template = configuration.tiers.at(-1)!.checklistTemplate;
  const choice = { handoffId: id(30), template, tier: Tier.STANDARD, configuration, version: VERSION };
  const wanted = configuration.checklistTemplates[template]!.items;

  test('are those of the template, each with its source', () => {
    const [statement, ...rest] = createChecklist(choice, moment());
    expect(rest).toEqual([]);
    for (const { code } of wanted) expect(statement!.values).toContain(code);
    expect(statement!.values.filter((value) => String(value).includes(VERSION.digest))).toHaveLength(wanted.length);
  });

  test('the closed-won five are required in every tier and never N/A, whatever the template says', () => {
    const lax = structuredClone(configuration);
    for (const one of lax.checklistTemplates[template]!.items)
      Object.assign(one, { requiredFor: [], allowNotApplicable: true });
    const [{ text, values }] = createChecklist({ ...choice, configuration: lax }, moment()) as [
      { text: string; values: unknown[] },
    ];
    const names = /\(tenant_id, ([^)]+)\)/.exec(text)![1]!.split(', ');
    const rows = wanted.map((_, index) =>
      Object.fromEntries(names.map((name, at) => [name, values[index * names.length + at]])),
    );
    for (const row of rows) {
      const closedWon = (CLOSED_WON_ITEMS as readonly unknown[]).includes(row.code);
      expect([row.code, row.required, row.allow_not_applicable]).toEqual([row.code, closedWon, !closedWon]);
    }
  });

  test('another template keeps what is known, adds what is new and drops no evidence', () => {
    const dropped = item({ id: id(260), code: 'OLD_ITEM' });
    const claim = { naReason: 'Not for them.', naClaimedBy: SOFIA, naClaimedAt: NOW, naTermsRevision: 1 };
    const claimed = item({ id: id(261), code: 'SIGNED_SCOPE', state: ItemState.NOT_APPLICABLE_CLAIMED, ...claim });
    const statements = alignChecklist({ ...choice, existing: [dropped, claimed] }, moment());
    expect(statements[0]!.values).not.toContain('SIGNED_SCOPE');
    const updates = statements.slice(1);
    expect(updates).toHaveLength(2);
    expect(updates[0]!.values).toContain(ItemState.OPEN);
    expect(updates[1]).toMatchObject({ values: [false, dropped.id, id(30)] });
    expect(statements.some(({ text }) => text.startsWith('delete'))).toBe(false);
  });

  test('a template that is not there is a fault, not an empty checklist', () => {
    expect(() => createChecklist({ ...choice, template: 'nothing' }, moment())).toThrow('has no checklist nothing');
  });
});
