import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The documents that ship with the product, by the SHA-256 of their text: `schema/operations/*.graphql`. */
export class TrustedDocuments {
  private readonly texts = new Map<string, string>();

  constructor(folder: string) {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.graphql'))) {
      const text = readFileSync(join(folder, name), 'utf8');
      this.texts.set(createHash('sha256').update(text).digest('hex'), text);
    }
  }

  /** Whether this exact text is one of ours. */
  has(text: string): boolean {
    return this.texts.has(createHash('sha256').update(text).digest('hex'));
  }
}
