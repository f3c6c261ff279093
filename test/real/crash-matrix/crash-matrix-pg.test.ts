/** The crash matrix, with the state in a real PostgreSQL. */

import { needs } from '../needs.ts';
import { CELL_MS, faultsOn, holdCell } from './hold-cell.ts';

const cellTest = needs('terraform', 'ssh-keygen', 'linux', 'postgres');

cellTest.each(faultsOn('pg'))(
  '[TERRAFORM-30, L5, L6, L7] pg: %s: nothing runs twice, nobody says better than the truth, and there is a way back',
  async (fault) => await holdCell('pg', fault),
  CELL_MS,
);
