import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The documents that ship with the product, by their text: `schema/operations/*.graphql`. */
export class TrustedDocuments {
  private readonly texts: ReadonlySet<string>;

  constructor(folder: string) {
    const names = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
    this.texts = new Set(names.map((name) => readFileSync(join(folder, name), 'utf8')));
  }

  /** Whether this exact text is one of ours. */
  has(text: string): boolean {
    return this.texts.has(text);
  }
}
