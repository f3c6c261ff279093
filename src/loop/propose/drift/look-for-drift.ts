/** Looks at one place: is the world still as the change that was confirmed there left it? Nothing in the world changes. */

import { isFailure, type StateOf, visibleLine } from '../../../kernel/index.ts';
import type { LookAgainAnswer } from '../../../tools/index.ts';
import { chooseEnvironment } from '../choose-environment.ts';
import { mergeVariables } from '../sealed-variables.ts';
import type { DriftParts, DriftQuestion, DriftResult, SameChange } from './drift-parts.ts';
import { withDriftScratch } from './drift-scratch.ts';
import type { BegunState, ChangedPlace } from './find-changed-places.ts';
import { openDriftDraft } from './open-drift-draft.ts';
import { type ConfirmedManifest, readConfirmed, readOptions } from './read-confirmed.ts';

type Without = Extract<DriftResult, { readonly why: string }>;

/**
 * Looks at one place, and opens a draft where something stands otherwise.
 *
 * What can't be looked at is `unknown` with the reason, and never as confirmed; a place that executes or is held is `skipped`.
 *
 * @throws Failure those of the store
 */
export async function lookForDrift(
  parts: DriftParts,
  question: DriftQuestion,
  place: ChangedPlace,
): Promise<DriftResult> {
  const { last } = place;
  try {
    const occupied = await refuseOccupied(parts, last);
    if (occupied !== undefined) return occupied;
    if (last.kind !== 'closed') return skipped(`it is ${last.kind}`, last.proposal);
    const unconfirmed = await refuseUnconfirmed(parts, last);
    if (unconfirmed !== undefined) return unconfirmed;
    const manifest = await readConfirmed(parts, last.bundleDigest);
    const change = sameChange(last.target, manifest);
    const answer = await lookAgain(parts, question, { last, manifest, change });
    if (answer.kind !== 'drifted') return answer;
    return await openDriftDraft(parts, question, { ...place, last, change, found: answer });
  } catch (thrown) {
    if (!isFailure(thrown) || thrown.code.startsWith('STORE_')) throw thrown;
    return { kind: 'unknown', why: thrown.message, next: thrown.hint };
  }
}

async function refuseOccupied(parts: DriftParts, last: BegunState): Promise<Without | undefined> {
  const { target } = await parts.journal.standing(last.proposal);
  if (target.busy !== undefined) return skipped(`${target.busy} executes, or waits for its verdict`, target.busy);
  const [holder] = [...target.held, ...(await parts.disownedReleases(last.target, last.place))];
  return holder === undefined ? undefined : skipped(`${holder} left it in doubt, and it is held`, holder);
}

async function refuseUnconfirmed(parts: DriftParts, last: StateOf<'closed'>): Promise<Without | undefined> {
  const { proposal, mark } = last;
  const verdict = last.verdicts.at(-1)?.verdict.kind ?? 'no verdict';
  if (verdict !== 'confirmed') {
    const why = `${proposal}, which was executed there last, was never confirmed: ${verdict}, closed as ${mark}`;
    return { kind: 'unknown', why, next: `countersign verify ${proposal} looks again` };
  }
  const doubt = await parts.doubt(proposal);
  if (doubt === undefined) return undefined;
  return { kind: 'unknown', why: `${proposal} is not believed: ${doubt}`, next: `countersign show ${proposal}` };
}

function sameChange(target: string, manifest: ConfirmedManifest): SameChange {
  const { directory } = manifest;
  const { variables, secretVariables } = mergeVariables(manifest, { variables: [], secretVariables: [] });
  const data = manifest.facts.find(({ name }) => name === 'terraform.directory.data')?.value;
  // It is no part of a sealed environment: where Terraform keeps its work is a fact of its own.
  const isUsual = typeof data !== 'string' || data === `${directory}/.terraform`;
  return { target, directory, variables: isUsual ? variables : [...variables, `TF_DATA_DIR=${data}`], secretVariables };
}

type Looking = {
  readonly last: StateOf<'closed'>;
  readonly manifest: ConfirmedManifest;
  readonly change: SameChange;
};

async function lookAgain(
  parts: DriftParts,
  { inherited }: DriftQuestion,
  { last, manifest, change }: Looking,
): Promise<LookAgainAnswer> {
  const { variables, secretVariables } = chooseEnvironment({ inherited, ...change });
  const options = await readOptions(parts, last.previewDigest);
  return await withDriftScratch(parts, last.proposal, async (scratch) => {
    const request = { manifest, options, environment: variables, secretVariables, scratch };
    const answer = await parts.drivers[last.driver].lookAgain?.(request);
    return answer ?? { kind: 'unknown', why: `${last.driver} can't look again`, next: 'look at the world yourself' };
  });
}

function skipped(why: string, proposal: string): Without {
  return { kind: 'skipped', why, next: `countersign show ${visibleLine(proposal)}` };
}
