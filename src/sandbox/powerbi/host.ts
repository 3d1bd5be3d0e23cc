import { type Answer, type Exchange, jsonOf, notSimulated, Refusal } from '../microsoft/exchange.js';
import { faultsOf } from '../microsoft/request-schema.js';
import type { MicrosoftWorld, Token } from '../microsoft/world.js';
import type { PowerBiCall, PowerBiRoute } from './call.js';
import { EMBED_ROUTES } from './embedding.js';
import { PUSH_ROUTES } from './push.js';
import { READING_ROUTES } from './reading.js';
import { REFRESH_ROUTES } from './refreshes.js';
import { invalidRequest, notAuthorized, refusalAnswer } from './refusal.js';

/** Power BI's REST interface. */
export const POWERBI_HOST = 'api.powerbi.com';

const ROOT = '/v1.0/myorg';
const ROUTES: readonly PowerBiRoute[] = [...PUSH_ROUTES, ...READING_ROUTES, ...REFRESH_ROUTES, ...EMBED_ROUTES];

/** What a request is about, before it is answered. */
export interface PowerBiPlan {
  readonly operation: string;
  readonly tid: string | null;
  readonly run: () => Promise<Answer>;
}

/** Finds out what a request to Power BI is about; answering it is left for later, since a fault may come first. */
export function powerBiPlan(world: MicrosoftWorld, exchange: Exchange): PowerBiPlan {
  const found = match(exchange);
  const token = tokenOf(world, exchange);
  return {
    operation: found?.route.operation ?? 'unknown',
    tid: token?.tid ?? null,
    run: async () => {
      const requestId = world.newGuid();
      const answer = await answered(world, exchange, found, token).catch((error: unknown) => {
        if (error instanceof Refusal) return refusalAnswer(error);
        throw error;
      });
      const headers = {
        requestid: requestId,
        'home-cluster-uri': 'https://wabi-sandbox-redirect.analysis.windows.net/',
      };
      return { ...answer, headers: { ...answer.headers, ...headers } };
    },
  };
}

async function answered(
  world: MicrosoftWorld,
  exchange: Exchange,
  found: ReturnType<typeof match>,
  token: Token | undefined,
): Promise<Answer> {
  if (!found) throw notSimulated(`${exchange.method} ${exchange.path}`);
  if (!token || token.resource !== 'powerbi') throw notAuthorized();
  if (token.expiresAt <= world.now()) throw new Refusal(401, 'TokenExpired', 'Access token has expired, resubmit.');
  const tenant = world.store.get('powerBiTenant', token.tid);
  if (!tenant?.servicePrincipals) throw notAuthorized();
  const { route, params } = found;
  const body = route.schema ? jsonOf(exchange.body) : undefined;
  if (route.schema) {
    const faults = faultsOf(route.schema, body ?? {});
    if (faults) throw invalidRequest(`The request is malformed: ${faults}.`);
  }
  const profile = profileOf(world, exchange, token);
  const call: PowerBiCall = {
    world,
    exchange,
    caller: token,
    member: profile ?? token.appId,
    isProfile: profile !== null,
    params,
    body,
  };
  return route.run(call);
}

/** The profile that a call is made as; one of another application is refused with nothing said. */
function profileOf(world: MicrosoftWorld, exchange: Exchange, token: Token): string | null {
  const named = exchange.headers['x-powerbi-profile-id'];
  if (named === undefined) return null;
  const profile = world.store.get('powerBiProfile', named.toLowerCase());
  if (profile?.appId !== token.appId) throw new Refusal(403, 'Forbidden', '');
  return profile.id;
}

function tokenOf(world: MicrosoftWorld, exchange: Exchange): Token | undefined {
  return world.tokens.get(/^Bearer (\S+)$/i.exec(exchange.headers.authorization ?? '')?.[1] ?? '');
}

function match({ method, path }: Exchange): { route: PowerBiRoute; params: Record<string, string> } | null {
  if (!path.startsWith(`${ROOT}/`)) return null;
  const given = path.slice(ROOT.length).split('/');
  for (const route of ROUTES) {
    const wanted = route.path.split('/');
    if (route.method !== method || wanted.length !== given.length) continue;
    if (!wanted.every((part, at) => (part.startsWith(':') ? given[at] !== '' : part === given[at]))) continue;
    const named = wanted.flatMap((part, at) =>
      part.startsWith(':') ? [[part.slice(1), decodeURIComponent(given[at]!)]] : [],
    );
    return { route, params: Object.fromEntries(named) as Record<string, string> };
  }
  return null;
}
