/** The port of a process's own memory of the record: what it folded for itself, in a file that whoever writes the record can't write to. */

import type { ChainHead } from './event-log.ts';
import type { StreamFold, TargetFold } from './examine-meaning.ts';

/** What a stream amounted to when it was folded last. `stream` is `proposal:<id>`. */
export type KeptStream = StreamFold & { readonly stream: string };

/** What a target amounted to when one of its proposals was folded last. */
export type KeptTarget = TargetFold & { readonly target: string };

/** One step of folding: everything that changed between two entries. */
export type MemoryStep = {
  readonly from: ChainHead;
  readonly to: ChainHead;
  readonly streams: readonly KeptStream[];
  readonly targets: readonly KeptTarget[];
};

/** What was kept, and the entry that it rests on. */
export type Remembered = {
  readonly position: ChainHead;
  readonly streams: readonly KeptStream[];
  readonly targets: readonly KeptTarget[];
};

/** Remembers folds. Losing it loses time and nothing else: it is made anew from the record, up to the remembered head. */
export interface RecordMemory {
  /** The entry that everything kept rests on; seq 0 and zeros when nothing was folded yet. @throws Failure `STORE_UNREADABLE` */
  position(): Promise<ChainHead>;
  /** Those of these streams and targets that were kept, all of one moment. @throws Failure `STORE_UNREADABLE` */
  recall(names: { readonly streams: readonly string[]; readonly targets: readonly string[] }): Promise<Remembered>;
  /**
   * Keeps a step, all of it or nothing.
   *
   * @returns false when another process kept one from the same position first; nothing was kept then
   * @throws Failure `LEDGER_WRITE_FAILED`
   */
  keep(step: MemoryStep): Promise<boolean>;
}
