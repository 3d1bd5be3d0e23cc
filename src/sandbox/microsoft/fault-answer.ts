import type { Answer } from './exchange.js';
import type { FaultRule } from './faults.js';
import type { MicrosoftWorld } from './world.js';

const CODES: Readonly<Record<number, string>> = {
  400: 'invalidRequest',
  401: 'InvalidAuthenticationToken',
  403: 'accessDenied',
  404: 'itemNotFound',
  409: 'nameAlreadyExists',
  412: 'resourceModified',
  423: 'resourceLocked',
  429: 'activityLimitReached',
  500: 'generalException',
  503: 'serviceNotAvailable',
  507: 'quotaLimitReached',
};

/** The answer of a `status` fault, in the form of the service that would give it. */
export function faultAnswer(world: MicrosoftWorld, operation: string, fault: FaultRule): Answer {
  const status = fault.status ?? 503;
  const headers: Record<string, string> = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
  if (fault.form === 'empty') return { status, headers };
  if (fault.form === 'html') {
    const page =
      '<!DOCTYPE html><html><head><title>Service unavailable</title></head><body>The service is unavailable.</body></html>';
    return { status, headers: { ...headers, 'content-type': 'text/html; charset=us-ascii' }, body: Buffer.from(page) };
  }
  if (operation === 'token') {
    const description = 'AADSTS90033: A transient error has occurred. Please try again.';
    return {
      status,
      headers,
      body: { error: fault.code ?? 'temporarily_unavailable', error_description: description, error_codes: [90033] },
    };
  }
  const code = fault.code ?? CODES[status] ?? 'UnknownError';
  const innerError = { date: world.stamp().slice(0, 19), 'request-id': world.newGuid() };
  return { status, headers, body: { error: { code, message: 'The sandbox was told to fail.', innerError } } };
}
