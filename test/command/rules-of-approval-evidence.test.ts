import { createHash } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import { castVote } from '../../src/approval/approval.commands.js';
import { makeEvidencePack } from '../../src/audit/export.commands.js';
import { evidencePack } from '../../src/audit/pack.js';
import { ChecklistItem } from '../../src/checklist/checklist.entity.js';
import { submitEvidence } from '../../src/checklist/evidence.commands.js';
import { EvidenceForm } from '../../src/checklist/evidence.entity.js';
import { select } from '../../src/core/statement.js';
import { Side } from '../../src/handoff/content.entity.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { cast, read } from './approval.kit.js';
import { codes } from './engine.kit.js';
import { ask, ballotOn, bring, handoffOf, passMargin, plainPolicy } from './exception.kit.js';

const SCOPE = 'https://msp.sharepoint.com/sites/h/scope.pdf';
const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

let suite: Suite;
let world: World;
let freda: Persona;
let femi: Persona;
let sofia: Persona;
let requestId: string;
/** The texts of the request's folder by their path in it. */
let files: Map<string, string>;
let pack: Record<string, Uint8Array>;
/** A file as JSON; a test reads whatever stands there. */
const json = (name: string) => JSON.parse(files.get(name)!); // oxlint-disable-line typescript/no-unsafe-return -- read by shape below

beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant(plainPolicy);
  ({ freda, femi, sofia } = await cast(world));
  const handoffId = await bring(sofia, { id: 1, price: 1000, cost: 900 });
  await document(handoffId);
  requestId = await ask(world, sofia, handoffId);
  const vote = await ballotOn(world, requestId);
  expect(codes(await sofia.refused(castVote, vote))).toContain('SELF_APPROVAL');
  for (const persona of [freda, femi]) {
    suite.clock.advanceHours(1);
    await persona.done(castVote, vote);
  }
  suite.clock.advanceHours(1);
  await sofia.done(passMargin, { handoffId });
  const whose = { requestIds: [requestId], sample: null, names: false };
  pack = unzipSync(await evidencePack(world.tenantId, (queries) => world.read(queries), whose));
  const folder = `requests/${requestId}/`;
  files = new Map(
    Object.entries(pack)
      .filter(([name]) => name.startsWith(folder))
      .map(([name, bytes]) => [name.slice(folder.length), strFromU8(bytes)]),
  );
});
afterAll(() => suite.close());

/** The document behind the first item that takes one. */
async function document(handoffId: string): Promise<void> {
  const { items } = await world.read({ items: select(ChecklistItem, { handoffId, code: 'SIGNED_SCOPE' }) });
  await sofia.done(submitEvidence, {
    handoffId,
    expectedRevision: (await handoffOf(world, handoffId)).revision,
    itemId: items[0]!.id,
    kind: EvidenceForm.DOCUMENT,
    title: 'Scope',
    documentUrl: SCOPE,
    contentHash: 'a'.repeat(64),
    signers: [{ name: 'Priya Shah', side: Side.CLIENT, signedOn: '2026-11-20' }],
  });
}

describe('rule 17: the evidence pack of a request', () => {
  it('rule 17: has the request and the exact content, whose digest can be computed again', async () => {
    const { digest, contentRevision } = await read(world, requestId);
    expect(json('request.json')).toMatchObject({ id: requestId, kind: 'MARGIN_EXCEPTION', digest, contentRevision });
    expect(sha256(files.get('round-1/content.json')!)).toBe(digest);
    expect(files.get('round-1/content.json')).toContain(sha256(files.get('round-1/terms.json')!));
  });

  it('rule 17: has the policy as it ruled, and what of it applied', () => {
    const applied = json('policy-applied.json');
    expect(sha256(files.get('policy.json')!)).toBe(applied.configuration.digest);
    expect(applied.need.quorums).toMatchObject([[{ approvers: 2, roles: ['FINANCE_APPROVER'] }]]);
    expect(applied.ruleAndWeighing.weighing).toMatchObject({ gravity: 'MATERIAL', shortfallMinor: '20000' });
  });

  it('rule 17: has each eligibility decision with its reason, of every member, at every moment that mattered', () => {
    const moments = json('eligibility.json') as { moment: string; at: string; members: Record<string, unknown>[] }[];
    expect(moments.map(({ moment }) => moment.split(' ')[0])).toEqual(['opening', 'vote', 'vote']);
    for (const { members } of moments) expect(members).toHaveLength(world.configuration.people.length);
    const lines = files.get('eligibility.csv')!.split('\r\n');
    const said = (handle: string): string[] => lines.filter((line) => line.includes(`,${handle},`));
    const [opening, first, second] = ['freda.finance', 'femi.finance', 'sofia.sales'].map(said) as [
      string[],
      string[],
      string[],
    ];
    expect(opening.map((line) => line.includes(',YES,'))).toEqual([true, true, false]);
    expect(first.map((line) => line.includes(',YES,'))).toEqual([true, true, true]);
    expect(second.every((line) => line.includes(',NO,') && line.includes('REQUESTER'))).toBe(true);
  });

  it('rule 17: has votes, times and the effect in their order', () => {
    const votes = json('votes.json') as { castAt: string; decision: string }[];
    const { uses, grants } = json('effect.json');
    expect(votes.map(({ decision }) => decision)).toEqual(['APPROVE', 'APPROVE']);
    expect(grants).toHaveLength(1);
    expect(uses).toMatchObject([{ effect: 'passMargin', approvedBeforeEffect: true }]);
    const times = [json('request.json').openedAt, ...votes.map(({ castAt }) => castAt), uses[0].usedAt] as string[];
    expect(times).toEqual(times.toSorted());
  });

  it('rule 17: has the links to the documents behind it, with the digest of each', () => {
    const items = json('evidence.json') as { code: string; evidence: Record<string, unknown>[] }[];
    const proofs = items.flatMap(({ evidence }) => evidence);
    expect(proofs).toMatchObject([{ documentUrl: SCOPE, contentSha256: 'a'.repeat(64), state: 'SUBMITTED' }]);
  });

  it('rule 17: is for auditors alone, and that it was asked for is on record', async () => {
    const asking = { requestId, sampleId: null };
    for (const persona of [freda, await world.as(Role.REVOPS_ADMIN)])
      await expect(persona.run(makeEvidencePack, asking)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const auditor = await world.as(Role.AUDITOR);
    const exportId = await auditor.done(makeEvidencePack, asking);
    const rows = await world.rows(
      "select outcome, content from ledger_entry where tenant_id = $1 and action = 'makeEvidencePack' order by id",
    );
    expect(rows.map(({ outcome }) => outcome as string)).toEqual(['DENIED', 'DENIED', 'DONE']);
    const { actor, body, subject } = JSON.parse(rows[2]!.content as string);
    expect({ actor: actor.id, body, subject: subject.id }).toEqual({
      actor: auditor.actor.id,
      body: { requestId, sampleId: null, rows: 1 },
      subject: exportId,
    });
  });

  it('rule 17: has the ledger’s entries, refused attempts too, and a digest of every file', () => {
    const { entries, notYetSigned } = json('ledger.json');
    const said = JSON.stringify([...entries, ...notYetSigned]);
    for (const word of ['requestMarginException', 'castVote', 'SELF_APPROVAL', 'passMargin'])
      expect(said).toContain(word);
    const sums = strFromU8(pack.SHA256SUMS!).trim().split('\n');
    for (const line of sums) {
      const [sum, path] = line.split('  ') as [string, string];
      expect(sha256(pack[path]!)).toBe(sum);
    }
    expect(sums.length).toBeGreaterThan(8);
  });
});
