/** A reporter for knip: how many files it read. Its own reporters say nothing at all when nothing was found, or looked at. */

/** What knip hands to a reporter, as far as this one reads it. */
export type KnipReport = { readonly counters: { readonly processed: number } };

// biome-ignore lint/style/noDefaultExport: knip takes a reporter as the default export of its module.
export default function countKnipFiles({ counters }: KnipReport): void {
  console.log(`read ${counters.processed} files`);
}
