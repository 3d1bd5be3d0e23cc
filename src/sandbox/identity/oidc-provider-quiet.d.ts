/**
 * The provider's class without the package's entry file: that file does nothing but export it and print "Unsupported
 * runtime" on Node 20, on which it is tested here (test/api/sandbox-identity.test.ts).
 */
declare module 'oidc-provider/lib/provider.js' {
  export { Provider } from 'oidc-provider';
}

/** The provider's error classes, likewise. */
declare module 'oidc-provider/lib/helpers/errors.js' {
  import { errors } from 'oidc-provider';
  export const AccessDenied: typeof errors.AccessDenied;
  export const CustomOIDCProviderError: typeof errors.CustomOIDCProviderError;
  export const InvalidRequest: typeof errors.InvalidRequest;
  export const InvalidTarget: typeof errors.InvalidTarget;
}
