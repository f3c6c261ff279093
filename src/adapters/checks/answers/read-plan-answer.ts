/** Reads a fresh plan of the sealed configuration. */

import type { Json } from '../../../kernel/index.ts';
import { type Reading, unknownReading } from './reading.ts';

/** What planning anew found. `changes` has everything that would change, as the preview says it. */
export type PlanSeen =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'changes';
      readonly resources: readonly { readonly address: string; readonly action: string }[];
      /** The whole of what would change, masked; what "as before" is told by. */
      readonly changes: Json;
    }
  | { readonly kind: 'failed'; readonly why: string };

/**
 * Reads a fresh plan: green when nothing would change.
 *
 * The plan compares the world with the state that the execution itself wrote. It is evidence of the world only as far as that
 * state is; what that is worth after an unknown end is decided where verdicts are.
 */
export function readPlanAnswer(seen: PlanSeen): Reading {
  switch (seen.kind) {
    case 'failed':
      return unknownReading(`no plan could be made: ${seen.why}`);
    case 'empty':
      return {
        answer: 'green',
        detail: 'a fresh plan changes nothing',
        facts: { changes: 0 },
        excerpts: {},
        projection: { changes: [] },
      };
    case 'changes':
      return {
        answer: 'red',
        detail: `a fresh plan would change ${seen.resources.length} resource${seen.resources.length === 1 ? '' : 's'}`,
        facts: { changes: seen.resources.length },
        excerpts: { resources: seen.resources.map(({ action, address }) => `${action} ${address}`).join('\n') },
        projection: { changes: seen.changes },
      };
  }
}
