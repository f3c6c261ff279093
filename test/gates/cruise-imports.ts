/** Cruises a tree with the rules of the house, by dependency-cruiser as a library. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type ICruiseOptions, type IFlattenedRuleSet } from 'dependency-cruiser';

/** What was looked at, and what was found. */
export type Cruise = {
  /** Source files that were parsed, relative to the root of the tree. */
  readonly looked: readonly string[];
  /** `rule: from -> to`. */
  readonly violations: readonly string[];
  /** The names of the rules that fired, each once. */
  readonly rules: readonly string[];
};

type Configuration = {
  readonly forbidden: NonNullable<IFlattenedRuleSet['forbidden']>;
  readonly options: ICruiseOptions;
};

const configuration: Configuration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');

/** The names of all rules. */
export const IMPORT_RULES: readonly string[] = configuration.forbidden.map((rule) => rule.name ?? '');

/**
 * Cruises `folders` below a root.
 *
 * @throws when the cruiser gives text instead of a result, which it does only when it is told to
 */
export async function cruiseImports(root: string, folders: readonly string[]): Promise<Cruise> {
  const ruleSet: IFlattenedRuleSet = { forbidden: configuration.forbidden };
  const { output } = await cruise([...folders], { ...configuration.options, ruleSet, validate: true, baseDir: root });
  if (typeof output === 'string') throw new Error(`the cruiser gave text: ${output.slice(0, 200)}`);
  const isInside = (source: string): boolean => folders.some((folder) => source.startsWith(`${folder}/`));
  const looked = output.modules.filter((module) => isInside(module.source) && module.couldNotResolve !== true);
  const violations = output.summary.violations;
  return {
    looked: looked.map((module) => module.source),
    violations: violations.map((one) => `${one.rule.name}: ${one.from} -> ${one.to}`).sort(),
    rules: [...new Set(violations.map((one) => one.rule.name))].sort(),
  };
}

/** The root of this repository. */
export const ROOT: string = join(import.meta.dirname, '../..');
