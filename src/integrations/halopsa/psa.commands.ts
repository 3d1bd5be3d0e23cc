import { command, done, refused } from '../../core/command.js';
import { type Finding, finding } from '../../core/finding.js';
import { lockHandoff } from '../../handoff/handoff.queries.js';
import { handoffSubject } from '../../handoff/handoff.rules.js';
import { type Project, ProjectState } from '../../project/project.entity.js';
import { projectOfHandoff } from '../../project/project.queries.js';
import { provisionMessage } from '../../project/provision.message.js';
import { hasHaloPsa } from './project.facts.js';
import type { ProvisionProjectInput } from './psa.input.js';

/**
 * Brings the project into the PSA again as it is planned now: after HaloPSA was connected for the first time, or
 * after something there was put right. What is there already is found, and no second project is made.
 */
export const provisionProject = command({
  name: 'provisionProject',
  action: 'provision',
  subject: 'Project',
  services: false,
  facts: ({ handoffId }: ProvisionProjectInput) => ({
    handoff: lockHandoff(handoffId),
    project: projectOfHandoff(handoffId),
    isConnected: hasHaloPsa(),
  }),
  decide: ({ handoff, project, isConnected }, _input, { newId }) => {
    const subject = handoffSubject(handoff.id);
    const findings = provisionFindings(project, isConnected);
    if (findings.length > 0 || !project) return refused(findings, { subject });
    const messages = [provisionMessage(handoff.id, newId())];
    return done({ id: project.id, subject, body: { projectId: project.id }, messages });
  },
});

function provisionFindings(project: Project | null, isConnected: boolean): Finding[] {
  const no = (code: string, path: string, message: string, remedy: string): Finding =>
    finding({ code, path, message, facts: {}, remedy });
  return [
    ...(project
      ? []
      : [
          no(
            'PROJECT_MISSING',
            'handoffId',
            'The handoff has no project: it has not passed the submit gate.',
            'Submit the handoff first; its project is then brought into the PSA by itself.',
          ),
        ]),
    ...(project?.state === ProjectState.CANCELLED
      ? [
          no(
            'PROJECT_CANCELLED',
            'project.state',
            'The project was cancelled with its handoff.',
            'Work on the project of the handoff that replaced it.',
          ),
        ]
      : []),
    ...(isConnected
      ? []
      : [
          no(
            'PSA_NOT_CONNECTED',
            'handoffId',
            'HaloPSA was never connected.',
            'Connect it with connectIntegration, then ask again.',
          ),
        ]),
  ];
}
