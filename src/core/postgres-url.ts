import { StartupError } from './startup-error.js';

/**
 * The address of a database as the environment gives it.
 * @throws StartupError that names the variable.
 */
export function postgresUrl(name: string, text: string): string {
  const isOne =
    URL.canParse(text) &&
    ['postgres:', 'postgresql:'].includes(new URL(text).protocol) &&
    new URL(text).username !== '';
  if (!isOne)
    throw new StartupError(
      `${name} is not a PostgreSQL address: write it as postgresql://user:password@host:5432/database.`,
    );
  return text;
}
