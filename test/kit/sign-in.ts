import type { Actor } from '../../src/core/actor.js';
import { mapQuery, type Query } from '../../src/core/statement.js';
import { actorBySignIn, type SignIn } from '../../src/identity/actor.queries.js';

/** The actor behind an account of the tenant, as of now. */
export const memberBySignIn = (tenantId: string, signIn: SignIn): Query<Actor | null> =>
  mapQuery(actorBySignIn(tenantId, signIn), (found) => found?.actor ?? null);
