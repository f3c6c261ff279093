/** What every cell of the crash matrix comes to. The tests play them; `scripts/make-crash-matrix.ts` writes them down for people. */

import type { BackendKind, FaultName, WayBack } from './fault-names.ts';
import type { CrashRow } from './play-cell.ts';

/** A cell: what is said and what is true after the fault, and the ways back, in their order. */
export type CrashCell = CrashRow & { readonly ways: readonly WayBack[] };

const ALL = ['before', 'one', 'after'];
const IN_STATE = ['a thing-2', 'after thing-3', 'before thing-1'];
const DONE = { resources: ['a done', 'after done', 'before done'], remembered: IN_STATE, truth: ALL, isLocked: false };
const FINE: CrashCell = {
  ...DONE,
  terraform: 'Outputs: 0',
  outcome: 'completed',
  verdict: 'confirmed',
  state: 'closed',
  ways: [],
};

/** Held after an outcome that is no good end; everything else is the row's own. */
function held(
  outcome: 'partial' | 'indeterminate',
  terraform: string,
  rest: Pick<CrashCell, 'resources' | 'remembered' | 'truth' | 'ways'> & Partial<CrashCell>,
): CrashCell {
  return { terraform, outcome, verdict: 'refuted', state: 'held', isLocked: false, ...rest };
}

const TAINTED = {
  resources: ['a tainted', 'after not-attempted', 'before done'],
  remembered: ['a thing-2 tainted', 'before thing-1'],
  truth: ['before', 'one'],
  ways: ['replan'],
} as const;
const ORPHAN = {
  resources: ['a unknown', 'after not-attempted', 'before done'],
  remembered: ['before thing-1'],
  truth: ['before', 'one'],
  ways: ['import'],
} as const;
const NOTHING = { resources: ['a unknown', 'after unknown', 'before unknown'], remembered: [], truth: [] } as const;
/** A remote state is written now and then, and at the end: a kill loses what was not written yet. */
const FORGOTTEN = {
  ...ORPHAN,
  resources: ['a unknown', 'after not-attempted', 'before unknown'],
  remembered: [],
} as const;
const NOT_SAVED = { ...NOTHING, truth: ALL, ways: ['push-state'] } as const;
const STOPPED = {
  resources: ['a done', 'after not-attempted', 'before done'],
  remembered: ['a thing-2', 'before thing-1'],
  truth: ['before', 'one'],
  ways: ['replan'],
} as const;

type Cells = Partial<Readonly<Record<FaultName, CrashCell>>>;

/** Cells that are the same wherever the state lies. */
const EVERYWHERE: Cells = {
  'provisioner failure': held('partial', 'Error: local-exec provisioner error', TAINTED),
  quota: held('partial', 'Error: the quota of this account is used up', {
    ...ORPHAN,
    truth: ['before'],
    ways: ['replan'],
  }),
  'half-made': held('partial', 'Error: it was made, and never became ready', TAINTED),
  'provider crash': held('partial', 'Error: Plugin did not respond', ORPHAN),
  'lost answer': held('partial', 'Error: the connection was lost before the answer came', ORPHAN),
  hang: held('partial', 'Error: Plugin did not respond', ORPHAN),
  'kill -9 of the runner: probed': FINE,
  'kill -9 of the runner: intended': held('indeterminate', '', { ...NOTHING, ways: ['replan'] }),
  'kill -9 of the runner: launched': held('indeterminate', 'Error: execution halted', {
    ...STOPPED,
    resources: ['a done', 'after unknown', 'before done'],
  }),
  'kill -9 of the runner: ended': {
    ...FINE,
    outcome: 'indeterminate',
    verdict: 'inconclusive',
    state: 'held',
    ways: ['look'],
  },
  'kill -9 of the verifier': FINE,
  SIGTERM: held('partial', 'Error: execution halted', STOPPED),
  'double SIGTERM': held('indeterminate', 'Error: operation canceled', ORPHAN),
  'two runners': FINE,
  'clock jump': FINE,
};

/** All cells, by backend and by the fault's name. */
export const CRASH_ROWS: Readonly<Record<BackendKind, Cells>> = {
  local: {
    ...EVERYWHERE,
    'kill -9 of terraform': held('indeterminate', 'chaos_thing.a: Creating...', ORPHAN),
    'disk full': held('indeterminate', 'Error: truncate terraform.tfstate: no space left on device', {
      resources: ['a not-attempted', 'after not-attempted', 'before unknown'],
      remembered: [],
      truth: ['before'],
      ways: ['push-state', 'replan'],
    }),
  },
  pg: {
    ...EVERYWHERE,
    'kill -9 of terraform': held('indeterminate', 'chaos_thing.a: Creating...', FORGOTTEN),
    'state upload refused': held('indeterminate', 'Error: Failed to save state', NOT_SAVED),
  },
  http: {
    ...EVERYWHERE,
    'kill -9 of terraform': held('indeterminate', 'chaos_thing.a: Creating...', {
      ...FORGOTTEN,
      isLocked: true,
      ways: ['force-unlock', 'import'],
    }),
    'state upload refused': held('indeterminate', 'Error: Failed to save state', NOT_SAVED),
  },
};
