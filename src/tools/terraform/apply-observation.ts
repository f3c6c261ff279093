/** What the outcome of an apply is judged from. */

import type { ProcessEnd } from '../../kernel/index.ts';
import type { ApplyStream } from './apply-stream.ts';
import type { PlannedChange } from './read-plan.ts';
import type { StateReading } from './read-state.ts';

/** Everything that was observed of one apply. */
export type ApplyObservation = {
  readonly end: ProcessEnd;
  readonly stream: ApplyStream;
  /** The changes of the sealed plan; `undefined` when the plan could not be read any more. */
  readonly planned: readonly PlannedChange[] | undefined;
  /** The state that the plan was made for; lineage '' and serial 0 when there was none. */
  readonly before: { readonly lineage: string; readonly serial: number };
  readonly after: StateReading;
  /** Terraform could not save the state and left it in its working directory. */
  readonly hasErroredState: boolean;
  /** Processes of the execution that outlived their leader. */
  readonly survivors: number;
};
