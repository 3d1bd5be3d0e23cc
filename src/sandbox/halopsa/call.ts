import type { Actor, Notes } from './actor.js';
import type { Query } from './answers.js';
import type { HaloInstance } from './instance.js';
import type { ScopeKey } from './settings.js';
import type { ShapeName } from './shapes.js';
import type { HaloRecord } from './store.js';

/** A request that is let in and well formed. */
export interface CallContext {
  readonly halo: HaloInstance;
  /** The id of the path; empty without one. */
  readonly id: string;
  readonly query: Query;
  /** The posted records; empty for a GET. */
  readonly records: readonly HaloRecord[];
  readonly actor: Actor;
  readonly notes: Notes;
}

/** A call that the simulator knows; every other is answered with 501. */
export interface HaloCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Under `/api`; `{id}` is a number or a uuid. */
  readonly path: string;
  readonly scope: ScopeKey;
  /** The shape of the posted records. */
  readonly body?: ShapeName;
  /** Query parameters that it knows, in lower case. */
  readonly query: readonly string[];
  readonly answer: (context: CallContext) => unknown;
}
