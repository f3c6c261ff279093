/**
 * The identities that a change is planned as and executed as, as facts (L3, L15): asked when it is sealed, and again right before it
 * runs, with the very environment of the change.
 *
 * What nobody could tell when people signed is not asked again: they were told so, and a runner that knows more changes nothing
 * about what they allowed. What was told then must be told again, and the same.
 */

import type { Fact, Json } from '../../kernel/index.ts';
import { askCloud, type IdentityParts } from './ask-cloud.ts';
import { AWS } from './aws.ts';
import { AZURE } from './azure.ts';
import { type Cloud, type CloudName, type Told, untold, type Variables } from './cloud.ts';
import { GOOGLE } from './google.ts';
import { KUBERNETES } from './kubernetes.ts';

/** Every cloud that can be asked. */
export const CLOUDS: readonly Cloud[] = [AWS, GOOGLE, AZURE, KUBERNETES];

/** Why the environment does not decide whom a change acts as, by cloud. */
export type OtherCredentials = ReadonlyMap<CloudName, string>;

/** A change's whole environment: what of it is secret must never become a fact. */
export type IdentityEnvironment = { readonly variables: Variables; readonly secretVariables: readonly string[] };

const SHORTEST_SECRET = 4;

/** Asks whom a change is planned as. @returns no fact of a cloud whose credentials the environment does not name */
export async function identityFacts(
  parts: IdentityParts,
  environment: IdentityEnvironment,
  others: OtherCredentials,
): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (const cloud of namedClouds(environment)) {
    const why = others.get(cloud.name);
    const told = why === undefined ? await askCloud(parts, cloud, environment.variables) : untold(cloud.members, why);
    facts.push(...factsOf(cloud, withoutSecrets(told, environment)));
  }
  return facts;
}

/** Asks again whom a sealed change would be executed as. @param sealed  the facts of its bundle */
export async function probeIdentities(
  parts: IdentityParts,
  sealed: readonly Fact[],
  environment: IdentityEnvironment,
): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (const cloud of namedClouds(environment)) {
    const known = cloud.members.filter((member) => sealedValue(sealed, cloud, member) !== null);
    if (known.length === 0) {
      facts.push(...sealed.filter(({ name }) => name.startsWith(prefixOf(cloud))));
      continue;
    }
    const told = withoutSecrets(await askCloud(parts, cloud, environment.variables), environment);
    facts.push(...factsOf(cloud, asSealed(told, known, untoldOf(sealed, cloud))));
  }
  return facts;
}

/** What people are told of the identities of a change; from its facts, so that planner and runner say the same. */
export function identityNotes(facts: readonly Fact[]): readonly string[] {
  return CLOUDS.flatMap((cloud) => {
    const own = facts.filter(({ name }) => name.startsWith(prefixOf(cloud)));
    const told = cloud.members.flatMap((member) => {
      const value = own.find(({ name }) => name === nameOf(cloud, member))?.value;
      return typeof value === 'string' ? [`${member} ${value}`] : [];
    });
    const why = untoldOf(own, cloud);
    return [
      ...(told.length === 0 ? [] : [`planned as ${cloud.title} ${told.join(', ')}`]),
      ...(why === undefined ? [] : [`${whatIsUntold(cloud, told.length > 0)}: ${why}`]),
    ];
  });
}

function whatIsUntold({ title }: Cloud, isPartly: boolean): string {
  return isPartly
    ? `nobody could tell everything about these ${title} credentials`
    : `nobody could tell whom these ${title} credentials belong to`;
}

function namedClouds({ variables }: IdentityEnvironment): readonly Cloud[] {
  const names = Object.entries(variables).flatMap(([name, value]) => (value === '' ? [] : [name]));
  return CLOUDS.filter(({ credentials }) => names.some((name) => credentials.some((one) => one.test(name))));
}

function factsOf(cloud: Cloud, told: Told): readonly Fact[] {
  const facts = cloud.members.map(
    (member): Fact => ({ name: nameOf(cloud, member), role: 'binding', value: told.members[member] ?? null }),
  );
  return told.why === undefined
    ? facts
    : [...facts, { name: nameOf(cloud, 'untold'), role: 'version', value: told.why }];
}

/** What was told is compared; what was not told when people signed stays so, with the reason that they read. */
function asSealed(told: Told, known: readonly string[], why: string | undefined): Told {
  const members = Object.fromEntries(Object.entries(told.members).filter(([member]) => known.includes(member)));
  const isWhole = known.every((member) => typeof members[member] === 'string');
  return { members, why: isWhole ? why : told.why };
}

// A name that people keep secret stays one: it is neither shown nor compared.
function withoutSecrets(told: Told, { variables, secretVariables }: IdentityEnvironment): Told {
  const secrets = secretVariables.map((name) => ({ name, value: variables[name] ?? '' }));
  const shown = secrets.find(
    ({ value }) =>
      value.length >= SHORTEST_SECRET && Object.values(told.members).some((text) => text?.includes(value) === true),
  );
  if (shown === undefined) return told;
  return untold(Object.keys(told.members), `the answer holds the value of the secret variable ${shown.name}`);
}

function sealedValue(sealed: readonly Fact[], cloud: Cloud, member: string): Json {
  // A fact that the bundle lacks was not signed for: it is asked, and the difference shows.
  return sealed.find(({ name }) => name === nameOf(cloud, member))?.value ?? (hasAny(sealed, cloud) ? null : '');
}

function hasAny(sealed: readonly Fact[], cloud: Cloud): boolean {
  return sealed.some(({ name }) => name.startsWith(prefixOf(cloud)));
}

function untoldOf(facts: readonly Fact[], cloud: Cloud): string | undefined {
  const why = facts.find(({ name }) => name === nameOf(cloud, 'untold'))?.value;
  return typeof why === 'string' ? why : undefined;
}

function nameOf(cloud: Cloud, member: string): string {
  return `${prefixOf(cloud)}${member}`;
}

function prefixOf(cloud: Cloud): string {
  return `identity.${cloud.name}.`;
}
