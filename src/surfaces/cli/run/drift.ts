/** Looks for drift, once or again and again. Agents may: it reads and proposes, and nothing is executed. */

import type { Reading } from '../../../compose.ts';
import { EXIT, type ExitCode, isFailure, visibleLine } from '../../../kernel/index.ts';
import { type DriftParts, lookForAllDrift } from '../../../loop/propose/index.ts';
import type { CliContext } from '../context.ts';
import { type CommonFlags, type Performance, perform } from '../perform.ts';
import { driftLine, driftText } from '../render/drift.ts';
import type { CommandResult } from '../terminal.ts';
import { believe } from '../view/believe.ts';
import { type DriftView, driftView } from '../view/drift-view.ts';

/** Flags of `countersign drift`. */
export type DriftFlags = CommonFlags & {
  readonly target: string | undefined;
  readonly every: number | undefined;
};

/** Runs `countersign drift`: 0 nothing drifted, 3 a drift waits for a person, 5 something could not be told, 130 stopped. */
export async function runDrift(this: CliContext, flags: DriftFlags): Promise<void> {
  await perform(this, flags, async (performance) => {
    const { parts, isFenced } = await this.countersign.proposing();
    const reading = await this.countersign.reading();
    const { progress } = performance;
    if (!isFenced) progress('no sandbox on this machine: the plan runs with your own permissions (countersign doctor)');
    const drifting = { ...parts, evidence: reading.evidence, doubt: doubtOf(reading) };
    if (flags.every !== undefined) return await repeat(performance, flags, drifting, flags.every);
    progress('planning again what was confirmed; nothing is changed');
    const view = await pass(performance, flags, drifting);
    return { exitCode: exitOf(view), text: driftText(view, performance.paint), json: view };
  });
}

async function pass(
  { context, surroundings }: Performance,
  { target }: DriftFlags,
  parts: DriftParts,
): Promise<DriftView> {
  const found = await lookForAllDrift(parts, {
    target,
    proposer: surroundings.caller,
    inherited: surroundings.environment,
    signal: context.interrupted,
  });
  return driftView(found, surroundings.clock.nowMs());
}

/** Goes on after trouble: what kept one pass from looking is said, and the next one may look. Ends with what was found last. */
async function repeat(
  performance: Performance,
  flags: DriftFlags,
  parts: DriftParts,
  everyMs: number,
): Promise<CommandResult> {
  const { context, surroundings } = performance;
  const say = (line: string): void => context.terminal.stderr.write(`${line}\n`);
  let newest: DriftView | null = null;
  while (!context.interrupted.aborted) {
    try {
      newest = await pass(performance, flags, parts);
      say(driftLine(newest));
    } catch (thrown) {
      if (!isFailure(thrown) || thrown.exitCode === EXIT.usage) throw thrown;
      const at = new Date(surroundings.clock.nowMs()).toISOString();
      say(`${at}  could not look: ${visibleLine(thrown.message)}; ${visibleLine(thrown.hint)}`);
    }
    await surroundings.clock.wait(everyMs, context.interrupted);
  }
  return { exitCode: EXIT.interrupted, text: '', json: newest };
}

function exitOf({ findings, isCut }: DriftView): ExitCode {
  if (isCut) return EXIT.interrupted;
  if (findings.some(({ result }) => result !== 'as-confirmed' && result !== 'drifted')) return EXIT.indeterminate;
  return findings.some(({ result }) => result === 'drifted') ? EXIT.waiting : EXIT.done;
}

/** What runs by the word of a verdict believes it as `show` does: only while its signature holds. */
function doubtOf(reading: Reading): DriftParts['doubt'] {
  return async (proposal) => {
    const trust = await reading.trust();
    if (trust.kind === 'unchecked') return `its signatures could not be checked: ${trust.why}`;
    const { forged } = believe(await reading.examine(proposal, trust));
    if (forged.outcome) return 'its outcome does not hold';
    return forged.verdict ? 'its newest verdict does not hold' : undefined;
  };
}
