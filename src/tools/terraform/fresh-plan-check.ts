/** The driver's own check: a fresh plan from the sealed configuration finds nothing to change. */

import { z } from 'zod';
import { type CheckSpec, canonicalJson, Failure, type HashFunction, type Sha256Hex } from '../../kernel/index.ts';
import { whyUnsafePath } from '../directory/entry-path.ts';
import { mapTexts } from './mask-text.ts';
import type { PlannedChange, TerraformPlan } from './read-plan.ts';
import type { World } from './world-facts.ts';

const TIMEOUT_MS = 10 * 60 * 1000;

/** What the verifier must know to plan anew; the configuration and its inputs are in the sealed directory. */
export type FreshPlanQuestion = {
  readonly tool: { readonly path: string; readonly digest: Sha256Hex };
  /** Where `terraform init` put the providers. */
  readonly dataDirectory: string;
  /** The configuration's path in the sealed source. */
  readonly inside: string;
  readonly workspace: string;
  readonly state: { readonly kind: 'local'; readonly path: string } | { readonly kind: 'remote' };
  /** Objects that were to be replaced though nothing about them changed: a plan alone can't tell whether they were. */
  readonly replaced: readonly { readonly address: string; readonly digest: Sha256Hex }[];
};

const absolute = z.string().startsWith('/');
const QUESTION: z.ZodType<FreshPlanQuestion> = z.strictObject({
  tool: z.strictObject({ path: absolute, digest: z.string() }),
  dataDirectory: absolute,
  inside: z.string().refine((path) => path === '' || whyUnsafePath(path) === undefined),
  workspace: z.string().min(1),
  state: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('local'), path: absolute }),
    z.strictObject({ kind: z.literal('remote') }),
  ]),
  replaced: z.array(z.strictObject({ address: z.string(), digest: z.string() })),
});

/** Declares the check. */
export function freshPlanCheck(hash: HashFunction, world: World, plan: TerraformPlan): CheckSpec {
  const { tool, working } = world;
  const { backend } = working;
  return {
    id: 'terraform-plan-is-empty',
    kind: 'terraform-plan',
    claim: 'a fresh plan from the sealed configuration finds nothing to change and no check that fails',
    origin: 'driver',
    timeoutMs: TIMEOUT_MS,
    question: {
      tool: { path: tool.path, digest: tool.digest },
      dataDirectory: working.dataDirectory,
      inside: world.source.found.inside,
      workspace: working.workspace,
      state: backend.kind === 'local' ? { kind: 'local', path: backend.statePath } : { kind: 'remote' },
      replaced: plan.changes
        .filter(({ reason }) => reason === 'replace_by_request')
        .map((change) => ({ address: change.address, digest: objectDigest(hash, change) })),
    },
  };
}

/** Parses a question. @throws Failure `BLOB_CORRUPT` */
export function readFreshPlanQuestion(question: unknown): FreshPlanQuestion {
  const parsed = QUESTION.safeParse(question).data;
  if (parsed !== undefined) return parsed;
  throw new Failure('BLOB_CORRUPT', 'the question of a terraform-plan check can’t be read', {
    hint: 'propose the change again',
  });
}

/** Names an object as it is before the change, by every attribute. */
export function objectDigest(hash: HashFunction, change: PlannedChange): string {
  return hash(canonicalJson(mapTexts(change.before, (text) => text.toWellFormed())));
}
