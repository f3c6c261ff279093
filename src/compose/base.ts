/** What every composition starts from: this machine, the caller, the homes, and the record. */

import { join } from 'node:path';
import {
  accountName,
  type EnvironmentVariables,
  type Homes,
  type Machine,
  openBlobs,
  openMachine,
  openSqliteStore,
  readCaller,
  readHomes,
  type Store,
} from '../adapters/index.ts';
import type { Agent, Person } from '../kernel/index.ts';
import { type BlobStore, type Journal, openJournal } from '../record/index.ts';

/** This process and its surroundings. Nothing is opened or created. */
export type Base = {
  readonly machine: Machine;
  readonly environment: EnvironmentVariables;
  readonly homes: Homes;
  /** Who typed the command. */
  readonly caller: Person | Agent;
  /** The operating-system account of this process. */
  readonly account: string;
};

/** The record, opened. */
export type OpenRecord = {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly journal: Journal;
};

/** Reads the surroundings of this process. */
export function readBase(environment: EnvironmentVariables, platform: NodeJS.Platform): Base {
  return {
    machine: openMachine(),
    environment,
    homes: readHomes(environment, platform),
    caller: readCaller(environment),
    account: accountName(),
  };
}

/** Where the record lies. */
export function recordPath(base: Base): string {
  return join(base.homes.state, 'record.sqlite');
}

/** Opens the record in the state home; makes it when there is none. @throws Failure `STORE_UNREADABLE` */
export async function openRecord(base: Base): Promise<OpenRecord> {
  const { clock, random, hash } = base.machine;
  const store = await openSqliteStore({ path: recordPath(base), clock, random, hash });
  const blobs = openBlobs({ directory: join(base.homes.state, 'blobs') });
  return { store, blobs, journal: openJournal({ log: store.log, projections: store.projections, clock }) };
}

/** The environment as programs take it: what is not set is left out. */
export function setVariables(environment: EnvironmentVariables): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
