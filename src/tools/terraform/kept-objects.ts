/**
 * Objects that an approved plan keeps: changed in place or moved, and the very same ones afterwards.
 *
 * A fresh plan can't tell: it is as empty when somebody put another object of the same attributes into the state.
 */

import { z } from 'zod';
import { type Json, visibleLine } from '../../kernel/index.ts';
import { previewAction } from './plan-preview.ts';
import type { PlannedChange, TerraformPlan } from './read-plan.ts';

/** An object by its address after the change, and by the provider's own id. */
export type KeptObject = { readonly address: string; readonly id: string };

/** The shape of a list of them, as it is sealed. */
export const KEPT_OBJECTS: z.ZodType<readonly KeptObject[]> = z.array(
  z.strictObject({ address: z.string(), id: z.string() }),
);

/** Lists what a plan keeps although it touches it; objects without an id are left out, since nobody could tell them apart. */
export function keptObjects(plan: TerraformPlan): readonly KeptObject[] {
  return plan.changes.flatMap((change) => {
    const id = isKept(change) ? idOf(change.before) : undefined;
    return id === undefined ? [] : [{ address: change.address, id }];
  });
}

/** Addresses where the state holds another object than the one that was to be kept. What is gone shows in the plan itself. */
export function otherObjects(kept: readonly KeptObject[], plan: TerraformPlan): readonly string[] {
  return kept
    .filter(({ address, id }) => {
      const now = plan.changes.find((change) => change.address === address && change.deposed === undefined);
      const found = now === undefined ? undefined : idOf(now.before);
      return found !== undefined && found !== id;
    })
    .map(({ address }) => visibleLine(address));
}

function isKept(change: PlannedChange): boolean {
  const action = previewAction(change);
  return change.deposed === undefined && change.mode === 'managed' && (action === 'update' || action === 'move');
}

function idOf(object: Json): string | undefined {
  return z.object({ id: z.string().min(1) }).safeParse(object).data?.id;
}
