/** Tells whether one path lies in another. */

/** Tells by the text alone; a path lies in itself. @param place  relative like `path`, where empty text holds everything; or absolute */
export function isWithin(path: string, place: string): boolean {
  return place === '' || path === place || path.startsWith(`${place === '/' ? '' : place}/`);
}
