import { unzipSync, zipSync } from 'fflate';

/** Every part carries this time, so that the same content is the same file. Local parts: a zip knows no time zone. */
const ZIP_TIME = new Date(1980, 0, 1);
const CONTENT_TYPES = '[Content_Types].xml';
const CORE = 'docProps/core.xml';
const CREATED = /(<dcterms:(?:created|modified)[^>]*>)[^<]*/g;

/**
 * An Office file (ECMA-376) packed anew: parts in a fixed order and at a fixed time, and the instants of its properties
 * those of the edition, in place of the clock of the machine that the library took. Workbooks that stand inside of
 * charts are packed anew as well. `change` is what of a part's text is to be otherwise.
 */
export function packedAnew(
  bytes: Uint8Array,
  generatedAt: Date,
  change: (name: string, xml: string) => string = (_name, xml) => xml,
): Uint8Array {
  const parts = unzipSync(bytes);
  const at = `${generatedAt.toISOString().slice(0, 19)}Z`;
  const partOf = (name: string, part: Uint8Array): Uint8Array => {
    if (name.endsWith('.xlsx')) return packedAnew(part, generatedAt);
    if (!name.endsWith('.xml')) return part;
    const text = new TextDecoder().decode(part);
    const stamped = name === CORE ? text.replaceAll(CREATED, (_found, tag: string) => `${tag}${at}`) : text;
    return new TextEncoder().encode(change(name, stamped));
  };
  const files = Object.keys(parts)
    .filter((name) => !name.endsWith('/'))
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((name) => [name, partOf(name, parts[name]!)] as const);
  return zipSync(Object.fromEntries(files), { mtime: ZIP_TIME, level: 6 });
}

/** The list of content types comes first, as readers that stream expect. */
const rank = (name: string): number => (name === CONTENT_TYPES ? 0 : 1);
