/**
 * Whether the boundary is advisory or enforced here: a fact about owners and modes, never a setting.
 *
 * Enforced means that the account which proposes can't read the keys of runner and verifier, nor write the trust file, because
 * the operating system says so, and that it can't write the record either.
 */

import { constants, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
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
    ...(await forgeable(homes.state, uid)),
    ...(uid === 0 ? ['this account is root, which no permission stops'] : []),
  ];
  if (open.length > 0) return { kind: 'advisory', because: open };
  return { kind: 'enforced', because: ['keys, ledger, trust file and record belong to other users than this account'] };
}

async function reasons(path: string, what: string, uid: number, mode: number): Promise<readonly string[]> {
  const found = await statOf(path);
  if (found === undefined) return [`${what} (${path}) are not set up yet`];
  if (found.uid === uid) return [`${what} (${path}) belong to this account`];
  return (await may(path, mode)) ? [`${what} (${path}) are open to this account`] : [];
}

// `propose` writes the record directly, so whoever proposes can write anything into it: that is said, not hidden. What is not
// there yet would be made by this account, and is then its own.
async function forgeable(state: string, uid: number): Promise<readonly string[]> {
  const record = join(state, 'record.sqlite');
  const isOpen = (await isWritable(state, uid)) || (await isWritable(record, uid));
  if (!isOpen) return [];
  return [
    `the record (${record}) is writable by this account: what is forged there is found by \`countersign record verify\`, and delays or misleads, but the runner checks signatures itself`,
  ];
}

// An owner can give themselves back what a mode takes away.
async function isWritable(path: string, uid: number): Promise<boolean> {
  const found = await statOf(path);
  return found !== undefined && (found.uid === uid || (await may(path, constants.W_OK)));
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
