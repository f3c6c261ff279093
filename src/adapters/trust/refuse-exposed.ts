/** Refuses memories of trust that other accounts can write: they say nothing about what was accepted before. */

import { Failure, type Files } from '../../kernel/index.ts';

const OTHERS_MAY_WRITE = 0o022;

/** Refuses a file or directory that others can write. @throws Failure `KEY_EXPOSED` */
export async function refuseExposed(files: Files, ...places: readonly string[]): Promise<void> {
  for (const place of places) {
    const stat = await files.stat(place);
    if (stat === undefined || (stat.mode & OTHERS_MAY_WRITE) === 0) continue;
    throw new Failure('KEY_EXPOSED', 'other accounts can change which trust file is remembered here', {
      where: place,
      hint: `chmod go-w ${place}, and make sure that the trust file is still the right one`,
    });
  }
}
