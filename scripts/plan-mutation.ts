/** Decides what is to be mutated, and what a run of mutants is worth. Pure: `mutation.ts` runs it. */

/** A part of the source whose tests have to fail when it is broken. Paths are relative to the repository. */
export type Area = { readonly name: string; readonly source: string; readonly tests: string };

/** What is to be mutated in one area. */
export type Round = { readonly area: Area; readonly files: readonly string[] };

/** What is to be done, with what has to be said of it. */
export type MutationPlan =
  | { readonly kind: 'planned'; readonly rounds: readonly Round[]; readonly remarks: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string };

/** What is asked for. */
export type MutationWish = {
  /** Every TypeScript file of `src/` and `test/`. */
  readonly files: readonly string[];
  /** Names of areas, or source files; nothing means everything. */
  readonly wanted: readonly string[];
  /** Files that differ from some revision, deleted ones among them; `undefined` when everything is to be mutated. */
  readonly changed: readonly string[] | undefined;
};

/** The parts that the house promises about: kernel, record, every phase of the loop, every guard. */
export function mutationAreas(files: readonly string[]): readonly Area[] {
  const sources = new Set(
    files.flatMap((file) => /^src\/(?:kernel|record|(?:loop|guard)\/[^/]+)(?=\/)/.exec(file)?.[0] ?? []),
  );
  return [...sources].sort().map((source) => {
    return { name: source.replace(/^src\/(?:loop\/)?/, ''), source, tests: source.replace(/^src/, 'test') };
  });
}

/**
 * Plans the rounds.
 *
 * A changed test asks for the file that it mirrors: tests that were weakened are found out by the mutants that survive them.
 */
export function planMutation({ files, wanted, changed }: MutationWish): MutationPlan {
  const areas = mutationAreas(files);
  const unknown = wanted.filter((one) => !areas.some(({ name }) => name === one) && !isMutable(areas, files, one));
  if (unknown.length > 0) {
    const known = areas.map(({ name }) => name).join(', ');
    return { kind: 'refused', why: `neither an area (${known}) nor a file of one: ${unknown.join(', ')}` };
  }
  const remarks: string[] = [];
  const rounds: Round[] = [];
  for (const area of areas) {
    const own = files.filter((file) => isMutable([area], files, file));
    const inArea = wanted.length === 0 || wanted.includes(area.name) ? own : own.filter((one) => wanted.includes(one));
    const chosen = changed === undefined ? inArea : inArea.filter((file) => isTouched(file, changed));
    if (chosen.length > 0) rounds.push({ area, files: chosen });
    if (changed !== undefined) remarks.push(...remarksOn(area, files, changed));
  }
  return { kind: 'planned', rounds, remarks };
}

function isMutable(areas: readonly Area[], files: readonly string[], file: string): boolean {
  return files.includes(file) && areas.some(({ source }) => file.startsWith(`${source}/`));
}

/** A source is touched when it changed itself, or a test that mirrors it did. */
function isTouched(file: string, changed: readonly string[]): boolean {
  const mirror = file.replace(/^src/, 'test').replace(/\.ts$/, '');
  return [file, `${mirror}.test.ts`, `${mirror}.internal.test.ts`].some((one) => changed.includes(one));
}

function remarksOn(area: Area, files: readonly string[], changed: readonly string[]): readonly string[] {
  const gone = changed.filter((file) => file.startsWith(`${area.source}/`) && !files.includes(file));
  const loose = changed.filter((file) => {
    const mirrored = file.replace(/^test/, 'src').replace(/(\.internal)?\.test\.ts$/, '.ts');
    return file.startsWith(`${area.tests}/`) && !files.includes(mirrored);
  });
  return [
    ...(gone.length > 0 ? [`${area.name}: deleted, so nothing to mutate: ${gone.join(', ')}`] : []),
    ...(loose.length > 0 ? [`${area.name}: changed, but mirrors no one file: ${loose.join(', ')}`] : []),
  ];
}

/** The states of mutants in Stryker's report, as far as they count. */
export type MutationReport = {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
};

/** What a round of mutants is worth. `no-mutants` is no proof of anything, and is to be said. */
export type MutationVerdict =
  | { readonly kind: 'held' | 'failed'; readonly mutants: number; readonly percent: number }
  | { readonly kind: 'no-mutants' };

/** Judges a report: the share of mutants that a test noticed, of all that could be tried. */
export function judgeMutation(report: MutationReport, leastPercent: number): MutationVerdict {
  const states = Object.values(report.files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const noticed = states.filter((state) => state === 'Killed' || state === 'Timeout').length;
  const mutants = noticed + states.filter((state) => state === 'Survived' || state === 'NoCoverage').length;
  if (mutants === 0) return { kind: 'no-mutants' };
  const percent = (noticed / mutants) * 100;
  return { kind: percent >= leastPercent ? 'held' : 'failed', mutants, percent };
}
