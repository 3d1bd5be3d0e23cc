import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  appendLeaf,
  CHAIN_START,
  consistencyPath,
  frontierEnds,
  inclusionPath,
  isConsistent,
  isIncluded,
  type KeptHashes,
  leafOf,
  linkOf,
  nodeOf,
  rootOf,
} from '../../src/core/ledger/tree.js';

/** RFC 6962 section 2.1, word for word. */
function naiveRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(naiveRoot(leaves.slice(0, k)))
    .update(naiveRoot(leaves.slice(k)))
    .digest();
}

/** PATH(m, D[n]) of RFC 6962 section 2.1.1. */
function naivePath(m: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length <= 1) return [];
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return m < k
    ? [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))]
    : [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
}

const leaves = (count: number): Buffer[] => Array.from({ length: count }, (_, n) => leafOf(`entry ${n}`));

/** What a sealer keeps, in memory. */
function keep(all: readonly Buffer[]): KeptHashes & { frontiers: Buffer[][] } {
  const frontiers: Buffer[][] = [[]];
  for (const [n, leaf] of all.entries()) frontiers.push(appendLeaf(frontiers[n]!, n, leaf));
  return {
    frontiers,
    leafAt: (position) => all[position - 1]!,
    subtreeAt: (end) => frontiers[end]!.at(-1)!,
  };
}

const SIZE = 70;
const ALL = leaves(SIZE);
const KEPT = keep(ALL);
const rootAt = (size: number): Buffer => rootOf(KEPT.frontiers[size]!);

/** The leaves and roots that implementations of Certificate Transparency are tested with. */
test("has the roots of Certificate Transparency's test tree", () => {
  const texts = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const roots = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  const kept = keep(texts.map((text) => leafOf(Buffer.from(text, 'hex').toString('latin1'))));
  expect(kept.frontiers.slice(1).map((frontier) => rootOf(frontier).toString('hex'))).toEqual(roots);
  expect(rootOf([]).toString('hex')).toBe(createHash('sha256').digest('hex'));
});

test('appends one by one to the root that the RFC defines, and keeps the frontier at known ends', () => {
  for (let size = 0; size <= SIZE; size++) {
    expect(rootAt(size)).toEqual(naiveRoot(ALL.slice(0, size)));
    expect(frontierEnds(size).map((end) => KEPT.subtreeAt(end))).toEqual(KEPT.frontiers[size]);
  }
});

test('proves every leaf of every tree from what is kept alone, as the RFC does', () => {
  for (let size = 1; size <= SIZE; size++) {
    for (let index = 0; index < size; index++) {
      const path = inclusionPath(index, size, KEPT);
      expect(path).toEqual(naivePath(index, ALL.slice(0, size)));
      expect(isIncluded(ALL[index]!, { index, size, path, root: rootAt(size) })).toBe(true);
    }
  }
});

test('proves every tree the beginning of every later one', () => {
  for (let second = 1; second <= SIZE; second++) {
    for (let first = 1; first <= second; first++) {
      const path = consistencyPath(first, second, KEPT);
      const [older, newer] = [first, second].map((size) => ({ size, root: rootAt(size) })) as [never, never];
      expect(isConsistent(older, newer, path)).toBe(true);
    }
  }
});

test('takes no other leaf, place, size, path or root for the right one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: SIZE }),
      fc.nat(),
      fc.nat(),
      fc.constantFrom('leaf', 'index', 'bit', 'drop', 'add', 'swap', 'root'),
      (size, at, pick, what) => {
        const index = at % size;
        const path = inclusionPath(index, size, KEPT);
        const right = { index, size, path, root: rootAt(size) };
        const one = pick % path.length;
        const flipped = path.map((hash, n) => (n === one ? nodeOf(hash, hash) : hash));
        const wrong = {
          leaf: right,
          index: { ...right, index: (index + 1 + (pick % (size - 1))) % size },
          bit: { ...right, path: flipped },
          drop: { ...right, path: path.filter((_, n) => n !== one) },
          add: { ...right, path: [...path, leafOf('more')] },
          swap: { ...right, path: path.toReversed() },
          root: { ...right, root: rootAt(size - 1) },
        }[what];
        fc.pre(what !== 'swap' || path.length > 1);
        expect(isIncluded(what === 'leaf' ? leafOf('another') : ALL[index]!, wrong)).toBe(false);
      },
    ),
  );
});

test('takes no other history for the beginning of a tree', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: SIZE }),
      fc.nat(),
      fc.nat(),
      fc.constantFrom('older', 'newer', 'drop', 'add', 'bit'),
      (second, at, pick, what) => {
        const first = 1 + (at % (second - 1));
        const path = consistencyPath(first, second, KEPT);
        const one = pick % path.length;
        const older = { size: first, root: what === 'older' ? leafOf('fork') : rootAt(first) };
        const newer = { size: second, root: what === 'newer' ? leafOf('fork') : rootAt(second) };
        const wrong = {
          older: path,
          newer: path,
          drop: path.filter((_, n) => n !== one),
          add: [...path, leafOf('more')],
          bit: path.map((hash, n) => (n === one ? nodeOf(hash, hash) : hash)),
        }[what];
        expect(isConsistent(older, newer, wrong)).toBe(false);
      },
    ),
  );
});

test('links each entry to all before it', () => {
  const chain = ALL.reduce(linkOf, CHAIN_START);
  const swapped = [ALL[1]!, ALL[0]!, ...ALL.slice(2)].reduce(linkOf, CHAIN_START);
  expect(chain).toEqual(
    ALL.reduce(
      (link, leaf) => createHash('sha256').update(Buffer.of(2)).update(link).update(leaf).digest(),
      Buffer.alloc(32),
    ),
  );
  expect(swapped).not.toEqual(chain);
});
