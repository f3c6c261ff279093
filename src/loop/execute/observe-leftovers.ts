/** Reads what a dead runner's execution left in its run directory: the rest of its output, and the driver's rows. */

import type { Outcome } from '../../kernel/index.ts';
import type { OpenedBundle } from '../../tools/index.ts';
import type { ExecutionParts } from './execution-parts.ts';
import type { OutputStream } from './launcher.ts';
import type { Intent } from './ledger.ts';
import { observeOutcome } from './observe-outcome.ts';
import { openBlobs } from './open-bundle.ts';
import { readManifest } from './read-manifest.ts';
import { recordOutput } from './record-output.ts';
import { directoriesIn, type RunDirectories } from './run-directories.ts';
import { readTrace } from './run-tool.ts';

/** What is known of the leftovers. */
export type Leftovers = {
  /** Processes that did not stop. */
  readonly survivors: number;
  /** The record has its start, and so takes its output. */
  readonly isStarted: boolean;
};

/** Observes what can still be observed. Trouble makes the outcome poorer and never stops the recovery. */
export async function observeLeftovers(parts: ExecutionParts, intent: Intent, leftovers: Leftovers): Promise<Outcome> {
  const directories = directoriesIn(intent.runDirectory);
  try {
    const bundle = await reopen(parts, intent, directories);
    const evidence = leftovers.isStarted ? await recordRest(parts, intent, bundle) : [];
    const printed = await readTrace(parts.launcher, directories.output);
    const trace = { end: { kind: 'lost' } as const, survivors: leftovers.survivors, ...printed };
    return await observeOutcome(parts, bundle, { trace, evidence, remarks: [] });
  } catch (thrown) {
    return unobserved(thrown);
  }
}

async function reopen(parts: ExecutionParts, intent: Intent, directories: RunDirectories): Promise<OpenedBundle> {
  const manifest = readManifest(parts.hash, await parts.blobs.get(intent.bundleDigest), intent.bundleDigest);
  return { manifest, blobs: await openBlobs(parts, manifest), runDirectory: directories.copy };
}

async function recordRest(parts: ExecutionParts, intent: Intent, bundle: OpenedBundle): Promise<readonly string[]> {
  const { proposal, claim } = intent;
  const secrets = parts.drivers[bundle.manifest.driver].secrets(bundle);
  const outputDirectory = directoriesIn(intent.runDirectory).output;
  const before = await readRecorded(parts, proposal);
  const recorder = recordOutput(parts, { proposal, claim, outputDirectory, secrets }, before.sizes);
  await recorder.drain(true);
  return [...before.digests, ...recorder.recorded()];
}

type Recorded = { readonly sizes: Record<OutputStream, number>; readonly digests: readonly string[] };

async function readRecorded(parts: ExecutionParts, proposal: string): Promise<Recorded> {
  const sizes: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  const digests: string[] = [];
  const limit = 10_000;
  for (let afterSeq = 0; ; ) {
    const query = { stream: `proposal:${proposal}`, types: ['output'] as const, afterSeq, limit };
    const events = await parts.log.read(query);
    for (const { seq, body } of events) {
      afterSeq = seq;
      if (body.type !== 'output') continue;
      sizes[body.stream] += body.sizeBytes;
      digests.push(body.digest);
    }
    if (events.length < limit) return { sizes, digests };
  }
}

function unobserved(thrown: unknown): Outcome {
  const because = [`what it left could not be read: ${String(thrown)}`];
  return { kind: 'indeterminate', resources: [], end: { kind: 'lost' }, because, evidence: [] };
}
