/** Remembers a head in a file of the runner's or verifier's own directory. */

import { canonicalJson, type Files } from '../../kernel/index.ts';
import { type HeadMemory, parseRememberedHead } from '../../record/index.ts';

/** A head and the roots of its tree, some 53 of them at the very most, are far smaller. */
const MOST_BYTES = 64 * 1024;

/** Opens the memory in one file, 0600; it must lie where whoever serves the record can't write. */
export function fileHeadMemory(files: Files, path: string): HeadMemory {
  return {
    recall: async () => {
      const content = await files.read(path, MOST_BYTES);
      return content === undefined ? undefined : parseRememberedHead(new TextDecoder().decode(content), path);
    },
    remember: ({ head, frontier }) => files.write(path, `${canonicalJson({ head, frontier })}\n`, 0o600),
  };
}
