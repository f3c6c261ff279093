/** What a look and a verdict share: who may look, at what, and whether the record tells the truth about it. */

import {
  canonicalJson,
  type Json,
  type Refusal,
  type StateKind,
  type StateOf,
  visibleLine,
} from '../../kernel/index.ts';
import { readSealedChecks, type SealedChecks } from './read-sealed-checks.ts';
import { refuseAt } from './refusal.ts';
import type { Parties } from './verifier-trust.ts';
import type { VerifyParts } from './verify-parts.ts';

/** The states that a verifier looks at. */
type WatchedKind = Extract<StateKind, 'proposed' | 'open' | 'approved' | 'executing' | 'executed' | 'held' | 'closed'>;

/** A proposal in one of those states. */
export type WatchedState = StateOf<WatchedKind>;

/** A proposal that may be looked at: its state, its sealed checks, the known keys, and what the operator mandates beyond them. */
export type SealedWork = {
  readonly kind: 'work';
  readonly sealed: SealedChecks;
  readonly parties: Parties;
  /** A known person signed this very bundle. A standing grant signs no check. */
  readonly isApproved: boolean;
  /** Ids of the sealed checks that the verifier's own trust file mandates. A bundle may call anything mandated. */
  readonly mandated: ReadonlySet<string>;
  /** Ids of mandated checks that the sealed bundle lacks or has changed. */
  readonly dropped: readonly string[];
};

/**
 * Loads the sealed checks of a proposal and finds out whether this verifier may put them.
 *
 * @throws Failure `BLOB_MISSING`, `BLOB_CORRUPT`, and what the trust file throws
 */
export async function loadSealedWork(parts: VerifyParts, state: WatchedState): Promise<SealedWork | Refusal> {
  const sealed = readSealedChecks(parts.hash, await parts.blobs.get(state.bundleDigest), state.bundleDigest);
  const parties = await parts.trust.parties();
  const refusal = refuseDisagreement(state, sealed) ?? refuseTwins(sealed) ?? refuseOwnWork(parts, sealed, parties);
  if (refusal !== undefined) return refusal;
  const isApproved = await hasApproval(parts, state);
  return { kind: 'work', sealed, parties, isApproved, ...(await compareMandated(parts, sealed)) };
}

async function hasApproval(parts: VerifyParts, state: WatchedState): Promise<boolean> {
  for (const { document, signature } of 'approvals' in state ? state.approvals : []) {
    const isOfThis = document.proposal === state.proposal && document.bundleDigest === state.bundleDigest;
    if (!isOfThis || document.decision === 'reject') continue;
    if (await parts.trust.knowsApproval({ document, signature })) return true;
  }
  return false;
}

/** A control plane that shows other checks than those that were signed is caught here. */
function refuseDisagreement(state: WatchedState, sealed: SealedChecks): Refusal | undefined {
  const pairs: readonly (readonly [string, Json, Json])[] = [
    ['proposal', state.proposal, sealed.proposal],
    ['target', state.target, sealed.target],
    ['environment', state.environment, sealed.environment],
    ['driver', state.driver, sealed.driver],
    ['runner', state.runner, sealed.runner.name],
    ['checks', state.checks, sealed.checks],
  ];
  const differing = pairs.find(([, recorded, approved]) => canonicalJson(recorded) !== canonicalJson(approved));
  if (differing === undefined) return undefined;
  return refuseAt(state.proposal, 'WRONG_DOCUMENT', {
    what: 'this look',
    why: `the record says ${differing[0]} ${canonicalJson(differing[1])}, the bundle says ${canonicalJson(differing[2])}`,
    next: 'do not trust this record: run `countersign record verify`',
  });
}

/** Two checks of one id would be judged by one answer: an easy one could stand in for a mandated one. */
function refuseTwins(sealed: SealedChecks): Refusal | undefined {
  const ids = sealed.checks.map(({ id }) => id);
  const twin = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twin === undefined) return undefined;
  return refuseAt(sealed.proposal, 'POLICY', {
    what: 'this look',
    why: `two checks of the bundle are called ${visibleLine(twin)}`,
    next: 'propose the change again, with a name for each check',
  });
}

/** The verifier is neither the runner of this bundle nor, by its key, any other runner (L2). */
function refuseOwnWork(parts: VerifyParts, sealed: SealedChecks, parties: Parties): Refusal | undefined {
  const { name, key } = parts.signer;
  const runner = [sealed.runner, ...parties.runners].find((one) => one.key === key);
  if (runner === undefined && sealed.runner.name !== name) return undefined;
  return refuseAt(sealed.proposal, 'OWN_WORK', {
    what: 'this look',
    why: runner === undefined ? `${name} is its runner` : `${name} holds the key of the runner ${runner.name}`,
    next: 'let a verifier with a name and a key of its own look',
  });
}

async function compareMandated(
  parts: VerifyParts,
  sealed: SealedChecks,
): Promise<Pick<SealedWork, 'mandated' | 'dropped'>> {
  const { target, environment, driver } = sealed;
  const wanted = await parts.trust.mandated({ target, environment, driver });
  const has = new Set(sealed.checks.map(essence));
  const known = new Set(wanted.map(essence));
  return {
    mandated: new Set(sealed.checks.filter((spec) => known.has(essence(spec))).map(({ id }) => id)),
    dropped: wanted.filter((spec) => !has.has(essence(spec))).map((spec) => spec.id),
  };
}

/** What must not be lost of a mandated check: what it asks, under which name. A longer wait is no weaker question. */
function essence(spec: { readonly id: string; readonly kind: string; readonly question: Json }): string {
  return canonicalJson([spec.id, spec.kind, spec.question]);
}
