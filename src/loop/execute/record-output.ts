/** Brings a tool's output into the record while it runs, masked, so that a crash loses none of it. */

import type { Sha256Hex } from '../../kernel/index.ts';
import { maskSecrets, type StreamMask } from '../../record/index.ts';
import type { ExecutionParts } from './execution-parts.ts';
import type { OutputStream } from './launcher.ts';
import { runnerPrincipal } from './runner-principal.ts';

/** Where output comes from and where it goes. */
export type OutputSource = {
  readonly proposal: string;
  readonly claim: string;
  readonly outputDirectory: string;
  readonly secrets: readonly string[];
};

/** Follows both streams of one execution. */
export interface OutputRecorder {
  /** Records what is new. @throws Failure of the store; what was not recorded is tried again by the next call */
  drain(isLast: boolean): Promise<void>;
  /** Digests of everything recorded so far, in order. */
  recorded(): readonly Sha256Hex[];
}

/**
 * Starts to record both streams.
 *
 * @param alreadyRecorded  masked bytes of each stream that stand in the record from before a crash; they are not recorded again
 */
export function recordOutput(
  parts: ExecutionParts,
  source: OutputSource,
  alreadyRecorded: Readonly<Record<OutputStream, number>>,
): OutputRecorder {
  const digests: Sha256Hex[] = [];
  const masks = maskSecrets(source.secrets);
  const streams = (['stdout', 'stderr'] as const).map((stream) =>
    followStream(parts, source, { stream, mask: masks.stream(), skip: alreadyRecorded[stream], digests }),
  );
  return {
    recorded: () => [...digests],
    drain: async (isLast) => {
      for (const drainStream of streams) await drainStream(isLast);
    },
  };
}

type Following = {
  readonly stream: OutputStream;
  readonly mask: StreamMask;
  readonly skip: number;
  readonly digests: Sha256Hex[];
};

function followStream(
  parts: ExecutionParts,
  source: OutputSource,
  following: Following,
): (isLast: boolean) => Promise<void> {
  const { mask } = following;
  const maxBytes = parts.pace.outputChunkBytes;
  let offset = 0;
  let skip = following.skip;
  let isEnded = false;
  const waiting: Uint8Array[] = [];
  const take = (masked: Uint8Array): void => {
    const rest = masked.subarray(Math.min(skip, masked.length));
    skip -= masked.length - rest.length;
    if (rest.length > 0) waiting.push(rest);
  };
  const record = async (): Promise<void> => {
    for (let chunk = waiting[0]; chunk !== undefined; chunk = waiting[0]) {
      following.digests.push(await recordChunk(parts, source, following.stream, chunk));
      waiting.shift();
    }
  };
  return async (isLast) => {
    await record();
    for (;;) {
      const content = await parts.launcher.readOutput(source.outputDirectory, following.stream, { offset, maxBytes });
      if (content.length === 0) break;
      offset += content.length;
      take(mask.push(content));
      await record();
    }
    if (isLast && !isEnded) {
      isEnded = true;
      take(mask.end());
      await record();
    }
  };
}

async function recordChunk(
  parts: ExecutionParts,
  { proposal, claim }: OutputSource,
  stream: OutputStream,
  chunk: Uint8Array,
): Promise<Sha256Hex> {
  const digest = await parts.blobs.put(chunk);
  const command = { kind: 'see-output', output: { stream, digest, sizeBytes: chunk.length }, claim } as const;
  await parts.journal.ask(proposal, command, runnerPrincipal(parts.signer));
  await parts.progress.reached('output', proposal);
  return digest;
}
