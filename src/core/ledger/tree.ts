import { createHash } from 'node:crypto';

/**
 * The Merkle tree of RFC 6962 section 2.1 over the leaf hashes of one ledger, and the chain beside it. Positions count
 * from 1 (the sequence of the ledger); `index` counts from 0, as in the RFC. Hashes are 32 bytes.
 */

/** The kinds of what is hashed, so that no node can be passed off as a leaf nor a link as either. */
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
const LINK = Buffer.of(2);

/** What the first link of the chain follows: 32 zero bytes. */
export const CHAIN_START: Buffer = Buffer.alloc(32);

const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The leaf of a text: SHA-256 over 0x00 and its UTF-8 bytes. */
export const leafOf = (content: string): Buffer => sha256(LEAF, content);

/** The node over two subtrees: SHA-256 over 0x01, left, right. */
export const nodeOf = (left: Buffer, right: Buffer): Buffer => sha256(NODE, left, right);

/** The link of the chain: SHA-256 over 0x02, the link before, the leaf. */
export const linkOf = (before: Buffer, leaf: Buffer): Buffer => sha256(LINK, before, leaf);

/** The largest power of two that divides n (n > 0): the size of the largest complete subtree that ends at position n. */
export function subtreeEndingAt(n: number): number {
  let size = 1;
  while (n % (size * 2) === 0) size *= 2;
  return size;
}

/** The largest power of two smaller than n (n > 1): where RFC 6962 splits a tree of n leaves. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/**
 * The frontier of a tree: the roots of its complete subtrees from left to right, whose sizes are the binary digits of
 * the tree's size. It is all that is needed to append leaves and to say the root.
 */
export type Frontier = readonly Buffer[];

/** The frontier after one more leaf, for a tree of `size` leaves. Its last element ends at the new leaf. */
export function appendLeaf(frontier: Frontier, size: number, leaf: Buffer): Buffer[] {
  const next = [...frontier];
  let tip = leaf;
  for (let left = size; left % 2 === 1; left = (left - 1) / 2) tip = nodeOf(next.pop()!, tip);
  next.push(tip);
  return next;
}

/** The root of the tree with this frontier; of an empty tree the hash of nothing (RFC 6962 section 2.1). */
export function rootOf(frontier: Frontier): Buffer {
  const tip = frontier.at(-1);
  if (!tip) return sha256();
  return frontier.slice(0, -1).reduceRight((right, left) => nodeOf(left, right), tip);
}

/** The positions at which the complete subtrees of a tree of `size` leaves end, from left to right. */
export function frontierEnds(size: number): number[] {
  const ends: number[] = [];
  for (let end = size; end > 0; end -= subtreeEndingAt(end)) ends.unshift(end);
  return ends;
}

/** What the sealer keeps for each position: its leaf, and the root of the largest complete subtree that ends there. */
export interface KeptHashes {
  readonly leafAt: (position: number) => Buffer;
  readonly subtreeAt: (end: number) => Buffer;
}

/** The hash over the positions start + 1 to end, from what is kept. `start` is aligned as RFC 6962 splits a tree. */
function hashOf(start: number, end: number, kept: KeptHashes): Buffer {
  const size = end - start;
  if (subtreeEndingAt(end) === size) return kept.subtreeAt(end);
  if (size === 1) return kept.leafAt(end);
  const k = splitOf(size);
  return nodeOf(hashOf(start, start + k, kept), hashOf(start + k, end, kept));
}

/**
 * The audit path of a leaf in the tree of the first `size` leaves (RFC 6962 section 2.1.1), from the leaf upwards.
 * Asks for O(log² size) of the kept hashes.
 */
export function inclusionPath(index: number, size: number, kept: KeptHashes): Buffer[] {
  const path = (start: number, end: number): Buffer[] => {
    if (end - start === 1) return [];
    const middle = start + splitOf(end - start);
    return index < middle
      ? [...path(start, middle), hashOf(middle, end, kept)]
      : [...path(middle, end), hashOf(start, middle, kept)];
  };
  return path(0, size);
}

/** The proof that the tree of `first` leaves is the beginning of the tree of `second` (RFC 6962 section 2.1.2). */
export function consistencyPath(first: number, second: number, kept: KeptHashes): Buffer[] {
  const path = (start: number, end: number, isWhole: boolean): Buffer[] => {
    if (first === end) return isWhole ? [] : [hashOf(start, end, kept)];
    const middle = start + splitOf(end - start);
    return first <= middle
      ? [...path(start, middle, isWhole), hashOf(middle, end, kept)]
      : [...path(middle, end, false), hashOf(start, middle, kept)];
  };
  return first === 0 ? [] : path(0, second, true);
}

/** Whether a leaf stands at `index` of the tree with this size and root (RFC 9162 section 2.1.3.2). */
export function isIncluded(
  leaf: Buffer,
  { index, size, path, root }: { index: number; size: number; path: readonly Buffer[]; root: Buffer },
): boolean {
  if (index < 0 || index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeOf(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeOf(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && hash.equals(root);
}

/** Whether the first tree is the beginning of the second (RFC 9162 section 2.1.4.2). */
export function isConsistent(
  first: { readonly size: number; readonly root: Buffer },
  second: { readonly size: number; readonly root: Buffer },
  path: readonly Buffer[],
): boolean {
  if (first.size > second.size || first.size < 1) return false;
  if (first.size === second.size) return path.length === 0 && first.root.equals(second.root);
  const proof = subtreeEndingAt(first.size) === first.size ? [first.root, ...path] : [...path];
  const seed = proof.shift();
  if (!seed) return false;
  let [at, last] = [first.size - 1, second.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [older, newer] = [seed, seed];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      older = nodeOf(sibling, older);
      newer = nodeOf(sibling, newer);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      newer = nodeOf(newer, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && older.equals(first.root) && newer.equals(second.root);
}

const half = (n: number): number => Math.floor(n / 2);
