/** Has programs of ours that tests start share what Node compiled of them: most of a start is reading the same sources again. */

/** What the environment of such a program needs; nothing where tests run without the cache. */
export const COMPILE_CACHE: Readonly<Record<string, string>> =
  process.env['NODE_COMPILE_CACHE'] === undefined ? {} : { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] };
