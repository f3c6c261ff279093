/**
 * Finds credentials that a change brings besides its environment: options of a command, settings of a Terraform provider. Whom the
 * environment's credentials belong to says nothing about such a change, and must not bind it to a harmless account.
 */

import type { Json, JsonObject } from '../../kernel/index.ts';
import type { CloudName } from './cloud.ts';
import { CLOUDS, type OtherCredentials } from './identity-facts.ts';

/** Options of a command, whichever program reads them: a wrapper passes them on. */
export function credentialsOfCommand(argv: readonly string[]): OtherCredentials {
  const options = new Set(argv.flatMap((word) => /^--?([a-z][a-z-]*)(?:=|$)/.exec(word)?.[1] ?? []));
  const found = CLOUDS.flatMap((cloud): readonly (readonly [CloudName, string])[] => {
    const option = cloud.options.find((name) => options.has(name));
    return option === undefined ? [] : [[cloud.name, `the command may name others with --${option}`]];
  });
  return new Map(found);
}

/** Settings of the providers in a plan document's configuration, in whatever module they stand. */
export function credentialsOfProviders(document: JsonObject): OtherCredentials {
  const configured = Object.values(objectOf(objectOf(document['configuration'])['provider_config'])).map(objectOf);
  const found = CLOUDS.flatMap((cloud): readonly (readonly [CloudName, string])[] => {
    const own = configured.filter(({ name }) => cloud.providers.some((provider) => provider === name));
    const setting = cloud.settings.find((one) => own.some((provider) => one in objectOf(provider['expressions'])));
    return setting === undefined ? [] : [[cloud.name, `the configuration names others in a provider, by ${setting}`]];
  });
  return new Map(found);
}

function objectOf(value: Json | undefined): JsonObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  // A readonly array was ruled out before, which Array.isArray does not tell the compiler.
  return isObject ? (value as JsonObject) : {};
}
