/**
 * quickXorHash, the only hash that SharePoint gives (learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash): a
 * register of 160 bits, byte `i` is XORed in at bit `11 i mod 160` with wrap-round, then the length as 64 bits
 * little-endian into the last 8 bytes. Answers base64. No security hash.
 */
export function quickXorHash(bytes: Uint8Array): string {
  const register = new Uint8Array(20);
  let bit = 0;
  for (const byte of bytes) {
    const at = bit >> 3;
    const shift = bit & 7;
    register[at] = register[at]! ^ ((byte << shift) & 0xff);
    const next = at === 19 ? 0 : at + 1;
    register[next] = register[next]! ^ (byte >> (8 - shift));
    bit += 11;
    if (bit >= 160) bit -= 160;
  }
  let length = BigInt(bytes.length);
  for (let at = 12; at < 20; at += 1) {
    register[at] = register[at]! ^ Number(length & 0xffn);
    length >>= 8n;
  }
  return Buffer.from(register).toString('base64');
}
