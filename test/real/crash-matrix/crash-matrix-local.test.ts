/** The crash matrix, with the state in a file. */

import { needs } from '../needs.ts';
import { CELL_MS, faultsOn, holdCell } from './hold-cell.ts';

const cellTest = needs('terraform', 'ssh-keygen', 'linux', 'strace');

cellTest.each(faultsOn('local'))(
  '[TERRAFORM-30, L5, L6, L7] local: %s: nothing runs twice, nobody says better than the truth, and there is a way back',
  async (fault) => await holdCell('local', fault),
  CELL_MS,
);
