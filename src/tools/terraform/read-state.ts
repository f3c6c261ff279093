/** Reads a state file, format 4: which state it is, and what is in it. */

import { z } from 'zod';

/** One object in a state. */
export type StateInstance = {
  /** As Terraform's event stream writes it. */
  readonly address: string;
  readonly isTainted: boolean;
  /** Left behind by an interrupted replacement. */
  readonly isDeposed: boolean;
  /** What the provider calls it; `undefined` where it has no `id` that is text. */
  readonly id: string | undefined;
};

/** What a state file says. An absent and an empty file are the same: no state yet. */
export type StateReading =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'read';
      readonly lineage: string;
      readonly serial: number;
      readonly instances: readonly StateInstance[];
    }
  | { readonly kind: 'unreadable'; readonly why: string };

const STATE = z.object({
  version: z.literal(4),
  serial: z.int().min(0),
  lineage: z.string(),
  resources: z
    .array(
      z.object({
        module: z.string().optional(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        instances: z
          .array(
            z.object({
              index_key: z.union([z.string(), z.number()]).optional(),
              status: z.string().optional(),
              deposed: z.string().optional(),
              attributes: z.looseObject({ id: z.unknown() }).partial().nullish(),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/** Reads a state. Never throws: an unreadable state is an answer. */
export function readState(bytes: Uint8Array | undefined): StateReading {
  if (bytes === undefined || bytes.byteLength === 0) return { kind: 'absent' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // What can't be parsed is the very answer that callers ask for: nobody knows this state.
    return { kind: 'unreadable', why: 'it is not JSON' };
  }
  const state = STATE.safeParse(parsed);
  if (state.data === undefined) return { kind: 'unreadable', why: 'it is not a Terraform state of version 4' };
  const { serial, lineage, resources } = state.data;
  const instances = resources.flatMap((resource) =>
    resource.instances.map((instance) => ({
      address: `${addressOf(resource)}${keyText(instance.index_key)}`,
      isTainted: instance.status === 'tainted',
      isDeposed: instance.deposed !== undefined,
      id: idOf(instance.attributes?.id),
    })),
  );
  return { kind: 'read', lineage, serial, instances };
}

function idOf(id: unknown): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined;
}

type StateResource = z.infer<typeof STATE>['resources'][number];

function addressOf({ module, mode, type, name }: StateResource): string {
  const prefix = module === undefined || module === '' ? '' : `${module}.`;
  return `${prefix}${mode === 'data' ? 'data.' : ''}${type}.${name}`;
}

// The event stream quotes keys as HCL does: JSON's escapes, and `${` and `%{` doubled.
function keyText(key: string | number | undefined): string {
  if (key === undefined) return '';
  if (typeof key === 'number') return `[${key}]`;
  return `[${hclText(key)}]`;
}

/** Quotes a text as HCL does. */
export function hclText(text: string): string {
  // A function, since `$` means something in a replacement string.
  return JSON.stringify(text).replace(/[$%]\{/g, (opening) => `${opening[0]}${opening}`);
}
