import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { checkProofs } from '../../src/core/ledger/proof.js';
import { trustedKey } from '../../src/core/ledger/note.js';
import { LEDGER_KEY, sealerOf } from '../kit/sealer.js';
import { startServer, type TestServer } from '../kit/server.js';
import { playStory, type Story } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';

type Json = any; // oxlint-disable-line typescript/no-explicit-any -- a test reads what the files hold
type Pack = Readonly<Record<string, Buffer>>;

const EXPORT = `mutation ($input: ExportPopulationInput!) { exportPopulation(input: $input) {
  ... on AuditExport { id url rows idsSha256 } ... on Refused { findings { code } } } }`;
const PACK = `mutation ($input: MakeEvidencePackInput!) { makeEvidencePack(input: $input) {
  ... on AuditExport { id url rows } ... on Refused { findings { code } } } }`;
const DRAW = `mutation ($input: DrawSampleInput!) { drawSample(input: $input) {
  ... on AuditSample { id seed size rows idsSha256 items { position rowId rowKind } } ... on Refused { findings { code } } } }`;

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const PERIOD = { from: '2026-11-23T00:00:00.000Z', to: '2026-11-24T00:00:00.000Z' };

let suite: Suite;
let server: TestServer;
let world: World;
let story: Story;
beforeAll(async () => {
  suite = await openSuite();
  server = await startServer(suite);
  world = await suite.tenant();
  story = await playStory(world);
  suite.clock.advanceHours(24);
  await sealerOf(world).cover(world.tenantId);
});
afterAll(async () => {
  await server.close();
  await suite.close();
});

async function ask(who: string, query: string, input: object, of = world): Promise<Json> {
  const authorization = `Bearer ${await server.token(of, who)}`;
  const { json } = await server.send({ query, variables: { input } }, { authorization });
  return json;
}

async function take(
  url: string,
  who: string | null,
  of = world,
): Promise<{ status: number; bytes: Buffer; headers: Headers }> {
  const headers: Record<string, string> = who ? { authorization: `Bearer ${await server.token(of, who)}` } : {};
  const response = await fetch(`${server.address}${url}`, { headers });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
}

const codeOf = ({ bytes }: { bytes: Buffer }): string =>
  JSON.parse(bytes.toString()).errors[0].extensions.code as string;
const findingsOf = ({ bytes }: { bytes: Buffer }): string[] =>
  (JSON.parse(bytes.toString()).errors[0].extensions.findings as Json[]).map(({ code }) => code as string);

async function packOf(input: object): Promise<Pack> {
  const { data } = await ask('audrey.audit', PACK, input);
  const { status, bytes } = await take(data.makeEvidencePack.url as string, 'audrey.audit');
  expect(status).toBe(200);
  return opened(bytes);
}

const opened = (zip: Buffer): Pack =>
  Object.fromEntries(Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, Buffer.from(bytes)]));
const json = (pack: Pack, name: string): Json => JSON.parse(pack[name]!.toString('utf8'));

async function entries(action: string): Promise<Json[]> {
  const rows = await world.rows(
    'select outcome, content from ledger_entry where tenant_id = $1 and action = $2 order by id',
    [action],
  );
  return rows.map(({ outcome, content }) => ({ outcome, ...JSON.parse(content as string) }));
}

describe('the file of a population', () => {
  it('has every request of the period, counted in the ledger, and each line proves itself', async () => {
    const { data } = await ask('audrey.audit', EXPORT, { population: 'APPROVAL_REQUESTS', ...PERIOD });
    const { id, url, rows, idsSha256 } = data.exportPopulation;
    const { status, bytes, headers } = await take(url as string, 'audrey.audit');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    const text = bytes.toString('utf8');
    const lines = text.slice(1).split('\r\n').slice(0, -1);
    const columns = lines[0]!.split(',');
    expect(columns.at(-1)).toBe('row_sha256');
    expect(rows).toBe(lines.length - 1);
    for (const line of lines.slice(1)) {
      const end = line.lastIndexOf(',');
      expect(line.slice(end + 1)).toBe(sha256(line.slice(0, end)));
    }
    const found = lines.slice(1).map((line) => line.split(','));
    const value = (name: string): string => found.find(([own]) => own === story.requestId)![columns.indexOf(name)]!;
    expect(value('requester_handle')).toBe('sofia.sales');
    expect(value('approver_handles').split(' ')).toHaveLength(Number(value('approvers_needed')));
    expect(value('requester_among_approvers')).toBe('NO');
    expect(value('state')).toBe('USED');
    expect(value('effect')).toBe('submitHandoff');
    expect(value('approved_before_effect')).toBe('YES');
    expect(idsSha256).toBe(
      sha256(
        found
          .map(([own]) => `${own}\n`)
          .toSorted()
          .join(''),
      ),
    );
    const asked = (await entries('exportPopulation')).at(-1);
    expect(asked.body).toMatchObject({ rows, idsSha256, population: 'APPROVAL_REQUESTS' });
    const taken = (await entries('takeExport')).at(-1);
    expect(taken).toMatchObject({
      outcome: 'DONE',
      subject: { id },
      body: { rows, sha256: sha256(bytes), bytes: bytes.length },
    });
  });

  it('of overrides has the granted exception and who was in it', async () => {
    const { data } = await ask('ravi.revops', EXPORT, { population: 'OVERRIDES', ...PERIOD });
    const { bytes } = await take(data.exportPopulation.url as string, 'ravi.revops');
    const lines = bytes.toString('utf8').split('\r\n');
    const line = lines.find((one) => one.includes(story.requestId))!;
    expect(line).toContain(',EXCEPTION,');
    expect(line).toContain('sofia.sales');
    expect(line).toContain('freda.finance');
  });

  it('is refused for a period that is not over, and to who is no auditor', async () => {
    const open = await ask('audrey.audit', EXPORT, {
      population: 'OVERRIDES',
      ...PERIOD,
      to: '2026-12-24T00:00:00.000Z',
    });
    expect(open.data.exportPopulation.findings).toEqual([{ code: 'PERIOD_NOT_OVER' }]);
    const sales = await ask('sofia.sales', EXPORT, { population: 'OVERRIDES', ...PERIOD });
    expect(sales.errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('an address', () => {
  const made = async (): Promise<string> =>
    (await ask('audrey.audit', PACK, { requestId: story.requestId })).data.makeEvidencePack.url as string;

  it('needs a token, the token of who asked, and the secret', async () => {
    const url = await made();
    const nobody = await take(url, null);
    expect([nobody.status, codeOf(nobody)]).toEqual([401, 'UNAUTHENTICATED']);
    const other = await take(url, 'ravi.revops');
    expect([other.status, codeOf(other)]).toEqual([404, 'NOT_FOUND']);
    const sales = await take(url, 'sofia.sales');
    expect([sales.status, codeOf(sales)]).toEqual([403, 'FORBIDDEN']);
    const [path, secret] = url.split('?secret=') as [string, string];
    const guessed = await take(`${path}?secret=${secret.slice(0, -2)}AA`, 'audrey.audit');
    expect([guessed.status, codeOf(guessed)]).toEqual([404, 'NOT_FOUND']);
    for (const bare of [path, `${path}?secret=`, `${path}?secret=x`, '/exports/x?secret=x'])
      expect((await take(bare, 'audrey.audit')).status).toBe(404);
    const refusals = (await entries('takeExport')).filter(({ outcome }) => outcome !== 'DONE');
    expect(refusals.map(({ outcome, body }) => [outcome, body.findings?.[0].code])).toEqual([
      ['REFUSED', 'NOT_YOURS'],
      ['DENIED', undefined],
      ['REFUSED', 'NOT_YOURS'],
    ]);
    expect((await take(url, 'audrey.audit')).status).toBe(200);
  });

  it('is nothing to another tenant', async () => {
    const url = await made();
    const stranger = await suite.tenant((changed) => void (changed.tenant.slug = 'another-msp'));
    const found = await take(url, 'audrey.audit', stranger);
    expect([found.status, codeOf(found)]).toEqual([404, 'NOT_FOUND']);
  });

  it('works once', async () => {
    const url = await made();
    expect((await take(url, 'audrey.audit')).status).toBe(200);
    const again = await take(url, 'audrey.audit');
    expect([again.status, codeOf(again), findingsOf(again)]).toEqual([410, 'GONE', ['ALREADY_TAKEN']]);
  });

  it('hands out one file to two who come at once', async () => {
    const url = await made();
    const both = await Promise.all([take(url, 'audrey.audit'), take(url, 'audrey.audit')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 410]);
  });

  it('ends after its minutes', async () => {
    const url = await made();
    suite.clock.advanceHours(0.25);
    const late = await take(url, 'audrey.audit');
    expect([late.status, findingsOf(late)]).toEqual([410, ['EXPIRED']]);
  });

  it('is told once, and its secret is in no log and no table', async () => {
    const { data } = await ask('audrey.audit', PACK, { requestId: story.requestId });
    const { id, url } = data.makeEvidencePack;
    const secret = (url as string).split('=')[1]!;
    const list = await ask('audrey.audit', 'query { auditExports(first: 100) { edges { node { id url } } } }', {});
    const row = (list.data.auditExports.edges as Json[]).find(({ node }) => node.id === id);
    expect(row.node.url).toBeNull();
    await take(url as string, 'audrey.audit');
    const stored = JSON.stringify(await world.rows('select * from audit_export where tenant_id = $1'));
    expect(stored).not.toContain(secret);
    expect(JSON.stringify(await entries('takeExport'))).not.toContain(secret);
  });
});

describe('the evidence pack of the sample request, opened as an auditor would', () => {
  let pack: Pack;
  let folder: string;
  beforeAll(async () => {
    pack = await packOf({ requestId: story.requestId });
    folder = `requests/${story.requestId}`;
  });

  it('names the digest of every file, twice', () => {
    const { sha256: digests } = json(pack, 'manifest.json') as { sha256: Record<string, string> };
    const others = Object.keys(pack).filter((name) => !['manifest.json', 'SHA256SUMS'].includes(name));
    expect(Object.keys(digests)).toEqual(others.toSorted());
    for (const name of others) expect(sha256(pack[name]!)).toBe(digests[name]);
    const sums = pack.SHA256SUMS!.toString().trimEnd().split('\n');
    expect(sums).toEqual(Object.entries(digests).map(([name, digest]) => `${digest}  ${name}`));
    for (const file of ['request', 'policy', 'policy-applied', 'eligibility', 'votes', 'effect', 'evidence', 'ledger'])
      expect(others).toContain(`${folder}/${file}.json`);
  });

  it('has the content that was voted on, whose digest re-computes, down to the terms', () => {
    const request = json(pack, `${folder}/request.json`);
    const votes = json(pack, `${folder}/votes.json`) as Json[];
    expect(request.rounds.length).toBeGreaterThan(0);
    for (const round of request.rounds) {
      const content = pack[`${folder}/${round.content}`]!;
      expect(sha256(content)).toBe(round.digest);
      const { dealTermsDigest } = JSON.parse(content.toString());
      expect(sha256(pack[`${folder}/round-${round.round}/terms.json`]!)).toBe(dealTermsDigest);
      for (const vote of votes.filter((one) => one.round === round.round)) expect(vote.digest).toBe(round.digest);
    }
  });

  it('has the pinned policy, whose digest re-computes, and what of it applied', () => {
    const applied = json(pack, `${folder}/policy-applied.json`);
    expect(sha256(pack[`${folder}/policy.json`]!)).toBe(applied.configuration.digest);
    expect(applied.ruleAndWeighing.weighing.gravity).toBe('MATERIAL');
    expect(applied.need.quorums[0][0]).toMatchObject({ approvers: 2, roles: ['FINANCE_APPROVER'] });
  });

  it('says of every member at every vote whether they could approve, and why', () => {
    const moments = json(pack, `${folder}/eligibility.json`) as Json[];
    const votes = json(pack, `${folder}/votes.json`) as Json[];
    expect(moments.map(({ moment }) => moment)).toEqual([
      'opening of round 1',
      'opening of round 2',
      ...votes.map(({ id }) => `vote ${id}`),
    ]);
    const [opening, , ...atVotes] = moments;
    expect(opening.members).toHaveLength(world.configuration.people.length);
    const of = (moment: Json, handle: string): Json =>
      moment.members.find(({ person }: Json) => person.handle === handle);
    const could = (moment: Json): string[] =>
      moment.members.filter((one: Json) => one.could).map(({ person }: Json) => person.handle);
    expect(could(opening)).toEqual(['femi.finance', 'fiona.finance', 'freda.finance']);
    expect(of(opening, 'sofia.sales')).toMatchObject({
      reasons: ['SELF_APPROVAL', 'NOT_ELIGIBLE'],
      barredAs: 'REQUESTER',
    });
    expect(of(opening, 'dana.delivery').reasons).toEqual(['NOT_ELIGIBLE']);
    expect(of(opening, 'freda.finance').roles[0]).toMatchObject({ role: 'FINANCE_APPROVER', counts: true });
    votes.forEach((vote, index) => {
      expect(could(atVotes[index])).toContain(vote.voter.handle);
      for (const earlier of votes.slice(0, index).filter(({ round }) => round === vote.round))
        expect(of(atVotes[index], earlier.voter.handle).reasons).toEqual(['ALREADY_VOTED']);
    });
  });

  it('says what came of it, in order, and which documents stood behind it', () => {
    const { uses, grants } = json(pack, `${folder}/effect.json`);
    expect(grants.map(({ round }: Json) => round as number)).toEqual([1, 2]);
    const used = { effect: 'submitHandoff', approvedBeforeEffect: true };
    expect(uses).toMatchObject(grants.map(({ id: grantId }: Json) => ({ ...used, grantId })));
    const evidence = json(pack, `${folder}/evidence.json`) as Json[];
    const proofs = evidence.flatMap((item) => item.evidence as Json[]);
    expect(proofs.length).toBeGreaterThan(4);
    for (const proof of proofs) expect(proof.contentSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('proves that the ledger says the same', async () => {
    const file = pack[`${folder}/ledger-proofs.ndjson`]!;
    const lines = file
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    const [checkpoint] = lines.map((line) => line.checkpoint as string);
    const root = Buffer.from(checkpoint!.split('\n')[2]!, 'base64');
    for (const line of lines) {
      expect(line.checkpoint).toBe(checkpoint);
      expect(climb(line, Number(checkpoint!.split('\n')[1]))).toEqual(root);
    }
    const actions = lines.map((line) => JSON.parse(line.content as string).action as string);
    expect(actions).toEqual(expect.arrayContaining(['requestMarginException', 'castVote', 'submitHandoff']));
    const voted = lines
      .map((line) => JSON.parse(line.content as string))
      .find((one) => one.action === 'castVote' && one.outcome === 'DONE');
    expect(voted.body).toMatchObject({ steps: ['approval'], roleGrantIds: [expect.any(String)] });
    expect(voted.body.signedInAt).toMatch(/Z$/);
    const verdict = await checkProofs(streamOf(file), [trustedKey(LEDGER_KEY.verifierKey)!]);
    expect(verdict.kind).toBe('sound');
    expect(json(pack, `${folder}/ledger.json`).notYetSigned).toEqual([]);
  });

  it('calls nobody by name, and is the same pack when it is made again', async () => {
    const all = Object.values(pack)
      .map((bytes) => bytes.toString('utf8'))
      .join('\n');
    for (const { name, email } of world.configuration.people) {
      expect(all).not.toContain(name);
      expect(all).not.toContain(email);
    }
    await sealerOf(world).cover(world.tenantId);
    expect(await packOf({ requestId: story.requestId })).toEqual(pack);
    const taken = (await entries('takeExport')).filter(
      ({ outcome, body }) => outcome === 'DONE' && body.kind === 'PACK',
    );
    expect(new Set(taken.map(({ body }) => body.sha256 as string)).size).toBe(1);
  });
});

describe('a sample', () => {
  it('is drawn again by its seed, and packed whole', async () => {
    const of = { population: 'OVERRIDES', ...PERIOD };
    const first = (await ask('audrey.audit', DRAW, { ...of, size: 3 })).data.drawSample;
    expect(first.seed).toMatch(/^[0-9a-f]{32}$/);
    const { data } = await ask('audrey.audit', EXPORT, of);
    const again = (await ask('audrey.audit', DRAW, { exportId: data.exportPopulation.id, size: 3, seed: first.seed }))
      .data.drawSample;
    expect({ ...again, id: '' }).toEqual({ ...first, id: '' });
    expect((await entries('drawSample')).map(({ body }) => body.seed)).toEqual([first.seed, first.seed]);
    const pack = await packOf({ sampleId: first.id });
    const told = json(pack, 'sample.json');
    const keys = told.items.map(({ id }: Json) => sha256(`${told.seed}${id}`));
    expect(keys).toEqual(keys.toSorted());
    for (const { id, requestId } of told.items)
      expect(Object.keys(pack)).toContain(requestId ? `requests/${requestId}/votes.json` : `waivers/${id}/ledger.json`);
  });
});

/** RFC 6962 section 2.1.1, with nothing but SHA-256: from the leaf up to the root. */
function climb({ content, leaf, path, seq }: Json, size: number): Buffer {
  let hash = createHash('sha256')
    .update(Buffer.from([0]))
    .update(content as string, 'utf8')
    .digest();
  expect(hash.toString('hex')).toBe(leaf);
  let [index, last] = [Number(seq) - 1, size - 1];
  for (const sibling of (path as string[]).map((text) => Buffer.from(text, 'hex'))) {
    while (last > 0 && index % 2 === 0 && index === last) [index, last] = [index >> 1, last >> 1];
    const pair = index % 2 === 1 ? [sibling, hash] : [hash, sibling];
    hash = createHash('sha256')
      .update(Buffer.concat([Buffer.from([1]), ...pair]))
      .digest();
    [index, last] = [index >> 1, last >> 1];
  }
  return hash;
}

async function* streamOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
