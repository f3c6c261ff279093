/** The environment that the verifier gave its worker: allow-listed there, and the whole of what a check's program gets. */

/** The worker's own variables. */
export function ownEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
