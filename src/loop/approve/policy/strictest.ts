/** Combines demands. Whatever is added, the result is never looser than before: that is the whole of this file. */

import type { RuleRef } from '../../../kernel/index.ts';
import { durationText } from '../trust/duration.ts';
import type { Demand, FullDemand } from '../trust/trust.ts';

/** Tightens a demand by another: more people, from fewer, for a shorter time. */
export function tighten(base: FullDemand, more: Demand): FullDemand {
  return {
    approvals: Math.max(base.approvals, more.approvals ?? 0),
    from: both(base.from, more.from),
    fourEyes: base.fourEyes || more.fourEyes === true,
    plainKeys: base.plainKeys && more.plainKeys !== false,
    signedReconcile: base.signedReconcile || more.signedReconcile === true,
    openForMs: Math.min(base.openForMs, more.openForMs ?? base.openForMs),
    approvalForMs: Math.min(base.approvalForMs, more.approvalForMs ?? base.approvalForMs),
    breakGlass: both(base.breakGlass, more.breakGlass),
    needsPostconditions: base.needsPostconditions || more.needsPostconditions === true,
  };
}

function both(base: readonly string[], more: readonly string[] | undefined): readonly string[] {
  return more === undefined ? base : base.filter((name) => more.includes(name));
}

/** Says as a sentence what a demand asks for. */
export function demandSentence(demand: Demand): RuleRef['demand'] {
  const { approvals, from, breakGlass } = demand;
  const parts = [
    approvals === undefined ? undefined : `${approvals} ${approvals === 1 ? 'approval' : 'approvals'}`,
    from === undefined ? undefined : `only ${from.join(', ') || 'nobody'} may approve`,
    demand.fourEyes === true ? 'other eyes than those of the person behind it' : undefined,
    demand.plainKeys === false ? 'keys that prove a person was there' : undefined,
    demand.signedReconcile === true ? 'a signature to release a held target' : undefined,
    demand.openForMs === undefined ? undefined : `open for ${durationText(demand.openForMs)} at most`,
    demand.approvalForMs === undefined ? undefined : `an approval lives ${durationText(demand.approvalForMs)} at most`,
    breakGlass === undefined ? undefined : `${breakGlass.join(', ') || 'nobody'} may break the glass`,
    demand.needsPostconditions === true ? 'at least one check' : undefined,
  ];
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? 'nothing more' : said.join('; ');
}
