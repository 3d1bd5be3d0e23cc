import type { Client } from 'pg';
import { connected } from './connection.js';
import type { Credentials } from './credentials.js';

/** Owns the database and migrates it; bound by row security where that is forced. */
const OWNER = 'countersign_owner';
/** What the application connects as: owns nothing, and no right of it comes by inheritance. */
const APP = 'countersign_app';

/** The three ways into one database of the cluster. */
export interface DatabaseUrls {
  /** For migrations. */
  ownerUrl: string;
  /** For the application. */
  appUrl: string;
  /** For administration alone: making and dropping databases. */
  superuserUrl: string;
}

/** The database that a start provides. */
export const DATABASE = 'countersign';

/** The URLs of a database on this port. */
export function urlsOf(port: number, superuser: string, passwords: Credentials): DatabaseUrls {
  const url = (role: string, password: string, database: string): string =>
    `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  return {
    ownerUrl: url(OWNER, passwords.owner, DATABASE),
    appUrl: url(APP, passwords.app, DATABASE),
    superuserUrl: url(superuser, passwords.superuser, 'postgres'),
  };
}

/** Brings the two roles and the database to what they should be, whatever a start before has reached. */
export async function ensureRolesAndDatabase(urls: DatabaseUrls, passwords: Credentials): Promise<void> {
  await connected(urls.superuserUrl, async (client) => {
    const bare = 'LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION';
    for (const [role, attributes, password] of [
      [OWNER, bare, passwords.owner],
      [APP, `${bare} NOINHERIT`, passwords.app],
    ] as const) {
      const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
      await client.query(`${verb} ROLE ${role} ${attributes} PASSWORD ${client.escapeLiteral(password)}`);
    }
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await create(client, DATABASE);
  });
  await restrict(urls.superuserUrl, DATABASE);
}

/**
 * Makes a further, empty database with the same two roles' rights, for a test of its own.
 * @param name lower-case letters, digits and underscores, not more than 63, beginning with a letter.
 */
export async function createDatabase(pg: DatabaseUrls, name: string): Promise<{ ownerUrl: string; appUrl: string }> {
  await connected(pg.superuserUrl, (client) => create(client, checked(name)));
  await restrict(pg.superuserUrl, name);
  return { ownerUrl: inDatabase(pg.ownerUrl, name), appUrl: inDatabase(pg.appUrl, name) };
}

/** Drops a database made by `createDatabase`, and whoever is still connected to it; none of that name is no error. */
export async function dropDatabase(pg: DatabaseUrls, name: string): Promise<void> {
  await connected(pg.superuserUrl, (client) => client.query(`DROP DATABASE IF EXISTS "${checked(name)}" WITH (FORCE)`));
}

/** template0, as nobody can connect to it and so hold it up, or put anything into it. */
function create(client: Client, name: string): Promise<unknown> {
  return client.query(`CREATE DATABASE "${name}" OWNER ${OWNER} TEMPLATE template0 ENCODING 'UTF8'`);
}

/** Takes from PUBLIC what PostgreSQL grants it by default: the application role has only what migrations grant it. */
async function restrict(superuserUrl: string, name: string): Promise<void> {
  await connected(inDatabase(superuserUrl, name), async (client) => {
    await client.query(`REVOKE ALL ON DATABASE "${name}" FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE "${name}" TO ${APP}`);
    await client.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  });
}

function inDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

function checked(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) throw new RangeError(`Not a database name: ${name}`);
  return name;
}
