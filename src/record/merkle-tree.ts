/**
 * A Merkle tree over the hashes of all events (RFC 6962, section 2.1), so that one proposal's events can be proven to stand in
 * a record without showing the others, and one record to be the beginning of a later one.
 *
 * Leaf n is the 32-byte hash of the event with seq n + 1.
 */

import { type HashFunction, invariant, type Sha256Hex } from '../kernel/index.ts';

/** Roots of the full subtrees that make up a tree, largest first: all that growing the tree needs. */
export type Frontier = readonly Sha256Hex[];

/** Hashes a leaf. */
export function leafHash(hash: HashFunction, event: Sha256Hex): Sha256Hex {
  return hash(Buffer.from(`00${event}`, 'hex'));
}

function nodeHash(hash: HashFunction, left: Sha256Hex, right: Sha256Hex): Sha256Hex {
  return hash(Buffer.from(`01${left}${right}`, 'hex'));
}

/** Grows a tree by one event. @param size how many leaves the frontier stands for */
export function growFrontier(hash: HashFunction, frontier: Frontier, size: number, event: Sha256Hex): Frontier {
  const grown = [...frontier];
  let node = leafHash(hash, event);
  // Every trailing one in the binary size is a full subtree that the new leaf completes to a larger one.
  for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
    const left = grown.pop();
    invariant(left !== undefined, 'a frontier is as long as its size has ones');
    node = nodeHash(hash, left, node);
  }
  grown.push(node);
  return grown;
}

/** The root of the tree that a frontier stands for; SHA-256 of nothing for the empty one. */
export function rootOf(hash: HashFunction, frontier: Frontier): Sha256Hex {
  const [smallest, ...larger] = [...frontier].reverse();
  if (smallest === undefined) return hash('');
  return larger.reduce((right, left) => nodeHash(hash, left, right), smallest);
}

/** All full subtrees of a record, level by level; level 0 are the leaves. */
export type MerkleTree = { readonly levels: readonly (readonly Sha256Hex[])[]; readonly hash: HashFunction };

/** Builds the tree of a record. @param events the events' hashes, in order */
export function buildTree(hash: HashFunction, events: readonly Sha256Hex[]): MerkleTree {
  const levels: Sha256Hex[][] = [events.map((event) => leafHash(hash, event))];
  for (let below = levels[0] ?? []; below.length > 1; ) {
    const level: Sha256Hex[] = [];
    for (let index = 0; index + 1 < below.length; index += 2) {
      level.push(nodeHash(hash, below[index] ?? '', below[index + 1] ?? ''));
    }
    levels.push(level);
    below = level;
  }
  return { levels, hash };
}

/** The root over a range of leaves that starts at a multiple of the largest power of two below its length. */
function rangeRoot(tree: MerkleTree, from: number, to: number): Sha256Hex {
  const size = to - from;
  const level = Math.log2(size);
  if (Number.isInteger(level)) {
    const node = tree.levels[level]?.[from / size];
    invariant(node !== undefined, 'a full range is a node of the tree');
    return node;
  }
  const middle = from + splitOf(size);
  return nodeHash(tree.hash, rangeRoot(tree, from, middle), rangeRoot(tree, middle, to));
}

/** The largest power of two below a size of at least two. */
function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}

/** Proves that a leaf is in the tree of the first `size` leaves: the siblings on the way up (RFC 6962, 2.1.1). */
export function inclusionProof(tree: MerkleTree, leaf: number, size: number): readonly Sha256Hex[] {
  return pathIn(tree, leaf, { from: 0, to: size });
}

function pathIn(tree: MerkleTree, leaf: number, range: { readonly from: number; readonly to: number }): Sha256Hex[] {
  const { from, to } = range;
  if (to - from <= 1) return [];
  const middle = from + splitOf(to - from);
  return leaf < middle
    ? [...pathIn(tree, leaf, { from, to: middle }), rangeRoot(tree, middle, to)]
    : [...pathIn(tree, leaf, { from: middle, to }), rangeRoot(tree, from, middle)];
}

/** The root that a leaf and its proof lead to; `undefined` when the proof has the wrong length. */
export function rootFromInclusion(
  hash: HashFunction,
  leaf: { readonly index: number; readonly event: Sha256Hex },
  size: number,
  proof: readonly Sha256Hex[],
): Sha256Hex | undefined {
  if (leaf.index >= size) return undefined;
  const turns = turnsTo(leaf.index, size);
  if (turns.length !== proof.length) return undefined;
  return proof.reduce(
    (node, sibling, step) => (turns[step] === 'left' ? nodeHash(hash, node, sibling) : nodeHash(hash, sibling, node)),
    leafHash(hash, leaf.event),
  );
}

/** On which side the way up from a leaf stands at each step, from the leaf to the root. */
function turnsTo(leaf: number, size: number): readonly ('left' | 'right')[] {
  const turns: ('left' | 'right')[] = [];
  for (let from = 0, to = size; to - from > 1; ) {
    const middle = from + splitOf(to - from);
    turns.unshift(leaf < middle ? 'left' : 'right');
    if (leaf < middle) to = middle;
    else from = middle;
  }
  return turns;
}

/**
 * Proves that the tree of the first `earlier` leaves is the beginning of the tree of the first `size` leaves.
 *
 * The proof is the earlier tree's frontier followed by what completes it to the later one: larger than RFC 6962's by a
 * logarithm, and checked by nothing but rebuilding both roots.
 */
export type ConsistencyProof = { readonly frontier: Frontier; readonly rest: readonly Sha256Hex[] };

/** Makes a consistency proof. @param earlier 0 to `size` */
export function consistencyProof(tree: MerkleTree, earlier: number, size: number): ConsistencyProof {
  return {
    frontier: fullRanges(0, earlier).map(([from, to]) => rangeRoot(tree, from, to)),
    rest: restRoots(tree, earlier, size),
  };
}

function restRoots(tree: MerkleTree, earlier: number, size: number): readonly Sha256Hex[] {
  return fullRanges(earlier, size).map(([from, to]) => rangeRoot(tree, from, to));
}

/** Cuts leaves into the largest aligned full ranges, from left to right. */
function fullRanges(from: number, to: number): readonly (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  for (let at = from; at < to; ) {
    const length = Math.min(alignmentOf(at), 2 ** Math.floor(Math.log2(to - at)));
    ranges.push([at, at + length]);
    at += length;
  }
  return ranges;
}

function alignmentOf(at: number): number {
  if (at === 0) return Number.POSITIVE_INFINITY;
  let alignment = 1;
  while (at % (alignment * 2) === 0) alignment *= 2;
  return alignment;
}

/** The two roots that a consistency proof leads to; `undefined` when it has the wrong shape. */
export function rootsFromConsistency(
  hash: HashFunction,
  proof: ConsistencyProof,
  earlier: number,
  size: number,
): { readonly earlier: Sha256Hex; readonly later: Sha256Hex } | undefined {
  const parts = [...fullRanges(0, earlier), ...fullRanges(earlier, size)];
  const roots = [...proof.frontier, ...proof.rest];
  if (earlier > size || proof.frontier.length !== fullRanges(0, earlier).length || parts.length !== roots.length) {
    return undefined;
  }
  return { earlier: rootOf(hash, proof.frontier), later: joinRanges(hash, parts, roots) };
}

/** Joins neighbouring full ranges of one length, as growing the tree does, until the frontier of the whole is left. */
function joinRanges(
  hash: HashFunction,
  parts: readonly (readonly [number, number])[],
  roots: readonly Sha256Hex[],
): Sha256Hex {
  const stack: { readonly from: number; readonly length: number; readonly root: Sha256Hex }[] = [];
  for (const [index, [from, to]] of parts.entries()) {
    let top = { from, length: to - from, root: roots[index] ?? '' };
    for (let left = stack.at(-1); left !== undefined && left.length === top.length; left = stack.at(-1)) {
      stack.pop();
      top = { from: left.from, length: left.length * 2, root: nodeHash(hash, left.root, top.root) };
    }
    stack.push(top);
  }
  return rootOf(
    hash,
    stack.map((range) => range.root),
  );
}
