/** The trust file as one process believes it: read, signature checked, compared with what that process accepted before. */

import { join } from 'node:path';
import { fileTrustPin, fileTrustVersions, mayUse } from '../adapters/index.ts';
import { Failure, type Files } from '../kernel/index.ts';
import {
  type AcceptanceMark,
  type AcceptedTrust,
  acceptTrust,
  type PinnedTrust,
  type TrustPeriod,
  type TrustPin,
  trustHistory,
} from '../loop/approve/index.ts';
import { type Base, openRecord, recordPath } from './base.ts';

/** Where the trust file and its signature lie. */
export type TrustPaths = { readonly file: string; readonly signature: string };

const MOST_BYTES = 1024 * 1024;

/** The paths of the operator's trust file. */
export function trustPaths(base: Base): TrustPaths {
  const file = join(base.homes.trust, 'trust.yaml');
  return { file, signature: `${file}.sig` };
}

/** The trust file's bytes and signature as they lie there; `undefined` when there is no trust file. */
export async function readTrustFiles(
  files: Files,
  paths: TrustPaths,
): Promise<{ readonly bytes: Uint8Array; readonly signatureArmored: string | undefined } | undefined> {
  const bytes = await files.read(paths.file, MOST_BYTES);
  if (bytes === undefined) return undefined;
  const signature = await files.read(paths.signature, MOST_BYTES);
  return { bytes, signatureArmored: signature === undefined ? undefined : new TextDecoder().decode(signature) };
}

/**
 * Reads the trust file with the memory of one home.
 *
 * @param home  whose pin counts: control plane, runner or verifier
 * @throws Failure `TRUST_MISSING`, `TRUST_UNSIGNED`, `TRUST_ROLLED_BACK`, `CONFIG_INVALID`
 */
export async function believeTrust(base: Base, home: string): Promise<AcceptedTrust> {
  const paths = trustPaths(base);
  const presented = await readTrustFiles(base.machine.files, paths);
  if (presented === undefined) {
    throw new Failure('TRUST_MISSING', 'there is no trust file yet', {
      hint: 'countersign approver add NAME --ssh-key FILE.pub makes one',
      where: paths.file,
    });
  }
  const pin = trustPin(base, home);
  const before = await pin.recall();
  const answer = await acceptTrust({ ...presented, file: paths.file, pin });
  await rememberAccepted(base, home, { before, presented, isFirstUse: answer.isFirstUse });
  return answer;
}

type Change = {
  readonly before: PinnedTrust | undefined;
  readonly presented: PinnedTrust;
  readonly isFirstUse: boolean;
};

async function rememberAccepted(base: Base, home: string, { before, presented, isFirstUse }: Change): Promise<void> {
  const versions = fileTrustVersions(base.machine.files, historyDirectory(home));
  const history = trustHistory(versions, trustPaths(base).file);
  // After the pin: whatever was recorded up to here was recorded while the version before was believed.
  const mark = async (): Promise<AcceptanceMark> => ({
    acceptedAtMs: base.machine.clock.nowMs(),
    afterSeq: await newestSeq(base, home),
  });
  // A home from before there was a history: what it believed until now is the oldest version that it will ever know.
  const isFound = before !== undefined && (await versions.newest()) === undefined;
  if (isFound) await history.remember({ accepted: before, isFirstUse: false, mark });
  await history.remember({ accepted: presented, isFirstUse, mark });
}

// Where there is no record, another home may only have been told of another place: its own beginning is known to its own alone.
async function newestSeq(base: Base, home: string): Promise<number | undefined> {
  if (!(await mayUse(base.homes.state))) return undefined;
  if ((await base.machine.files.stat(recordPath(base))) === undefined) return home === base.homes.state ? 0 : undefined;
  const { store } = await openRecord(base);
  try {
    return (await store.source.head()).seq;
  } finally {
    await store.close();
  }
}

/**
 * Every trust file that the process of one home accepted, oldest first, checked again.
 *
 * @returns none when it never accepted one, or none since there is a history
 * @throws Failure `TRUST_HISTORY_BROKEN`
 */
export async function readTrustPeriods(base: Base, home: string): Promise<readonly TrustPeriod[]> {
  const pinned = await trustPin(base, home).recall();
  if (pinned === undefined) return [];
  const directory = historyDirectory(home);
  const versions = fileTrustVersions(base.machine.files, directory);
  // A home that has accepted nothing since there is a history: it will begin when its own process reads the trust file.
  if ((await versions.newest()) === undefined) return [];
  return await trustHistory(versions, directory).periods(pinned);
}

function historyDirectory(home: string): string {
  return join(home, 'trust-history');
}

/** What the process of one home accepted last. */
export function trustPin(base: Base, home: string): TrustPin {
  return fileTrustPin(base.machine.files, join(home, 'trust-pin.json'));
}
