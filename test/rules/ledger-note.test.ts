import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { checkpointText, openCheckpoint, signCheckpoint } from '../../src/core/ledger/checkpoint.js';
import { openNote, signingKey, signNote, trustedKey } from '../../src/core/ledger/note.js';
import { leafOf } from '../../src/core/ledger/tree.js';

const key = signingKey('countersign-ledger', generateKeyPairSync('ed25519').privateKey);
const other = signingKey('countersign-ledger', generateKeyPairSync('ed25519').privateKey);
const trusted = [trustedKey(key.verifierKey)!];
const checkpoint = {
  tenantId: '019ab000-0000-7000-8000-000000000001',
  size: 12,
  root: leafOf('root'),
  chain: leafOf('chain'),
  at: new Date('2026-11-23T14:00:00.000Z'),
};

/** The example of Go's note package, which defined the format (golang.org/x/mod/sumdb/note). */
test("opens the format's own example", () => {
  const peter = trustedKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')!;
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const note = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
  expect(openNote(note, [peter])).toEqual({ ok: true, text, keyId: 'c74f20a3' });
});

test('a signed text opens with its key and no other', () => {
  const note = signNote('one\ntwo\n', key);
  expect(openNote(note, trusted)).toEqual({ ok: true, text: 'one\ntwo\n', keyId: key.id });
  expect(openNote(note, [trustedKey(other.verifierKey)!])).toMatchObject({
    ok: false,
    why: expect.stringMatching(/no trusted key has signed it, only countersign-ledger\+/),
  });
  expect(openNote(note, [])).toMatchObject({ ok: false });
});

test('of several signatures one of a trusted key is enough, and one of it that is wrong is too much', () => {
  const text = 'text\n';
  const two = signNote(text, other) + signNote(text, key).slice(text.length + 1);
  expect(openNote(two, trusted)).toMatchObject({ ok: true, keyId: key.id });
  const wrong = signNote(text, other) + signNote('another\n', key).slice('another\n'.length + 1);
  expect(openNote(wrong, [...trusted, trustedKey(other.verifierKey)!])).toMatchObject({
    ok: false,
    why: expect.stringMatching(/does not match/),
  });
});

test('no byte of a note may be another', () => {
  const note = Buffer.from(signCheckpoint(checkpoint, key), 'utf8');
  fc.assert(
    fc.property(fc.nat(note.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(note);
      changed[at]! ^= flip;
      expect(openNote(changed.toString('utf8'), trusted).ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test('a verifier key line names its key, and no other line is one', () => {
  expect(trustedKey(key.verifierKey)).toMatchObject({ name: 'countersign-ledger', id: key.id });
  const [name, id, text] = key.verifierKey.split('+') as [string, string, string];
  for (const line of [
    '',
    'x',
    `${name}+${id}`,
    `${name}+00000000+${text}`,
    `other+${id}+${text}`,
    `${name}+${id}+AA==`,
  ])
    expect(trustedKey(line)).toBeNull();
});

test('a checkpoint has one spelling', () => {
  const opened = openCheckpoint(signCheckpoint(checkpoint, key), trusted);
  expect(opened).toEqual({ ok: true, checkpoint, keyId: key.id });
  const text = checkpointText(checkpoint);
  expect(text.split('\n').slice(0, 2)).toEqual(['countersign/019ab000-0000-7000-8000-000000000001', '12']);
  for (const wrong of [
    text.replace('\n12\n', '\n012\n'),
    text.replace('\n12\n', '\n0\n'),
    text.replace('Z\n', 'Z\nmore\n'),
    text.replace('countersign/', 'other/'),
    text.replace('2026-11-23', '2026-11-99'),
    text.replace(/chain .*\n/, ''),
  ])
    expect(openCheckpoint(signNote(wrong, key), trusted)).toEqual({ ok: false, why: 'its text is no checkpoint' });
});

test('the private key stands in nothing that can be printed', () => {
  const pem = String(key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const secret = pem.split('\n')[1]!;
  expect(JSON.stringify(key)).not.toContain(secret);
});
