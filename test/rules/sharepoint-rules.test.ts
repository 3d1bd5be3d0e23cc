import fc from 'fast-check';
import { signInFault } from '../../src/integrations/microsoft/entra.rules.js';
import { folderName } from '../../src/integrations/microsoft/sharepoint/names.rules.js';
import { quickXorHash } from '../../src/integrations/microsoft/sharepoint/quick-xor-hash.js';
import { assertName } from '../../src/sandbox/microsoft/sharepoint/names.js';
import { quickXorHash as theirs } from '../../src/sandbox/microsoft/sharepoint/quick-xor.js';

// Microsoft's own vectors (learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash).
test.each([
  { bytes: '', hash: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
  { bytes: '4a', hash: 'SgAAAAAAAAAAAAAAAQAAAAAAAAA=' },
  { bytes: 'b5b4', hash: 'taAFAAAAAAAAAAAAAgAAAAAAAAA=' },
  { bytes: Buffer.from('hello world').toString('hex'), hash: 'aCgDG9jwBhDc4Q1yawMZAAAAAAA=' },
])('the hash of $bytes is $hash', ({ bytes, hash }) => {
  expect(quickXorHash(Buffer.from(bytes, 'hex'))).toBe(hash);
});

test('the hash is the one that the sandbox gives of any content', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => quickXorHash(bytes) === theirs(bytes)));
});

test('whatever a client is called, SharePoint takes the name of its folder', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('CON', '~$x', 'a_VTI_b', ' . ', 'a/b\\c')),
      (text) => expect(() => assertName(folderName(text))).not.toThrow(),
    ),
  );
  expect(folderName('Acme Ltd')).toBe('Acme Ltd');
});

test.each([
  { errorNo: '7000222', status: 401, kind: 'DISCONNECTED', code: 'MICROSOFT_SECRET_EXPIRED' },
  { errorNo: 700016, status: 400, kind: 'DISCONNECTED', code: 'MICROSOFT_CONSENT' },
  { errorNo: undefined, status: 503, kind: 'THROTTLED', code: 'MICROSOFT_SIGN_IN_BUSY' },
  { errorNo: undefined, status: null, kind: 'THROTTLED', code: 'MICROSOFT_SIGN_IN_BUSY' },
  { errorNo: '50034', status: 400, kind: 'DISCONNECTED', code: 'MICROSOFT_SIGN_IN' },
])('AADSTS $errorNo with $status is $code', ({ errorNo, status, kind, code }) => {
  const error = Object.assign(new Error('text'), { name: 'ServerError', errorNo });
  expect(signInFault(error, { status, headers: {}, fault: null }, new Date())).toMatchObject({ kind, code });
});
