/** Prints measurements: ratios first, since absolute times are those of one machine; then the machine and the versions. */

import { cpus, loadavg, totalmem } from 'node:os';

/** One measured thing. `per` is what a unit of work was. */
export type Measure = { readonly name: string; readonly value: number; readonly unit: string };

/** Two measures of one run side by side. */
export type Ratio = { readonly name: string; readonly value: number; readonly wanted?: string | undefined };

/** Everything that one bench has to say. */
export type Report = {
  readonly title: string;
  readonly measures: readonly Measure[];
  readonly ratios: readonly Ratio[];
  /** Claims that were checked against a bound; a missed one is said so, and does not fail the run. */
  readonly bounds?: readonly {
    readonly name: string;
    readonly value: number;
    readonly most: number;
    readonly unit: string;
  }[];
};

/** Prints a report to stdout. */
export function printReport(report: Report): void {
  const lines = [
    `# ${report.title}`,
    '',
    ...report.ratios.map((ratio) => row(ratio.name, `${round(ratio.value)}x`, ratio.wanted ?? '')),
    ...report.measures.map((measure) => row(measure.name, `${round(measure.value)} ${measure.unit}`, '')),
    ...(report.bounds ?? []).map((bound) =>
      row(
        bound.name,
        `${round(bound.value)} ${bound.unit}`,
        `${bound.value <= bound.most ? 'within' : 'MISSED'} ${bound.most} ${bound.unit}`,
      ),
    ),
    '',
    ...machineLines(),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** What something took and gave. `cpuMs` is this process's own computing: on a busy machine it says more than `ms`. */
export type Timed<Answer> = { readonly ms: number; readonly cpuMs: number; readonly answer: Answer };

/** Measures one piece of work. */
export async function timed<Answer>(work: () => Promise<Answer> | Answer): Promise<Timed<Answer>> {
  const startMs = performance.now();
  const before = process.cpuUsage();
  const answer = await work();
  const spent = process.cpuUsage(before);
  return { ms: performance.now() - startMs, cpuMs: (spent.user + spent.system) / 1000, answer };
}

/** A quantile of measured values, for instance 0.95. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

function row(name: string, value: string, note: string): string {
  return `${name.padEnd(58)} ${value.padStart(16)}  ${note}`.trimEnd();
}

function round(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

function machineLines(): readonly string[] {
  const [cpu] = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return [
    `machine: ${cpus().length} x ${cpu?.model ?? 'unknown'}, ${memoryGb} GB, ${process.platform} ${process.arch}, load ${(loadavg()[0] ?? 0).toFixed(1)}`,
    `versions: node ${process.versions.node}, sqlite ${process.versions['sqlite'] ?? 'unknown'}`,
  ];
}
