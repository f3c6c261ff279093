/**
 * Asks what a held execution left and which ways back can be prepared. It reads, and proposes nothing.
 *
 * What is asked runs in the environment that the held change was sealed with, so that place and credentials are the same.
 */

import { z } from 'zod';
import { Failure, type Outcome, type Refusal, type VerdictKind, visibleLine } from '../../kernel/index.ts';
import type { Recovery } from '../../tools/index.ts';
import { chooseEnvironment } from './choose-environment.ts';
import type { ProposeParts, ProposeRequest } from './propose-parts.ts';
import { refuseRecovery } from './refuse-recovery.ts';
import { mergeVariables } from './sealed-variables.ts';

/** What is asked. `variables` and `secretVariables` add to what the held change was sealed with, or take its place. */
export type RecoveryQuestion = Pick<ProposeRequest, 'inherited' | 'variables' | 'secretVariables'> & {
  /** Full id of the held proposal. */
  readonly proposal: string;
};

/** What was found, with everything that a proposal of a recovery needs. */
export type RecoveriesAnswer =
  | {
      readonly kind: 'recoveries';
      readonly change: Pick<ProposeRequest, 'target' | 'driver' | 'directory' | 'variables' | 'secretVariables'> & {
        readonly recovers: string;
      };
      readonly outcome: Outcome;
      /** The newest; `undefined` where nobody has looked. */
      readonly verdict: VerdictKind | undefined;
      /** Why the target is held. */
      readonly why: string;
      readonly found: readonly string[];
      readonly recoveries: readonly Recovery[];
    }
  | Refusal;

const MANIFEST = z.looseObject({
  driver: z.enum(['argv', 'terraform', 'sqlite']),
  directory: z.string(),
  environmentVariables: z.record(z.string(), z.string()),
  secretVariables: z.array(z.string()),
});

/** Asks. @throws Failure `USAGE` on a variable that is not set, `NOT_FOUND`, `BLOB_MISSING`, `BLOB_CORRUPT`, and those of the tool */
export async function askRecoveries(parts: ProposeParts, question: RecoveryQuestion): Promise<RecoveriesAnswer> {
  const { proposal, inherited } = question;
  const { state } = await parts.journal.standing(proposal);
  const refusal = await refuseRecovery(parts, {
    recovers: proposal,
    target: state.kind === 'absent' ? '' : state.target,
  });
  if (refusal !== undefined) return { ...refusal, what: 'this recovery', where: proposal };
  if (!('outcome' in state)) throw unreadable(proposal);
  const manifest = readManifest(await parts.blobs.get(state.bundleDigest), proposal);
  const { driver } = manifest;
  const asked = mergeVariables(manifest, question);
  const { directory } = manifest;
  const environment = chooseEnvironment({ inherited, ...asked });
  const answer = await parts.drivers[driver].recoveries?.({
    held: { proposal, bundleDigest: state.bundleDigest },
    outcome: state.outcome,
    directory,
    environment: environment.variables,
    secretVariables: environment.secretVariables,
  });
  return {
    kind: 'recoveries',
    change: { target: state.target, driver, directory, recovers: proposal, ...asked },
    outcome: state.outcome,
    verdict: state.verdicts.at(-1)?.verdict.kind,
    why: state.kind === 'held' ? state.why : 'a person released it, and no runner has started anything since',
    found: answer?.found ?? [`nothing is known of what ${driver} leaves: look at the world`],
    recoveries: answer?.recoveries ?? [],
  };
}

function readManifest(content: Uint8Array, proposal: string): z.output<typeof MANIFEST> {
  const manifest = MANIFEST.safeParse(parseJson(content)).data;
  if (manifest === undefined) throw unreadable(proposal);
  return manifest;
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    // No JSON has the shape of a manifest: the caller names the proposal whose bundle it is.
    return undefined;
  }
}

function unreadable(proposal: string): Failure {
  return new Failure('BLOB_CORRUPT', `the bundle of ${visibleLine(proposal)} can't be read`, {
    hint: 'countersign record verify says what was changed',
    where: proposal,
  });
}
