import { Ajv, type JSONSchemaType } from 'ajv';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, sha256Hex } from '../core/canonical.js';
import { StartupError } from '../core/startup-error.js';
import { BEGUN, fileTally, filesUnder, isSafePath, writeWhole } from './files.js';

/** What a file of the export holds. */
export interface FileTally {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface ExportedTable extends FileTally {
  /** The table's name; its rows stand in `tables/<name>.ndjson`. */
  readonly name: string;
  readonly rows: number;
}

export interface ExportedDocument extends FileTally {
  /** Below `documents/`, segments joined by `/`. */
  readonly path: string;
}

/** What an export holds: written last, so that a folder without one is an export that did not finish. */
export interface Manifest {
  readonly format: 'countersign-tenant';
  readonly version: 1;
  /** The product's version that wrote it. */
  readonly product: string;
  /** The names of the migrations of the database that it was made of, in order. */
  readonly schema: readonly string[];
  readonly tenant: { readonly id: string; readonly slug: string };
  /** When, by the database's clock. */
  readonly at: string;
  /** The database's snapshot (`pg_current_snapshot`) in which every table was read. */
  readonly snapshot: string;
  /** The row of the global registry, by column, as text. */
  readonly registry: Readonly<Record<string, string | null>>;
  /** In the order of their references: each after those that it refers to. */
  readonly tables: readonly ExportedTable[];
  readonly documents: readonly ExportedDocument[];
  /** The ledger's own export in `ledger.ndjson`, for `countersign ledger verify`. */
  readonly ledger: FileTally;
  readonly secrets: string;
}

const MANIFEST = 'manifest.json';
/** The file of the ledger's own export. */
export const LEDGER_FILE = 'ledger.ndjson';

/** The file of a table's rows, below the export's folder. */
export const tableFile = (name: string): string => `tables/${name}.ndjson`;

/** The file of a document, below the export's folder. */
export const documentFile = (path: string): string => `documents/${path}`;

const TALLY = {
  bytes: { type: 'integer', minimum: 0 },
  sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
} as const;

const tallied = (more: object, required: readonly string[]): object => ({
  type: 'object',
  additionalProperties: false,
  required: [...required, 'bytes', 'sha256'],
  properties: { ...TALLY, ...more },
});

const SHAPE = {
  type: 'object',
  additionalProperties: false,
  required: [
    'format',
    'version',
    'product',
    'schema',
    'tenant',
    'at',
    'snapshot',
    'registry',
    'tables',
    'documents',
    'ledger',
    'secrets',
    'digest',
  ],
  properties: {
    format: { const: 'countersign-tenant' },
    version: { const: 1 },
    product: { type: 'string' },
    schema: { type: 'array', items: { type: 'string' } },
    tenant: {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'slug'],
      properties: {
        id: { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' },
        slug: { type: 'string' },
      },
    },
    at: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
    snapshot: { type: 'string' },
    registry: { type: 'object', additionalProperties: { type: ['string', 'null'] } },
    tables: {
      type: 'array',
      items: tallied({ name: { type: 'string', pattern: '^[a-z0-9_]+$' }, rows: { type: 'integer', minimum: 0 } }, [
        'name',
        'rows',
      ]),
    },
    documents: { type: 'array', items: tallied({ path: { type: 'string' } }, ['path']) },
    ledger: tallied({}, []),
    secrets: { type: 'string' },
    digest: { type: 'string' },
  },
} as unknown as JSONSchemaType<Manifest & { digest: string }>;

const isManifest = new Ajv({ allowUnionTypes: true }).compile(SHAPE);

/** SHA-256 over the manifest's canonical JSON: one line to write down for the whole export. */
export function digestOf(manifest: Manifest): string {
  return sha256Hex(canonicalJson(manifest));
}

/** Writes the manifest, whole or not at all; from then on the folder is an export. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeWhole(join(folder, MANIFEST), `${JSON.stringify({ ...manifest, digest: digestOf(manifest) }, null, 2)}\n`);
}

/** Whether the folder holds a finished export. */
export async function holdsExport(folder: string): Promise<boolean> {
  const names = await filesUnder(folder);
  return names.includes(MANIFEST) && !names.includes(BEGUN);
}

/**
 * Reads an export and checks every file of it against the manifest.
 * @param digest what `tenants export` said; without it a change of manifest and file together is not found here.
 * @throws StartupError that names what is missing, changed or too much.
 */
export async function readExport(folder: string, digest?: string): Promise<Manifest> {
  const manifest = await readManifest(folder);
  if (digest !== undefined && digestOf(manifest) !== digest)
    throw new StartupError(`${join(folder, MANIFEST)} has the digest ${digestOf(manifest)}, not ${digest}.`);
  const expected = new Map<string, FileTally>([
    ...manifest.tables.map((table) => [tableFile(table.name), table] as const),
    ...manifest.documents.map((document) => [documentFile(document.path), document] as const),
    [LEDGER_FILE, manifest.ledger] as const,
  ]);
  const unsafe = manifest.documents.find(({ path }) => !isSafePath(path));
  if (unsafe) throw new StartupError(`${join(folder, MANIFEST)} names ${unsafe.path}, which is no path of a document.`);
  const found = (await filesUnder(folder)).filter((name) => name !== MANIFEST);
  const faults = [
    ...found.filter((name) => !expected.has(name)).map((name) => `${name} is not in the manifest`),
    ...[...expected.keys()].filter((name) => !found.includes(name)).map((name) => `${name} is missing`),
  ];
  for (const [name, { bytes, sha256 }] of expected) {
    if (!found.includes(name)) continue;
    const tally = await fileTally(join(folder, name));
    if (tally.bytes !== bytes || tally.sha256 !== sha256) faults.push(`${name} is not the file that was exported`);
  }
  if (faults.length > 0) throw new StartupError(`The export in ${folder} was changed: ${faults.join('; ')}.`);
  return manifest;
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing: this is no finished export' : 'cannot be read';
    throw new StartupError(`${path} ${reason}.`);
  }
  if (!isManifest(value)) throw new StartupError(`${path} is no manifest of version 1 of a tenant's export.`);
  const { digest, ...manifest } = value;
  if (digestOf(manifest) !== digest) throw new StartupError(`${path} was changed: it does not match its own digest.`);
  return manifest;
}
