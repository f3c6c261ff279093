/** Names what differs between two directories: two digests tell nobody which file to look at. */

import { type ChangedPath, visibleLine } from '../../kernel/index.ts';
import type { SealedEntry } from './sealed-directory.ts';

const LONGEST_PATH = 200;

/**
 * Names every entry that changed, appeared or went, ordered by path; a directory only where nothing below it is named instead.
 *
 * @returns paths that are safe to look at; one beyond 200 characters keeps its end, where the name stands
 */
export function compareDirectories(
  sealed: readonly SealedEntry[],
  found: readonly SealedEntry[],
): readonly ChangedPath[] {
  const before = new Map(sealed.map((entry) => [entry.path, entry]));
  const now = new Map(found.map((entry) => [entry.path, entry]));
  const paths = [...new Set([...before.keys(), ...now.keys()])].sort();
  const changed = paths.flatMap((path): readonly ChangedPath[] => {
    const old = before.get(path);
    const other = now.get(path);
    if (old === undefined) return [{ path, change: 'appeared' }];
    if (other === undefined) return [{ path, change: 'gone' }];
    return bytesOf(old) === bytesOf(other) ? [] : [{ path, change: 'changed' }];
  });
  const above = new Set(changed.flatMap(({ path }) => directoriesAbove(path)));
  return changed.filter(({ path }) => !above.has(path)).map(({ path, change }) => ({ path: shown(path), change }));
}

function bytesOf(entry: SealedEntry): string {
  if (entry.kind === 'directory') return entry.kind;
  return entry.kind === 'link' ? `link ${entry.linksTo}` : `file ${entry.digest} ${entry.isExecutable}`;
}

function directoriesAbove(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, depth) => names.slice(0, depth + 1).join('/'));
}

function shown(path: string): string {
  const characters = [...visibleLine(path)];
  return characters.length <= LONGEST_PATH ? characters.join('') : `…${characters.slice(1 - LONGEST_PATH).join('')}`;
}
