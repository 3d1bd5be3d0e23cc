/** Where the sandbox provider lives in the listener; the issuer's path is the same. */
export const SANDBOX_IDENTITY_PATH = '/sandbox/identity';

/** The public client of the command line and of tests: a token for any sample person by one POST. */
export const CLI_CLIENT = 'countersign-cli';

/** The public client of our own pages: authorization code with PKCE. */
export const PAGES_CLIENT = 'countersign-pages';

/** The grant type of the command line (an extension grant, RFC 6749 section 4.5). */
export const PERSON_GRANT = 'urn:countersign:sandbox:person';

/** The API as a resource indicator (RFC 8707); it stands for the configured audience, which need not be a URI. */
export const API_RESOURCE = 'urn:countersign:sandbox:api';

/** The delegated scope of the API, as an Entra registration would expose it. */
export const API_SCOPE = 'access_as_user';

/** Access tokens live for one hour, as Entra's about do. */
export const TOKEN_LIFETIME_SECONDS = 3600;
