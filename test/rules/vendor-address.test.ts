import fc from 'fast-check';
import { checkedAddress, checkedTarget, isPublic } from '../../src/integrations/http/address.rules.js';

const refused = expect.objectContaining({ kind: 'REFUSED', code: 'ADDRESS_REFUSED', status: null });

test.each([
  'http://example.com/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://168.63.129.16/',
  'https://[::ffff:168.63.129.16]/',
  'https://255.255.255.255/',
  'https://224.0.0.1/',
  'https://example.com:22/',
  'https://user:password@example.com/',
  'http://127.0.0.1:4001/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'not an address',
])('refuses %s', (url) => {
  expect(() => checkedTarget(url, ['http://127.0.0.1:4000'], null)).toThrow(refused);
});

test.each(['https://example.com/', 'https://example.com:8443/a?b=c', 'https://93.184.216.34/'])(
  'lets %s pass',
  (url) => {
    expect(checkedTarget(url, [], null)).toEqual({ url: new URL(url), isLoopback: false });
  },
);

test('only the very origins of the simulators are plain', () => {
  expect(checkedTarget('http://127.0.0.1:4000/x', ['http://127.0.0.1:4000'], []).isLoopback).toBe(true);
});

test('no IPv4 address is public in IPv6 that is not public by itself', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(isPublic(`::ffff:${address}`)).toBe(isPublic(address));
      const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
      if (!isPublic(address)) expect(() => checkedTarget(`https://${number}/`, [], null)).toThrow(refused);
    }),
  );
});

test('one address that is not public spoils a name', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 5 }), (resolved) => {
      const isSound = resolved.length > 0 && resolved.every(isPublic);
      if (isSound) expect(checkedAddress(resolved, false)).toBe(resolved[0]);
      else expect(() => checkedAddress(resolved, false)).toThrow(refused);
    }),
  );
});
