/** Declares the cells of one backend as tests. */

import { expect } from 'vitest';
import { type Component, needs } from '../needs.ts';
import { CRASH_ROWS } from './crash-rows.ts';
import { type BackendKind, type FaultName, faults } from './fault-names.ts';
import { FAULTS } from './faults.ts';
import { playFault, recover } from './play-cell.ts';

const NEEDS: Readonly<Record<BackendKind, readonly Component[]>> = { local: ['strace'], pg: ['postgres'], http: [] };

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

/** Plays the faults of one backend, and every way back to its end. */
export function crashMatrixOf(kind: BackendKind): void {
  const cellTest = needs('terraform', 'ssh-keygen', 'linux', ...NEEDS[kind]);
  for (const { name, not } of faults()) {
    if (not?.[kind] !== undefined) continue;
    if (kind !== 'local' && !IS_WHOLE && !BACKENDS_OWN.has(name)) continue;
    cellTest(
      `[TERRAFORM-30, L5, L6, L7] ${kind}: ${name}: nothing runs twice, nobody says better than the truth, and there is a way back`,
      async () => {
        const expected = CRASH_ROWS[kind][name];
        if (expected === undefined) throw new TypeError('nobody wrote down what is to be expected');
        const played = await playFault(FAULTS[name], kind);
        const { ways, ...row } = expected;
        expect(played.row).toEqual(row);
        expect(played.twice).toEqual([]);
        const end = { truth: ['after', 'before', 'one'], plan: 0, held: 0, isLocked: false };
        expect(await recover(played, ways)).toEqual(end);
      },
      180_000,
    );
  }
}
