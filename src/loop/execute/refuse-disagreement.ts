/** Refuses a record that says something else than the bundle that people signed: it is the bundle that runs. */

import {
  canonicalJson,
  type HashFunction,
  type Json,
  type Manifest,
  placeOf,
  type Refusal,
  type StateOf,
} from '../../kernel/index.ts';

/**
 * Compares what the record says of a proposal with its manifest.
 *
 * A control plane that drops a check, swaps the target's name or leaves out a secret blob is caught here, whatever it shows.
 *
 * @returns a refusal that names the first member that differs; `undefined` when record and bundle agree
 */
export function refuseDisagreement(
  hash: HashFunction,
  state: StateOf<'executing'>,
  manifest: Manifest,
): Refusal | undefined {
  const secretBlobs = manifest.blobs.filter((blob) => blob.sealing === 'age').map((blob) => blob.digest);
  const pairs: readonly (readonly [string, Json, Json])[] = [
    ['proposal', state.proposal, manifest.proposal],
    ['target', state.target, manifest.target],
    ['environment', state.environment, manifest.environment],
    ['driver', state.driver, manifest.driver],
    ['proposer', state.proposer, manifest.proposer],
    // It opens a held target: a record that claims it of a bundle that does not say so would get anything past the hold.
    ['recovers', state.recovers ?? null, manifest.recovers ?? null],
    // It says which lock it takes: a record that leaves it out would get past whatever holds the place under another name.
    ['place', state.place ?? null, placeOf(hash, manifest.facts) ?? null],
    ['runner', state.runner, manifest.runner.name],
    ['previewDigest', state.previewDigest, manifest.previewDigest],
    ['checks', state.checks, manifest.checks],
    ['secretBlobs', [...state.secretBlobs].sort(), secretBlobs.sort()],
  ];
  const differing = pairs.find(([, recorded, sealed]) => canonicalJson(recorded) !== canonicalJson(sealed));
  if (differing === undefined) return undefined;
  const [member, recorded, sealed] = differing;
  return {
    kind: 'refused',
    code: 'WRONG_DOCUMENT',
    what: 'this execution',
    where: state.proposal,
    why: `the record says ${member} ${canonicalJson(recorded)}, the approved bundle says ${canonicalJson(sealed)}`,
    next: 'do not trust this record: run `countersign record verify`, then propose the change again',
  };
}
