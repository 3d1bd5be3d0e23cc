import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { VendorError } from '../../core/outbox/vendor-error.js';
import type { VendorHttp } from '../http/client.js';
import type { Seen } from './entra.rules.js';

/**
 * The guarded way out as MSAL's network. What the token endpoint answered last, or what went wrong on the way to it, is
 * noted in `seen`: MSAL's own errors keep too little of it.
 */
export function entraNetwork(
  http: VendorHttp,
  seen: Seen,
  limits: { readonly withinMs?: number } = {},
): INetworkModule {
  const fetch = http.fetch({ vendor: 'Entra ID', isRepeatable: true, ...limits });
  const send = async (
    method: string,
    url: string,
    options?: { headers?: Record<string, string>; body?: string },
  ): Promise<{ status: number; headers: Record<string, string>; body: unknown }> => {
    try {
      const answer = await fetch(url, { method, headers: options?.headers ?? {}, body: options?.body ?? null });
      const headers = Object.fromEntries(answer.headers);
      Object.assign(seen, { status: answer.status, headers });
      return { status: answer.status, headers, body: await answer.json() };
    } catch (error) {
      // MSAL wraps what it is thrown, and what went wrong would be lost.
      if (error instanceof VendorError) seen.fault = error;
      throw error;
    }
  };
  return {
    sendGetRequestAsync: <T>(url: string, options?: NetworkRequestOptions) =>
      send('GET', url, options) as Promise<NetworkResponse<T>>,
    sendPostRequestAsync: <T>(url: string, options?: NetworkRequestOptions) =>
      send('POST', url, options) as Promise<NetworkResponse<T>>,
  };
}
