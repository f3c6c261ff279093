/** The tables of the embedded store, as Kysely sees them. Every text that is hashed is stored as the text that was hashed. */

/** One event: the canonical parts, and columns to find it by. */
export type EventsTable = {
  seq: number;
  stream: string;
  stream_prev: number;
  proposal: string;
  target: string;
  type: string;
  at_ms: number;
  actor: string;
  body: string;
  prev: string;
  hash: string;
};

/** What each proposal amounts to. */
export type ProposalsTable = {
  proposal: string;
  target: string;
  kind: string;
  /** JCS of the state. */
  state: string;
  seq: number;
  created_at_ms: number;
  updated_at_ms: number;
};

/** What each target amounts to, by its name, and each place, by the name of its lock. */
export type TargetsTable = { target: string; state: string; seq: number };

/** Jobs that wait or are worked on. */
export type JobsTable = {
  queue: string;
  key: string;
  payload: string;
  due_at_ms: number;
  attempt: number;
  /** Who works on it; empty while it waits. */
  lease: string;
  lease_until_ms: number;
  /** Asked for again while somebody works on it: the time and the payload of the next run. */
  again_due_at_ms: number | null;
  again_payload: string | null;
};

/** Which version of its tables each part of the file has. */
export type SchemaVersionsTable = { part: string; version: number };

/** Everything in one file. */
export type Tables = {
  events: EventsTable;
  proposals: ProposalsTable;
  targets: TargetsTable;
  jobs: JobsTable;
  schema_versions: SchemaVersionsTable;
};
