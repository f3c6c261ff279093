/** Writes `docs/crash-matrix.md`: `node scripts/make-crash-matrix.ts`. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crashMatrixPage } from './crash-matrix-page.ts';

writeFileSync(join(import.meta.dirname, '..', 'docs', 'crash-matrix.md'), crashMatrixPage());
