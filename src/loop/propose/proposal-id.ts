/** Ids that people can type and read to each other. */

import type { Random } from '../../kernel/index.ts';

// Crockford's base 32: no I, L, O or U, so that nothing is read as something else.
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 10;

/**
 * Makes an id: `p-` and ten characters of Crockford's base 32, 50 random bits.
 *
 * @see https://www.crockford.com/base32.html
 */
export function makeProposalId(random: Random): string {
  const digits = [...random.bytes(LENGTH)].map((byte) => DIGITS.charAt(byte % DIGITS.length));
  return `p-${digits.join('')}`;
}
