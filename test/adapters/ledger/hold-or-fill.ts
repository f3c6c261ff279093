/** A process that holds a claim until it is killed, tries to take one, or fills a ledger until the disk refuses. */

import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { openHolds } from '../../../src/adapters/ledger/open-holds.ts';
import { openLedger } from '../../../src/adapters/ledger/open-ledger.ts';
import { systemRandom } from '../../../src/adapters/random/system-random.ts';
import { isFailure } from '../../../src/kernel/index.ts';

const [what, directory = '', claim = ''] = process.argv.slice(2);

if (what === 'fill') await fill();
else {
  const hold = await openHolds({ directory }).take(claim);
  process.stdout.write(hold === undefined ? 'taken by others\n' : 'held\n');
  if (what === 'hold') setInterval(() => undefined, 1_000);
}

async function fill(): Promise<void> {
  const ledger = await openLedger({ directory, clock: systemClock(), random: systemRandom() });
  const name = (count: number): string => count.toString(16).padStart(64, '0');
  let taken = 0;
  let code = 'none';
  while (code === 'none' && taken < 10_000) {
    try {
      const runDirectory = `/${'x'.repeat(4_000)}`;
      const bundleDigest = name(taken);
      await ledger.intend({ claim: bundleDigest, proposal: 'p', bundleDigest, nonces: [], runDirectory, atMs: taken });
      taken += 1;
    } catch (thrown) {
      code = isFailure(thrown) ? thrown.code : String(thrown);
    }
  }
  const kept = (await ledger.unfinished()).length;
  process.stdout.write(JSON.stringify({ taken, code, kept }));
}
