import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { Statement } from '../core/statement.js';

/** Where a document was put. */
export interface StoredDocument {
  /** How the store names the place: a path below its root, a link. */
  readonly location: string;
  /** SHA-256 of what was stored, lower-case hex. */
  readonly sha256: string;
  /** What the store itself keeps of it, committed with the brief's own record. */
  readonly writes?: readonly Statement[];
}

/** Where documents are kept: a local folder by default, SharePoint where it is connected. */
export interface DocumentStore {
  /** Puts a document at `path` (segments joined by `/`); the same put again is the same document. */
  put(path: string, content: Buffer, contentType: string): Promise<StoredDocument>;
}

/** A segment of letters, digits, points, hyphens and underscores that neither starts nor ends with a point. */
const SEGMENT = /^[A-Za-z0-9_-]([A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$/;
/** Names that Windows takes for devices, whatever their ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const MOST_SEGMENTS = 8;

/** The embedded default: files below one folder. A file appears whole or not at all. */
export class LocalFolderStore implements DocumentStore {
  private readonly root: string;

  constructor(rootFolder: string) {
    this.root = resolve(rootFolder);
  }

  async put(path: string, content: Buffer, _contentType: string): Promise<StoredDocument> {
    const target = this.targetOf(path);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const stored = { location: path, sha256 };
    if (await holds(target, content)) return stored;
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const temporary = `${target}.${randomBytes(6).toString('hex')}.part`;
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return stored;
  }

  private targetOf(path: string): string {
    const segments = path.split('/');
    const isSafe = segments.length <= MOST_SEGMENTS && segments.every((one) => SEGMENT.test(one) && !DEVICE.test(one));
    const target = resolve(this.root, ...segments);
    if (!isSafe || !target.startsWith(this.root + sep))
      throw new Error(`${JSON.stringify(path)} is no safe path of a document`);
    return target;
  }
}

/** A file name segment of what people or other systems named: anything unsafe becomes a hyphen. */
export function safeSegment(name: string): string {
  const safe = name
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, 80)
    .replaceAll(/[.-]+$/g, '');
  return SEGMENT.test(safe) && !DEVICE.test(safe) ? safe : `_${safe}_`.replaceAll('.', '-');
}

async function holds(target: string, content: Buffer): Promise<boolean> {
  try {
    return (await readFile(target)).equals(content);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
