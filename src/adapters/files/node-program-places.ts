/** Where programs lie on this machine, by owners and modes. Access lists beyond them are not looked at. */

import type { Stats } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Failure } from '../../kernel/index.ts';
import type { Exposure, ProgramPlaces } from '../../loop/execute/index.ts';

const ROOT = 0;
const OTHERS_MAY_WRITE = 0o022;
/** As many links as the operating system itself would follow. */
const MOST_LINKS = 40;

/** Looks at programs with the eyes of this process's account. */
export function nodeProgramPlaces(): ProgramPlaces {
  return { exposure: (path) => exposureOf(path, [ROOT, process.getuid?.() ?? ROOT]) };
}

async function exposureOf(path: string, trusted: readonly number[]): Promise<Exposure | undefined> {
  let wanted = resolve(path);
  for (let links = 0; links <= MOST_LINKS; links += 1) {
    const walked = await walk(wanted, trusted);
    if (walked.kind === 'over') return walked.exposure;
    wanted = walked.on;
  }
  return { path, why: 'leads from link to link without end' };
}

type Walked =
  | { readonly kind: 'over'; readonly exposure: Exposure | undefined }
  | { readonly kind: 'linked'; readonly on: string };

/** Goes down from the root until the first link or the end; whoever can write a directory can replace what is in it. */
async function walk(path: string, trusted: readonly number[]): Promise<Walked> {
  const names = path.split(sep).slice(1);
  let at: string = sep;
  for (let depth = 0; ; depth += 1) {
    const found = await look(at);
    if (found.isSymbolicLink()) {
      return { kind: 'linked', on: resolve(dirname(at), await readlink(at), ...names.slice(depth)) };
    }
    const why = opening(found, trusted);
    if (why !== undefined) return { kind: 'over', exposure: { path: at, why } };
    const name = names[depth];
    if (name === undefined) return { kind: 'over', exposure: undefined };
    at = join(at, name);
  }
}

function opening(found: Stats, trusted: readonly number[]): string | undefined {
  if (!trusted.includes(found.uid)) return `belongs to the user ${found.uid}`;
  // A sticky directory like /tmp keeps others from replacing a file, but not from having put it there.
  return (found.mode & OTHERS_MAY_WRITE) === 0 ? undefined : 'can be written by its group or by everybody';
}

async function look(path: string): Promise<Stats> {
  try {
    return await lstat(path);
  } catch (cause) {
    throw new Failure('STORE_UNREADABLE', `it can't be seen who could change ${path}: ${String(cause)}`, {
      hint: 'give the account of the runner the right to look there, or install the program elsewhere',
      where: path,
      cause,
    });
  }
}
