/** Reads the answer of a program that was asked. */

import type { HashFunction, Json, ProcessResult } from '../../../kernel/index.ts';
import type { CommandQuestion } from '../../../tools/index.ts';
import { meetsText, missesText } from './meets-text.ts';
import { type Reading, unknownReading } from './reading.ts';

/**
 * Reads how a program ended and what it printed.
 *
 * Green when everything that is named holds, red when the program ended by itself and something does not; anything else (not
 * started, timed out, ended by a signal, printed more than is kept) is unknown. One final newline of stdout is optional: `equals:
 * "ready"` holds for what `echo ready` prints. The digest covers the exit code, and stdout where the question looks at it.
 */
export function readCommandAnswer(question: CommandQuestion, result: ProcessResult, hash: HashFunction): Reading {
  const because = unreadable(result);
  if (because !== undefined || result.end.kind !== 'exited') return unknownReading(because ?? 'nobody saw it end');
  const { code } = result.end;
  const { exitCode, stdout } = question.expect;
  const printed = decode(result.stdout);
  const misses: string[] = [];
  if (exitCode !== undefined && exitCode !== code) misses.push(`the exit code is ${code}, not ${exitCode}`);
  if (stdout !== undefined && !meetsText(printed, stdout) && !meetsText(printed.replace(/\n$/, ''), stdout)) {
    misses.push(`stdout ${missesText(stdout)}`);
  }
  const digest: Json = stdout === undefined ? null : hash(result.stdout);
  return {
    answer: misses.length === 0 ? 'green' : 'red',
    detail: misses.join('; ') || `exit code ${code}, as expected`,
    facts: { exitCode: code, stdoutBytes: result.stdout.byteLength },
    excerpts: { stdout: printed, stderr: decode(result.stderr) },
    projection: { exitCode: code, stdout: digest },
  };
}

function unreadable(result: ProcessResult): string | undefined {
  if (result.isTimedOut) return 'it did not answer in time';
  if (result.isTruncated) return 'it printed more than is kept';
  if (result.end.kind === 'not-started') return `it could not be started: ${result.end.why}`;
  if (result.end.kind === 'signalled') return `it was ended by ${result.end.signal}`;
  return undefined;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
