import { withdrawAll } from '../approval/approval.effects.js';
import { isOpen } from '../approval/deadline.rules.js';
import type { ApprovalRequest } from '../approval/request.entity.js';
import { ConfigurationState, ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { Moment } from '../core/command.js';
import { type Statement, update } from '../core/statement.js';
import { type Proposal, stateOf } from './proposal.rules.js';

/**
 * Writes down what has become of earlier proposals (stateOf), and ends the requests of those that have been overtaken:
 * nobody need answer them any more. Versions and requests are locked.
 */
export function settleProposals(
  versions: readonly Proposal[],
  requests: readonly ApprovalRequest[],
  rulingId: string | null,
  moment: Moment,
): Statement[] {
  const { now } = moment;
  return versions
    .filter(({ state }) => state === ConfigurationState.PROPOSED)
    .flatMap((version) => {
      const request = requests.find(({ subjectId }) => subjectId === version.id) ?? null;
      const state = stateOf(version, request, rulingId, now);
      if (state === ConfigurationState.PROPOSED) return [];
      const overtaken = request && isOpen(request, now) ? withdrawAll([request], moment) : [];
      return [
        update(ConfigurationVersion, { id: version.id }, { state, decidedAt: request?.decidedAt ?? now }),
        ...overtaken,
      ];
    });
}
