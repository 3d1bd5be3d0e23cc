import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Finding, finding } from './finding.js';

/** A fast hash is enough: the secret has 256 random bits. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** The address of a file under `path`, which is kept nowhere, and the hash of the secret in it, which is. */
export function makeDownloadAddress(
  path: string,
  id: string,
  random: Buffer = randomBytes(32),
): { readonly address: string; readonly secretHash: string } {
  const secret = random.toString('base64url');
  return { address: `${path}${id}?secret=${secret}`, secretHash: hashOfSecret(secret) };
}

/** Whether a secret is the one whose hash is kept; as fast for a wrong one. */
export function isSecretOf(keptHash: string, shownHash: string): boolean {
  return timingSafeEqual(Buffer.from(keptHash, 'hex'), Buffer.from(shownHash, 'hex'));
}

/** A file that is handed out once, as far as its handing out is judged. */
export interface HandedOut {
  readonly requestedBy: string;
  readonly secretHash: string;
  readonly takenAt: Date | null;
  readonly expiresAt: Date;
}

/** Where the id of such a file is given, and what its findings say of it. */
export interface HandOutWords {
  readonly path: string;
  readonly notYours: string;
  readonly askYourOwn: string;
  readonly askAgain: string;
}

/** How long a file may be fetched, in minutes. */
export const DOWNLOAD_MINUTES = 15;

/**
 * Everything that keeps a file from being handed out, at once. Who is not the one that asked for it, or does not have the
 * address, learns nothing else.
 */
export function handOutFindings(
  { requestedBy, secretHash, takenAt, expiresAt }: HandedOut,
  shown: { readonly actorId: string; readonly secretHash: string },
  now: Date,
  words: HandOutWords,
): Finding[] {
  if (requestedBy !== shown.actorId || !isSecretOf(secretHash, shown.secretHash))
    return [
      finding({ code: 'NOT_YOURS', path: words.path, message: words.notYours, facts: {}, remedy: words.askYourOwn }),
    ];
  const findings: Finding[] = [];
  const remedy = words.askAgain;
  if (takenAt !== null) {
    const facts = { takenAt: takenAt.toISOString() };
    const message = 'It was fetched already; an address works once.';
    findings.push(finding({ code: 'ALREADY_TAKEN', path: words.path, message, facts, remedy }));
  }
  if (expiresAt <= now) {
    const facts = { expiresAt: expiresAt.toISOString() };
    findings.push(finding({ code: 'EXPIRED', path: words.path, message: 'Its time has run out.', facts, remedy }));
  }
  return findings;
}
