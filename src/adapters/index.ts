/** The door of the adapters: every contact with the machine. Only `compose.ts` joins them to the ports. */

export { systemClock } from './clock/system-clock.ts';
export { nodeFiles } from './files/node-files.ts';
export { sha256 } from './hash/sha256.ts';
export { nodeProcesses } from './processes/node-processes.ts';
export { systemRandom } from './random/system-random.ts';
export type { Store } from './store/open-sqlite-store.ts';
export { openSqliteStore } from './store/open-sqlite-store.ts';
