import { command, done, refused } from '../../core/command.js';
import { insert, selectRequired } from '../../core/statement.js';
import { type Finding, finding } from '../../core/finding.js';
import { lockHandoff } from '../../handoff/handoff.queries.js';
import type { Handoff } from '../../handoff/handoff.entity.js';
import { handoffSubject } from '../../handoff/handoff.rules.js';
import { type Project, ProjectState } from '../../project/project.entity.js';
import { projectOfHandoff } from '../../project/project.queries.js';
import { provisionMessage } from '../../project/provision.message.js';
import { Integration, Vendor } from '../connection/connection.entity.js';
import { notConnected } from '../connection/connection.rules.js';
import { hasHaloPsa } from './project.facts.js';
import type { IssueWebhookInput, ProvisionProjectInput } from './psa.input.js';
import { PsaWebhook } from './psa-sync.entity.js';
import { makeWebhookSecret } from './webhook.secret.js';

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
    const findings = [...provisionFindings(project, isConnected), ...contractFindings(handoff)];
    if (findings.length > 0 || !project) return refused(findings, { subject });
    const messages = [provisionMessage(handoff.id, newId())];
    return done({ id: project.id, subject, body: { projectId: project.id }, messages });
  },
});

/** Before the contract is signed nothing is made in a delivery system (document 004, "pending contract"). */
function contractFindings({ pendingContract }: Handoff): Finding[] {
  if (!pendingContract) return [];
  return [
    finding({
      code: 'CONTRACT_PENDING',
      path: 'handoff.pendingContract',
      message: 'The contract is not signed yet.',
      facts: {},
      remedy: 'Submit the handoff when it is won; its project is then brought into the PSA by itself.',
    }),
  ];
}

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

/** Gives a connection an address and a password for HaloPSA's webhooks; former ones end at once. */
export const issueWebhook = command({
  name: 'issueWebhook',
  action: 'administer',
  subject: 'Integration',
  services: false,
  facts: ({ integrationId }: IssueWebhookInput) => ({
    integration: selectRequired(Integration, integrationId, { lock: 'UPDATE' }),
  }),
  decide: ({ integration }, _input, { now, newId, actor }) => {
    const { id, vendor } = integration;
    const subject = { type: 'Integration', id };
    const findings = [...notConnected(integration), ...webhookFindings(vendor)];
    if (findings.length > 0) return refused(findings, { subject });
    const { text, pathHash, passwordHash } = makeWebhookSecret(actor.tenantId);
    const row = { id: newId(), integrationId: id, pathHash, passwordHash, issuedAt: now };
    const again = `on conflict (tenant_id, integration_id) do update set path_hash = excluded.path_hash,
      password_hash = excluded.password_hash, issued_at = excluded.issued_at`;
    return done({ id, subject, body: { vendor, pathHash }, writes: [insert(PsaWebhook, row, again)], secret: text });
  },
});

function webhookFindings(vendor: Vendor): Finding[] {
  if (vendor === Vendor.HALOPSA) return [];
  const remedy = 'Choose a connection to HaloPSA.';
  return [
    finding({
      code: 'NO_WEBHOOKS',
      path: 'integrationId',
      message: 'This system sends none.',
      facts: { vendor },
      remedy,
    }),
  ];
}
