/** Reads `terraform show -json` of a saved plan. Only what the parts of this folder use is typed; the rest is kept as it came. */

import { z } from 'zod';
import { Failure, type Json, type JsonObject } from '../../kernel/index.ts';

/** One planned change of one object. `before`, `after` and the three masks are Terraform's own, values in the clear. */
export type PlannedChange = {
  readonly address: string;
  readonly previousAddress: string | undefined;
  /** Set for an object that an interrupted replacement left behind. */
  readonly deposed: string | undefined;
  readonly mode: string;
  readonly type: string;
  /** Full name of its provider; `''` where Terraform does not say. */
  readonly provider: string;
  readonly actions: readonly string[];
  readonly reason: string | undefined;
  readonly importId: string | undefined;
  readonly before: Json;
  readonly after: Json;
  readonly afterUnknown: Json;
  readonly beforeSensitive: Json;
  readonly afterSensitive: Json;
  readonly replacePaths: readonly Json[];
};

/** One output value that would change. */
export type PlannedOutput = {
  readonly name: string;
  readonly actions: readonly string[];
  readonly before: Json;
  readonly after: Json;
  readonly isSensitive: boolean;
};

/** One `check` block, precondition or postcondition, as it stands at planning time. */
export type PlannedCheck = {
  readonly address: string;
  readonly status: string;
  readonly problems: readonly string[];
};

/** A saved plan. */
export type TerraformPlan = {
  /** Everything that Terraform said but the time of the plan, which alone differs between two equal plans. */
  readonly document: JsonObject;
  readonly isApplyable: boolean;
  readonly isComplete: boolean;
  readonly isErrored: boolean;
  readonly changes: readonly PlannedChange[];
  /** Objects that changed outside of Terraform since its last run. */
  readonly drifted: readonly PlannedChange[];
  readonly outputs: readonly PlannedOutput[];
  readonly checks: readonly PlannedCheck[];
  /** Changes that Terraform puts off to a later plan. */
  readonly deferred: readonly string[];
  /** Resources that planned values were drawn from. */
  readonly relevant: readonly string[];
};

const json: z.ZodType<Json> = z.json();

const CHANGE = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  deposed: z.string().optional(),
  mode: z.string(),
  type: z.string(),
  provider_name: z.string().default(''),
  action_reason: z.string().optional(),
  change: z.object({
    actions: z.array(z.string()).min(1),
    before: json.default(null),
    after: json.default(null),
    after_unknown: json.default(false),
    before_sensitive: json.default(false),
    after_sensitive: json.default(false),
    replace_paths: z.array(json).default([]),
    importing: z.object({ id: z.string().optional() }).optional(),
  }),
});

const OUTPUT = z.object({
  actions: z.array(z.string()).min(1),
  before: json.default(null),
  after: json.default(null),
  before_sensitive: json.default(false),
  after_sensitive: json.default(false),
});

const CHECK = z.object({
  address: z.object({ to_display: z.string() }),
  status: z.string(),
  instances: z
    .array(z.object({ problems: z.array(z.object({ message: z.string().default('') })).default([]) }))
    .default([]),
});

const PLAN = z.object({
  format_version: z.string().regex(/^1\./, 'must be a 1.x plan document'),
  applyable: z.boolean().optional(),
  complete: z.boolean().default(true),
  errored: z.boolean().default(false),
  resource_changes: z.array(CHANGE).default([]),
  resource_drift: z.array(CHANGE).default([]),
  output_changes: z.record(z.string(), OUTPUT).default({}),
  checks: z.array(CHECK).default([]),
  relevant_attributes: z.array(z.object({ resource: z.string() })).default([]),
  deferred_changes: z.array(z.object({ resource_change: z.object({ address: z.string() }) })).default([]),
});

/**
 * Reads a plan document; unknown members are kept in `document` and otherwise left alone.
 *
 * @param bytes  standard output of `terraform show -json PLAN`, UTF-8
 * @throws Failure `TOOL_FAILED` when it is no plan document of format 1.x
 */
export function readPlan(bytes: Uint8Array): TerraformPlan {
  const parsed = parseObject(bytes);
  const plan = PLAN.safeParse(parsed);
  if (plan.data === undefined) throw unreadable(z.prettifyError(plan.error).split('\n', 1).join(''));
  const { timestamp: _whenPlanned, ...document } = parsed;
  const changes = plan.data.resource_changes.map(toChange);
  const outputs = Object.entries(plan.data.output_changes).map(([name, output]) => toOutput(name, output));
  const changesAnything = [...changes, ...outputs].some(({ actions }) => !isNoOp(actions));
  return {
    document,
    isApplyable: plan.data.applyable ?? changesAnything,
    isComplete: plan.data.complete,
    isErrored: plan.data.errored,
    changes,
    drifted: plan.data.resource_drift.map(toChange).filter(({ actions }) => !isNoOp(actions)),
    outputs,
    checks: plan.data.checks.map(toCheck),
    relevant: plan.data.relevant_attributes.map(({ resource }) => resource),
    deferred: plan.data.deferred_changes.map((deferred) => deferred.resource_change.address),
  };
}

/** Tells a change that leaves its object as it is. */
export function isNoOp(actions: readonly string[]): boolean {
  return actions.length === 1 && actions[0] === 'no-op';
}

function parseObject(bytes: Uint8Array): JsonObject {
  const document = z.record(z.string(), json).safeParse(parseJson(bytes));
  if (document.data === undefined) throw unreadable('it is not a JSON object');
  return document.data;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unreadable('it is not JSON', cause);
  }
}

function toChange({ change, ...resource }: z.infer<typeof CHANGE>): PlannedChange {
  return {
    address: resource.address,
    previousAddress: resource.previous_address,
    deposed: resource.deposed,
    mode: resource.mode,
    type: resource.type,
    provider: resource.provider_name,
    actions: change.actions,
    reason: resource.action_reason,
    importId: change.importing === undefined ? undefined : (change.importing.id ?? ''),
    before: change.before,
    after: change.after,
    afterUnknown: change.after_unknown,
    beforeSensitive: change.before_sensitive,
    afterSensitive: change.after_sensitive,
    replacePaths: change.replace_paths,
  };
}

function toOutput(name: string, output: z.infer<typeof OUTPUT>): PlannedOutput {
  return {
    name,
    actions: output.actions,
    before: output.before,
    after: output.after,
    isSensitive: output.before_sensitive !== false || output.after_sensitive !== false,
  };
}

function toCheck(check: z.infer<typeof CHECK>): PlannedCheck {
  return {
    address: check.address.to_display,
    status: check.status,
    problems: check.instances.flatMap((instance) => instance.problems.map((problem) => problem.message)),
  };
}

function unreadable(why: string, cause?: unknown): Failure {
  return new Failure('TOOL_FAILED', `Terraform's description of the plan can't be read: ${why}`, {
    hint: 'check that `terraform version` is 1.1 or newer',
    cause,
  });
}
