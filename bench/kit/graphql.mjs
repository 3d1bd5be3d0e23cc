// Requests of the benchmark: the texts of its operations, the folder of documents that the server trusts, and one request sent.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './product.mjs';

const OWN = join(root, 'bench', 'operations');

/** The text of an operation of bench/operations, by its file's name. */
export const operation = (name) => readFileSync(join(OWN, `${name}.graphql`), 'utf8');

/** The text of an operation that ships with the product. */
export const shipped = (name) => readFileSync(join(root, 'schema', 'operations', `${name}.graphql`), 'utf8');

/**
 * Lays out a project folder of which `schema/operations` holds the product's documents and the benchmark's, so that both are
 * trusted and none of the benchmark's enters the product. Answers the folder of the documents.
 */
export function trustedFolder(folder) {
  const operations = join(folder, 'schema', 'operations');
  mkdirSync(operations, { recursive: true });
  cpSync(join(root, 'schema', 'operations'), operations, { recursive: true });
  for (const file of readdirSync(OWN)) cpSync(join(OWN, file), join(operations, `bench-${file}`));
  for (const part of ['pages', 'dist']) symlinkSync(join(root, part), join(folder, part));
  return operations;
}

/** Sends one request; answers status and body as text. */
export async function send(url, { headers, body }) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, text: await response.text() };
}
