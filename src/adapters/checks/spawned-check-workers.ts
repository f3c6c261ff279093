/** Check workers as processes of their own: they get no key, a small environment, and one order each. */

import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type CheckSpec,
  type Files,
  isFailure,
  type Processes,
  type ProcessResult,
  type Random,
} from '../../kernel/index.ts';
import type { CheckErrand, CheckWorkers, WorkerAnswer } from '../../loop/verify/index.ts';
import { CHECK_QUESTIONS } from '../../tools/index.ts';
import { RUN_MARK } from '../launcher/running-processes.ts';
import { NOT_AS_SEALED, withhold } from './discretion.ts';
import { stageCommand } from './programs/stage-command.ts';
import { stopLeftovers } from './stop-leftovers.ts';
import { readReply, type WorkerOrder } from './worker-protocol.ts';

/** Where errands keep their files. They are apart, so that what runs behind the fence can't change what runs outside of it. */
export type CheckPlaces = {
  /** For what an errand writes outside of the fence; nothing behind the fence may see it. */
  readonly scratch: string;
  /** For what an errand writes behind the fence. */
  readonly fencedScratch: string;
  /** For copies of sealed programs; what is behind the fence may read it. */
  readonly programs: string;
};

/** What it takes to send workers out. */
export type CheckWorkerParts = {
  readonly processes: Processes;
  /**
   * Runs where nothing can be harmed: no network, no credentials, nothing writable but scratch. What an agent wrote runs here as
   * long as nobody has approved it; without such a place it is not asked.
   */
  readonly fencedProcesses: Processes | undefined;
  readonly files: Files;
  readonly random: Random;
  /** Absolute path of Node. */
  readonly nodePath: string;
  /** The whole environment of a worker and of the programs that it asks: `PATH` and the verifier's read-only credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names in `environment` whose values are secret. */
  readonly secretVariables: readonly string[];
  /** Accounts that may read less than this one can propose: of what nobody approved they are told no more than green or red. */
  readonly mayOthersPropose: boolean;
  /** Absolute directories that no check may look into: keys, ledgers, trust. */
  readonly keepOut: readonly string[];
  /** Absolute paths of private directories; each errand gets directories below them. */
  readonly places: CheckPlaces;
  /** The worker's program; by default the one beside this file. */
  readonly workerPath?: string | undefined;
};

const LONGEST_TIMEOUT_MS = 600_000;
/** A worker stops what it asks by itself; this is how much longer it may take to say so. */
const GRACE_MS = 5_000;
const MOST_OUTPUT_BYTES = 64 * 1024;
const TICKET_BYTES = 16;
const PRIVATE_FILE = 0o600;

/** Sends out one worker for each errand. Beside compiled code the worker is compiled too. */
export function spawnedCheckWorkers(parts: CheckWorkerParts): CheckWorkers {
  return { put: (errand) => put(parts, errand) };
}

async function put(parts: CheckWorkerParts, errand: CheckErrand): Promise<WorkerAnswer> {
  const answer = await putAsItIs(parts, errand);
  return isDiscreet(parts, errand) ? withhold(answer) : answer;
}

/** A question of somebody who may read less than this account does, and whom nobody has answered for yet. */
function isDiscreet(parts: CheckWorkerParts, { isApproved, isMandated }: CheckErrand): boolean {
  return parts.mayOthersPropose && !isApproved && !isMandated;
}

async function putAsItIs(parts: CheckWorkerParts, errand: CheckErrand): Promise<WorkerAnswer> {
  const isFenced = !errand.isApproved && runsForeignCode(errand);
  const processes = isFenced ? parts.fencedProcesses : parts.processes;
  if (processes === undefined) {
    return { kind: 'lost', why: 'it runs code that nobody has approved, and there is no sandbox to run it in' };
  }
  const { places } = parts;
  const scratch = await parts.files.makeTemporary(isFenced ? places.fencedScratch : places.scratch, 'check-');
  const copies = await parts.files.makeTemporary(places.programs, 'check-');
  const mark = `check-${Buffer.from(parts.random.bytes(TICKET_BYTES)).toString('hex')}`;
  const environment = { ...(isFenced ? withoutSecrets(parts) : parts.environment), [RUN_MARK]: mark };
  try {
    const staged = await stage(parts, errand, copies);
    if (staged.kind === 'differs') return differs(parts, errand, staged.why);
    const order = await orderFor(parts, { ...errand, spec: staged.spec }, scratch);
    const answer = await answered(parts, { processes, order, environment });
    const why = await staged.whatChanged();
    return why === undefined ? answer : differs(parts, errand, why);
  } finally {
    await stopLeftovers(mark);
    await parts.files.remove(scratch);
    await parts.files.remove(copies);
  }
}

function differs(parts: CheckWorkerParts, errand: CheckErrand, why: string): WorkerAnswer {
  return { kind: 'lost', why: isDiscreet(parts, errand) ? NOT_AS_SEALED : why, isChanged: true };
}

type Staged =
  | { readonly kind: 'staged'; readonly spec: CheckSpec; readonly whatChanged: () => Promise<string | undefined> }
  | { readonly kind: 'differs'; readonly why: string };

/** Only a command has files that run; every other question is put as it is. */
async function stage(parts: CheckWorkerParts, errand: CheckErrand, copies: string): Promise<Staged> {
  const { spec, programs } = errand;
  if (spec.kind !== 'command') return { kind: 'staged', spec, whatChanged: async () => undefined };
  const question = CHECK_QUESTIONS.command.parse(spec.question);
  const places = {
    directory: question.directory ?? errand.directory,
    searchPath: parts.environment['PATH'] ?? '',
    keepOut: parts.keepOut,
  };
  const staged = await stageCommand({ question, sealed: programs, places, copies });
  if (staged.kind === 'differs') return staged;
  const sent: CheckSpec = { ...spec, question: { ...spec.question, argv: staged.argv } };
  return { kind: 'staged', spec: sent, whatChanged: staged.whatChanged };
}

/**
 * What the operator mandates is the operator's code, unless it runs where the proposer's files lie: git, make, Python and others
 * load code from there. A plan runs providers and external programs of the proposer's choice.
 */
function runsForeignCode({ spec, isMandated }: CheckErrand): boolean {
  if (spec.kind !== 'command') return spec.kind === 'terraform-plan';
  return !isMandated || spec.question['directory'] === undefined;
}

function withoutSecrets(parts: CheckWorkerParts): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parts.environment).filter(([name]) => !parts.secretVariables.includes(name)),
  );
}

async function orderFor(parts: CheckWorkerParts, errand: CheckErrand, scratch: string): Promise<WorkerOrder> {
  const { spec, isApproved, isMandated, directory, sealedDirectory } = errand;
  const sealedDirectoryFile = sealedDirectory === undefined ? undefined : join(scratch, 'sealed-directory');
  if (sealedDirectory !== undefined && sealedDirectoryFile !== undefined) {
    await parts.files.write(sealedDirectoryFile, sealedDirectory, PRIVATE_FILE);
  }
  return {
    ticket: Buffer.from(parts.random.bytes(TICKET_BYTES)).toString('hex'),
    spec: { ...spec, timeoutMs: Math.min(spec.timeoutMs, LONGEST_TIMEOUT_MS) },
    directory,
    scratch,
    sealedDirectoryFile,
    // A fresh plan names resources, and a configuration may name them by what it read of a file.
    mayExcerpt: isApproved || isMandated,
    mustBeOpen: isDiscreet(parts, errand),
    secretVariables: parts.secretVariables,
    keepOut: parts.keepOut,
  };
}

type Sending = {
  readonly processes: Processes;
  readonly order: WorkerOrder;
  readonly environment: Readonly<Record<string, string>>;
};

async function send(parts: CheckWorkerParts, sending: Sending): Promise<ProcessResult> {
  return await sending.processes.run({
    file: parts.nodePath,
    args: [parts.workerPath ?? besideThisFile()],
    directory: sending.order.scratch,
    environment: sending.environment,
    stdin: new TextEncoder().encode(JSON.stringify(sending.order)),
    timeoutMs: sending.order.spec.timeoutMs + GRACE_MS,
    maxOutputBytes: MOST_OUTPUT_BYTES,
  });
}

async function answered(parts: CheckWorkerParts, sending: Sending): Promise<WorkerAnswer> {
  try {
    return answerOf(sending.order, await send(parts, sending));
  } catch (thrown) {
    if (!isFailure(thrown) || thrown.code !== 'SANDBOX_UNAVAILABLE') throw thrown;
    return { kind: 'lost', why: thrown.message };
  }
}

/** Development runs `.ts` directly, the package holds `.js`: the worker has the extension of this file. */
function besideThisFile(): string {
  const here = fileURLToPath(import.meta.url);
  return join(here, '..', `check-worker${extname(here)}`);
}

function answerOf(order: WorkerOrder, result: ProcessResult): WorkerAnswer {
  const { end } = result;
  if (result.isTimedOut) return { kind: 'lost', why: 'the check worker did not answer in time' };
  if (end.kind === 'not-started') return { kind: 'lost', why: `the check worker could not be started: ${end.why}` };
  if (end.kind !== 'exited') return { kind: 'lost', why: 'the check worker died' };
  if (end.code !== 0) return { kind: 'lost', why: `the check worker ended with exit code ${end.code}` };
  if (result.isTruncated) return { kind: 'lost', why: 'the check worker said more than one reply' };
  return readReply(order, new TextDecoder().decode(result.stdout));
}
