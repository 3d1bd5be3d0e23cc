import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The text of an operation that ships with the product (schema/operations). */
export function operation(name: string): string {
  return readFileSync(resolve(`schema/operations/${name}.graphql`), 'utf8');
}
