import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as powerBi from '../powerbi/records.js';
import type * as records from './records.js';

interface Kinds {
  directory: records.Directory;
  app: records.AppRegistration;
  principal: records.ServicePrincipal;
  user: records.User;
  site: records.Site;
  library: records.Library;
  grant: records.Grant;
  column: records.Column;
  item: records.Item;
  session: records.UploadSession;
  channel: records.Channel;
  message: records.Message;
  workflow: records.Workflow;
  run: records.WorkflowRun;
  mail: records.Mail;
  subscription: records.Subscription;
  powerBiTenant: powerBi.PowerBiTenant;
  powerBiProfile: powerBi.PowerBiProfile;
  powerBiWorkspace: powerBi.PowerBiWorkspace;
  powerBiDataset: powerBi.PowerBiDataset;
  powerBiRows: powerBi.PowerBiRows;
  powerBiReport: powerBi.PowerBiReport;
  powerBiRefresh: powerBi.PowerBiRefreshRecord;
  powerBiEmbed: powerBi.PowerBiEmbedGrant;
}

type Kind = keyof Kinds;
type Line =
  { readonly kind: Kind; readonly put: { readonly id: string } } | { readonly kind: Kind; readonly drop: string };

/**
 * The simulator's state: records by kind and id, and the bytes of files by their SHA-256. With a folder, each change is
 * appended to a journal before the request is answered, so that what was answered survives a kill of the process (not a
 * loss of power); without one everything stands in memory.
 */
export class Store {
  readonly #records = new Map<Kind, Map<string, { readonly id: string }>>();
  readonly #blobs = new Map<string, Buffer>();
  readonly #journal: string | null;
  readonly #blobFolder: string | null;

  constructor(folder: string | null = null) {
    this.#journal = folder && join(folder, 'journal.ndjson');
    this.#blobFolder = folder && join(folder, 'files');
    if (!this.#journal || !this.#blobFolder) return;
    mkdirSync(this.#blobFolder, { recursive: true });
    if (existsSync(this.#journal)) this.#replay(readFileSync(this.#journal, 'utf8'));
    this.#compact(this.#journal);
  }

  get<K extends Kind>(kind: K, id: string): Kinds[K] | undefined {
    return this.#of(kind).get(id);
  }

  /** All of a kind, in the order in which they came. */
  all<K extends Kind>(kind: K): Kinds[K][] {
    return [...this.#of(kind).values()];
  }

  put<K extends Kind>(kind: K, record: Kinds[K]): void {
    this.#of(kind).set(record.id, record);
    this.#append({ kind, put: record });
  }

  drop(kind: Kind, id: string): void {
    if (this.#of(kind).delete(id)) this.#append({ kind, drop: id });
  }

  /** Keeps bytes; answers their SHA-256 in hex. */
  keep(bytes: Buffer): string {
    const name = createHash('sha256').update(bytes).digest('hex');
    if (!this.#blobFolder) {
      this.#blobs.set(name, bytes);
    } else if (!existsSync(join(this.#blobFolder, name))) {
      writeFileSync(join(this.#blobFolder, `${name}.part`), bytes);
      renameSync(join(this.#blobFolder, `${name}.part`), join(this.#blobFolder, name));
    }
    return name;
  }

  /** Bytes that were kept; throws when they are not there. */
  bytes(name: string): Buffer {
    const bytes = this.#blobFolder ? readFileSync(join(this.#blobFolder, name)) : this.#blobs.get(name);
    if (!bytes) throw new Error(`the simulator has lost the bytes ${name}`);
    return bytes;
  }

  #of<K extends Kind>(kind: K): Map<string, Kinds[K]> {
    const found = this.#records.get(kind);
    if (found) return found as Map<string, Kinds[K]>;
    const made = new Map<string, Kinds[K]>();
    this.#records.set(kind, made);
    return made;
  }

  #append(line: Line): void {
    if (this.#journal) appendFileSync(this.#journal, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  #replay(text: string): void {
    for (const line of text.split('\n')) {
      const change = parsed(line);
      if (!change) continue;
      const map = this.#of(change.kind) as Map<string, { readonly id: string }>;
      if ('put' in change) map.set(change.put.id, change.put);
      else map.delete(change.drop);
    }
  }

  #compact(journal: string): void {
    const lines = [...this.#records].flatMap(([kind, map]) =>
      [...map.values()].map((put) => `${JSON.stringify({ kind, put })}\n`),
    );
    writeFileSync(`${journal}.part`, lines.join(''), { mode: 0o600 });
    renameSync(`${journal}.part`, journal);
  }
}

/** The last line may be half written when the process was killed: it was never answered. */
function parsed(line: string): Line | null {
  try {
    return line ? (JSON.parse(line) as Line) : null;
  } catch {
    return null;
  }
}
