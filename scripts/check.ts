/** `npm run check`: every static gate, each with proof that it looked at something. The import rules run in `npm test`. */

import { join } from 'node:path';
import { staticGates } from './static-gates.ts';

const gates = staticGates(join(import.meta.dirname, '..'));
let failed = 0;
for (const gate of gates) {
  const startedMs = performance.now();
  const complaint = gate.run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${complaint === undefined ? 'ok    ' : 'FAILED'} ${gate.name} (${seconds} s)`);
  if (complaint !== undefined) {
    failed += 1;
    console.log(complaint);
  }
}
console.log(`${gates.length - failed} gates passed, ${failed} failed`);
process.exitCode = failed === 0 && gates.length > 0 ? 0 : 1;
