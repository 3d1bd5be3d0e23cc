import { withdrawAll } from '../approval/approval.effects.js';
import { command } from '../core/command.js';
import { SignOffState } from '../feasibility/feasibility.entity.js';
import type { WithdrawHandoffInput } from '../handoff/handoff.input.js';
import { handoffDone, handoffRefused } from '../handoff/handoff.outcomes.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { checkRevision, stageFindings } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { statusMessage } from '../handoff/status.message.js';
import { changeProjectState } from '../project/project.effects.js';
import { ProjectState } from '../project/project.entity.js';
import { lockedPassageFacts } from './passage.facts.js';
import { endPreClose } from './pre-close.effects.js';
import { endSignOff } from './sign-off.effects.js';

/**
 * Takes the handoff out of the path: the deal was lost or reopened. What hung on it ends with it: open requests, the
 * sign-off, the project; the deal's next import opens a new handoff.
 */
export const withdrawHandoff = command({
  name: 'withdrawHandoff',
  action: 'withdraw',
  subject: 'Handoff',
  facts: (input: WithdrawHandoffInput) => ({
    handoff: lockHandoff(input.handoffId),
    ...lockedPassageFacts(input.handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, requests, signOff, project, preClose }, { expectedRevision, reason }, moment) => {
    checkRevision(handoff, expectedRevision);
    const findings = stageFindings(handoff, 'withdraw');
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const { now } = moment;
    return handoffDone(handoff, {
      body: { from: handoff.stage, stage: Stage.WITHDRAWN },
      changes: {
        stage: Stage.WITHDRAWN,
        withdrawnAt: now,
        withdrawnReason: reason,
        correctionDueAt: null,
        pendingContract: false,
      },
      messages: [statusMessage(handoff)],
      writes: [
        ...withdrawAll(requests, moment),
        ...endPreClose(preClose, now, true),
        ...endSignOff(signOff, SignOffState.LAPSED, 'the handoff was withdrawn', now, { code: 'WITHDRAWN' }),
        ...(project ? [changeProjectState(project, ProjectState.CANCELLED)] : []),
      ],
    });
  },
});
