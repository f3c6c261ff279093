/**
 * Finds in the sealed sources what Terraform's description of a plan leaves out of its provisioners: when each runs, whether its
 * failure is passed over in silence, and over which connection it reaches which machine.
 *
 * Passwords and keys of a connection are never taken.
 */

import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Files } from '../../kernel/index.ts';
import type { ToolName } from './choose-tool.ts';
import type { HclBlock } from './hcl-blocks.ts';
import type { PrivateCopy } from './private-copy.ts';
import { sourceBlocks, sourcePaths, sourceText } from './source-blocks.ts';

/** When a provisioner runs. */
export type ProvisionerMoment = 'create' | 'destroy';

/** One provisioner as its source has it. */
export type SourceProvisioner = {
  readonly type: string;
  readonly moment: ProvisionerMoment;
  /** Its failure neither stops the apply nor is told. */
  readonly isFailureIgnored: boolean;
  /** Kind, host, port, user and bastion of its connection, where it has one. */
  readonly connection: ReadonlyMap<string, string>;
};

/** The provisioners of one resource, by its address without instance keys. */
export type ProvisionedResource = {
  readonly address: string;
  /** `removed`: its resource is gone from the configuration, and a block of that name has them instead. */
  readonly kind: 'resource' | 'removed';
  readonly provisioners: readonly SourceProvisioner[];
  /** Expressions of each, as written; only what a `removed` block says stands nowhere else. */
  readonly settings: readonly ReadonlyMap<string, string>[];
};

const LIST_BYTES = 16 * 1024 * 1024;
/** Of a connection; everything else may be a secret. */
const SHOWN: readonly string[] = ['type', 'host', 'port', 'user', 'bastion_host'];
const MODULES = z.object({ Modules: z.array(z.object({ Key: z.string(), Dir: z.string() })) });

/**
 * Reads the sources of every module in a private copy.
 *
 * @returns resources that have provisioners; those of a module that can't be read whole are missing, and nothing is said of them
 */
export async function sourceProvisioners(
  files: Files,
  copy: PrivateCopy,
  tool: ToolName,
): Promise<readonly ProvisionedResource[]> {
  const paths = await sourcePaths(files, copy, tool);
  const provisioned: ProvisionedResource[] = [];
  for (const { prefix, directory } of await modulesOf(files, copy)) {
    const blocks: (readonly HclBlock[] | undefined)[] = [];
    for (const path of paths) {
      if (dirname(path) === directory) blocks.push(await blocksOf(files, copy, path));
    }
    // A file that is not understood may override what the others say.
    if (!blocks.includes(undefined))
      provisioned.push(
        ...provisionedIn(
          blocks.flatMap((some) => some ?? []),
          prefix,
        ),
      );
  }
  return provisioned;
}

async function blocksOf(files: Files, copy: PrivateCopy, path: string): Promise<readonly HclBlock[] | undefined> {
  const text = await sourceText(files, copy, path);
  return text === undefined ? undefined : sourceBlocks(path, text);
}

type ModulePlace = { readonly prefix: string; readonly directory: string };

async function modulesOf(files: Files, copy: PrivateCopy): Promise<readonly ModulePlace[]> {
  const root = { prefix: '', directory: copy.tree };
  const list = await files.read(`${copy.tree}/.terraform/modules/modules.json`, LIST_BYTES);
  const listed = list === undefined ? undefined : MODULES.safeParse(parseJson(list)).data;
  const called = (listed?.Modules ?? []).filter(({ Key }) => Key !== '');
  return [
    root,
    ...called.map(({ Key, Dir }) => ({
      prefix: `${Key.split('.')
        .map((name) => `module.${name}.`)
        .join('')}`,
      directory: join(copy.tree, Dir),
    })),
  ];
}

function provisionedIn(blocks: readonly HclBlock[], prefix: string): readonly ProvisionedResource[] {
  const found = new Map<string, ProvisionedResource>();
  for (const block of blocks) {
    const isRemoved = block.type === 'removed';
    if (!isRemoved && block.type !== 'resource') continue;
    const provisioners = block.blocks.filter(({ type }) => type === 'provisioner');
    if (provisioners.length === 0) continue;
    const address = `${prefix}${isRemoved ? (wordOf(block, 'from') ?? '') : block.labels.join('.')}`;
    found.set(`${block.type} ${address}`, {
      address,
      kind: isRemoved ? 'removed' : 'resource',
      provisioners: provisioners.map((one) => toProvisioner(one, block)),
      settings: provisioners.map(({ settings }) => settings),
    });
  }
  return [...found.values()];
}

function toProvisioner(block: HclBlock, resource: HclBlock): SourceProvisioner {
  const connections = [resource, block].flatMap(({ blocks }) => blocks.filter(({ type }) => type === 'connection'));
  const said = connections.flatMap(({ settings }) => [...settings]).filter(([name]) => SHOWN.includes(name));
  return {
    type: block.labels[0] ?? '',
    moment: wordOf(block, 'when') === 'destroy' ? 'destroy' : 'create',
    isFailureIgnored: wordOf(block, 'on_failure') === 'continue',
    connection: new Map(said.map(([name, text]) => [name, plainText(text)])),
  };
}

// Older configurations quote their keywords.
function wordOf(block: HclBlock, name: string): string | undefined {
  return block.settings.get(name)?.replaceAll('"', '');
}

/** A literal as it is; everything else as its source has it. */
export function plainText(expression: string): string {
  const literal = /^"((?:[^"\\$%]|\\.)*)"$/.exec(expression)?.[1];
  return literal ?? `(computed: ${expression.replace(/\s+/g, ' ')})`;
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch {
    return undefined;
  }
}
