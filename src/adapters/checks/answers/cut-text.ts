/** Cuts a text so that it fits, and says so: a reader must never take a part for the whole. */

const LONGEST_MARK = '… (and 4294967296 more characters)';

/**
 * Cuts a text to a number of bytes as it stands inside JSON, never through a character.
 *
 * @param maxBytes  UTF-8 bytes of the JSON text without its quotes; at least 64
 * @returns the text itself when it fits
 */
export function cutText(text: string, maxBytes: number): string {
  if (jsonBytes(text) <= maxBytes) return text;
  const room = maxBytes - Buffer.byteLength(LONGEST_MARK);
  let kept = '';
  let usedBytes = 0;
  for (const character of text) {
    usedBytes += jsonBytes(character);
    if (usedBytes > room) break;
    kept += character;
  }
  return `${kept}… (and ${text.length - kept.length} more characters)`;
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}
