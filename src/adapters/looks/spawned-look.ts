/** Has the verifier look at the world, in a process of its own: whoever proposes or executes never holds its key. */

import type { Clock, Processes } from '../../kernel/index.ts';

/** Whether the verifier looked; its answers stand in the record then. */
export type LookAnswer =
  | { readonly kind: 'looked' }
  | { readonly kind: 'unavailable'; readonly why: string; readonly next: string };

/** What it takes to start a verifier. */
export type LookParts = {
  readonly processes: Processes;
  readonly clock: Clock;
  /** Program and leading arguments of the countersign command itself. */
  readonly command: readonly [file: string, ...args: readonly string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** Where the verifier is started: a small directory, not the caller's. */
  readonly directory: string;
  /** Whether this account may read the verifier's keys; where not, a verifier service has to look. */
  readonly maySpawn: () => Promise<boolean>;
  /** Whether the look stands in the record. */
  readonly isLooked: (proposal: string) => Promise<boolean>;
};

const TIMEOUT_MS = 300_000;
const WAIT_FOR_SERVICE_MS = 30_000;
const POLL_MS = 250;
const MOST_OUTPUT_BYTES = 256 * 1024;
const MOST_WORDS = 600;

/** Asks for a look: by starting a verifier, or, at the enforced level, by waiting for the one that runs as a service. */
export async function spawnedLook(parts: LookParts, proposal: string): Promise<LookAnswer> {
  if (!(await parts.maySpawn())) return await waitForService(parts, proposal);
  const [file, ...args] = parts.command;
  const result = await parts.processes.run({
    file,
    args: [...args, 'look', proposal],
    directory: parts.directory,
    environment: parts.environment,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MOST_OUTPUT_BYTES,
  });
  if (result.end.kind === 'exited' && result.end.code === 0) return { kind: 'looked' };
  const words = new TextDecoder().decode(result.stderr).trim().slice(0, MOST_WORDS);
  return {
    kind: 'unavailable',
    why: words === '' ? `the verifier ended without a word (${JSON.stringify(result.end)})` : words,
    next: `countersign look ${proposal} shows what is wrong`,
  };
}

async function waitForService(parts: LookParts, proposal: string): Promise<LookAnswer> {
  const deadlineMs = parts.clock.nowMs() + WAIT_FOR_SERVICE_MS;
  while (parts.clock.nowMs() < deadlineMs) {
    if (await parts.isLooked(proposal)) return { kind: 'looked' };
    await parts.clock.wait(POLL_MS);
  }
  return {
    kind: 'unavailable',
    why: `no verifier looked within ${WAIT_FOR_SERVICE_MS / 1_000} s, and its keys belong to another user`,
    next: 'start the verifier service (countersign verifier, as its own user)',
  };
}
