import { itemNotFound } from '../exchange.js';
import type { Item, Library, Site } from '../records.js';
import type { MicrosoftWorld } from '../world.js';

/** The items of all libraries with an index by name; SharePoint's names do not differ by case alone. */
export class Tree {
  readonly #byName = new Map<string, Map<string, string>>();
  readonly #listeners: ((library: Library) => void)[] = [];

  constructor(private readonly world: MicrosoftWorld) {
    for (const item of world.store.all('item')) if (!item.deleted) this.#index(item);
  }

  /** Called after each change of a library. */
  onChange(listener: (library: Library) => void): void {
    this.#listeners.push(listener);
  }

  /** Throws 404 for a drive that does not exist in the caller's directory. */
  library(driveId: string, tid: string): Library {
    const library = this.world.store.get('library', driveId);
    if (!library || this.site(library).tid !== tid) throw itemNotFound();
    return library;
  }

  /** Throws 404 when somebody has deleted the site. */
  site(library: Library): Site {
    const site = this.world.store.get('site', library.siteId);
    if (!site) throw itemNotFound('Requested site could not be found');
    return site;
  }

  /** An item that is there; throws 404. */
  item(library: Library, id: string): Item {
    const item = this.world.store.get('item', id === 'root' ? library.rootId : id);
    if (!item || item.driveId !== library.id || this.#isGone(item)) throw itemNotFound();
    return item;
  }

  /** What bears this name in the folder, shown yet or not. */
  child(folderId: string, name: string): Item | undefined {
    const id = this.#byName.get(folderId)?.get(name.toLowerCase());
    return id === undefined ? undefined : this.world.store.get('item', id);
  }

  /** What lists show of a folder, by name. */
  children(folderId: string): Item[] {
    const ids = [...(this.#byName.get(folderId)?.values() ?? [])];
    return ids
      .map((id) => this.world.store.get('item', id))
      .filter((item): item is Item => item !== undefined && this.isShown(item))
      .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  }

  /** Walks names down from an item; undefined when one of them is not there or not shown yet. */
  walk(from: Item, names: readonly string[]): Item | undefined {
    let at: Item | undefined = from;
    for (const name of names) {
      at = at && this.child(at.id, name);
      if (!at || !this.isShown(at)) return undefined;
    }
    return at;
  }

  /** Names from the root down to the item. */
  names(item: Item): string[] {
    const parent = item.parentId === null ? undefined : this.world.store.get('item', item.parentId);
    return parent ? [...this.names(parent), item.name] : [];
  }

  isShown(item: Item): boolean {
    return new Date(item.shownFrom) <= this.world.now();
  }

  /** Writes a new state of an item as the next change of its library. */
  put(item: Item): Item {
    const before = this.world.store.get('item', item.id);
    if (before?.parentId) this.#byName.get(before.parentId)?.delete(before.name.toLowerCase());
    const changed = { ...item, change: this.world.nextChange() };
    this.world.store.put('item', changed);
    if (!changed.deleted) this.#index(changed);
    const library = this.world.store.get('library', item.driveId);
    if (library) for (const listener of this.#listeners) listener(library);
    return changed;
  }

  #index(item: Item): void {
    if (item.parentId === null) return;
    const names = this.#byName.get(item.parentId) ?? new Map<string, string>();
    names.set(item.name.toLowerCase(), item.id);
    this.#byName.set(item.parentId, names);
  }

  /** What stands in a deleted folder is gone with it. */
  #isGone(item: Item): boolean {
    if (item.deleted) return true;
    const parent = item.parentId === null ? undefined : this.world.store.get('item', item.parentId);
    return parent !== undefined && this.#isGone(parent);
  }
}
