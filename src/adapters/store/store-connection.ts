/** What the store needs of its engine: everything else is the same on SQLite and PostgreSQL. */

import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** An open database. */
export interface StoreConnection {
  /** For reading outside of writes. */
  readonly db: Kysely<Tables>;
  /**
   * Does work in one write transaction that excludes all other writers, and makes it durable before it resolves.
   *
   * @throws Failure `STORE_BUSY` after the deadline; `STORE_WRITE_FAILED` when the disk did not take it, and from then on
   */
  write<Answer>(work: (db: Kysely<Tables>) => Promise<Answer>): Promise<Answer>;
  /** Reads, with engine errors told apart from bugs. @throws Failure `STORE_UNREADABLE` */
  read<Answer>(work: (db: Kysely<Tables>) => Promise<Answer>): Promise<Answer>;
  close(): Promise<void>;
}
