/** The crash matrix, with the state behind an HTTP address. */

import { crashMatrixOf } from './crash-matrix-of.ts';

crashMatrixOf('http');
