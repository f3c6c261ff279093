/**
 * How the loop grows with the size of a Terraform change: each phase over bare `terraform plan` and `apply`, for one, a hundred and two
 * thousand resources; and what `propose` needs of memory for a plan whose description is about 50 MB.
 */

import { LoopStage, PHASES, type Phase, type Taken } from './loop-stage.ts';
import { type Measure, printReport, quantile } from './report.ts';

const SIZES = (process.argv[2] ?? '1,100,2000').split(',').map(Number);
const ROUNDS = Number(process.argv[3] ?? 3);
/** So many objects of so many characters are described in about 50 MB: each value stands there twice. */
const LARGE = { objects: Number(process.argv[4] ?? 800), characters: 30_000 };

type Rounds = readonly Record<Phase, Taken>[];

function small(resources: number, round: number): string {
  return `resource "terraform_data" "r" {\n  count = ${resources}\n  input = "${round}"\n}\n`;
}

function large(): string {
  // A range has 1024 members at the most.
  const value = `join("", [for index in range(1000) : "${'0123456789'.repeat(LARGE.characters / 10_000)}"])`;
  return `resource "terraform_data" "r" {\n  count = ${LARGE.objects}\n  input = ${value}\n}\n`;
}

function median(rounds: Rounds, value: (one: Record<Phase, Taken>) => number): number {
  return quantile(rounds.map(value), 0.5);
}

function measuresOf(size: number, rounds: Rounds): readonly Measure[] {
  return PHASES.flatMap((phase) => {
    const isOurs = phase !== 'plan' && phase !== 'apply';
    const name = `${size}: ${isOurs ? 'countersign' : 'terraform'} ${phase}`;
    const took = { name, value: median(rounds, (one) => one[phase].ms), unit: 'ms (median)' };
    const peak = median(rounds, (one) => one[phase].peakBytes) / 2 ** 20;
    return isOurs ? [took, { name: `${name}, peak of memory`, value: peak, unit: 'MiB' }] : [took];
  });
}

const stage = new LoopStage();
try {
  stage.playRound('warm', small(1, 0));
  const bySize = SIZES.map((size) => ({
    size,
    rounds: Array.from({ length: ROUNDS }, (_, round) => stage.playRound(`size-${size}`, small(size, round))),
  }));
  const dir = stage.directory('large', large());
  const plan = stage.taken('terraform', ['plan', '-input=false', '-no-color', '-out=plan.bin'], dir);
  const describedBytes = Buffer.byteLength(stage.taken('terraform', ['show', '-json', 'plan.bin'], dir).stdout);
  const proposed = stage.propose(dir).taken;
  const ours = (one: Record<Phase, Taken>): number => one.propose.ms + one.approve.ms + one.execute.ms + one.verify.ms;
  printReport({
    title: `The loop over bare terraform by size of the change, ${ROUNDS} rounds each after a warm-up`,
    ratios: bySize.map(({ size, rounds }) => ({
      name: `${size} resources: the loop over plan + apply`,
      value: median(rounds, (one) => ours(one) / (one.plan.ms + one.apply.ms)),
    })),
    measures: [
      ...bySize.flatMap(({ size, rounds }) => measuresOf(size, rounds)),
      { name: 'large: what terraform show -json says of the plan', value: describedBytes / 1e6, unit: 'MB' },
      { name: 'large: terraform plan', value: plan.ms, unit: 'ms' },
      { name: 'large: countersign propose', value: proposed.ms, unit: 'ms' },
      { name: 'large: countersign propose, peak of memory', value: proposed.peakBytes / 2 ** 20, unit: 'MiB' },
    ],
  });
} finally {
  stage.strike();
}
