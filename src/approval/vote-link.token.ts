import { createHash, randomBytes } from 'node:crypto';

/** Where the page stands that a link leads to; the token follows. */
export const APPROVE_PATH = '/approve/';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const TOKEN = new RegExp(`^(${UUID})\\.(${UUID})\\.([A-Za-z0-9_-]{43})$`);

/** The parts of a link's token. */
export interface VoteLinkParts {
  readonly tenantId: string;
  readonly linkId: string;
  readonly secretHash: string;
}

/** A fast hash is enough, and an ordinary comparison: the secret has 256 random bits. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** A new link's token, `<tenant>.<link>.<secret>`, which is kept nowhere, and the hash of its secret, which is. */
export function makeVoteLinkToken(
  tenantId: string,
  linkId: string,
  random: Buffer = randomBytes(32),
): { readonly token: string; readonly secretHash: string } {
  const secret = random.toString('base64url');
  return { token: `${tenantId}.${linkId}.${secret}`, secretHash: hashOf(secret) };
}

/** The parts of a token, or null when it is none. */
export function parseVoteLinkToken(token: string): VoteLinkParts | null {
  const match = TOKEN.exec(token);
  return match && { tenantId: match[1]!, linkId: match[2]!, secretHash: hashOf(match[3]!) };
}
