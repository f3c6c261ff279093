/**
 * Every trust file that a home accepted, in order, so that an old entry of the record is judged by the rules of its own time.
 *
 * Executions and verdicts are decided by the present trust file alone; nothing here is asked about them.
 */

import { canonicalJson, Failure, visibleLine } from '../../../kernel/index.ts';
import { sha256Hex } from '../sha256-hex.ts';
import type { PinnedTrust } from './accept-trust.ts';
import { refuseSignature } from './judge-signature.ts';
import { parseTrust } from './parse-trust.ts';
import type { Trust } from './trust.ts';

/** Where the record stood when a version was accepted. */
export type AcceptanceMark = {
  /** By the clock of the home that accepted it. */
  readonly acceptedAtMs: number;
  /** Seq of the record's newest entry then; `undefined` where that home could not read the record. */
  readonly afterSeq: number | undefined;
};

/** One accepted version, chained to the one before by its hash. */
export type TrustVersion = PinnedTrust &
  AcceptanceMark & {
    readonly version: number;
    /** Nothing was pinned when it was accepted: it was trusted because it was the first, or because somebody removed the pin. */
    readonly isFirstUse: boolean;
    /** Hash of the version before; sixty-four zeros for the first. */
    readonly prev: string;
    /** SHA-256 over everything else. */
    readonly hash: string;
  };

/** Keeps accepted versions; append-only. */
export interface TrustVersions {
  /** Every version, oldest first. @throws Failure `TRUST_HISTORY_BROKEN` rather than leave out one that can't be read */
  all(): Promise<readonly TrustVersion[]>;
  /** The last of them. */
  newest(): Promise<TrustVersion | undefined>;
  /** Durable when it resolves. */
  append(version: TrustVersion): Promise<void>;
}

/** A trust file and where in the record its time begins. */
export type TrustPeriod = AcceptanceMark & {
  readonly trust: Trust;
  /** SHA-256 of its bytes. */
  readonly digest: string;
  readonly isSigned: boolean;
  readonly isFirstUse: boolean;
};

/** What was accepted, and how. */
export type Acceptance = {
  readonly accepted: PinnedTrust;
  readonly isFirstUse: boolean;
  readonly mark: () => Promise<AcceptanceMark>;
};

/** The accepted trust files of one home. */
export type TrustHistory = {
  /** Adds a version that was accepted and pinned; does nothing when it is the newest already. */
  readonly remember: (acceptance: Acceptance) => Promise<void>;
  /**
   * Every accepted version, oldest first, the chain checked again: hashes, rising versions, and a signature of an approver of
   * the one before under each.
   *
   * @param present  the pinned trust file, which must be the newest
   * @throws Failure `TRUST_HISTORY_BROKEN`
   */
  readonly periods: (present: PinnedTrust) => Promise<readonly TrustPeriod[]>;
};

const NOTHING_BEFORE = '0'.repeat(64);

/** Opens the history of a home. @param file  the path of the trust file, for complaints */
export function trustHistory(versions: TrustVersions, file: string): TrustHistory {
  return {
    remember: (acceptance) => remember(versions, file, acceptance),
    periods: async (present) => checkChain(await versions.all(), present, file),
  };
}

async function remember(versions: TrustVersions, file: string, acceptance: Acceptance): Promise<void> {
  const { accepted, isFirstUse, mark } = acceptance;
  const { bytes, signatureArmored } = accepted;
  const newest = await versions.newest();
  if (newest !== undefined && Buffer.compare(newest.bytes, bytes) === 0) return;
  const { version } = trustOf(bytes, file);
  const prev = newest?.hash ?? NOTHING_BEFORE;
  const unhashed = { version, bytes, signatureArmored, isFirstUse, ...(await mark()), prev };
  await versions.append({ ...unhashed, hash: hashOf(unhashed) });
}

function hashOf(version: Omit<TrustVersion, 'hash'>): string {
  const { bytes, signatureArmored, isFirstUse, afterSeq, acceptedAtMs, prev } = version;
  return sha256Hex(
    canonicalJson({
      schema: 'countersign.trust-version/1',
      version: version.version,
      trust: sha256Hex(bytes),
      signature: signatureArmored ?? null,
      isFirstUse,
      acceptedAtMs,
      afterSeq: afterSeq ?? null,
      prev,
    }),
  );
}

function checkChain(chain: readonly TrustVersion[], present: PinnedTrust, file: string): readonly TrustPeriod[] {
  const periods: TrustPeriod[] = [];
  let prev = NOTHING_BEFORE;
  for (const entry of chain) {
    const { version, bytes, signatureArmored, isFirstUse, acceptedAtMs, afterSeq } = entry;
    const trust = trustOf(bytes, `${file} (version ${version}, as it was accepted)`);
    const why = oddLink(entry, trust, { prev, trust: periods.at(-1)?.trust });
    if (why !== undefined) throw broken(`version ${version} of the remembered trust files does not hold: ${why}`, file);
    const digest = sha256Hex(bytes);
    periods.push({ trust, digest, isSigned: signatureArmored !== undefined, isFirstUse, acceptedAtMs, afterSeq });
    prev = entry.hash;
  }
  if (Buffer.compare(chain.at(-1)?.bytes ?? Buffer.alloc(0), present.bytes) === 0) return periods;
  throw broken('the newest remembered trust file is not the one that was accepted last', file);
}

type Before = { readonly prev: string; readonly trust: Trust | undefined };

function oddLink(entry: TrustVersion, trust: Trust, before: Before): string | undefined {
  if (entry.hash !== hashOf(entry) || entry.version !== trust.version) return 'it was changed';
  if (entry.prev !== before.prev) return 'one before it is missing';
  // What was trusted on first use has nobody before it who could have signed: it is told to people as such.
  if (before.trust === undefined || entry.isFirstUse) return undefined;
  if (trust.version <= before.trust.version) return `version ${before.trust.version} came before it`;
  return refuseSignature(entry, before.trust);
}

function trustOf(bytes: Uint8Array, file: string): Trust {
  return parseTrust(Buffer.from(bytes).toString('utf8'), file);
}

function broken(message: string, file: string): Failure {
  return new Failure('TRUST_HISTORY_BROKEN', message, {
    hint: 'find out who changed it and bring it back from a backup; without `trust-history`, everything is judged by the present trust file alone',
    where: visibleLine(file),
  });
}
