import { hash } from 'node:crypto';

/** The first digit of the variant field: binary 10, then two bits of the digest. */
const VARIANT = '89ab';

/**
 * An id that follows from what a row is about, for rows of the reporting model that no record has an id for: the same
 * parts give the same id in every projection. A uuid of version 8 (RFC 9562, section 5.8) over SHA-256 of the parts.
 */
export function derivedId(...parts: readonly string[]): string {
  const hex = hash('sha256', parts.join('\u0000'), 'hex');
  const variant = VARIANT[Number.parseInt(hex.charAt(16), 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
