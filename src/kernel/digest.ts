/**
 * Digests: the names by which bundles, previews, blobs and events are meant.
 *
 * The kernel owns no cryptography: the hash function is handed in, so that the laws stay pure.
 */

import { canonicalJson, type Json } from './json.ts';

/** Lower-case hexadecimal SHA-256, 64 characters. */
export type Sha256Hex = string;

/** SHA-256 of bytes, or of a text's UTF-8 bytes. */
export type HashFunction = (content: Uint8Array | string) => Sha256Hex;

/**
 * Digests a JSON document by its canonical text, so that layout and member order can't change its name.
 *
 * @param hash  SHA-256
 * @param document  any JSON value
 * @returns the SHA-256 of the document's JCS text
 */
export function digestJson(hash: HashFunction, document: Json): Sha256Hex {
  return hash(canonicalJson(document));
}
