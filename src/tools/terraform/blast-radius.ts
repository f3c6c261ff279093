/** How much of what a state manages a plan touches, in one sentence: a number alone says nothing without what it is a number of. */

import { z } from 'zod';
import { isNoOp, type PlannedChange, type TerraformPlan } from './read-plan.ts';
import { member } from './sensitive-values.ts';
import { withoutKeys } from './without-keys.ts';

type Thing = { readonly address: string; readonly provider: string };
type Module = {
  readonly resources: readonly (Thing & { readonly mode: string })[];
  readonly children: readonly Module[];
};

const RESOURCE = z
  .object({ address: z.string(), mode: z.string(), provider_name: z.string().default('') })
  .transform(({ address, mode, provider_name: provider }) => ({ address, mode, provider }));
const MODULE: z.ZodType<Module> = z
  .object({
    resources: z.array(RESOURCE).default([]),
    get child_modules() {
      return z.array(MODULE).default([]);
    },
  })
  .transform(({ resources, child_modules: children }) => ({ resources, children }));

/**
 * Says how much a plan touches. Objects are instances, those that Terraform only reads not counted; modules are those of the
 * configuration that hold objects, the root among them; both as they are before and after together.
 */
export function blastRadius(plan: TerraformPlan): string {
  const changes = plan.changes.filter(({ mode }) => mode === 'managed');
  const touched = changes.filter((change) => isTouched(change)).map(toThing);
  const all = [
    ...changes.map(toThing),
    ...thingsOf(member(member(member(plan.document, 'prior_state'), 'values'), 'root_module')),
    ...thingsOf(member(member(plan.document, 'planned_values'), 'root_module')),
  ];
  const destroyed = changes.filter(({ actions }) => actions.includes('delete')).map(toThing);
  const share = (what: string, name: (thing: Thing) => string): string =>
    `${countOf(touched, name)} of ${countOf(all, name)} ${what}`;
  const objects = share('objects', ({ address }) => address);
  const providers = share('providers', ({ provider }) => provider);
  const modules = share('modules', ({ address }) => moduleOf(address));
  return `destroys ${countOf(destroyed, ({ address }) => address)} and touches ${objects}, ${providers}, ${modules}`;
}

function isTouched({ actions, previousAddress, importId }: PlannedChange): boolean {
  return !isNoOp(actions) || previousAddress !== undefined || importId !== undefined;
}

function toThing({ address, provider }: PlannedChange): Thing {
  return { address, provider };
}

function thingsOf(rootModule: ReturnType<typeof member>): readonly Thing[] {
  const root = MODULE.safeParse(rootModule).data;
  const found: Thing[] = [];
  const waiting = root === undefined ? [] : [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { mode, ...thing } of next.resources) if (mode === 'managed') found.push(thing);
    waiting.push(...next.children);
  }
  return found;
}

function countOf(things: readonly Thing[], name: (thing: Thing) => string): number {
  return new Set(things.map(name)).size;
}

function moduleOf(address: string): string {
  return /^(?:module\.[^.]+\.)*/.exec(withoutKeys(address))?.[0] ?? '';
}
