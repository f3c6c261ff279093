/** What people answered for, as programs and people see it: releases of a held target, and reviews of a broken glass. */

import type { RecordedEvent } from '../../../record/index.ts';

/** A person's word that released a target or reviewed a glass. */
export type WordView = {
  readonly by: string;
  readonly atMs: number;
  readonly note: string;
  /** The recovery that a release names. */
  readonly through: string | null;
  /** The key that signed it; `null` where only an operating-system account stands for it. */
  readonly fingerprint: string | null;
};

/** Lists the releases or the reviews among events, oldest first. */
export function wordViews(
  events: readonly RecordedEvent[],
  type: 'reconciled' | 'glass-reviewed',
): readonly WordView[] {
  return events.flatMap(({ actor, atMs, body }) => {
    if (body.type !== type) return [];
    return [
      {
        by: body.type === 'reconciled' ? actor.name : body.by,
        atMs,
        note: body.note,
        through: body.type === 'reconciled' ? (body.through ?? null) : null,
        fingerprint: body.statement?.fingerprint ?? null,
      },
    ];
  });
}
