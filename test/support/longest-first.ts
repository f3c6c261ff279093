/** Orders test files so that none that takes minutes begins last, when only one worker has something left to do. */

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where whole loops are played, longest first. Other files take seconds. */
const LONG: readonly RegExp[] = [/\/test\/real\/crash-matrix\//, /\/test\/(?:real|e2e)\//, /\/kill[-a-z]*\.test\.ts$/];

/** Vitest's own order (by size, or by the time of an earlier run), after that of the places where the long ones lie. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((left, right) => rank(left) - rank(right));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const found = LONG.findIndex((place) => place.test(moduleId));
  return found === -1 ? LONG.length : found;
}
