/** Values that no plan holds: Terraform asks for them again when the plan runs. */

import { z } from 'zod';
import type { PlanArguments } from './plan-arguments.ts';
import type { TerraformPlan } from './read-plan.ts';

const NAMED = /^-var=([^=]+)=/;
const VARIABLES = z.record(z.string(), z.json());

/**
 * Names the ephemeral variables that were set by `-var`, and would be missing when the plan runs: only what stands in the sealed
 * environment, or in a file that Terraform loads by itself, is there again (Terraform 1.10 and newer; measured with 1.11.4).
 *
 * A plan does not list them. One that has a default is listed by its default, and can't be told.
 */
export function lostValues(
  { document }: TerraformPlan,
  planned: PlanArguments,
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  const listed = VARIABLES.safeParse(document['variables']).data ?? {};
  const names = new Set(planned.flatMap((argument) => NAMED.exec(argument)?.[1] ?? []));
  return [...names].filter((name) => !(name in listed) && !(`TF_VAR_${name}` in environment)).sort();
}
