/** Which cells of the crash matrix are played here, and what must hold in each. */

import { expect } from 'vitest';
import { CRASH_ROWS } from './crash-rows.ts';
import { type BackendKind, type FaultName, faults } from './fault-names.ts';
import { FAULTS } from './faults.ts';
import { playFault, recover } from './play-cell.ts';

/** With `whole` every cell is played; otherwise, of a remote backend, those that the backend itself has a part in. */
const IS_WHOLE: boolean = process.env['COUNTERSIGN_CRASH_MATRIX'] === 'whole';

/** Where the lock, the saving of the state or another runner matter. */
const BACKENDS_OWN: ReadonlySet<FaultName> = new Set([
  'state upload refused',
  'kill -9 of terraform',
  'kill -9 of the runner: launched',
  'double SIGTERM',
  'two runners',
]);

/** Longest time for one cell. */
export const CELL_MS: number = 240_000;

/** The faults that are played on a backend. */
export function faultsOn(kind: BackendKind): readonly FaultName[] {
  const possible = faults().filter(({ not }) => not?.[kind] === undefined);
  return possible.map(({ name }) => name).filter((name) => kind === 'local' || IS_WHOLE || BACKENDS_OWN.has(name));
}

/** Plays a fault and every way back to its end: nothing ran twice, and everybody says what the page says. */
export async function holdCell(kind: BackendKind, name: FaultName): Promise<void> {
  const expected = CRASH_ROWS[kind][name];
  if (expected === undefined) throw new TypeError('nobody wrote down what is to be expected');
  const played = await playFault(FAULTS[name], kind);
  const { ways, ...row } = expected;
  expect(played.row).toEqual(row);
  expect([played.twice, played.lost]).toEqual([[], []]);
  expect(played.afterwards).toEqual([1, 0]);
  const end = { truth: ['after', 'before', 'one'], plan: 0, held: 0, isLocked: false };
  expect(await recover(played, ways)).toEqual(end);
}
