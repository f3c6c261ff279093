/** Writes `import` blocks into a private copy: an object that exists and is in no state is planned together with everything else. */

import { hclText } from './read-state.ts';
import type { TerraformParts } from './run-terraform.ts';

/** One object that is to be taken into the state. */
export type ImportWish = {
  readonly address: string;
  /** What its provider calls it. */
  readonly id: string;
};

/** Lies in the private copy only; the real directory is not written to. */
const IMPORTS_FILE = 'countersign_imports.tf';

const KEY = String.raw`(?:\[(?:\d+|"(?:[^"\\\n]|\\.)*")\])?`;
const NAME = '[A-Za-z_][A-Za-z0-9_-]*';
const WISH = new RegExp(`^((?:module\\.${NAME}${KEY}\\.)*${NAME}\\.${NAME}${KEY})=([^\\n\\r\\0]{1,2000})$`, 'u');

/** Reads `ADDRESS=ID`. @returns `undefined` when it is not the address of one managed object with an id */
export function readImportWish(text: string): ImportWish | undefined {
  const [, address, id] = WISH.exec(text) ?? [];
  return address === undefined || id === undefined || address.startsWith('data.') ? undefined : { address, id };
}

/** The option that a proposal carries for it. */
export function importArgument({ address, id }: ImportWish): string {
  return `-import=${address}=${id}`;
}

/** Lays the blocks. @returns why not, when the configuration has a file of that name */
export async function layImports(
  parts: TerraformParts,
  tree: string,
  imports: readonly ImportWish[],
): Promise<string | undefined> {
  if (imports.length === 0) return undefined;
  const path = `${tree}/${IMPORTS_FILE}`;
  if ((await parts.files.stat(path)) !== undefined) return `the configuration has a file ${IMPORTS_FILE} of its own`;
  const blocks = imports.map(({ address, id }) => `import {\n  to = ${address}\n  id = ${hclText(id)}\n}\n`);
  await parts.files.write(path, blocks.join(''), 0o600);
  return undefined;
}
