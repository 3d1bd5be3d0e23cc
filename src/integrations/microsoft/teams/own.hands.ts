import type { Logger } from 'pino';
import type { Actor } from '../../../core/actor.js';
import type { Clock } from '../../../core/clock.js';
import type { EntraApp } from '../../../core/entra-app.js';
import type { Gateway } from '../../../core/gateway.js';
import type { Pipeline } from '../../../core/pipeline.js';
import type { Vault } from '../../../core/vault.js';
import type { SignedIn } from '../../../identity/sign-in.js';
import { Connections } from '../../connection/connection.secret.js';
import type { VendorHttp } from '../../http/client.js';
import { DelegatedHand } from './delegated.hand.js';
import { OboTokens } from './obo.tokens.js';
import { PresentPoster } from './present.poster.js';
import { Presence } from './presence.js';
import { cardHandler } from './teams.handler.js';
import { TEAMS_CARD } from './teams.plan.js';
import { TeamsPlanner } from './teams.planner.js';

/** What is done in people's own names, in the process in which they act. */
export interface OwnHands {
  /** A request of somebody has come. */
  present(signedIn: SignedIn): void;
  /** Somebody's change was committed. */
  acted(actor: Actor): void;
  /** Finishes what is in hand. */
  stop(): Promise<void>;
}

export interface OwnHandParts {
  /** The API's own registration, whose audience people's tokens have. */
  readonly app: EntraApp;
  readonly http: VendorHttp;
  readonly leaseMs: number;
  readonly gateway: Gateway;
  readonly pipeline: () => Pick<Pipeline, 'run'>;
  readonly vault: Vault;
  /** Tells the workers of a tenant that there is something to do. */
  readonly hint: (tenantId: string) => void;
  /** Where people reach this server; known once it listens. */
  readonly publicUrl: () => string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Wires delegated posts to Teams. */
export function ownHands(parts: OwnHandParts): OwnHands {
  const { app, http, gateway, vault, hint, clock, leaseMs, log } = parts;
  const connections = new Connections(vault);
  const presence = new Presence();
  const ownHand = new DelegatedHand({ http, obo: new OboTokens(http, app), presence });
  const planner = new TeamsPlanner({ gateway, present: () => clock.now(), tenants: async () => [], wake: hint, log });
  const poster = new PresentPoster({
    gateway,
    clock,
    pipeline: { run: (...args) => parts.pipeline().run(...args) },
    handlers: {
      // The public address is known once the listener is.
      [TEAMS_CARD]: {
        perform: (effect, tools) =>
          cardHandler({ http, connections, publicUrl: parts.publicUrl(), ownHand }).perform(effect, tools),
      },
    },
    planner,
    presence,
    leaseMs,
    random: Math.random,
    log,
  });
  return {
    present: ({ actor, bearer, expiresAt }) => {
      if (actor.kind !== 'PERSON' || !bearer || !expiresAt) return;
      presence.note({ tenantId: actor.tenantId, personId: actor.id, ...bearer, expiresAt });
    },
    acted: poster.acted,
    stop: async () => {
      await poster.stop();
      await http.close();
    },
  };
}
