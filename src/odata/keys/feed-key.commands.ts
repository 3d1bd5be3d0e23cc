import { command, done, refused } from '../../core/command.js';
import { AppError } from '../../core/error.js';
import { insert, update } from '../../core/statement.js';
import { FeedKey } from './feed-key.entity.js';
import type { CreateFeedKeyInput, RevokeFeedKeyInput, RotateFeedKeyInput } from './feed-key.input.js';
import { lockFeedKey } from './feed-key.queries.js';
import { classFindings, revokedFindings } from './feed-key.rules.js';
import { makeFeedSecret } from './feed-key.secret.js';

const DAY = 86_400_000;
/** How long what is read with a key counts as one session, in milliseconds. */
export const SESSION = 3_600_000;

const ADMINISTER = { action: 'administer', subject: 'FeedKey', services: false } as const;

/** Makes a feed key; its secret is in this answer only. */
export const createFeedKey = command({
  name: 'createFeedKey',
  ...ADMINISTER,
  facts: (_input: CreateFeedKeyInput) => ({}),
  decide: (_facts, { name, sees, days }, { newId, now, actor }) => {
    const findings = classFindings(sees, actor);
    if (findings.length > 0) return refused(findings);
    const id = newId();
    const { secret, secretHash } = makeFeedSecret();
    const people = { createdBy: actor.id, vouchedBy: actor.id };
    const expiresAt = new Date(now.getTime() + days * DAY);
    return done({
      id,
      subject: { type: 'FeedKey', id },
      body: { sees, days },
      writes: [insert(FeedKey, { id, name, secretHash, sees, ...people, createdAt: now, expiresAt })],
      secret,
    });
  },
});

/**
 * Gives a feed key a new secret and a new end: the old secret ends at once, and whoever asks vouches for the key from now
 * on, so that it outlives the people who made it.
 */
export const rotateFeedKey = command({
  name: 'rotateFeedKey',
  ...ADMINISTER,
  facts: ({ feedKeyId }: RotateFeedKeyInput) => ({ key: lockFeedKey(feedKeyId) }),
  decide: ({ key }, { days }, { now, actor }) => {
    const { id, sees, revokedAt } = key;
    const subject = { type: 'FeedKey', id };
    const findings = [...revokedFindings(revokedAt), ...classFindings(sees, actor)];
    if (findings.length > 0) return refused(findings, { subject });
    const { secret, secretHash } = makeFeedSecret();
    const expiresAt = new Date(now.getTime() + days * DAY);
    return done({
      id,
      subject,
      body: { sees, days },
      writes: [update(FeedKey, { id }, { secretHash, vouchedBy: actor.id, expiresAt })],
      secret,
    });
  },
});

/** Ends a feed key at once, pages that are under way too. */
export const revokeFeedKey = command({
  name: 'revokeFeedKey',
  ...ADMINISTER,
  facts: ({ feedKeyId }: RevokeFeedKeyInput) => ({ key: lockFeedKey(feedKeyId) }),
  decide: ({ key: { id, revokedAt } }, _input, { now }) =>
    done({
      id,
      subject: { type: 'FeedKey', id },
      writes: revokedAt ? [] : [update(FeedKey, { id }, { revokedAt: now })],
    }),
});

/** Records that a session of reading with a key began: one entry an hour in which it is used at all. */
export const beginFeedSession = command({
  name: 'beginFeedSession',
  action: 'record',
  subject: 'FeedKey',
  facts: ({ feedKeyId }: { readonly feedKeyId: string }) => ({ key: lockFeedKey(feedKeyId) }),
  decide: ({ key: { id, sees, sessionAt } }, _input, { now }) => {
    // Of two requests that come at once one begins the session; the other has nothing to record.
    if (!isSessionOver(sessionAt, now)) throw new AppError('BUSY', 'The session has begun.');
    return done({
      id,
      subject: { type: 'FeedKey', id },
      body: { sees },
      writes: [update(FeedKey, { id }, { sessionAt: now })],
    });
  },
});

/** Whether a new session begins with what is read now. */
export const isSessionOver = (sessionAt: Date | null, now: Date): boolean =>
  sessionAt === null || now.getTime() - sessionAt.getTime() >= SESSION;
