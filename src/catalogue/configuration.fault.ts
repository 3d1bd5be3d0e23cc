/** Steps from the file's root to a value: names of fields and positions in lists. */
export type FaultPath = readonly (string | number)[];

/** What is wrong with a configuration, said of a place in its data; the reader of the file adds line and column. */
export interface ConfigurationFault {
  /** Machine code, such as UNKNOWN_REFERENCE. */
  readonly code: string;
  /** The place. */
  readonly path: FaultPath;
  /** One sentence that says what is wrong. */
  readonly message: string;
  /** One sentence that says what to do. */
  readonly remedy: string;
  /** Set when the fault is the last step's name itself, not the value under it. */
  readonly atName?: true;
}

/** A path as people write it: `serviceTemplates.managed-network.milestones[2].key`; the root is `(file)`. */
export function pathText(path: FaultPath): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text.replace(/^\./, '') || '(file)';
}

/** So many names are told in one sentence; a hostile file has thousands. */
const MAX_LISTED = 20;

/** Words as a list in a sentence: `a, b, c`. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, MAX_LISTED).join(', ');
  return all.length > MAX_LISTED ? `${shown} and ${all.length - MAX_LISTED} more` : shown;
}

/**
 * One fault for every value that stood before already, at the later place. `names` gives each element its path and
 * its identity; null identities are passed over.
 */
export function duplicates(
  what: string,
  names: readonly { readonly path: FaultPath; readonly identity: string | null }[],
): ConfigurationFault[] {
  const first = new Map<string, FaultPath>();
  return names.flatMap(({ path, identity }) => {
    if (identity === null) return [];
    const earlier = first.get(identity);
    if (!earlier) {
      first.set(identity, path);
      return [];
    }
    const message = `The ${what} ${identity} stands at ${pathText(earlier)} already.`;
    return [{ code: 'DUPLICATE', path, message, remedy: `Give it another ${what}, or remove one of the two.` }];
  });
}

/** The fault of a name that refers to nothing, with what there would be. */
export function unknownReference(
  what: string,
  name: string,
  path: FaultPath,
  known: Iterable<string>,
): ConfigurationFault {
  const names = [...known];
  const remedy = names.length === 0 ? `Define the ${what} first.` : `Use one of: ${listed(names)}.`;
  return { code: 'UNKNOWN_REFERENCE', path, message: `There is no ${what} ${name}.`, remedy };
}
