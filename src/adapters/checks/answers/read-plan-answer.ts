/** Reads a fresh plan of the sealed configuration. */

import type { FreshPlan } from '../../../tools/index.ts';
import { type Reading, unknownReading } from './reading.ts';

/**
 * Reads a fresh plan: green when nothing would change and nothing that it checks fails.
 *
 * The plan compares the world with the state that the execution itself wrote. It is evidence of the world only as far as that
 * state is; what that is worth after an unknown end is decided where verdicts are.
 */
export function readPlanAnswer(plan: FreshPlan): Reading {
  switch (plan.kind) {
    case 'failed':
      return unknownReading(`no plan could be made: ${plan.why}`);
    case 'empty':
      return {
        answer: 'green',
        detail: 'a fresh plan changes nothing',
        facts: { changes: 0 },
        excerpts: {},
        projection: { plan: plan.digest },
      };
    case 'state':
      return readStateAnswer(plan.judgement);
    case 'changes':
      return readChanges(plan);
  }
}

function readStateAnswer({ kind, detail }: Extract<FreshPlan, { readonly kind: 'state' }>['judgement']): Reading {
  if (kind === 'unknown') return unknownReading(detail);
  return {
    answer: kind === 'as-approved' ? 'green' : 'red',
    detail,
    facts: {},
    excerpts: {},
    projection: { state: detail },
  };
}

function readChanges(plan: Extract<FreshPlan, { readonly kind: 'changes' }>): Reading {
  const said = [
    ...some(plan.resources, 'changes of resources'),
    ...some(plan.outputs, 'changes of outputs'),
    ...some(plan.failedChecks, 'conditions that do not hold'),
    ...some(plan.notReplaced, 'objects that were not replaced'),
    ...some(plan.otherObjects, 'other objects than the approved ones'),
  ];
  return {
    answer: 'red',
    detail: `a fresh plan is not empty: ${said.join(', ') || 'it is not complete'}`,
    facts: { changes: plan.resources.length + plan.outputs.length },
    excerpts: {
      resources: plan.resources.map(({ action, address }) => `${action} ${address}`).join('\n'),
      others: [...plan.outputs, ...plan.failedChecks, ...plan.notReplaced, ...plan.otherObjects].join('\n'),
    },
    projection: { plan: plan.digest },
  };
}

function some(found: readonly unknown[], what: string): readonly string[] {
  return found.length === 0 ? [] : [`${what} ${found.length}`];
}
