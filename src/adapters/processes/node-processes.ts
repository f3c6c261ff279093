/** Short-lived helper programs. Nothing is inherited but what the caller names. */

import { type ChildProcess, spawn } from 'node:child_process';
import type { ProcessEnd, Processes, ProcessResult, ProcessSpec } from '../../kernel/index.ts';
import { BoundedOutput } from './bounded-output.ts';
import { locateProgram } from './locate-program.ts';

const GRACE_MS = 2_000;

/** Runs helper programs on this machine. */
export function nodeProcesses(): Processes {
  return { run, locate: locateProgram };
}

async function run(spec: ProcessSpec): Promise<ProcessResult> {
  const stdout = new BoundedOutput(spec.maxOutputBytes);
  const stderr = new BoundedOutput(spec.maxOutputBytes);
  const { end, isTimedOut } = await new Promise<{ end: ProcessEnd; isTimedOut: boolean }>((resolve) => {
    const child = spawn(spec.file, [...spec.args], {
      cwd: spec.directory,
      env: { ...spec.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    let isLate = false;
    const stopLater = stopAfter(child, spec.timeoutMs, () => {
      isLate = true;
    });
    const settle = (how: ProcessEnd): void => {
      stopLater();
      resolve({ end: how, isTimedOut: isLate });
    };
    child.on('error', (thrown) => settle({ kind: 'not-started', why: String(thrown) }));
    child.on('close', (code, signal) => settle(endOf(code, signal)));
    child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
    // A program may close its standard input without reading it; that is its right and no failure.
    child.stdin.on('error', () => undefined);
    child.stdin.end(spec.stdin ?? new Uint8Array());
  });
  return {
    end,
    stdout: stdout.bytes(),
    stderr: stderr.bytes(),
    isTruncated: stdout.isTruncated || stderr.isTruncated,
    isTimedOut,
  };
}

function endOf(code: number | null, signal: NodeJS.Signals | null): ProcessEnd {
  if (code !== null) return { kind: 'exited', code };
  return signal === null ? { kind: 'lost' } : { kind: 'signalled', signal };
}

function stopAfter(child: ChildProcess, timeoutMs: number, onLate: () => void): () => void {
  let last: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    onLate();
    signalGroup(child, 'SIGTERM');
    last = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
  }, timeoutMs);
  return () => {
    clearTimeout(first);
    clearTimeout(last);
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already, which is what the signal was for.
    child.kill(signal);
  }
}
