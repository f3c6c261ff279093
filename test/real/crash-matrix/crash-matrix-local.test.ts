/** The crash matrix, with the state in a file. */

import { crashMatrixOf } from './crash-matrix-of.ts';

crashMatrixOf('local');
