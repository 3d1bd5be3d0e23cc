import { createHash } from 'node:crypto';

/**
 * An id that follows from what a row is about, for rows of the reporting model that no record has an id for: the same
 * parts give the same id in every projection. A uuid of version 8 (RFC 9562, section 5.8) over SHA-256 of the parts.
 */
export function derivedId(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(parts.join('\u0000'), 'utf8').digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
