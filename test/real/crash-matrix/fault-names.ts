/** What can go wrong, in the order of the page, in words; where it can't happen, why. */

/** One of the three kinds of place where a state lies. */
export type BackendKind = 'local' | 'pg' | 'http';

/** A way back, by the name that `countersign recover` gives it; `look` is a person's word that the world is as it should be. */
export type WayBack = 'replan' | 'push-state' | 'force-unlock' | 'import' | 'look';

/** What people are told of a fault. */
type FaultWords = {
  readonly words: string;
  readonly not?: Partial<Readonly<Record<BackendKind, string>>>;
};

/** Every fault. */
const FAULT_NAMES = {
  'provisioner failure': { words: 'a `local-exec` ends with 7' },
  quota: { words: 'the provider refuses, and made nothing' },
  'half-made': { words: 'the provider made it, and says that it never became ready' },
  'provider crash': { words: 'the provider dies after it made the object' },
  'lost answer': { words: 'the object was made, the answer is an error' },
  hang: { words: 'the provider made the object and never answers; a person kills the provider' },
  'state upload refused': {
    words: 'the backend takes no state any more',
    not: { local: 'a file is refused by its disk alone: see *disk full*' },
  },
  'kill -9 of terraform': { words: 'after the object was made, before the answer' },
  'kill -9 of the runner: probed': { words: 'before anything is spent; the next runner executes' },
  'kill -9 of the runner: intended': { words: 'the intent is durable, nothing has started' },
  'kill -9 of the runner: launched': { words: 'Terraform goes on alone; the next runner asks it to stop' },
  'kill -9 of the runner: ended': { words: 'Terraform has ended, nobody noted it' },
  'kill -9 of the verifier': { words: 'after its first durable write; it is started again' },
  SIGTERM: { words: 'one, while the object is being made' },
  'double SIGTERM': { words: 'two, while the provider hangs' },
  'disk full': {
    words: 'no space left for the state while Terraform runs',
    not: {
      pg: 'the server’s disk is full: *state upload refused*',
      http: 'the server’s disk is full: *state upload refused*',
    },
  },
  'two runners': { words: 'both are told to execute the same approval at once' },
  'clock jump': { words: 'the runner’s clock jumps three hours ahead, beyond the approval' },
} as const satisfies Readonly<Record<string, FaultWords>>;

/** A fault by its name. */
export type FaultName = keyof typeof FAULT_NAMES;

/** Names, words and reasons, one after the other. */
export function faults(): readonly (FaultWords & { readonly name: FaultName })[] {
  // The keys of a literal are its type's keys.
  const names = Object.keys(FAULT_NAMES) as readonly FaultName[];
  return names.map((name) => ({ name, ...FAULT_NAMES[name] }));
}
