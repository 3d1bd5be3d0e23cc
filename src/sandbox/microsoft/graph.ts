import { callerOf } from './caller.js';
import { type Answer, type Exchange, jsonOf, notSimulated, Refusal } from './exchange.js';
import { type GraphCall, QUERY_OPTIONS } from './graph-call.js';
import { assertBody } from './request-schema.js';
import type { Found } from './router.js';
import type { Tree } from './sharepoint/tree.js';
import type { MicrosoftWorld } from './world.js';

const MINUTE = 60_000;
const WARN_FROM = 0.8;

/** Answers a call of Microsoft Graph: token, throttling, query, body, then the resource. */
export async function answerGraph(
  world: MicrosoftWorld,
  tree: Tree,
  exchange: Exchange,
  found: Found | null,
): Promise<Answer> {
  if (!found) throw notSimulated(`${exchange.method} ${exchange.path}`);
  const caller = callerOf(world, exchange);
  const { route, params } = found;
  const warning = spend(world, `${caller.tid}/${caller.appId}`, route.units);
  const unknown = [...exchange.query.keys()].find((name) => !QUERY_OPTIONS.includes(name));
  if (unknown !== undefined) throw notSimulated(`the query option ${unknown}`);
  const body = route.schema ? jsonOf(exchange.body) : undefined;
  if (route.schema) assertBody(route.schema, body ?? {});
  const call: GraphCall = { world, tree, exchange, caller, params, body };
  let answer: Answer;
  if (found.kind === 'item') {
    const library = tree.library(found.driveId, caller.tid);
    answer = await found.route.run({ ...call, library, base: found.address.base, names: found.address.names });
  } else {
    answer = await found.route.run(call);
  }
  return { ...answer, headers: { ...answer.headers, ...warning } };
}

/** Spends SharePoint's resource units; from 80 % of the minute's budget the answer warns, beyond it 429. */
function spend(world: MicrosoftWorld, key: string, units: number): Record<string, string> {
  const budget = world.settings.unitsPerMinute;
  if (budget === 0 || units === 0) return {};
  const { left, resetSeconds } = world.throttle.spend(key, units, budget, MINUTE, world.now());
  const headers = {
    'ratelimit-limit': String(budget),
    'ratelimit-remaining': String(Math.max(0, left)),
    'ratelimit-reset': String(resetSeconds),
  };
  if (left < 0) throw throttled({ ...headers, 'retry-after': String(resetSeconds) });
  return left < budget * (1 - WARN_FROM) ? headers : {};
}

function throttled(headers: Record<string, string>): Refusal {
  return new Refusal(429, 'activityLimitReached', 'The request has been throttled', {
    inner: 'throttledRequest',
    headers,
  });
}
