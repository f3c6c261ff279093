/**
 * Finds what the plan can't foresee. Provisioners and external programs stand in the plan's configuration only: the text that
 * `terraform show` prints never mentions them, so a person who reads it approves commands unseen.
 */

import { z } from 'zod';
import type { Json, Unpredictable } from '../../kernel/index.ts';
import { describe } from './expression-words.ts';
import { foreignSources } from './foreign-sources.ts';
import type { TerraformPlan } from './read-plan.ts';
import { isObject, member } from './sensitive-values.ts';
import {
  type ProvisionedResource,
  type ProvisionerMoment,
  plainText,
  type SourceProvisioner,
} from './source-provisioners.ts';
import { withoutKeys } from './without-keys.ts';

const json: z.ZodType<Json> = z.json();
const RESOURCE = z.object({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  expressions: z.record(z.string(), json).default({}),
  provisioners: z
    .array(z.object({ type: z.string(), expressions: z.record(z.string(), json).default({}) }))
    .default([]),
});
const RESOURCES = z.array(RESOURCE);
type ConfiguredResource = z.infer<typeof RESOURCE>;

/**
 * Lists the provisioners that this plan can run, each only where its moment comes, and the data sources that depend on foreign
 * programs, servers or states.
 *
 * @param provisioned  what the sealed sources say of provisioners; of one that is missing there it is said that nobody can tell
 */
export function unpredictableParts(
  plan: TerraformPlan,
  provisioned: readonly ProvisionedResource[],
): readonly Unpredictable[] {
  const touched = touchedMoments(plan);
  const root = member(member(plan.document, 'configuration'), 'root_module');
  const inConfiguration = configuredResources(root, '').flatMap(({ prefix, resource }) => {
    const address = `${prefix}${resource.address}`;
    if (resource.mode === 'data') return foreignSources(plan, address, resource);
    const moments = touched.get(address);
    if (moments === undefined) return [];
    const source = provisioned.find((one) => one.kind === 'resource' && one.address === address);
    return provisionerTexts({ resource, source, moments }).map((text) => ({ address, ...text }));
  });
  return [...inConfiguration, ...provisioned.flatMap((one) => removedParts(one, touched.get(one.address)))];
}

type Moments = ReadonlySet<ProvisionerMoment>;

/** What happens to objects, by configuration address without instance keys: creating and destroying run provisioners. */
function touchedMoments(plan: TerraformPlan): ReadonlyMap<string, Moments> {
  const touched = new Map<string, Set<ProvisionerMoment>>();
  for (const { address, actions } of plan.changes) {
    const moments = touched.get(withoutKeys(address)) ?? new Set();
    if (actions.includes('create')) moments.add('create');
    if (actions.includes('delete')) moments.add('destroy');
    if (moments.size > 0) touched.set(withoutKeys(address), moments);
  }
  return touched;
}

type Provisioned = {
  readonly resource: ConfiguredResource;
  readonly source: ProvisionedResource | undefined;
  readonly moments: Moments;
};
type Text = Pick<Unpredictable, 'what' | 'text'>;

function provisionerTexts({ resource, source, moments }: Provisioned): readonly Text[] {
  const planned = resource.provisioners;
  const isSame = planned.map(({ type }) => type).join() === source?.provisioners.map(({ type }) => type).join();
  return planned.flatMap(({ type, expressions }, index) => {
    const said = isSame ? source?.provisioners[index] : undefined;
    const what = describe(expressions);
    if (said === undefined) return [{ what: type, text: `${UNTOLD}: ${what}` }];
    return moments.has(said.moment) ? [{ what: type, text: momentText(said, what) }] : [];
  });
}

const UNTOLD = 'nobody can tell when it runs, nor whether its failure is told: read it in the configuration';

/** Provisioners of a `removed` block, which the plan's own configuration does not have: they run before the object goes. */
function removedParts(
  { kind, address, provisioners, settings }: ProvisionedResource,
  moments: Moments | undefined,
): readonly Unpredictable[] {
  if (kind !== 'removed' || moments?.has('destroy') !== true) return [];
  return provisioners.map((said, index) => {
    const own = [...(settings[index] ?? [])].filter(([name]) => name !== 'when' && name !== 'on_failure').sort();
    const text = own.map(([name, expression]) => `${name} = ${plainText(expression)}`).join('\n');
    return { address, what: said.type, text: momentText(said, text) };
  });
}

function momentText(said: SourceProvisioner, text: string): string {
  const silent = said.isFailureIgnored ? ', and Terraform goes on and reports no failure when it fails' : '';
  const moment = said.moment === 'create' ? 'after it is created' : 'before it is destroyed';
  const over = REACHING.has(said.type) && said.connection.size > 0 ? `\nconnection: ${connectionText(said)}` : '';
  return `${moment}${silent}: ${text}${over}`;
}

/** Provisioners that act on another machine. */
const REACHING: ReadonlySet<string> = new Set(['remote-exec', 'file']);

function connectionText({ connection }: SourceProvisioner): string {
  const get = (name: string): string | undefined => connection.get(name);
  const port = get('port');
  const bastion = get('bastion_host');
  return [
    `${get('type') ?? 'ssh'} to ${get('host') ?? '(a host that nobody can tell)'}`,
    ...(port === undefined ? [] : [`port ${port}`]),
    `as ${get('user') ?? '(its default user)'}`,
    ...(bastion === undefined ? [] : [`through ${bastion}`]),
  ].join(' ');
}

type Located = { readonly prefix: string; readonly resource: ConfiguredResource };

function configuredResources(module: Json, prefix: string): readonly Located[] {
  const here = RESOURCES.safeParse(member(module, 'resources')).data ?? [];
  const calls = member(module, 'module_calls');
  const below = Object.entries(isObject(calls) ? calls : {}).flatMap(([name, call]) =>
    configuredResources(member(call ?? null, 'module'), `${prefix}module.${name}.`),
  );
  return [...here.map((resource) => ({ prefix, resource })), ...below];
}
