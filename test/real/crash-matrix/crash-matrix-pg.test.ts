/** The crash matrix, with the state in a real PostgreSQL. */

import { crashMatrixOf } from './crash-matrix-of.ts';

crashMatrixOf('pg');
