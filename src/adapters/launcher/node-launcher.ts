/** Launches approved programs: output to files, a session of their own, asked to stop once, and never killed. */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, ProcessEnd } from '../../kernel/index.ts';
import type { Launched, Launcher, LaunchSpec, OutputRange } from '../../loop/execute/index.ts';
import { reap } from './reap.ts';
import { findRunning, RUN_MARK } from './running-processes.ts';

/** Opens the launcher of this machine; it finds marked processes by `/proc` on Linux and by `ps` elsewhere. */
export function nodeLauncher(parts: { readonly clock: Clock }): Launcher {
  return {
    launch,
    readOutput: async (outputDirectory, stream, range) => readOutput(join(outputDirectory, stream), range),
    reap: (claim, deadlineMs) => reap(parts.clock, claim, deadlineMs),
  };
}

async function launch(spec: LaunchSpec): Promise<Launched> {
  const opened: number[] = [];
  try {
    const stdio = openStreams(spec, opened);
    const { command } = spec;
    const child = spawn(command.file, [...command.args], {
      cwd: command.directory,
      env: { ...command.environment, [RUN_MARK]: spec.claim },
      // A session of its own: a Ctrl-C at the runner's terminal is not meant for the tool.
      detached: true,
      stdio,
    });
    return await spawned(child, spec.claim);
  } catch (thrown) {
    return { kind: 'not-started', why: String(thrown) };
  } finally {
    for (const handle of opened) closeSync(handle);
  }
}

/** Opens input and output as files, so that neither a full pipe nor a dead runner can reach the tool. */
function openStreams(spec: LaunchSpec, opened: number[]): number[] {
  const keep = (handle: number): number => {
    opened.push(handle);
    return handle;
  };
  const { outputDirectory, command } = spec;
  const input = join(outputDirectory, 'stdin');
  const written = keep(openSync(input, 'wx', 0o600));
  writeWhole(written, command.stdin ?? new Uint8Array());
  fsyncSync(written);
  const stdin = keep(openSync(input, 'r'));
  const stdout = keep(openSync(join(outputDirectory, 'stdout'), 'ax', 0o600));
  const stderr = keep(openSync(join(outputDirectory, 'stderr'), 'ax', 0o600));
  return [stdin, stdout, stderr];
}

function writeWhole(handle: number, content: Uint8Array): void {
  for (let done = 0; done < content.length; ) done += writeSync(handle, content, done);
}

async function spawned(child: ChildProcess, claim: string): Promise<Launched> {
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve(endOf(code, signal)));
  });
  const why = await new Promise<string | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', (error) => resolve(String(error)));
  });
  const leader = child.pid;
  if (why !== undefined || leader === undefined) return { kind: 'not-started', why: why ?? 'it has no process id' };
  let isEnded = false;
  const run = {
    ended: ended.finally(() => {
      isEnded = true;
    }),
    stop: (): void => {
      if (!isEnded) child.kill('SIGTERM');
    },
    survivors: async (): Promise<number> => {
      const running = await findRunning();
      return running.filter((one) => one.pid !== leader && (one.claim === claim || one.session === leader)).length;
    },
  };
  return { kind: 'running', run };
}

function endOf(code: number | null, signal: string | null): ProcessEnd {
  if (code !== null) return { kind: 'exited', code };
  return signal === null ? { kind: 'lost' } : { kind: 'signalled', signal };
}

function readOutput(path: string, range: OutputRange): Uint8Array {
  const handle = openIfThere(path);
  if (handle === undefined) return new Uint8Array();
  try {
    const content = new Uint8Array(range.maxBytes);
    const sizeBytes = readSync(handle, content, 0, range.maxBytes, range.offset);
    return content.subarray(0, sizeBytes);
  } finally {
    closeSync(handle);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
