/** The fence, composed: where there is a sandbox, foreign code runs in it; where there is none, that is said and never hidden. */

import type { Processes } from '../kernel/index.ts';
import type { Base } from './base.ts';

/** Processes behind the fence, that may write below one directory only; `undefined` where this machine has no sandbox. */
export async function fencedProcesses(_base: Base, _writable: string): Promise<Processes | undefined> {
  return undefined;
}

/** Whether this machine has a sandbox, and if not, why and what to do. */
export type FenceStatus =
  | { readonly kind: 'available' }
  | { readonly kind: 'unavailable'; readonly why: string; readonly hint: string };

/** Probes the sandbox. */
export async function probeFence(_base: Base): Promise<FenceStatus> {
  return { kind: 'unavailable', why: 'not probed', hint: '' };
}
