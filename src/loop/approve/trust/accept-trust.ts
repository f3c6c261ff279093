/** Decides whether a trust file is to be believed: runner and verifier ask here, and nowhere else (L15). */

import { Failure, visibleLine } from '../../../kernel/index.ts';
import { refuseSignature } from './judge-signature.ts';
import { parseTrust } from './parse-trust.ts';
import type { Trust } from './trust.ts';

/** A trust file that was accepted before. */
export type PinnedTrust = {
  readonly bytes: Uint8Array;
  /** The signature that it came with; `undefined` for one that was trusted on first use and never signed. */
  readonly signatureArmored: string | undefined;
};

/**
 * Remembers the trust file that one process accepted last. Each runner and verifier has its own, where no other account
 * can write.
 */
export interface TrustPin {
  /** What was pinned last; `undefined` only when nothing ever was. @throws Failure rather than forget a pin that can't be read */
  recall(): Promise<PinnedTrust | undefined>;
  /** Replaces the pin; durable when it resolves. */
  pin(trust: PinnedTrust): Promise<void>;
}

/** A trust file as it was found. */
export type PresentedTrust = {
  readonly bytes: Uint8Array;
  readonly signatureArmored: string | undefined;
  /** The path to show. */
  readonly file: string;
  readonly pin: TrustPin;
};

/** A trust file that is to be believed. */
export type AcceptedTrust = {
  readonly kind: 'accepted';
  readonly trust: Trust;
  /** An approver signed it: standing grants count. */
  readonly isSigned: boolean;
  /** Nothing was pinned before: this one is trusted because it was the first. */
  readonly isFirstUse: boolean;
};

/**
 * Accepts a trust file when it is the pinned one, when an approver of the pinned one signed it, or when it is the first.
 *
 * What is accepted is pinned at once; a changed file must have a higher `version` than the pinned one.
 *
 * @throws Failure `TRUST_UNSIGNED` when nobody who may has signed the change, `TRUST_ROLLED_BACK` when it is older than
 *   the pinned one, `CONFIG_INVALID` when it can't be read
 */
export async function acceptTrust(presented: PresentedTrust): Promise<AcceptedTrust> {
  const { pin, file } = presented;
  const text = readText(presented.bytes, file);
  const pinned = await pin.recall();
  const trust = parseTrust(text, file);
  if (pinned !== undefined && Buffer.compare(pinned.bytes, presented.bytes) === 0) {
    return acceptSame(presented, pinned, trust);
  }
  const judge = pinned === undefined ? trust : parseTrust(readText(pinned.bytes, file), `${file} (as it was pinned)`);
  const problem = presented.signatureArmored === undefined ? 'it has no signature' : refuseSignature(presented, judge);
  const isFirstUse = pinned === undefined;
  if (problem !== undefined && !(isFirstUse && presented.signatureArmored === undefined)) {
    throw unsigned(presented, judge, problem);
  }
  if (!isFirstUse && trust.version <= judge.version) throw rolledBack(presented, trust, judge);
  await pin.pin({ bytes: presented.bytes, signatureArmored: presented.signatureArmored });
  return { kind: 'accepted', trust, isSigned: problem === undefined, isFirstUse };
}

// The bytes are the pinned ones. A signature that came later is worth remembering: grants count from then on.
async function acceptSame(presented: PresentedTrust, pinned: PinnedTrust, trust: Trust): Promise<AcceptedTrust> {
  const { signatureArmored } = presented;
  const isNew = pinned.signatureArmored === undefined && signatureArmored !== undefined;
  const isSignedNow = isNew && refuseSignature(presented, trust) === undefined;
  if (isSignedNow) await presented.pin.pin({ bytes: pinned.bytes, signatureArmored });
  return { kind: 'accepted', trust, isSigned: isSignedNow || pinned.signatureArmored !== undefined, isFirstUse: false };
}

function unsigned(presented: PresentedTrust, judge: Trust, problem: string): Failure {
  const { file } = presented;
  const names = judge.approvers.map((approver) => approver.name).join(', ');
  return new Failure('TRUST_UNSIGNED', `the trust file was changed, and ${problem}`, {
    where: visibleLine(file),
    hint: `one of ${names} must sign it: \`countersign trust sign\``,
  });
}

function rolledBack(presented: PresentedTrust, trust: Trust, judge: Trust): Failure {
  const was = judge.version;
  return new Failure(
    'TRUST_ROLLED_BACK',
    `the trust file has version ${trust.version}, and ${was} was accepted before`,
    {
      where: visibleLine(presented.file),
      hint: `if the change is meant, give it \`version: ${was + 1}\` and sign it again`,
    },
  );
}

function readText(bytes: Uint8Array, file: string): string {
  const text = Buffer.from(bytes).toString('utf8');
  if (Buffer.compare(Buffer.from(text, 'utf8'), bytes) === 0) return text;
  throw new Failure('CONFIG_INVALID', 'it is not UTF-8', { where: visibleLine(file), hint: 'save it as UTF-8' });
}
