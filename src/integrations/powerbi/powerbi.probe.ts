import { VendorError } from '../../core/outbox/vendor-error.js';
import { CheckState, type ConnectionCheck } from '../connection/connection.entity.js';
import type { ConnectionProbe } from '../connection/connection.handler.js';
import type { PowerBi, PowerBiClient } from './powerbi.client.js';
import { PUSH_RETIRES_ON } from './push.model.js';

const ok = (name: string): ConnectionCheck => ({ name, state: CheckState.OK, remedy: null });
const wrong = (name: string, state: CheckState, remedy: string): ConnectionCheck => ({ name, state, remedy });

/** Signs in, lists the workspace, and looks for whatever the settings name; says that pushing ends, as long as it is on. */
export function powerBiProbe(powerBi: PowerBi): ConnectionProbe {
  return async (connection, signal) => {
    const client = powerBi.client(connection, signal);
    try {
      const datasets = await client.call('GET', client.group('/datasets'), { accept: [404] });
      if (datasets.status === 404)
        return [
          ok('SIGN_IN'),
          wrong(
            'WORKSPACE',
            CheckState.FAILED,
            'Correct workspaceId: it is in the address of the workspace, after groups/; and add the app to it as Member.',
          ),
        ];
    } catch (error) {
      if (!(error instanceof VendorError) || error.code !== 'POWERBI_NOT_AUTHORIZED') throw error;
      return [ok('SIGN_IN'), wrong('WORKSPACE_MEMBER', CheckState.MISSING, error.remedy)];
    }
    return [ok('SIGN_IN'), ok('WORKSPACE_MEMBER'), ...(await named(client)), ...pushing(client)];
  };
}

/** The report and the model that the settings name. */
async function named(client: PowerBiClient): Promise<ConnectionCheck[]> {
  const { reportId, datasetId, refreshes } = client.settings;
  const checks: ConnectionCheck[] = [];
  if (reportId !== null) {
    const found = await client.find(client.group(`/reports/${reportId}`));
    checks.push(
      found
        ? ok('REPORT')
        : wrong('REPORT', CheckState.FAILED, 'Publish the report into the workspace, or correct reportId.'),
    );
  }
  if (datasetId !== null) {
    const found = await client.find(client.group(`/datasets/${datasetId}`));
    checks.push(
      found
        ? ok('MODEL')
        : wrong('MODEL', CheckState.FAILED, 'Publish the model into the workspace, or correct datasetId.'),
    );
  } else if (refreshes)
    checks.push(
      wrong(
        'MODEL',
        CheckState.FAILED,
        'A refresh needs datasetId: set it with updateIntegrationSettings, or set refresh to OFF.',
      ),
    );
  return checks;
}

function pushing({ settings }: PowerBiClient): ConnectionCheck[] {
  if (!settings.pushes) return [];
  if (settings.profileId !== null)
    return [
      wrong(
        'PUSH_DATASETS',
        CheckState.FAILED,
        'Power BI takes no pushed rows from a service principal profile: leave profileId out, or set push to OFF.',
      ),
    ];
  return [
    wrong(
      'PUSH_DATASETS',
      CheckState.RETIRING,
      `Microsoft makes no new push datasets after ${PUSH_RETIRES_ON}; one that exists goes on. Move to the OData feed with an import model (docs/power-bi-model.md) before, and set push to OFF.`,
    ),
  ];
}
