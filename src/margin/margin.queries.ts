import type { Queries, Query } from '../core/statement.js';
import { configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { grantsOf, lockRequestsOf } from '../approval/approval.queries.js';
import type { ApprovalRequest } from '../approval/request.entity.js';
import type { ApprovalGrant } from '../approval/vote.entity.js';
import type { DealSnapshot } from '../deal/deal.entity.js';
import { adoptedSnapshot } from '../handoff/handoff.queries.js';
import { handoffSubject } from '../handoff/handoff.rules.js';

/** What the margin gate must know of a handoff beside its row. */
export interface MarginFacts extends Queries {
  readonly snapshot: Query<DealSnapshot>;
  readonly version: Query<ConfigurationVersion>;
  readonly grants: Query<ApprovalGrant[]>;
}

/** The facts of the margin gate, for a dry run: the adopted snapshot, the pinned configuration, the grants. */
export const marginFacts = (handoffId: string): MarginFacts => ({
  snapshot: adoptedSnapshot(handoffId),
  version: configurationOfHandoff(handoffId),
  grants: grantsOf(handoffSubject(handoffId)),
});

/** The same for a command: the requests are locked first, so that no vote or withdrawal passes the gate meanwhile. */
export const lockMarginFacts = (handoffId: string): { readonly requests: Query<ApprovalRequest[]> } & MarginFacts => ({
  requests: lockRequestsOf(handoffSubject(handoffId)),
  ...marginFacts(handoffId),
});
