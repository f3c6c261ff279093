/** Values that no plan holds: Terraform asks for them again when the plan runs. */

import { dirname } from 'node:path';
import { z } from 'zod';
import type { Files } from '../../kernel/index.ts';
import type { ToolName } from './choose-tool.ts';
import { type PlanArguments, variableFiles } from './plan-arguments.ts';
import type { PrivateCopy } from './private-copy.ts';
import type { TerraformPlan } from './read-plan.ts';
import { sourceBlocks, sourcePaths, sourceText } from './source-blocks.ts';

/** A plan, with what it was made from. */
export type PlannedWith = {
  readonly plan: Pick<TerraformPlan, 'document'>;
  readonly copy: PrivateCopy;
  readonly tool: ToolName;
  readonly planArguments: PlanArguments;
};

/** An ephemeral variable, and the option that sets it, without a value. */
export type LostValue = { readonly name: string; readonly option: string };

const NAMED = /^-var=([^=]+)=/;
const WORD = /[\p{ID_Continue}-]+/gu;
const VARIABLE_FILE_BYTES = 64 * 1024 * 1024;
const NAMES = z.record(z.string(), z.json());
const CONFIGURED = z.object({ configuration: z.object({ root_module: z.object({ variables: NAMES }) }) });

/**
 * Names the ephemeral variables that an option sets. When the plan runs the option is not there: Terraform takes what the sealed
 * environment or a file that it loads by itself says, which may be another value, or ends (Terraform 1.10 and newer; measured with
 * 1.11.4).
 *
 * A file of variables sets each that it names, wherever in it the name stands.
 */
export async function lostValues(files: Files, planned: PlannedWith): Promise<readonly LostValue[]> {
  const { copy, planArguments } = planned;
  const paths = variableFiles(planArguments);
  const given = planArguments.flatMap((argument) => NAMED.exec(argument)?.[1] ?? []);
  if (paths.length + given.length === 0) return [];
  const ephemeral = await ephemeralVariables(files, planned);
  const lost = ephemeral.filter((name) => given.includes(name)).map((name) => ({ name, option: '-var' }));
  for (const path of ephemeral.length === 0 ? [] : paths) {
    const words = wordsOf(await files.read(`${copy.tree}/${path}`, VARIABLE_FILE_BYTES));
    for (const name of ephemeral) if (words.has(name)) lost.push({ name, option: `-var-file=${path}` });
  }
  return lost;
}

/**
 * The ephemeral variables of the root module, ordered by name. A plan leaves them out of its variables, unless they have a default:
 * those only the sources tell. Where a source that may tell is not understood, every variable counts.
 */
async function ephemeralVariables(files: Files, { plan, copy, tool }: PlannedWith): Promise<readonly string[]> {
  const configured = CONFIGURED.safeParse(plan.document).data?.configuration.root_module.variables ?? {};
  const listed = NAMES.safeParse(plan.document['variables']).data ?? {};
  const names = new Set(Object.keys(configured).filter((name) => !Object.hasOwn(listed, name)));
  for (const path of await sourcePaths(files, copy, tool)) {
    if (dirname(path) !== copy.tree) continue;
    const said = declaredIn(path, await sourceText(files, copy, path));
    for (const name of said ?? Object.keys(configured)) names.add(name);
  }
  return [...names].sort();
}

function declaredIn(path: string, text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const blocks = sourceBlocks(path, text);
  // JSON may spell a word in other letters.
  if (blocks === undefined) return path.endsWith('.json') || text.includes('ephemeral') ? undefined : [];
  const declared = blocks.filter(({ type, settings }) => {
    const said = settings.get('ephemeral')?.replaceAll('"', '');
    return type === 'variable' && said !== undefined && said !== 'false';
  });
  return declared.flatMap(({ labels }) => labels[0] ?? []);
}

/** Everything in a file of variables that could be a name; of JSON also what it spells by escapes. */
function wordsOf(content: Uint8Array | undefined): ReadonlySet<string> {
  const text = new TextDecoder().decode(content);
  return new Set([...(text.match(WORD) ?? []), ...(unescaped(text).match(WORD) ?? [])]);
}

function unescaped(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    // It is no JSON, and Terraform reads its names as they stand there.
    return '';
  }
}
