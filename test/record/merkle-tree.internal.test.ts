import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/adapters/index.ts';
import {
  buildTree,
  consistencyProof,
  growFrontier,
  inclusionProof,
  leafHash,
  rootFromInclusion,
  rootOf,
  rootsFromConsistency,
} from '../../src/record/merkle-tree.ts';

const hashes = (size: number): string[] => Array.from({ length: size }, (_, index) => sha256(`event ${index}`));

/** RFC 6962, 2.1, word for word. */
function rootByTheBook(events: readonly string[]): string {
  if (events.length === 0) return sha256('');
  const [first] = events;
  if (events.length === 1) return sha256(Buffer.from(`00${first}`, 'hex'));
  let split = 1;
  while (split * 2 < events.length) split *= 2;
  return sha256(Buffer.from(`01${rootByTheBook(events.slice(0, split))}${rootByTheBook(events.slice(split))}`, 'hex'));
}

function frontierOf(events: readonly string[]): readonly string[] {
  return events.reduce<readonly string[]>((grown, event, size) => growFrontier(sha256, grown, size, event), []);
}

test('[RECORD-14, L10] a grown tree has the root that RFC 6962 defines', () => {
  for (let size = 0; size <= 70; size += 1) {
    const events = hashes(size);
    expect(rootOf(sha256, frontierOf(events))).toBe(rootByTheBook(events));
  }
});

test('[RECORD-14] a frontier has a root for every one in the binary size', () => {
  expect(frontierOf(hashes(11))).toHaveLength(3);
  expect(frontierOf(hashes(1))).toEqual([leafHash(sha256, sha256('event 0'))]);
});

test('[RECORD-15] every event of every size is proven, and only in its own place', () => {
  for (let size = 1; size <= 33; size += 1) {
    const events = hashes(size);
    const tree = buildTree(sha256, events);
    const root = rootByTheBook(events);
    for (const [index, event] of events.entries()) {
      const proof = inclusionProof(tree, index, size);
      expect(rootFromInclusion(sha256, { index, event }, size, proof)).toBe(root);
      expect(rootFromInclusion(sha256, { index: index + 1, event }, size, proof)).not.toBe(root);
      expect(rootFromInclusion(sha256, { index, event: sha256('x') }, size, proof)).not.toBe(root);
      expect(rootFromInclusion(sha256, { index, event }, size, [...proof, root])).toBeUndefined();
    }
    expect(rootFromInclusion(sha256, { index: size, event: '' }, size, [])).toBeUndefined();
  }
});

test('[RECORD-14, RECORD-15] every earlier tree is proven to be the beginning of a later one', () => {
  for (let size = 0; size <= 40; size += 1) {
    const events = hashes(size);
    const tree = buildTree(sha256, events);
    for (let earlier = 0; earlier <= size; earlier += 1) {
      const proof = consistencyProof(tree, earlier, size);
      expect(rootsFromConsistency(sha256, proof, earlier, size)).toEqual({
        earlier: rootByTheBook(events.slice(0, earlier)),
        later: rootByTheBook(events),
      });
    }
  }
});

test('[RECORD-14] a consistency proof of the wrong shape proves nothing', () => {
  const tree = buildTree(sha256, hashes(9));
  const proof = consistencyProof(tree, 5, 9);
  expect(rootsFromConsistency(sha256, { ...proof, rest: proof.rest.slice(1) }, 5, 9)).toBeUndefined();
  expect(
    rootsFromConsistency(sha256, { ...proof, frontier: [...proof.frontier, ...proof.rest], rest: [] }, 5, 9),
  ).toBeUndefined();
  expect(rootsFromConsistency(sha256, proof, 9, 5)).toBeUndefined();
});

test('[RECORD-14, L10] no other earlier tree has a proof', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), fc.nat(), (size, cut, change) => {
      const events = hashes(size);
      const earlier = 1 + (cut % (size - 1));
      const rewritten = events.map((event, index) => (index === change % earlier ? sha256('rewritten') : event));
      const proof = consistencyProof(buildTree(sha256, rewritten), earlier, size);
      const roots = rootsFromConsistency(sha256, proof, earlier, size);
      expect(roots?.earlier).not.toBe(rootByTheBook(events.slice(0, earlier)));
    }),
  );
});
