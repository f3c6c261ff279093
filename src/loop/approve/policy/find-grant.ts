/** Standing grants: one person's approval, signed beforehand, for one sandbox target and a narrow kind of change (L1). */

import type { RuleRef } from '../../../kernel/index.ts';
import type { FullDemand, Grant } from '../trust/trust.ts';
import type { ConditionFacts } from './condition.ts';
import { fitsPattern } from './fact-pattern.ts';
import type { PolicySource } from './policy-source.ts';
import type { AdmissionQuestion } from './target-policy.ts';

type GrantAnswer = { readonly grant: Grant | undefined; readonly notes: readonly RuleRef[] };

/**
 * Finds the first grant that stands for the one approval that the demand asks for.
 *
 * @returns the grant, and for each grant of this target a note that says why it applies or does not
 */
export function findGrant(
  source: PolicySource,
  question: AdmissionQuestion,
  weighed: { readonly demand: FullDemand; readonly facts: ConditionFacts },
): GrantAnswer {
  const notes: RuleRef[] = [];
  for (const grant of source.trust.grants) {
    if (grant.target !== question.target || grant.driver !== question.driver) continue;
    const why = refuseSource(source, question) ?? refuseWorn(grant, question) ?? refuseScope(grant, question, weighed);
    const rule = `grant ${grant.name}`;
    if (why === undefined) {
      const demand = `${grant.by} approved this kind of change beforehand, until ${new Date(grant.expiresAtMs).toISOString()}`;
      return { grant, notes: [...notes, { rule, where: grant.where, demand }] };
    }
    notes.push({ rule, where: grant.where, demand: `does not apply: ${why}` });
  }
  return { grant: undefined, notes };
}

function refuseSource(source: PolicySource, question: AdmissionQuestion): string | undefined {
  if (!source.isSigned) return 'the trust file is not signed, and a grant is an approval';
  return question.environment === 'sandbox'
    ? undefined
    : `grants are for sandboxes, and this is ${question.environment}`;
}

function refuseWorn(grant: Grant, question: AdmissionQuestion): string | undefined {
  if (question.atMs >= grant.expiresAtMs) return `it ran out ${new Date(grant.expiresAtMs).toISOString()}`;
  if (grant.uses === undefined) return undefined;
  if (question.grantsUsed === undefined) return 'nobody counted how often it was used';
  const used = Object.hasOwn(question.grantsUsed, grant.name) ? (question.grantsUsed[grant.name] ?? 0) : 0;
  return used < grant.uses ? undefined : `it was used ${used} of ${grant.uses} times`;
}

function refuseScope(
  grant: Grant,
  question: AdmissionQuestion,
  weighed: { readonly demand: FullDemand; readonly facts: ConditionFacts },
): string | undefined {
  if (!fitsArguments(grant, question.argv)) return 'the command is not the one that it allows';
  const answer = grant.when?.answer(weighed.facts);
  if (answer?.kind === 'unknown') return `its condition could not be answered: ${answer.why}`;
  if (answer?.kind === 'no') return 'its condition is not met';
  return refuseDemand(grant, weighed.demand);
}

// A grant is one plain approval by its owner: it goes no further than that approval, given today, would go.
function refuseDemand(grant: Grant, demand: FullDemand): string | undefined {
  if (demand.approvals > 1) return `it is one approval, and ${demand.approvals} are asked for`;
  if (!demand.from.includes(grant.by)) return `${grant.by} may not approve this change`;
  if (!demand.plainKeys) return 'this change asks for a person who is there';
  if (demand.fourEyes) return 'this change asks for four eyes on this very change';
  return undefined;
}

function fitsArguments(grant: Grant, argv: readonly string[]): boolean {
  const { argv: patterns } = grant;
  if (patterns === undefined) return grant.driver !== 'argv';
  return patterns.length === argv.length && patterns.every((pattern, index) => fitsPattern(pattern, argv[index] ?? ''));
}
