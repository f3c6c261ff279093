/** A share of the work as people type it. */

import { Failure } from '../../../kernel/index.ts';
import type { Share } from '../../../record/index.ts';

const MOST_PARTS = 64;

/** Reads `1/2`: the first of two parts. @throws Failure `USAGE` */
export function readShare(text: string): Share {
  const [part, of] = /^(\d{1,2})\/(\d{1,2})$/.exec(text)?.slice(1).map(Number) ?? [];
  if (part !== undefined && of !== undefined && part >= 1 && part <= of && of <= MOST_PARTS) return { part, of };
  throw new Failure('USAGE', `${JSON.stringify(text)} is no share`, {
    hint: `write it as 1/2: the first of two parts, ${MOST_PARTS} at most`,
  });
}
