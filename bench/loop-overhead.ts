/**
 * What the loop costs over bare Terraform: `terraform plan` and `apply` of the same configuration, in turn with propose, approve,
 * execute and verify through the command line. Whole processes, as a person would wait for them.
 */

import { LoopStage, PHASES, type Phase, type Taken } from './loop-stage.ts';
import { printReport, quantile } from './report.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const RESOURCES = Number(process.argv[3] ?? 10);

function configuration(round: number): string {
  return Array.from(
    { length: RESOURCES },
    (_, index) => `resource "terraform_data" "r${index}" {\n  input = "${round}"\n}\n`,
  ).join('');
}

const stage = new LoopStage();
try {
  stage.playRound('infra', configuration(0));
  const rounds = Array.from({ length: ROUNDS }, (_, index) => stage.playRound('infra', configuration(index + 1)));
  const median = (phase: Phase): number =>
    quantile(
      rounds.map((one) => one[phase].ms),
      0.5,
    );
  const sumOf = (one: Record<Phase, Taken>, phases: readonly Phase[]): number =>
    phases.reduce((sum, phase) => sum + one[phase].ms, 0);
  const ratios = rounds.map(
    (one) => sumOf(one, ['propose', 'approve', 'execute', 'verify']) / sumOf(one, ['plan', 'apply']),
  );
  printReport({
    title: `The loop over bare terraform plan + apply, ${RESOURCES} resources, ${ROUNDS} rounds after a warm-up`,
    ratios: [{ name: 'propose + approve + execute + verify over plan + apply', value: quantile(ratios, 0.5) }],
    measures: PHASES.map((phase) => ({
      name: phase === 'plan' || phase === 'apply' ? `terraform ${phase}` : `countersign ${phase}`,
      value: median(phase),
      unit: 'ms (median)',
    })),
  });
} finally {
  stage.strike();
}
