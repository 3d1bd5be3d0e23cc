import { command, done, refused } from '../../core/command.js';
import { type Finding, finding } from '../../core/finding.js';
import { insert, type Query, selectFirst, selectRequired, sql, update } from '../../core/statement.js';
import { Integration, Vendor } from '../connection/connection.entity.js';
import { notConnected } from '../connection/connection.rules.js';
import { type GrantedClass, PowerBiClass, PowerBiRefresh } from './powerbi.entity.js';
import type { PowerBiClassInput, RefreshPowerBiInput } from './powerbi.input.js';
import { startRefresh } from './powerbi.messages.js';
import { modelState } from './powerbi.queries.js';
import { powerBiSettings } from './powerbi.settings.js';
import { askedRefresh, openRefreshes, refreshesOfDay } from './refresh.plan.js';

const locked = (id: string): Query<Integration> => selectRequired(Integration, id, { lock: 'UPDATE' });

/** Why a connection is none that anything of Power BI can be asked of. */
function notPowerBi(integration: Integration): Finding[] {
  if (integration.vendor === Vendor.POWERBI) return notConnected(integration);
  return [
    finding({
      code: 'POWERBI_OTHER_VENDOR',
      path: 'integrationId',
      message: 'It is a connection to another system.',
      facts: { vendor: integration.vendor },
      remedy: 'Give the id of a connection to Power BI.',
    }),
  ];
}

/** The newest grant of a class that counts; null without one. */
const liveGrant = (integrationId: string, fieldClass: GrantedClass): Query<PowerBiClass | null> =>
  selectFirst(PowerBiClass, { integrationId, fieldClass, revokedAt: null }, { orderBy: ['-id'] });

/**
 * Lets a class of fields out to the workspace that the connection has now. Whoever does it sees the class themselves: an
 * administrator of connections cannot send out what they may not read.
 */
export const grantPowerBiClass = command({
  name: 'grantPowerBiClass',
  action: 'grant',
  subject: 'PowerBiClass',
  services: false,
  facts: ({ integrationId, fieldClass }: PowerBiClassInput) => ({
    integration: locked(integrationId),
    live: sql(
      `select id, workspace_id from power_bi_class
       where tenant_id = $1 and integration_id = $2 and field_class = $3 and revoked_at is null`,
      [integrationId, fieldClass],
      (rows) => ({ fieldClass, workspaces: rows.map(({ workspace_id }) => workspace_id as string) }),
    ),
  }),
  target: ({ live }) => live,
  decide: ({ integration, live }, { integrationId, fieldClass }, { now, actor, newId }) => {
    const { workspaceId } = powerBiSettings(integration.settings);
    const findings = notPowerBi(integration);
    if (findings.length === 0 && live.workspaces.includes(workspaceId))
      findings.push(
        finding({
          code: 'POWERBI_CLASS_GRANTED',
          path: 'fieldClass',
          message: 'It may leave for this workspace already.',
          facts: { fieldClass },
          remedy: 'Nothing is to be done; revokePowerBiClass takes it back.',
        }),
      );
    const subject = { type: 'Integration', id: integrationId };
    if (findings.length > 0) return refused(findings, { subject });
    const id = newId();
    const grant = { workspaceId, fieldClass, grantedById: actor.id, grantedAt: now, revokedAt: null };
    return done({
      id,
      subject,
      body: { workspaceId, fieldClass },
      writes: [insert(PowerBiClass, { id, integrationId, ...grant })],
      wakesWorker: true,
    });
  },
});

/** Takes a class back: the pushed tables begin anew without it. What a report has imported is refreshed away there. */
export const revokePowerBiClass = command({
  name: 'revokePowerBiClass',
  action: 'revoke',
  subject: 'PowerBiClass',
  services: false,
  facts: ({ integrationId, fieldClass }: PowerBiClassInput) => ({
    integration: locked(integrationId),
    live: liveGrant(integrationId, fieldClass),
  }),
  decide: ({ live }, { integrationId, fieldClass }, { now }) => {
    const subject = { type: 'Integration', id: integrationId };
    if (!live)
      return refused(
        [
          finding({
            code: 'POWERBI_CLASS_NOT_GRANTED',
            path: 'fieldClass',
            message: 'It may not leave anyway.',
            facts: { fieldClass },
            remedy: 'Nothing is to be done; powerBiStates shows what may.',
          }),
        ],
        { subject },
      );
    return done({
      id: live.id,
      subject,
      body: { workspaceId: live.workspaceId, fieldClass },
      // Also what was granted to workspaces that the connection has left.
      writes: [update(PowerBiClass, { integrationId, fieldClass, revokedAt: null }, { revokedAt: now })],
      wakesWorker: true,
    });
  },
});

/** Has the worker refresh the semantic model now, as long as the day allows. */
export const refreshPowerBi = command({
  name: 'refreshPowerBi',
  action: 'refresh',
  subject: 'PowerBiRefresh',
  services: false,
  facts: ({ integrationId }: RefreshPowerBiInput) => ({
    integration: locked(integrationId),
    open: openRefreshes(integrationId),
    ofDay: refreshesOfDay(integrationId),
    state: modelState(),
  }),
  decide: ({ integration, open, ofDay, state }, { integrationId }, { now, actor, newId }) => {
    const subject = { type: 'Integration', id: integrationId };
    const { datasetId, refreshesPerDay } = powerBiSettings(integration.settings);
    const findings = notPowerBi(integration);
    const since = now.getTime() - 86_400_000;
    const used = ofDay.filter((at) => at.getTime() > since);
    if (findings.length === 0) findings.push(...refreshFindings({ datasetId, open, used, most: refreshesPerDay }));
    if (findings.length > 0 || datasetId === null) return refused(findings, { subject });
    const id = newId();
    return done({
      id,
      subject,
      body: { datasetId, refreshId: id },
      writes: [insert(PowerBiRefresh, askedRefresh({ id, integrationId, datasetId, state, askedById: actor.id, now }))],
      messages: [startRefresh(integrationId, id)],
    });
  },
});

function refreshFindings(of: {
  readonly datasetId: string | null;
  readonly open: readonly PowerBiRefresh[];
  readonly used: readonly Date[];
  readonly most: number;
}): Finding[] {
  const { datasetId, open, used, most } = of;
  const no = (code: string, message: string, facts: Finding['facts'], remedy: string): Finding =>
    finding({ code, path: 'integrationId', message, facts, remedy });
  return [
    ...(datasetId === null
      ? [no('POWERBI_NO_MODEL', 'It names no model.', {}, 'Set datasetId with updateIntegrationSettings.')]
      : []),
    ...(open[0]
      ? [no('POWERBI_REFRESH_RUNS', 'A refresh is under way.', { refreshId: open[0].id }, 'Wait for it to end.')]
      : []),
    ...(used.length >= most
      ? [
          no(
            'POWERBI_REFRESH_LIMIT',
            `${used.length} refreshes were asked for within a day.`,
            { most, nextAt: new Date(used[used.length - most]!.getTime() + 86_400_000).toISOString() },
            'Ask again then; refreshesPerDay allows more on PREMIUM capacity.',
          ),
        ]
      : []),
  ];
}
