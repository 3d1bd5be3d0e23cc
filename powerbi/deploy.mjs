// Brings the semantic model and the report of this folder into a workspace of Power BI.
// Usage: node powerbi/deploy.mjs --workspace <id> --feed <https address> --tenant-id <id> [--utc-offset <minutes>]
//          [--name <name>] [--no-report] [--refresh] [--dry-run]
// The principal is in AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; or give two tokens of your own in
// FABRIC_TOKEN and POWERBI_TOKEN. See docs/power-bi-model.md.
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deploy, DeployError, faultsOf, planOf, requestToken } from './deployment.mjs';

const FABRIC_SCOPE = 'https://api.fabric.microsoft.com/.default';
const POWERBI_SCOPE = 'https://analysis.windows.net/powerbi/api/.default';

async function tokensFrom(env) {
  if (env.FABRIC_TOKEN && env.POWERBI_TOKEN) return { fabric: env.FABRIC_TOKEN, powerBi: env.POWERBI_TOKEN };
  const client = { directory: env.AZURE_TENANT_ID, clientId: env.AZURE_CLIENT_ID, secret: env.AZURE_CLIENT_SECRET };
  const missing = Object.entries(client).filter(([, value]) => !value);
  if (missing.length > 0)
    throw new DeployError(
      'Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or FABRIC_TOKEN and POWERBI_TOKEN.',
    );
  const way = { fetch, loginUrl: 'https://login.microsoftonline.com' };
  const [fabric, powerBi] = await Promise.all([
    requestToken(way, client, FABRIC_SCOPE),
    requestToken(way, client, POWERBI_SCOPE),
  ]);
  return { fabric, powerBi };
}

try {
  const { values } = parseArgs({
    options: {
      workspace: { type: 'string' },
      feed: { type: 'string' },
      'tenant-id': { type: 'string' },
      'utc-offset': { type: 'string', default: '0' },
      name: { type: 'string', default: 'Countersign' },
      'no-report': { type: 'boolean', default: false },
      refresh: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const options = {
    root: dirname(fileURLToPath(import.meta.url)),
    workspace: values.workspace,
    feed: values.feed,
    tenantId: values['tenant-id'],
    utcOffset: Number(values['utc-offset']),
    name: values.name,
    withReport: !values['no-report'],
    refresh: values.refresh,
  };
  const faults = faultsOf(options);
  if (faults.length > 0) throw new DeployError(faults.join('\n'));
  if (values['dry-run']) console.log(planOf(options).join('\n'));
  else {
    await deploy(options, {
      fetch,
      sleep,
      now: Date.now,
      log: console.log,
      tokens: await tokensFrom(process.env),
      fabricUrl: 'https://api.fabric.microsoft.com/v1',
      powerBiUrl: 'https://api.powerbi.com/v1.0/myorg',
    });
  }
} catch (error) {
  if (!(error instanceof DeployError) && error?.code?.startsWith?.('ERR_PARSE_ARGS') !== true) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
