import type { MicrosoftSimulator } from '../microsoft/simulator.js';
import type { TenantConfiguration } from '../../catalogue/configuration.js';
import type { SampleConnection } from './sample-connection.js';

/** What an administrator types in to connect the tenant's simulated SharePoint, Teams, mailbox and Power BI. */
export function microsoftConnections(
  microsoft: MicrosoftSimulator,
  { tenant }: TenantConfiguration,
): {
  readonly sharepoint: SampleConnection;
  readonly teams: SampleConnection;
  readonly mail: SampleConnection;
  readonly powerbi: SampleConnection;
} {
  const directory = microsoft.seed({ tid: tenant.entraTid, slug: tenant.slug });
  const { tid, clientId, clientSecret, siteHost, sitePath, workflowUrl, mailbox, powerBi } = directory;
  return {
    sharepoint: {
      baseUrl: `https://${siteHost}/${sitePath}`,
      settings: { directoryId: tid },
      credentials: { clientId, clientSecret },
    },
    teams: {
      baseUrl: 'https://teams.microsoft.com',
      settings: { channel: 'Handoffs and decisions' },
      credentials: { webhookUrl: workflowUrl },
    },
    mail: {
      baseUrl: 'https://graph.microsoft.com',
      settings: { kind: 'GRAPH', directoryId: tid, mailbox },
      credentials: { clientId, clientSecret },
    },
    powerbi: {
      baseUrl: 'https://api.powerbi.com',
      // No report: its frame would be loaded from Microsoft, who knows nothing of it.
      settings: {
        directoryId: tid,
        workspaceId: powerBi.workspaceId,
        datasetId: powerBi.datasetId,
        push: 'ON',
        refresh: 'ON',
      },
      credentials: { clientId, clientSecret },
    },
  };
}
