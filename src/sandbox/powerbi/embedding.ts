import type { Answer } from '../microsoft/exchange.js';
import type { PowerBiCall, PowerBiRoute } from './call.js';
import type { PowerBiDataset, PowerBiReport } from './records.js';
import { entityNotFound, invalidRequest } from './refusal.js';
import { GENERATE_TOKEN } from './schemas.js';

const HOUR = 3_600_000;

interface TokenRequest {
  readonly datasets: readonly { readonly id: string }[];
  readonly reports: readonly { readonly id: string; readonly allowEdit?: boolean }[];
  readonly lifetimeInMinutes?: number;
  readonly identities?: readonly Identity[];
}

interface Identity {
  readonly username: string;
  readonly roles?: readonly string[];
  readonly customData?: string;
  readonly datasets: readonly string[];
}

/** Embed tokens (`GenerateToken`, V2). */
export const EMBED_ROUTES: readonly PowerBiRoute[] = [
  { operation: 'powerbi.token', method: 'POST', path: '/GenerateToken', schema: GENERATE_TOKEN, run: generated },
];

function generated(call: PowerBiCall): Answer {
  const { world, caller } = call;
  const { reports, datasets, identities = [], lifetimeInMinutes } = call.body as TokenRequest;
  const report = visible(call, world.store.get('powerBiReport', reports[0]?.id.toLowerCase() ?? ''));
  const models = datasets.map(({ id }) => visible(call, world.store.get('powerBiDataset', id.toLowerCase())));
  if (!models.some(({ id }) => id === report.datasetId)) throw invalidRequest("The report's dataset is not named.");
  for (const model of models) assertIdentity(model, identities);
  const now = world.now().getTime();
  const asked = lifetimeInMinutes ? lifetimeInMinutes * 60_000 : HOUR;
  // What is left of the token that asks is all that can be given on.
  const ends = Math.min(caller.expiresAt.getTime(), now + HOUR, now + asked);
  const expiration = new Date(ends).toISOString();
  const tokenId = world.newGuid();
  const [identity] = identities;
  world.store.put('powerBiEmbed', {
    id: tokenId,
    tid: caller.tid,
    reportId: report.id,
    expiration,
    username: identity?.username ?? null,
    customData: identity?.customData ?? null,
    roles: identity?.roles ?? [],
  });
  world.did('powerbi.token.generated', tokenId);
  return { status: 200, body: { token: `H4s${world.newSecret()}`, tokenId, expiration } };
}

function visible<T extends PowerBiReport | PowerBiDataset>({ world, caller, member }: PowerBiCall, found?: T): T {
  const workspace = found && world.store.get('powerBiWorkspace', found.workspaceId);
  if (!found || found.tid !== caller.tid || !workspace?.members.includes(member)) throw entityNotFound();
  return found;
}

/** An identity is needed for every model with roles, and taken for none without. */
function assertIdentity({ id, roles }: PowerBiDataset, identities: readonly Identity[]): void {
  const own = identities.filter(({ datasets }) => datasets.includes(id));
  if (roles.length === 0 && own.length > 0)
    throw invalidRequest('Creating embed token with effective identity is not supported for this dataset.');
  if (roles.length > 0 && own.length === 0) throw invalidRequest('The dataset requires effective identity.');
  const unknown = own.flatMap((identity) => identity.roles ?? []).find((role) => !roles.includes(role));
  if (unknown !== undefined || own.some((identity) => (identity.roles ?? []).length === 0 && roles.length > 0))
    throw invalidRequest('The effective identity names no role of the dataset.');
}
