/** The driver's own check of a repair: a question about the state or its lock that is red before and green after. */

import { z } from 'zod';
import { type CheckSpec, Failure, visibleLine } from '../../../kernel/index.ts';
import { whyUnsafePath } from '../../directory/entry-path.ts';
import type { World } from '../world-facts.ts';
import type { Repair } from './repair.ts';

const TIMEOUT_MS = 5 * 60 * 1000;
const absolute = z.string().startsWith('/');

/** What the verifier must know to look at a state; the record of its backend is in the sealed directory. */
export type StateQuestion = {
  readonly about: 'state';
  readonly tool: { readonly path: string; readonly digest: string };
  readonly dataDirectory: string;
  readonly inside: string;
  readonly workspace: string;
  readonly state:
    | { readonly kind: 'local'; readonly path: string }
    | { readonly kind: 'remote'; readonly type: string };
  readonly expect:
    | { readonly kind: 'pushed'; readonly lineage: string; readonly serial: number; readonly contents: string }
    | { readonly kind: 'untainted'; readonly address: string }
    | { readonly kind: 'unlocked'; readonly lock: string };
};

const QUESTION: z.ZodType<StateQuestion> = z.strictObject({
  about: z.literal('state'),
  tool: z.strictObject({ path: absolute, digest: z.string() }),
  dataDirectory: absolute,
  inside: z.string().refine((path) => path === '' || whyUnsafePath(path) === undefined),
  workspace: z.string().min(1),
  state: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('local'), path: absolute }),
    z.strictObject({ kind: z.literal('remote'), type: z.string() }),
  ]),
  expect: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('pushed'), lineage: z.string(), serial: z.int(), contents: z.string() }),
    z.strictObject({ kind: z.literal('untainted'), address: z.string() }),
    z.strictObject({ kind: z.literal('unlocked'), lock: z.string() }),
  ]),
});

/** Declares the check of a repair. */
export function stateCheck(world: World, repair: Repair): CheckSpec {
  const { tool, working } = world;
  const { backend } = working;
  const question: StateQuestion = {
    about: 'state',
    tool: { path: tool.path, digest: tool.digest },
    dataDirectory: working.dataDirectory,
    inside: world.source.found.inside,
    workspace: working.workspace,
    state:
      backend.kind === 'local' ? { kind: 'local', path: backend.statePath } : { kind: 'remote', type: backend.type },
    expect: expectationOf(repair),
  };
  return {
    id: 'terraform-state-is-repaired',
    kind: 'terraform-plan',
    claim: claimOf(repair),
    origin: 'driver',
    timeoutMs: TIMEOUT_MS,
    question,
  };
}

/** Whether a question of kind `terraform-plan` is one about the state. */
export function isStateQuestion(question: Readonly<Record<string, unknown>>): boolean {
  return question['about'] === 'state';
}

/** Parses a question. @throws Failure `BLOB_CORRUPT` */
export function readStateQuestion(question: unknown): StateQuestion {
  const parsed = QUESTION.safeParse(question).data;
  if (parsed !== undefined) return parsed;
  throw new Failure('BLOB_CORRUPT', 'the question about a state can’t be read', { hint: 'propose the recovery again' });
}

/** What a repair is to leave. */
export function expectationOf(repair: Repair): StateQuestion['expect'] {
  switch (repair.kind) {
    case 'push-state': {
      const { into, serial, contents } = repair;
      return { kind: 'pushed', lineage: into, serial, contents };
    }
    case 'force-unlock':
      return { kind: 'unlocked', lock: repair.lock };
    case 'untaint':
      return { kind: 'untainted', address: repair.address };
  }
}

function claimOf(repair: Repair): string {
  switch (repair.kind) {
    case 'push-state':
      return `the state is the one that was pushed, serial ${repair.serial}`;
    case 'force-unlock':
      return visibleLine(`the state is not locked as ${repair.lock}`);
    case 'untaint':
      return visibleLine(`the state holds ${repair.address}, and not as tainted`);
  }
}
