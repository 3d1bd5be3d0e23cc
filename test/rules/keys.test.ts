import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { openKeyRing } from '../../src/core/key-files.js';
import {
  commitTo,
  type DataKey,
  KeyError,
  MemoryKeyRing,
  newKeyBytes,
  seal,
  type SealedPlace,
  sealedUnder,
  unseal,
} from '../../src/core/keys.js';
import { mentionsOf, replaceMentions } from '../../src/core/mention.js';

const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const key: DataKey = { id: 'k1', bytes: newKeyBytes() };
const place: SealedPlace = { tenantId: 't1', subject: 's1', field: 'name' };

/** The fault of a call; null when it went through. */
function faultOf(call: () => unknown): string | null {
  try {
    call();
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(KeyError);
    expect((error as KeyError).details.remedy).toEqual(expect.any(String));
    return (error as KeyError).fault;
  }
}

describe('a sealed text', () => {
  it('opens as it was, and never looks the same twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const sealed = seal(key, place, text);
        expect(unseal(key, place, sealed)).toBe(text);
        expect(sealedUnder(sealed)).toBe('k1');
        expect(seal(key, place, text)).not.toBe(sealed);
      }),
    );
  });

  it('does not open when any one of its bits was flipped', () => {
    const sealed = seal(key, place, 'Ada Lovelace');
    const head = 'sealed:v1:k1:';
    const bytes = Buffer.from(sealed.slice(head.length), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const other = Buffer.from(bytes);
      other[bit >> 3]! ^= 1 << (bit & 7);
      expect(faultOf(() => unseal(key, place, head + other.toString('base64url')))).toBe('DAMAGED');
    }
    expect(faultOf(() => unseal(key, place, `${sealed}A`))).toBe('DAMAGED');
    expect(faultOf(() => unseal(key, place, sealed.slice(0, -1)))).toBe('DAMAGED');
    expect(faultOf(() => unseal(key, place, 'Ada Lovelace'))).toBe('DAMAGED');
  });

  it.each([
    { moved: 'tenant', to: { ...place, tenantId: 't2' } },
    { moved: 'subject', to: { ...place, subject: 's2' } },
    { moved: 'field', to: { ...place, field: 'email' } },
  ])('does not open at another $moved', ({ to }) => {
    expect(faultOf(() => unseal(key, to, seal(key, place, 'Ada')))).toBe('DAMAGED');
    expect(commitTo(key, to, 'Ada')).not.toBe(commitTo(key, place, 'Ada'));
  });

  it('does not open under another key, nor under the same bytes by another name', () => {
    const sealed = seal(key, place, 'Ada');
    expect(faultOf(() => unseal({ ...key, bytes: newKeyBytes() }, place, sealed))).toBe('DAMAGED');
    expect(faultOf(() => unseal({ ...key, id: 'k2' }, place, sealed))).toBe('DAMAGED');
    expect(faultOf(() => unseal({ ...key, id: 'k2' }, place, sealed.replace(':k1:', ':k2:')))).toBe('DAMAGED');
  });

  it('is committed to the same under one key, and otherwise under another', () => {
    expect(commitTo(key, place, 'Ada')).toBe(commitTo(key, place, 'Ada'));
    expect(commitTo({ ...key, bytes: newKeyBytes() }, place, 'Ada')).not.toBe(commitTo(key, place, 'Ada'));
  });
});

describe('the ring of key-encrypting keys', () => {
  it('wraps with the first and unwraps with all', () => {
    const before = new MemoryKeyRing([OLD]);
    const wrapped = before.wrap(key.bytes);
    const rotated = new MemoryKeyRing([NEW, OLD]);
    expect(rotated.currentId).not.toBe(before.currentId);
    expect(rotated.unwrap(wrapped, before.currentId)).toEqual(key.bytes);
    expect(faultOf(() => new MemoryKeyRing([NEW]).unwrap(wrapped, before.currentId))).toBe('NO_KEK');
    expect(faultOf(() => rotated.unwrap(wrapped, rotated.currentId))).toBe('DAMAGED');
    wrapped[20]! ^= 1;
    expect(faultOf(() => rotated.unwrap(wrapped, before.currentId))).toBe('DAMAGED');
  });

  it('says of a lost key which one it was, and no byte of any', () => {
    const { wrapped, id } = {
      wrapped: new MemoryKeyRing([OLD]).wrap(key.bytes),
      id: new MemoryKeyRing([OLD]).currentId,
    };
    const told = (): string => {
      try {
        return String(new MemoryKeyRing([NEW]).unwrap(wrapped, id));
      } catch (error) {
        return JSON.stringify([(error as KeyError).message, (error as KeyError).details]);
      }
    };
    expect(told()).toContain(id);
    expect(told()).toContain('KEK_FILE');
    expect(told()).not.toContain(NEW.toString('hex').slice(0, 8));
  });
});

describe('the files of the keys', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kek-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are made once, for the owner alone, where the embedded mode may', () => {
    const path = join(folder, 'keys/kek');
    const ring = openKeyRing({ files: [path], make: true });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(openKeyRing({ files: [path], make: true }).currentId).toBe(ring.currentId);
    expect(readFileSync(path)).toHaveLength(32);
  });

  it.each([
    { why: 'nothing is named', settings: { files: [], make: false }, says: /^KEK_FILE is not set/ },
    { why: 'a file is missing', settings: { files: ['none'], make: false }, says: /none, which cannot be read/ },
    { why: 'a file is short', settings: { files: ['short'], make: false }, says: /short, which has 5 bytes/ },
  ])('refuse in one sentence when $why', ({ settings, says }) => {
    writeFileSync(join(folder, 'short'), '12345');
    const files = settings.files.map((name) => join(folder, name));
    expect(() => openKeyRing({ ...settings, files })).toThrow(says);
  });
});

describe('mentions of a name', () => {
  it.each([
    { names: ['Ada Lovelace'], text: 'ada lovelace, Ada Lovelaces', found: '*, Ada Lovelaces' },
    { names: ['Will'], text: 'Will says that he will', found: '* says that he will' },
    { names: ['a.b+c@x.test'], text: '<A.B+C@X.test>; aXb+c@x.test', found: '<*>; aXb+c@x.test' },
    { names: ['Ada', 'Ada Lovelace'], text: 'Ada Lovelace and Ada', found: '* and *' },
    { names: ['Zoë Ångström'], text: 'zoë ångström', found: '*' },
    { names: ['Al', '', null], text: 'Al', found: 'Al' },
  ])('$text', ({ names, text, found }) => {
    expect(replaceMentions(text, mentionsOf(names), '*')).toBe(found);
  });
});
