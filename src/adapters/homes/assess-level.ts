/**
 * Whether the boundary is advisory or enforced here: a fact about owners and modes, never a setting.
 *
 * Enforced means that the account which proposes can't read the keys of runner and verifier, nor write the trust file, because
 * the operating system says so.
 */

import { constants, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Homes } from './read-homes.ts';

/** The level, with every reason why it is no higher. */
export type Level =
  | { readonly kind: 'enforced'; readonly because: readonly string[] }
  | { readonly kind: 'advisory'; readonly because: readonly string[] };

/** Looks at the homes with the eyes of this process's account. */
export async function assessLevel(homes: Homes): Promise<Level> {
  const uid = process.getuid?.() ?? -1;
  const open = [
    ...(await reasons(homes.trust, 'the trust file', uid, constants.W_OK)),
    ...(await reasons(homes.runner, "the runner's keys and ledger", uid, constants.R_OK)),
    ...(await reasons(homes.verifier, "the verifier's keys", uid, constants.R_OK)),
    ...(uid === 0 ? ['this account is root, which no permission stops'] : []),
  ];
  if (open.length > 0) return { kind: 'advisory', because: open };
  return { kind: 'enforced', because: ['keys, ledger and trust file belong to other users than this account'] };
}

async function reasons(path: string, what: string, uid: number, mode: number): Promise<readonly string[]> {
  const found = await statOf(path);
  if (found === undefined) return [`${what} (${path}) are not set up yet`];
  if (found.uid === uid) return [`${what} (${path}) belong to this account`];
  return (await may(path, mode)) ? [`${what} (${path}) are open to this account`] : [];
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch {
    // Not there, or below a directory that is closed to us: the parent's own check tells which.
    return undefined;
  }
}

async function may(path: string, mode: number): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch {
    // Refused access is the answer here, not a failure.
    return false;
  }
}
