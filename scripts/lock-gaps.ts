/** Finds what the lock file lacks: a platform package that is not in it makes `npm ci` fail on other people's machines. */

/** One entry of `packages` in package-lock.json, as far as this gate reads it. */
export type LockEntry = {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

/** What the gate found: how many platform packages it looked at, and those that are missing or of another version. */
export type LockReport = { readonly looked: number; readonly gaps: readonly string[] };

/**
 * Compares every exactly pinned optional dependency with the entry that Node's resolution would find for it.
 *
 * Ranges are npm's to resolve; an exact version that has no entry is the defect that published platform packages cause.
 */
export function lockGaps(packages: Readonly<Record<string, LockEntry>>): LockReport {
  let looked = 0;
  const gaps: string[] = [];
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, wanted] of Object.entries(entry.optionalDependencies ?? {})) {
      looked += 1;
      const found = resolve(packages, path, name)?.version;
      const isExact = /^\d+\.\d+\.\d+/.test(wanted);
      if (found === undefined || (isExact && found !== wanted)) {
        gaps.push(`${path || 'the package itself'} wants ${name}@${wanted}, the lock has ${found ?? 'none'}`);
      }
    }
  }
  return { looked, gaps };
}

function resolve(packages: Readonly<Record<string, LockEntry>>, from: string, name: string): LockEntry | undefined {
  let directory = from;
  for (;;) {
    const found = packages[`${directory === '' ? '' : `${directory}/`}node_modules/${name}`];
    if (found !== undefined || directory === '') return found;
    directory = directory.includes('/node_modules/') ? directory.slice(0, directory.lastIndexOf('/node_modules/')) : '';
  }
}
