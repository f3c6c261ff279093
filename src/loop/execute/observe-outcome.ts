/** What the runner observed, in the driver's words, and never better than the truth (L6). */

import { type Outcome, type ResourceOutcome, visibleLine } from '../../kernel/index.ts';
import { maskSecrets } from '../../record/index.ts';
import type { ExecutionTrace, OpenedBundle } from '../../tools/index.ts';
import type { ExecutionParts } from './execution-parts.ts';
import type { Ran } from './run-tool.ts';

const LONGEST_LINE = 2_000;

/**
 * Asks the driver what it reads in the trace, and caps its answer by what is certain.
 *
 * A driver that can't read the trace, an end that nobody saw, a signal, or a process that still runs: each makes it
 * `indeterminate`, whatever the driver says. Texts are masked and hidden characters made visible.
 */
export async function observeOutcome(parts: ExecutionParts, bundle: OpenedBundle, ran: Ran): Promise<Outcome> {
  const observed = await askDriver(parts, bundle, ran.trace);
  const doubts = doubtsOf(ran.trace);
  const outcome: Outcome = {
    ...observed,
    kind: doubts.length > 0 ? 'indeterminate' : observed.kind,
    end: ran.trace.end,
    because: [...doubts, ...observed.because, ...ran.remarks],
    evidence: [...new Set([...observed.evidence, ...ran.evidence])],
  };
  return fitForRecord(outcome, parts.drivers[bundle.manifest.driver].secrets(bundle));
}

async function askDriver(parts: ExecutionParts, bundle: OpenedBundle, trace: ExecutionTrace): Promise<Outcome> {
  try {
    return await parts.drivers[bundle.manifest.driver].observe(bundle, trace);
  } catch (thrown) {
    return unreadable(trace, thrown);
  }
}

function unreadable(trace: ExecutionTrace, thrown: unknown): Outcome {
  const because = [`what it did could not be read: ${String(thrown)}`];
  return { kind: 'indeterminate', resources: [], end: trace.end, because, evidence: [] };
}

function doubtsOf(trace: ExecutionTrace): readonly string[] {
  const doubts: string[] = [];
  if (trace.end.kind === 'lost') doubts.push('nobody saw it end');
  if (trace.end.kind === 'signalled') doubts.push(`it was ended by ${trace.end.signal}`);
  if (trace.survivors > 0) doubts.push(`${trace.survivors} of its processes still ran when it had ended`);
  return doubts;
}

/** Masks every text of an outcome and makes it visible, so that nothing hostile or secret is signed into the record. */
function fitForRecord(outcome: Outcome, secrets: readonly string[]): Outcome {
  const mask = maskSecrets(secrets);
  const tidy = (text: string): string =>
    visibleLine(mask.text(text.toWellFormed())).slice(0, LONGEST_LINE).toWellFormed();
  const tidyResource = (resource: ResourceOutcome): ResourceOutcome => ({
    ...resource,
    address: tidy(resource.address),
    action: tidy(resource.action),
    ...(resource.id === undefined ? {} : { id: tidy(resource.id) }),
    ...(resource.detail === undefined ? {} : { detail: tidy(resource.detail) }),
  });
  const { end } = outcome;
  return {
    ...outcome,
    resources: outcome.resources.map(tidyResource),
    because: outcome.because.map(tidy),
    end: end.kind === 'not-started' ? { ...end, why: tidy(end.why) } : end,
  };
}
