/** Runs Terraform as a short-lived helper and reads what it complains of. */

import { z } from 'zod';
import {
  Failure,
  type Files,
  type HashFunction,
  type Processes,
  type ProcessResult,
  type ToolIdentity,
  visibleLine,
} from '../../kernel/index.ts';
import { readApplyStream } from './apply-stream.ts';
import { missingTool, toolName } from './choose-tool.ts';

/** What the parts of this folder work with. */
export type TerraformParts = { readonly processes: Processes; readonly files: Files; readonly hash: HashFunction };

/** One terraform, in one directory, with the whole of its environment. */
export type TerraformRun = {
  readonly processes: Processes;
  readonly tool: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
};

const LARGEST_TOOL_BYTES = 1024 * 1024 * 1024;
const TIMEOUT_MS = 15 * 60 * 1000;
const LARGEST_OUTPUT_BYTES = 192 * 1024 * 1024;
const VERSION = z.object({ terraform_version: z.string() });

/** Runs one command to its end. @throws Failure `TOOL_FAILED` when it did not start, timed out, or printed beyond 192 MiB */
export async function runTerraform(run: TerraformRun, args: readonly string[]): Promise<ProcessResult> {
  const { processes, tool, directory, environment } = run;
  const result = await processes.run({
    file: tool,
    args,
    directory,
    environment,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: LARGEST_OUTPUT_BYTES,
  });
  const command = `${toolName(tool)} ${args[0] ?? ''}`;
  if (result.end.kind === 'not-started') throw failed(`${command} did not start: ${visibleLine(result.end.why)}`);
  if (result.isTimedOut) throw failed(`${command} was stopped after ${TIMEOUT_MS / 60_000} minutes`);
  if (result.isTruncated) throw failed(`${command} printed more than ${LARGEST_OUTPUT_BYTES} bytes`);
  return result;
}

/** Tells whether a command ended as it should. */
export function isDone(result: ProcessResult): boolean {
  return result.end.kind === 'exited' && result.end.code === 0;
}

/**
 * Names a terraform by its bytes and its own word about its version.
 *
 * @throws Failure `TOOL_MISSING` when there is no such program
 */
export async function identifyTool(
  parts: TerraformParts,
  path: string,
  environment: Readonly<Record<string, string>>,
): Promise<ToolIdentity> {
  const digest = await parts.files.digest(path, LARGEST_TOOL_BYTES);
  if (digest === undefined) throw missingTool(toolName(path), path);
  const directory = path.slice(0, path.lastIndexOf('/')) || '/';
  const run = { processes: parts.processes, tool: path, directory, environment };
  const result = await runTerraform(run, ['version', '-json']);
  const version = VERSION.safeParse(parseJson(result.stdout)).data?.terraform_version ?? '';
  return { path, digest, version };
}

/** Terraform's own complaint: errors with their places in the configuration, or else whatever it printed. */
export function complaint(result: ProcessResult): { readonly first: string; readonly whole: string } {
  const { events } = readApplyStream(result.stdout, (text) => text);
  const errors = events
    .filter((event) => event.kind === 'diagnostic')
    .filter(({ severity }) => severity === 'error')
    .map(({ summary, detail, where }) => `${summary}${where === undefined ? '' : ` (${where})`}: ${detail}`);
  const printed = `${new TextDecoder().decode(result.stdout)}\n${new TextDecoder().decode(result.stderr)}`.trim();
  const whole = errors.length > 0 ? errors.join('\n\n') : printed;
  const error = /Error: (.+)/.exec(printed)?.[1];
  return { first: errors[0] ?? error ?? lastLine(printed), whole };
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1) || 'it ended without a word';
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Versions before 0.13 answer in another form; a tool that says nothing of its version has none on record.
    return undefined;
  }
}

function failed(why: string): Failure {
  return new Failure('TOOL_FAILED', why, { hint: 'run it by hand in the directory to see what it waits for' });
}
