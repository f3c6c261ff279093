/** Whether other accounts than this one can propose: an answer could then tell them what they may not read themselves. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';

const WRITABLE_BY_OTHERS = 0o022;
const PASSABLE_BY_OTHERS = 0o011;

/**
 * Looks at who may write to the record: whoever proposes writes to it.
 *
 * @param state  the home of the record
 * @returns true as well where nobody can tell
 */
export async function othersMayPropose(state: string): Promise<boolean> {
  const uid = process.getuid?.() ?? -1;
  try {
    const [home, record] = await Promise.all([stat(state), stat(join(state, 'record.sqlite'))]);
    if (home.uid !== uid || record.uid !== uid || (home.mode & WRITABLE_BY_OTHERS) !== 0) return true;
    // Who can't pass the directory can't reach the file, whatever its own mode allows.
    const mayPass = (home.mode & PASSABLE_BY_OTHERS) << 1;
    return (record.mode & WRITABLE_BY_OTHERS & mayPass) !== 0;
  } catch {
    // What can't be looked at is not known to be this account's own.
    return true;
  }
}
