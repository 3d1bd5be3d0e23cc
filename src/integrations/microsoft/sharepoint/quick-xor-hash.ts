const WIDTH_BITS = 160;
const SHIFT_BITS = 11;

/**
 * quickXorHash, the only hash that SharePoint gives of a file (learn.microsoft.com/graph/api/resources/hashes): byte `i`
 * is XORed into a register of 160 bits at bit `11 i mod 160`, wrapping round, then the length into its last 8 bytes.
 * Base64. It finds accidents, it is no security hash.
 */
export function quickXorHash(content: Uint8Array): string {
  const register = Buffer.alloc(WIDTH_BITS / 8);
  content.forEach((byte, index) => {
    const bit = (index * SHIFT_BITS) % WIDTH_BITS;
    const spread = byte << (bit % 8);
    const at = bit >> 3;
    register[at]! ^= spread & 0xff;
    register[(at + 1) % register.length]! ^= spread >> 8;
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  length.forEach((byte, index) => (register[register.length - 8 + index]! ^= byte));
  return register.toString('base64');
}
