import { createHash } from 'node:crypto';
import { checkProofs } from '../../src/core/ledger/proof.js';
import { trustedKey } from '../../src/core/ledger/note.js';
import { LEDGER_KEY, sealerOf } from '../kit/sealer.js';
import { Desk, json, type Json, opened, type Pack, sha256 } from './audit.kit.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

describe('the evidence pack of the sample request, opened as an auditor would', () => {
  let pack: Pack;
  let folder: string;
  beforeAll(async () => {
    pack = await desk.packOf({ requestId: desk.story.requestId });
    folder = `requests/${desk.story.requestId}`;
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
    expect(moments.map(({ state }) => state)).toEqual(moments.map(() => 'PENDING'));
    const [opening, , ...atVotes] = moments;
    expect(opening.members).toHaveLength(desk.world.configuration.people.length);
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
      .map((line): Json => JSON.parse(line));
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
    for (const { name, email } of desk.world.configuration.people) {
      expect(all).not.toContain(name);
      expect(all).not.toContain(email);
    }
    await sealerOf(desk.world).cover(desk.world.tenantId);
    const zip = await desk.zipOf({ requestId: desk.story.requestId });
    expect(opened(zip)).toEqual(pack);
    // The time of the first entry: midnight of 1 January 1980, whenever and wherever it is made.
    expect(zip.readUInt32LE(10)).toBe(0x00210000);
    const taken = (await desk.entries('takeExport')).filter(
      ({ outcome, body }) => outcome === 'DONE' && body.kind === 'PACK',
    );
    expect(new Set(taken.map(({ body }) => body.sha256 as string)).size).toBe(1);
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
