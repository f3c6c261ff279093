/**
 * `npm test`: runs every test and ends with what ran, what was skipped and why, as one plain line.
 *
 * A run that looked at nothing has failed (L9); with COUNTERSIGN_REQUIRE_REAL=1 a skip has failed too.
 * Arguments are Vitest's own: `npm test -- test/kernel -t quorum`.
 */

import { parseCLI, startVitest, type TestCase, type TestModule } from 'vitest/node';

type Tally = { passed: number; failed: number; skipped: number; readonly reasons: Map<string, number> };

const NO_REASON = 'no reason given';

function weigh(tally: Tally, test: TestCase): void {
  const result = test.result();
  if (result.state === 'passed') tally.passed += 1;
  else if (result.state === 'failed') tally.failed += 1;
  else {
    tally.skipped += 1;
    const reason = (result.state === 'skipped' ? result.note : undefined) ?? NO_REASON;
    tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1);
  }
}

function tallyOf(modules: readonly TestModule[]): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0, reasons: new Map() };
  for (const module of modules) {
    const failedBefore = tally.failed;
    for (const test of module.children.allTests()) weigh(tally, test);
    // A file that broke before it had any test counts as one failure: it must not vanish from the sum.
    if (!module.ok() && tally.failed === failedBefore) tally.failed += 1;
  }
  return tally;
}

function report(tally: Tally, files: number, unhandled: number): number {
  const isRealDemanded = process.env['COUNTERSIGN_REQUIRE_REAL'] === '1';
  const failed = tally.failed + unhandled;
  console.log('');
  for (const [reason, count] of tally.reasons) console.log(`SKIPPED: ${reason} (${count} tests)`);
  if (tally.skipped > 0 && isRealDemanded) console.log('COUNTERSIGN_REQUIRE_REAL=1: a skipped test fails the run');
  if (tally.passed === 0) console.log('no test passed: a run that looked at nothing has failed');
  if (unhandled > 0) console.log(`${unhandled} errors outside of any test`);
  console.log(`${files} test files`);
  console.log(`${tally.passed} passed, ${failed} failed, ${tally.skipped} skipped`);
  const isGood = failed === 0 && tally.passed > 0 && !(isRealDemanded && tally.skipped > 0);
  return isGood ? 0 : 1;
}

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const vitest = await startVitest('test', filter, { ...options, watch: false });
const modules = vitest.state.getTestModules();
const unhandled = vitest.state.getUnhandledErrors().length;
await vitest.close();
process.exitCode = report(tallyOf(modules), modules.length, unhandled);
