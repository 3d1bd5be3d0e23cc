// Brings the project of this folder into a workspace of Power BI over the REST interfaces of Fabric and Power BI.
// deploy.mjs is its command line. Nothing of the product is imported: a copy of powerbi/ deploys by itself.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const MODEL = { folder: 'Countersign.SemanticModel', path: 'semanticModels' };
const REPORT = { folder: 'Countersign.Report', path: 'reports' };

/** Longest that an operation of Fabric is waited for, in milliseconds. */
const PATIENCE = 15 * 60_000;
/** How often a call that came too fast (429) or to a busy service (503) is tried again. */
const TRIES = 5;
const CALL_TIMEOUT = 60_000;

/** A failure that the one who deploys can do something about. */
export class DeployError extends Error {}

/** The parts of an item as the REST interface takes them; `replace` has other texts for some paths. */
export function partsOf(root, replace = {}) {
  const inside = (folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => name !== '.pbi')
      .flatMap((entry) => (entry.isDirectory() ? inside(join(folder, entry.name)) : [join(folder, entry.name)]));
  return inside(root)
    .map((file) => ({ path: relative(root, file).split(sep).join('/'), text: readFileSync(file, 'utf8') }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, text }) => ({
      path,
      payload: Buffer.from(replace[path] ?? text).toString('base64'),
      payloadType: 'InlineBase64',
    }));
}

/** The parameters that the model is given. */
const parametersOf = ({ feed, tenantId, utcOffset = 0 }) => [
  { name: 'ODataBaseUrl', newValue: feed.replace(/\/+$/, '') },
  { name: 'TenantId', newValue: tenantId.toLowerCase() },
  { name: 'UtcOffsetMinutes', newValue: String(utcOffset) },
];

/** What is wrong with the options, in words; empty when nothing is. */
export function faultsOf({ workspace, feed, tenantId, utcOffset = 0 }) {
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  return [
    ...(uuid.test(workspace ?? '') ? [] : ['--workspace is the id of a workspace, a UUID.']),
    ...(uuid.test(tenantId ?? '') ? [] : ['--tenant-id is the id of the tenant in Countersign, a UUID.']),
    ...(/^https:\/\/[^\s?#]+$/.test(feed ?? '')
      ? []
      : ['--feed is the https address of the OData feed, without a query.']),
    ...(Number.isInteger(utcOffset) && Math.abs(utcOffset) <= 14 * 60
      ? []
      : ['--utc-offset is a whole number of minutes, -840 to 840.']),
  ];
}

/** What a deployment would do, one line a step. */
export function planOf({ root, workspace, name = 'Countersign', withReport = true, refresh = false, ...options }) {
  const parts = (folder) => partsOf(join(root, folder)).length;
  return [
    `workspace ${workspace}: create or update the semantic model "${name}" from ${parts(MODEL.folder)} parts`,
    ...(withReport
      ? [`create or update the report "${name}" from ${parts(REPORT.folder)} parts, bound to that model`]
      : []),
    'take the model over, since only its owner sets parameters',
    ...parametersOf(options).map((parameter) => `set ${parameter.name} = ${parameter.newValue}`),
    refresh
      ? 'refresh the model; its data source must have its credentials by now'
      : 'no refresh: set the credentials of the data source (Basic: id and secret of the feed key), then deploy with --refresh',
  ];
}

/**
 * Deploys: model, report, parameters, refresh. `services` are the ways out: `fetch`, `sleep(ms)`, `now()`, `log(line)`, the
 * two tokens, and the addresses of both interfaces. Doing it again changes nothing but what has changed in the folder.
 */
export async function deploy({ root, name = 'Countersign', withReport = true, refresh = false, ...options }, services) {
  const faults = faultsOf(options);
  if (faults.length > 0) throw new DeployError(faults.join('\n'));
  const { workspace } = options;
  const modelId = await put(services, workspace, MODEL.path, name, partsOf(join(root, MODEL.folder)));
  services.log(`semantic model ${modelId}`);
  let reportId = null;
  if (withReport) {
    const bound = readBound(join(root, REPORT.folder), modelId);
    reportId = await put(services, workspace, REPORT.path, name, partsOf(join(root, REPORT.folder), bound));
    services.log(`report ${reportId}`);
  }
  const dataset = `${services.powerBiUrl}/groups/${workspace}/datasets/${modelId}`;
  await call(services, 'powerBi', 'POST', `${dataset}/Default.TakeOver`);
  const updateDetails = parametersOf(options);
  await call(services, 'powerBi', 'POST', `${dataset}/Default.UpdateParameters`, { updateDetails });
  services.log(`parameters ${updateDetails.map((parameter) => parameter.name).join(', ')}`);
  // Without notifyOption, which a service principal may not send.
  if (refresh) {
    await call(services, 'powerBi', 'POST', `${dataset}/refreshes`, {});
    services.log('refresh started');
  }
  return { modelId, reportId };
}

/** In a workspace a report names its model by id; the path beside it counts only on a disk. */
function readBound(folder, modelId) {
  const pbir = JSON.parse(readFileSync(join(folder, 'definition.pbir'), 'utf8'));
  const datasetReference = { byConnection: { connectionString: `semanticmodelid=${modelId}` } };
  return { 'definition.pbir': JSON.stringify({ ...pbir, datasetReference }, null, 2) };
}

/** Creates the item, or updates the one of this name: two of a name are refused, since nobody could tell which is meant. */
async function put(services, workspace, path, displayName, parts) {
  const items = `${services.fabricUrl}/workspaces/${workspace}/${path}`;
  const known = (await allOf(services, items)).filter((item) => item.displayName === displayName);
  if (known.length > 1)
    throw new DeployError(`The workspace has ${known.length} ${path} called "${displayName}". Rename all but one.`);
  const definition = { parts };
  if (known.length === 1) {
    await finished(
      services,
      await call(services, 'fabric', 'POST', `${items}/${known[0].id}/updateDefinition`, { definition }),
    );
    return known[0].id;
  }
  const made = await finished(services, await call(services, 'fabric', 'POST', items, { displayName, definition }));
  if (made?.id) return made.id;
  // An operation without a result has made it all the same.
  const [item] = (await allOf(services, items)).filter((one) => one.displayName === displayName);
  if (item) return item.id;
  throw new DeployError(`Fabric says that "${displayName}" was made and does not list it under ${path}. Deploy again.`);
}

async function allOf(services, address) {
  const items = [];
  for (let next = address; next;) {
    const page = await (await call(services, 'fabric', 'GET', next)).json();
    items.push(...page.value);
    next = page.continuationUri ?? null;
  }
  return items;
}

/** What an answer comes to: its body, or for 202 the result of the operation once it is over. */
async function finished(services, answer) {
  if (answer.status !== 202) return bodyOf(answer);
  const id = answer.headers.get('x-ms-operation-id');
  if (!id) throw new DeployError('Fabric began an operation without saying which one. Deploy again.');
  const operation = `${services.fabricUrl}/operations/${id}`;
  const until = services.now() + PATIENCE;
  for (let wait = waitOf(answer, 5); ;) {
    await services.sleep(wait);
    const asked = await call(services, 'fabric', 'GET', operation);
    const state = await asked.json();
    if (state.status === 'Succeeded') return resultOf(services, operation);
    if (state.status === 'Failed') {
      const { errorCode = 'unknown', message = '' } = state.error ?? {};
      throw new DeployError(`Fabric refused the definition: ${errorCode} ${message}`.trim());
    }
    if (services.now() > until) throw new DeployError(`The operation ${id} is still running. Look at it in Fabric.`);
    wait = waitOf(asked, 5);
  }
}

async function resultOf(services, operation) {
  const answer = await call(services, 'fabric', 'GET', `${operation}/result`, undefined, [400, 404]);
  return answer.ok ? bodyOf(answer) : null;
}

async function bodyOf(answer) {
  const text = await answer.text();
  return text === '' ? null : JSON.parse(text);
}

const waitOf = (answer, seconds) => 1000 * Number(answer.headers.get('retry-after') ?? seconds);

/** One call. Only what was not done is tried again: a call that came too fast or met a busy service. */
async function call(services, side, method, url, body, accept = []) {
  for (let tries = 1; ; tries++) {
    const answer = await services.fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${services.tokens[side]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(CALL_TIMEOUT),
    });
    if (answer.ok || accept.includes(answer.status)) return answer;
    if ((answer.status === 429 || answer.status === 503) && tries < TRIES) {
      await services.sleep(waitOf(answer, 10));
      continue;
    }
    throw new DeployError(
      `${method} ${new URL(url).pathname}: ${answer.status} ${await reasonOf(answer)}\n${hint(answer.status)}`.trim(),
    );
  }
}

async function reasonOf(answer) {
  try {
    const { errorCode, message, error } = JSON.parse(await answer.text());
    return [errorCode ?? error?.code, message ?? error?.message].filter(Boolean).join(': ');
  } catch {
    return '';
  }
}

function hint(status) {
  if (status === 401 || status === 403)
    return 'The principal needs the tenant setting "Service principals can use Fabric APIs" and the role Member or Admin in the workspace; both take up to 15 minutes to count.';
  if (status === 404) return 'Check the id of the workspace, and that the principal is a member of it.';
  return '';
}

/** A token of the client-credentials flow for one side (learn.microsoft.com/entra, OAuth 2.0 client credentials). */
export async function requestToken({ fetch, loginUrl }, { directory, clientId, secret }, scope) {
  const answer = await fetch(`${loginUrl}/${directory}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope }),
    redirect: 'error',
    signal: AbortSignal.timeout(CALL_TIMEOUT),
  });
  const body = await answer.json();
  if (!answer.ok)
    throw new DeployError(`No token: ${body.error ?? answer.status}. Check directory, client id and secret.`);
  return body.access_token;
}
