/** Where the simulated Microsoft 365 lives in the sandbox's listener. */
export const MICROSOFT_PATH = '/sandbox/microsoft';

/** Microsoft's sign-in service. */
export const LOGIN_HOST = 'login.microsoftonline.com';

/** Microsoft Graph. */
export const GRAPH_HOST = 'graph.microsoft.com';

/** The sandbox's app registration: one for all sample tenants, known to everybody, good for nothing else. */
export const SANDBOX_APP = {
  clientId: '6f1c2c0e-4a51-4b0f-9d7e-0c5e5a4db0c5',
  clientSecret: 'sandbox-only-not-a-secret',
  displayName: 'Countersign (sandbox)',
} as const;

/**
 * Where the sandbox answers for one of Microsoft's addresses: `https://<host>/<rest>` becomes `<base>/<host>/<rest>`, so
 * that clients keep the vendor's addresses and only their last step, the transport, is turned round. `base` is, for
 * example, `http://127.0.0.1:4000/sandbox/microsoft`.
 */
export function sandboxAddress(base: string, vendorAddress: string): string {
  const { protocol, hostname, pathname, search } = new URL(vendorAddress);
  if (protocol !== 'https:') throw new Error(`Microsoft 365 has https addresses only, not ${protocol}//${hostname}`);
  return `${base}/${hostname}${pathname}${search}`;
}

/** Hosts of Microsoft's that the sandbox answers for, with everything under them. */
const HOSTS = [LOGIN_HOST, GRAPH_HOST, 'sharepoint.com', 'api.powerplatform.com', 'api.powerbi.com'];

/**
 * Where the sandbox answers for an address, for the worker's way out: null for hosts that are not Microsoft's, and for
 * every one where no sandbox runs. `origin` is the listener's, such as `http://127.0.0.1:4000`.
 */
export function simulatedMicrosoft(origin: string | null): (url: URL) => string | null {
  return ({ protocol, hostname, href }) => {
    const isSimulated = HOSTS.some((host) => hostname === host || hostname.endsWith(`.${host}`));
    return origin !== null && protocol === 'https:' && isSimulated
      ? sandboxAddress(`${origin}${MICROSOFT_PATH}`, href)
      : null;
  };
}
