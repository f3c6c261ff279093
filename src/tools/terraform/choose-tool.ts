/** Chooses between Terraform and OpenTofu: one change is planned, run and observed by one of them, which the bundle names by its bytes. */

import { Failure, type Files, type Processes, visibleLine } from '../../kernel/index.ts';

/** The two programs. They share commands, options and formats. */
export type ToolName = 'terraform' | 'tofu';

const TITLES: Readonly<Record<ToolName, string>> = { terraform: 'Terraform', tofu: 'OpenTofu' };

/** The program that a proposal asks for: the first one that stands before its options. */
export function askedTool(argv: readonly string[]): ToolName | undefined {
  for (const word of argv) {
    if (word === 'terraform' || word === 'tofu') return word;
    if (word.startsWith('-')) return undefined;
  }
  return undefined;
}

/** Which of the two a program is, by the name of its file. */
export function toolName(path: string): ToolName {
  return path.slice(path.lastIndexOf('/') + 1).startsWith('tofu') ? 'tofu' : 'terraform';
}

/**
 * Finds the program of a change: the one that was asked for; else OpenTofu where the directory holds `*.tofu` files, which Terraform
 * passes over; else Terraform; and OpenTofu where there is no Terraform.
 *
 * @returns an absolute, link-free path
 * @throws Failure `TOOL_MISSING`
 */
export async function chooseTool(
  parts: { readonly processes: Processes; readonly files: Files; readonly searchPath: string },
  change: { readonly argv: readonly string[]; readonly directory: string },
): Promise<string> {
  const { processes, searchPath } = parts;
  const wanted = askedTool(change.argv) ?? ((await hasTofuFiles(parts.files, change.directory)) ? 'tofu' : undefined);
  const path = await processes.locate(wanted ?? 'terraform', searchPath);
  const found = path ?? (wanted === undefined ? await processes.locate('tofu', searchPath) : undefined);
  if (found === undefined) throw missingTool(wanted ?? 'terraform', searchPath);
  return found;
}

/** There is no such program. */
export function missingTool(name: ToolName, where: string): Failure {
  return new Failure('TOOL_MISSING', `there is no ${name} in ${visibleLine(where)}`, {
    hint: `install ${TITLES[name]}, or put it on the PATH`,
    where: visibleLine(where),
  });
}

async function hasTofuFiles(files: Files, directory: string): Promise<boolean> {
  const entries = await files.tree(directory, (path) => path.includes('/'));
  return entries.some(({ kind, path }) => kind !== 'directory' && /\.tofu(?:\.json)?$/.test(path));
}
