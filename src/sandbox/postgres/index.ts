export { createDatabase, dropDatabase, type DatabaseUrls } from './roles.js';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './start.js';
