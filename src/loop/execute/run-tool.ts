/**
 * Launches the tool and watches it to its end.
 *
 * Nothing here may give up while the tool runs: a store that can't be written, or a person who interrupts, never ends the watch.
 */

import type { ExecutionTrace } from '../../tools/index.ts';
import type { ExecutionParts } from './execution-parts.ts';
import type { Launcher, OutputStream, Run } from './launcher.ts';
import type { Prepared } from './prepare-execution.ts';
import { type OutputRecorder, recordOutput } from './record-output.ts';
import { runDirectories } from './run-directories.ts';

/** What was seen of a run. */
export type Ran = {
  readonly trace: ExecutionTrace;
  /** Digests of the recorded output. */
  readonly evidence: readonly string[];
  /** What a person must know beyond the trace, a sentence each. */
  readonly remarks: readonly string[];
};

const NOTHING: Uint8Array = new Uint8Array();
const PIECE_BYTES = 1024 * 1024;
const MOST_TRACE_BYTES = 256 * 1024 * 1024;

/** Runs the sealed command once. When the signal aborts, the tool is asked to stop once, with SIGTERM, and watched on. */
export async function runTool(parts: ExecutionParts, prepared: Prepared, signal: AbortSignal): Promise<Ran> {
  const { held, bundle } = prepared;
  const driver = parts.drivers[bundle.manifest.driver];
  const outputDirectory = runDirectories(parts, held.proposal, held.claim).output;
  const command = driver.command(bundle);
  const launched = await parts.launcher.launch({ command, claim: held.claim, outputDirectory });
  if (launched.kind === 'not-started') return neverRan(launched.why);
  await parts.progress.reached('launched', held.proposal);

  const source = { ...held, outputDirectory, secrets: driver.secrets(bundle) };
  const recorder = recordOutput(parts, source, { stdout: 0, stderr: 0 });
  const { trouble, isStopped } = await watch(parts, launched.run, recorder, signal);
  const end = await launched.run.ended;
  const survivors = await countSurvivors(parts, launched.run);
  const remarks = isStopped ? ['it was asked to stop, once, with SIGTERM'] : [];
  return {
    trace: { end, survivors, ...(await readTrace(parts.launcher, outputDirectory)) },
    evidence: recorder.recorded(),
    remarks: trouble === undefined ? remarks : [...remarks, outputLost(trouble, outputDirectory)],
  };
}

/** Reads what a tool printed; pieces beyond 256 MiB a stream are left out. */
export async function readTrace(
  launcher: Launcher,
  outputDirectory: string,
): Promise<Pick<ExecutionTrace, 'stdout' | 'stderr'>> {
  const read = (stream: OutputStream): Promise<Uint8Array> => readWhole(launcher, outputDirectory, stream);
  return { stdout: await read('stdout'), stderr: await read('stderr') };
}

async function watch(
  parts: ExecutionParts,
  run: Run,
  recorder: OutputRecorder,
  signal: AbortSignal,
): Promise<{ readonly trouble: unknown; readonly isStopped: boolean }> {
  const over = new AbortController();
  const isOver = run.ended.then(() => over.abort());
  let isStopped = false;
  const stopOnce = (): void => {
    if (over.signal.aborted) return;
    isStopped = true;
    run.stop();
  };
  if (signal.aborted) stopOnce();
  else signal.addEventListener('abort', stopOnce, { once: true });
  while (!over.signal.aborted) {
    await parts.clock.wait(parts.pace.outputEveryMs, over.signal);
    await troubleOf(() => recorder.drain(false));
  }
  await isOver;
  signal.removeEventListener('abort', stopOnce);
  return { trouble: await troubleOf(() => recorder.drain(true)), isStopped };
}

// The output stands in files: what can't be recorded now is tried again, and at the end it is said that it is missing.
async function troubleOf(act: () => Promise<void>): Promise<unknown> {
  try {
    await act();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

async function countSurvivors(parts: ExecutionParts, run: Run): Promise<number> {
  const steps = 20;
  for (let step = 0; step < steps; step += 1) {
    const survivors = await run.survivors();
    if (survivors === 0) return 0;
    await parts.clock.wait(parts.pace.surviveForMs / steps);
  }
  return await run.survivors();
}

async function readWhole(launcher: Launcher, outputDirectory: string, stream: OutputStream): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let offset = 0; offset < MOST_TRACE_BYTES; ) {
    const piece = await launcher.readOutput(outputDirectory, stream, { offset, maxBytes: PIECE_BYTES });
    if (piece.length === 0) break;
    pieces.push(piece);
    offset += piece.length;
  }
  return new Uint8Array(Buffer.concat(pieces));
}

function neverRan(why: string): Ran {
  const trace = { end: { kind: 'not-started', why } as const, stdout: NOTHING, stderr: NOTHING, survivors: 0 };
  return { trace, evidence: [], remarks: [] };
}

function outputLost(trouble: unknown, outputDirectory: string): string {
  return `its output could not all be recorded (${String(trouble)}); it stands in ${outputDirectory}`;
}
