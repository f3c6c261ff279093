/** The crash matrix, with the state behind an HTTP address. */

import { needs } from '../needs.ts';
import { CELL_MS, faultsOn, holdCell } from './hold-cell.ts';

const cellTest = needs('terraform', 'ssh-keygen', 'linux');

cellTest.each(faultsOn('http'))(
  '[TERRAFORM-30, L5, L6, L7] http: %s: nothing runs twice, nobody says better than the truth, and there is a way back',
  async (fault) => await holdCell('http', fault),
  CELL_MS,
);
