/** Where PostgreSQL's own programs lie: Debian keeps the server off the PATH. */

import { globSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** The directory of `initdb`, `postgres` and `psql`; `undefined` when there is no server on this machine. */
export function postgresPrograms(): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, 'initdb'));
  const [found] = [...onPath.flatMap((path) => globSync(path)), ...globSync('/usr/lib/postgresql/*/bin/initdb')];
  // What lies on the PATH may be a link to one of them.
  return found === undefined ? undefined : dirname(realpathSync(found));
}
