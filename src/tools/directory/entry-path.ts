/** Which names and links may stand in a sealed directory: none that could reach outside of it, on any machine. */

const MAX_PATH_LENGTH = 4096;

/** Says why a path may not be an entry; `undefined` when it may. */
export function whyUnsafePath(path: string): string | undefined {
  if (path.length === 0 || path.length > MAX_PATH_LENGTH) return 'has no usable length';
  if (path.includes('\0')) return 'holds a NUL character';
  if (!path.isWellFormed()) return 'is not well-formed text';
  if (path.startsWith('/')) return 'is absolute';
  const bad = path.split('/').find((segment) => segment === '' || segment === '.' || segment === '..');
  return bad === undefined ? undefined : `holds the segment "${bad}"`;
}

/**
 * Says why a link may not be an entry; `undefined` when it may.
 *
 * Only `..` segments at the very start are allowed, and no more than the link's own depth: the directories above a
 * link are real ones, so these resolve as they read, and a name that follows is an entry that obeys the same rule.
 */
export function whyUnsafeLink(path: string, linksTo: string): string | undefined {
  if (linksTo.length === 0 || linksTo.length > MAX_PATH_LENGTH) return 'has a target of no usable length';
  if (linksTo.includes('\0') || !linksTo.isWellFormed()) return 'has a target that is not text';
  if (linksTo.startsWith('/')) return 'points to an absolute path';
  const segments = linksTo.split('/').filter((segment) => segment !== '' && segment !== '.');
  const firstName = segments.findIndex((segment) => segment !== '..');
  const climbs = firstName === -1 ? segments.length : firstName;
  if (climbs > path.split('/').length - 1) return 'points outside of the directory';
  if (segments.slice(climbs).includes('..')) return 'climbs after it descended, which may lead outside';
  return undefined;
}
