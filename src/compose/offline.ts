/** Composed for a file that somebody was given: no record is opened here, and no home is made. */

import { join } from 'node:path';
import { fileTrustVersions } from '../adapters/index.ts';
import { Failure, type Files, type HashFunction, isFailure, visibleLine } from '../kernel/index.ts';
import { acceptTrust, type TrustPeriod, trustHistory } from '../loop/approve/index.ts';
import type { Base } from './base.ts';
import { readTrustFiles } from './read-trust.ts';
import { readTrustWords, type TrustWords, trustWords } from './trust-questions.ts';

/** What a file from elsewhere is checked with. */
export type Offline = {
  readonly files: Files;
  readonly hash: HashFunction;
  /** Whose keys to believe: those of the trust file that is given, or of this machine's own where none is given. */
  readonly trust: (given: string | undefined) => Promise<OfflineTrust>;
};

/** `none`: nobody said whose keys to believe, so that no signature means anything. */
export type OfflineTrust =
  | { readonly kind: 'found'; readonly words: TrustWords }
  | { readonly kind: 'none'; readonly why: string };

/** Composes the check of a file from elsewhere. */
export function composeOffline(base: Base): Offline {
  const { files, hash } = base.machine;
  return {
    files,
    hash,
    trust: async (given) =>
      given === undefined ? await readOwn(base) : { kind: 'found', words: await readGiven(base, given) },
  };
}

async function readOwn(base: Base): Promise<OfflineTrust> {
  try {
    return { kind: 'found', words: await readTrustWords(base, base.homes.state, 'file') };
  } catch (thrown) {
    if (!isFailure(thrown) || thrown.code !== 'TRUST_MISSING') throw thrown;
    return { kind: 'none', why: 'there is no trust file here, and none was given' };
  }
}

/**
 * Reads a trust file, or a home's directory of all that it accepted, as it is given: nothing is pinned, nothing remembered.
 *
 * @throws Failure `NOT_FOUND`, `CONFIG_INVALID`, `TRUST_UNSIGNED`, `TRUST_HISTORY_BROKEN`
 */
async function readGiven(base: Base, path: string): Promise<TrustWords> {
  const { files } = base.machine;
  const found = await files.stat(path);
  if (found === undefined) throw missing(path);
  const periods = found.kind === 'directory' ? await readHistory(base, path) : [await readOne(base, path)];
  const newest = periods.at(-1);
  if (newest === undefined) throw missing(join(path, '00000001.json'));
  const { trust, isSigned } = newest;
  return trustWords(periods, isSigned ? trust : { ...trust, disowned: [] }, 'file');
}

async function readHistory(base: Base, directory: string): Promise<readonly TrustPeriod[]> {
  const versions = fileTrustVersions(base.machine.files, directory);
  const newest = await versions.newest();
  return newest === undefined ? [] : await trustHistory(versions, directory).periods(newest);
}

/** One version alone: it judges every entry, and says so where there were others before it. */
async function readOne(base: Base, file: string): Promise<TrustPeriod> {
  const presented = await readTrustFiles(base.machine.files, { file, signature: `${file}.sig` });
  if (presented === undefined) throw missing(file);
  const pin = { recall: async () => undefined, pin: async () => undefined };
  const { trust, isSigned } = await acceptTrust({ ...presented, file, pin });
  const digest = base.machine.hash(presented.bytes);
  return { trust, digest, isSigned, isFirstUse: true, acceptedAtMs: 0, afterSeq: undefined };
}

function missing(path: string): Failure {
  return new Failure('NOT_FOUND', `there is no trust file ${visibleLine(path)}`, {
    hint: 'give the trust file that its keeper handed over, or a trust-history directory',
    where: visibleLine(path),
  });
}
