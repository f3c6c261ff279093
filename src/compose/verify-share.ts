/** A share of the record's verification, worked out by a second process: on a long record two are done sooner than one. */

import { z } from 'zod';
import { ownCommand } from '../adapters/index.ts';
import { EXIT, Failure, visibleLine } from '../kernel/index.ts';
import type { Problem, Share, VerificationAnswer } from '../record/index.ts';
import { type Base, setVariables } from './base.ts';

const TIMEOUT_MS = 3_600_000;
const MOST_OUTPUT_BYTES = 1024 * 1024;
const MOST_WORDS = 600;

// It is our own program that answers; what it says of a problem is shown and never acted upon.
const problem: z.ZodType<Problem> = z.object({
  kind: z.custom<Problem['kind']>((kind) => typeof kind === 'string'),
  seq: z.int().nonnegative(),
  what: z.string(),
});
const entries = z.array(z.object({ seq: z.int(), hash: z.string(), why: z.string() })).optional();
const answer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('share'),
    share: z.object({ part: z.int(), of: z.int() }),
    checked: z.int(),
    head: z.object({ seq: z.int(), hash: z.string() }),
    disowned: entries,
    ignored: entries,
  }),
  z.object({ kind: z.literal('broken'), problem }),
]);

/**
 * Has another process verify a share of the record.
 *
 * @param headFile  the file of an earlier signed head, when one was named
 * @throws Failure `TOOL_FAILED` when it ended without an answer: a share that nobody looked at is no clean one (L9)
 */
export async function verifyShare(base: Base, share: Share, headFile: string | undefined): Promise<VerificationAnswer> {
  const [file, ...args] = ownCommand();
  const head = headFile === undefined ? [] : ['--head', headFile];
  const result = await base.machine.processes.run({
    file,
    args: [...args, 'record', 'verify', '--json', '--share', `${share.part}/${share.of}`, ...head],
    directory: base.homes.state,
    environment: setVariables(base.environment),
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MOST_OUTPUT_BYTES,
  });
  const read = answer.safeParse(jsonOf(new TextDecoder().decode(result.stdout)));
  const code = result.end.kind === 'exited' ? result.end.code : undefined;
  const believed = read.data === undefined ? undefined : answerOf(read.data, share, code);
  if (believed !== undefined) return believed;
  const words = visibleLine(new TextDecoder().decode(result.stderr).trim().slice(0, MOST_WORDS));
  throw new Failure('TOOL_FAILED', `share ${share.part} of ${share.of} of the record was not verified`, {
    hint: words === '' ? `the process that looked at it ended without a word (${JSON.stringify(result.end)})` : words,
    where: base.homes.state,
  });
}

// Only an answer about this very share counts, and only with the exit code that goes with it.
function answerOf(
  said: z.infer<typeof answer>,
  asked: Share,
  code: number | undefined,
): VerificationAnswer | undefined {
  if (said.kind === 'broken') return code === EXIT.integrity ? said : undefined;
  const { share, ...rest } = said;
  if (code !== EXIT.done || share.part !== asked.part || share.of !== asked.of) return undefined;
  return { ...rest, kind: 'whole' };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no answer: the caller reports what the process said instead.
    return undefined;
  }
}
