import { type Answer, Refusal } from '../microsoft/exchange.js';

/** 404, also for whatever the caller may not see. */
export const entityNotFound = (): Refusal =>
  new Refusal(404, 'PowerBIEntityNotFound', 'The entity does not exist or is not shared with you.');

/** 401: the tenant setting is off. */
export const notAuthorized = (): Refusal => new Refusal(401, 'PowerBINotAuthorizedException', 'Not authorized.');

export const invalidRequest = (message: string): Refusal => new Refusal(400, 'InvalidRequest', message);

/** 429 with the seconds to wait. */
export const throttled = (seconds: number, message: string): Refusal =>
  new Refusal(429, 'TooManyRequests', message, { headers: { 'retry-after': String(seconds) } });

/** Power BI's own form of an error, with its inner copy (facts of learn.microsoft.com/rest/api/power-bi). */
export function refusalAnswer({ status, code, message, more }: Refusal): Answer {
  const inner = { code, parameters: {}, details: [], exceptionCulprit: 1 };
  return {
    status,
    ...(more.headers ? { headers: more.headers } : {}),
    body: { error: { code, message, 'pbi.error': inner } },
  };
}
