/** The head that a runner or verifier remembers, in one file of its own home. */

import { canonicalJson, type Files, type Json } from '../../kernel/index.ts';
import { type HeadMemory, parseRememberedHead } from '../../record/index.ts';

const MOST_BYTES = 64 * 1024;
const PRIVATE_FILE = 0o600;

/**
 * Keeps a head at a path.
 *
 * @param path  in a 0700 directory that whoever serves the record can't write to
 */
export function fileHeadMemory(files: Files, path: string): HeadMemory {
  return {
    recall: async () => {
      const content = await files.read(path, MOST_BYTES);
      return content === undefined ? undefined : parseRememberedHead(new TextDecoder().decode(content), path);
    },
    remember: async (head) => {
      // A remembered head is JSON by its schema; the record's readonly types are narrower than Json.
      await files.write(path, canonicalJson(head as unknown as Json), PRIVATE_FILE);
    },
  };
}
