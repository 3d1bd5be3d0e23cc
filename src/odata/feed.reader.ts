import type { FastifyRequest } from 'fastify';
import { systemActor } from '../core/actor.js';
import { allows } from '../core/ability.js';
import { authorizationHeaders } from '../core/bearer.js';
import { sha256Hex } from '../core/canonical.js';
import { AppError } from '../core/error.js';
import type { RequestContext } from '../core/graphql/context.js';
import { type FieldClass, FIELD_CLASSES } from '../core/graphql/rights.js';
import { readsOnRecord } from '../core/graphql/read-record.js';
import type { Pipeline } from '../core/pipeline.js';
import type { FeedDatabase } from './feed.database.js';
import { beginFeedSession, isSessionOver } from './keys/feed-key.commands.js';
import { type LiveFeedKey, liveFeedKey } from './keys/feed-key.queries.js';
import { feedClassesOf } from './keys/feed-key.rules.js';
import { parseBasic, parseCredentials } from './keys/feed-key.secret.js';
import { ODataError } from './odata.error.js';
import { readFeed } from './read.commands.js';
import { type Asked, isOnRecord } from './skip-token.js';

/** Who reads the feed. */
export interface FeedReader {
  readonly tenantId: string;
  readonly sees: ReadonlySet<FieldClass>;
  /**
   * Puts on record that something is read, where that is due, before any of it leaves. Answers to which question the pages
   * that follow belong.
   */
  record(read: FeedReading): Promise<Asked>;
}

/** Something of the feed that is about to be read. */
export interface FeedReading {
  readonly set: string;
  /** As it was asked. */
  readonly address: string;
  /** The question whose pages it goes on with; null for a question of its own. */
  readonly asked: Asked | null;
}

export interface SignInOptions {
  readonly database: FeedDatabase;
  readonly pipeline: Pick<Pipeline, 'run'>;
  /** Who asks by a bearer token, as on /graphql; null without one. Throws AppError as there. */
  readonly contextOf: (request: FastifyRequest) => Promise<RequestContext | null>;
  /** Counts a request against the limit of who sends it, by tenant and id; throws AppError RATE_LIMITED. */
  readonly spend: (who: { readonly tenantId: string; readonly id: string }) => Promise<void>;
}

const JOB = 'odata.feed';
const KEY_UNKNOWN = 'This feed key is unknown, revoked or expired, or its password is another.';

/**
 * Who asks: a feed key by Basic authentication, or a person by bearer token. 401 for nobody, 403 for who may not read the
 * feed; a redirect never, since it would end the connector (facts of the feed).
 */
export async function signInToFeed(request: FastifyRequest, options: SignInOptions): Promise<FeedReader> {
  const headers = authorizationHeaders(request.raw.rawHeaders);
  const [first = ''] = headers;
  if (headers.length === 1 && /^basic /i.test(first)) return byKey(first, options);
  const context = await options.contextOf(request);
  if (!context) throw new ODataError(401, 'Sign in with a feed key: its user, and its secret as the password.');
  return byPerson(context);
}

async function byKey(header: string, { database, pipeline, spend }: SignInOptions): Promise<FeedReader> {
  const credentials = parseBasic(header);
  const parts = credentials && parseCredentials(credentials.user, credentials.password);
  if (!parts) throw new ODataError(401, KEY_UNKNOWN);
  const { tenantId, keyId, secretHash } = parts;
  const live = await database.find({ tenantId, proof: `${keyId} ${secretHash}` }, liveFeedKey(parts));
  if (!live) throw new ODataError(401, KEY_UNKNOWN);
  await spend({ tenantId, id: live.key.id });
  return {
    tenantId,
    sees: classesOf(live),
    record: async () => {
      const { key, now } = live;
      const asked = { by: key.id, at: null };
      if (!isSessionOver(key.sessionAt, now)) return asked;
      try {
        await pipeline.run(
          systemActor(tenantId, JOB),
          beginFeedSession,
          { feedKeyId: key.id },
          { idempotencyKey: null, path: beginFeedSession.name },
        );
      } catch (error) {
        // Another request of the same moment has begun it.
        if (!(error instanceof AppError && error.code === 'BUSY')) throw error;
      }
      return asked;
    },
  };
}

/**
 * What the key was given, as long as its voucher sees it. Refused rather than served with fewer columns: a report would
 * take "hidden" for "empty".
 */
function classesOf({ key, voucher }: LiveFeedKey): ReadonlySet<FieldClass> {
  const own = feedClassesOf(voucher);
  const lost = key.sees.filter((one) => !own.has(one));
  if (lost.length > 0)
    throw new ODataError(
      403,
      `Who vouches for this key does not see ${lost.join(' and ')} any more: have it rotated by somebody who does.`,
    );
  return new Set<FieldClass>(key.sees);
}

function byPerson(context: RequestContext): FeedReader {
  const { actor, ability } = context;
  if (actor.kind !== 'PERSON')
    throw new ODataError(403, 'An API key does not read the feed: make a feed key, and sign in with Basic.');
  if (!allows(ability, 'read', 'Feed')) throw new ODataError(403, 'Your role does not read the feed.');
  return {
    tenantId: actor.tenantId,
    sees: new Set(FIELD_CLASSES.filter((one) => allows(ability, 'see', one))),
    record: async ({ set, address, asked }) => {
      if (!readsOnRecord(context)) return { by: actor.id, at: null };
      const now = await context.reader.now();
      if (isOnRecord(asked, actor.id, now)) return asked;
      await context.record(readFeed, { set, addressHash: sha256Hex(address) });
      return { by: actor.id, at: now.toISOString() };
    },
  };
}
