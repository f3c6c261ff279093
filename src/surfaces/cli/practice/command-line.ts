/** Types commands of Countersign: as a separate process each, in the range's own homes, as the agent or as the person. */

import type { ProcessEnd } from '../../../kernel/index.ts';
import type { Voice } from './act.ts';
import type { Stage } from './stage.ts';

const TIMEOUT_MS = 120_000;
const MOST_COLUMNS = 110;
const MOST_OUTPUT_BYTES = 4 * 1024 * 1024;

/** The name that the scripted agent goes by in the record. */
export const AGENT_NAME = 'practice-agent';

/** How a command ended; `undefined` exit code: it was stopped or lost. */
export type Typed = {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
};

/**
 * The whole environment of a command on the range.
 *
 * It is made, not inherited: the marks of a coding agent that `npm start` itself may run under would make the person's
 * part the agent's, and no credential of the person is needed here.
 */
function environmentFor(stage: Pick<Stage, 'place' | 'settings'>, voice: Voice): Readonly<Record<string, string>> {
  const { place, settings } = stage;
  return {
    PATH: `${place.root}/bin:${settings.searchPath}`,
    HOME: place.root,
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    CHECKPOINT_DISABLE: '1',
    // Some thirty short commands load the same code: compiled once, in this private directory, they take half the time.
    NODE_COMPILE_CACHE: `${place.root}/compiled`,
    TF_CLI_CONFIG_FILE: `${place.root}/terraform.rc`,
    COUNTERSIGN_HOME: place.home,
    ...(voice === 'agent'
      ? { COUNTERSIGN_AGENT: AGENT_NAME, COUNTERSIGN_SESSION: 'practice-1', COUNTERSIGN_MODEL: 'scripted' }
      : {}),
  };
}

/** Runs one command of Countersign to its end and returns what it printed. */
export async function typeCommand(stage: Stage, voice: Voice, args: readonly string[]): Promise<Typed> {
  return await runProgram(stage, voice, commandLine(stage, args));
}

/** Runs one command of Countersign on the person's own terminal: what it prints is seen there, and nowhere else. */
export async function handOver(stage: Stage, args: readonly string[]): Promise<Typed> {
  const [file, ...rest] = commandLine(stage, args);
  const { NO_COLOR: _, ...environment } = environmentFor(stage, 'person');
  const end = await stage.parts.foreground({
    file,
    args: rest,
    directory: stage.place.root,
    environment: { ...environment, TERM: stage.settings.terminalType },
  });
  return { ...readEnd(end), stdout: '' };
}

function commandLine(stage: Stage, args: readonly string[]): readonly [string, ...string[]] {
  return [...stage.settings.countersign, ...args];
}

/** Runs one program in the range's directory to its end. */
export async function runProgram(
  stage: Pick<Stage, 'place' | 'settings' | 'parts'>,
  voice: Voice,
  argv: readonly [string, ...string[]],
): Promise<Typed> {
  const [file, ...args] = argv;
  const result = await stage.parts.processes.run({
    file,
    args,
    directory: stage.place.root,
    environment: environmentFor(stage, voice),
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MOST_OUTPUT_BYTES,
  });
  const { exitCode, stderr } = readEnd(result.end);
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { exitCode, stdout: decode(result.stdout), stderr: `${decode(result.stderr)}${stderr}` };
}

function readEnd(end: ProcessEnd): Pick<Typed, 'exitCode' | 'stderr'> {
  return {
    exitCode: end.kind === 'exited' ? end.code : undefined,
    stderr: end.kind === 'not-started' ? end.why : '',
  };
}

/** Writes an argument list as a line that can be typed into a shell. */
export function shellLine(args: readonly string[]): string {
  return args.map(quoted).join(' ');
}

/** Writes a line for reading: a long one is broken before its options, and can still be typed as it stands. */
export function shownLine(args: readonly string[]): string {
  const line = shellLine(args);
  if (line.length <= MOST_COLUMNS) return line;
  const parts: string[] = [];
  for (const arg of args.map(quoted)) {
    if (parts.length === 0 || (arg.startsWith('--') && !parts.includes('--'))) parts.push(arg);
    else parts[parts.length - 1] += ` ${arg}`;
  }
  return parts.join(' \\\n    ');
}

function quoted(arg: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}
