/** Looks at a proposal through `countersign show --json`, as any program can. */

import { z } from 'zod';
import { typeCommand } from './command-line.ts';
import type { Stage } from './stage.ts';

/** What `show` says of a proposal. */
export type Sight = {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly verdict: string | null;
  readonly claims: readonly { readonly text: string }[];
};

const SIGHT: z.ZodType<Sight> = z.object({
  id: z.string(),
  state: z.string(),
  outcome: z.string().nullable(),
  verdict: z.string().nullable(),
  claims: z.array(z.object({ text: z.string() })),
});

/** Looks at a proposal; `undefined` when `show` did not answer in its documented shape. */
export async function lookAt(stage: Stage, id: string): Promise<Sight | undefined> {
  const typed = await typeCommand(stage, 'person', ['show', id, '--json']);
  if (typed.exitCode !== 0) return undefined;
  return SIGHT.safeParse(parsed(typed.stdout)).data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever it is, it has not the shape; the caller's row says "unreadable".
    return undefined;
  }
}
