import { OutsideKey } from '../../core/graphql/context.js';
import type { FieldClass } from '../../core/graphql/rights.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import type { OpenConnection } from '../connection/connection.secret.js';
import { EmbedKind, type PowerBiEmbed } from './embed.types.js';
import { type PowerBi, type PowerBiClient, type PowerBiRecord, recordIn, textIn } from './powerbi.client.js';
import { powerBiSettings } from './powerbi.settings.js';

/** The way to Power BI of a process that answers people. */
export const POWER_BI = new OutsideKey<PowerBi>('Power BI');

/** For whom a report is shown. */
export interface Reader {
  readonly personId: string;
  readonly tenantId: string;
  readonly sees: (fieldClass: FieldClass) => boolean;
}

/** An answer that shows nothing; a page goes on with its own charts. */
export const notShown = (kind: EmbedKind, code: string, remedy: string): PowerBiEmbed => ({
  kind,
  reportId: null,
  embedUrl: null,
  token: null,
  expiresAt: null,
  code,
  remedy,
});

/** There is no connection. */
export const UNCONFIGURED: PowerBiEmbed = notShown(
  EmbedKind.UNCONFIGURED,
  'POWERBI_NOT_CONNECTED',
  'Connect Power BI with connectIntegration (docs/connect-power-bi.md); the charts here need nothing.',
);

/**
 * An embed token for one person and the connection's report (`POST /GenerateToken`, V2). Where the model has row-level
 * security the token carries an effective identity: the person's id as the name, the tenant's as CUSTOMDATA(), the
 * connection's role; where it has none, none may be given. Whatever goes wrong is an answer, never an exception.
 */
export async function embedFor(
  powerBi: PowerBi,
  connection: OpenConnection,
  reader: Reader,
  signal?: AbortSignal,
): Promise<PowerBiEmbed> {
  const { reportId, reportShows } = powerBiSettings(connection.settings);
  if (reportId === null) return unpublished();
  const hidden = reportShows.filter((one) => !reader.sees(one));
  if (hidden.length > 0)
    return notShown(
      EmbedKind.ERROR,
      'POWERBI_NOT_FOR_ROLE',
      `The report shows ${hidden.join(' and ')} fields, which your role does not see: use the charts here, or have an administrator publish a report without them and set reportShows.`,
    );
  try {
    return await embedded(powerBi.client(connection, signal), reportId, reader);
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    return notShown(
      error.kind === 'DISCONNECTED' ? EmbedKind.NEEDS_CONSENT : EmbedKind.ERROR,
      error.code,
      error.remedy,
    );
  }
}

async function embedded(client: PowerBiClient, reportId: string, reader: Reader): Promise<PowerBiEmbed> {
  const report = await client.find(client.group(`/reports/${reportId}`));
  if (!report) return unpublished();
  const datasetId = textIn(report, 'datasetId');
  const elsewhere = textIn(report, 'datasetWorkspaceId');
  const dataset = await client.find(client.group(`/datasets/${datasetId}`, elsewhere === '' ? undefined : elsewhere));
  if (!dataset) return unpublished();
  const answer = await client.call('POST', '/GenerateToken', {
    json: {
      datasets: [{ id: datasetId, xmlaPermissions: 'Off' }],
      reports: [{ id: reportId, allowEdit: false }],
      ...identity(dataset, datasetId, client.settings.embedRole, reader),
    },
    // A second token costs nothing and opens nothing more.
    isRepeatable: true,
    forEmbedding: true,
  });
  const given = recordIn(answer);
  const expiresAt = new Date(textIn(given, 'expiration'));
  if (textIn(given, 'token') === '' || Number.isNaN(expiresAt.getTime()))
    return notShown(EmbedKind.ERROR, 'POWERBI_NO_TOKEN', 'Power BI gave no embed token: try again in a minute.');
  return {
    kind: EmbedKind.READY,
    reportId,
    embedUrl: textIn(report, 'embedUrl'),
    token: textIn(given, 'token'),
    expiresAt,
    code: null,
    remedy: null,
  };
}

function identity(
  dataset: PowerBiRecord,
  datasetId: string,
  role: string,
  { personId, tenantId }: Reader,
): Record<string, unknown> {
  if (dataset.isEffectiveIdentityRequired !== true) return {};
  const roles = dataset.isEffectiveIdentityRolesRequired === true ? { roles: [role] } : {};
  return { identities: [{ username: personId, ...roles, customData: tenantId, datasets: [datasetId] }] };
}

const unpublished = (): PowerBiEmbed =>
  notShown(
    EmbedKind.NOT_PUBLISHED,
    'POWERBI_NO_REPORT',
    'Publish the report of powerbi/ into the workspace and set reportId with updateIntegrationSettings.',
  );
