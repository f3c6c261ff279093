/** The three kinds of place where a Terraform state lies, as the crash matrix breaks them. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateRows } from '../../support/chaos-provider/chaos-stage.ts';
import { HttpState } from '../../support/state-backends/http-state.ts';
import { LocalPostgres } from '../../support/state-backends/local-postgres.ts';
import type { BackendKind } from './fault-names.ts';

/** A real backend. */
export type MatrixBackend = {
  readonly kind: BackendKind;
  /** The block that binds a configuration to it. */
  readonly configuration: string;
  /** What the state holds, as `chaos_thing.a thing-1`. */
  readonly rows: () => readonly string[];
  /** A lock that keeps the next one off. */
  readonly isLocked: () => boolean;
  /** From now on no state is taken. */
  readonly refuse: () => void;
  readonly accept: () => void;
};

/** Starts one. @param directory  where Terraform will work */
export async function matrixBackend(kind: BackendKind, directory: string): Promise<MatrixBackend> {
  switch (kind) {
    case 'local':
      return localState(directory);
    case 'pg':
      return postgresState(await LocalPostgres.start());
    case 'http':
      return httpState(await HttpState.start());
  }
}

function localState(directory: string): MatrixBackend {
  const path = join(directory, 'terraform.tfstate');
  const never = (): never => {
    throw new TypeError('a local state is refused by its disk alone');
  };
  return {
    kind: 'local',
    configuration: '',
    rows: () => (existsSync(path) ? stateRows(readFileSync(path, 'utf8')) : []),
    // The file that tells of a lock stays after a kill; the lock itself is the kernel's and is gone with its owner.
    isLocked: () => false,
    refuse: never,
    accept: never,
  };
}

const REFUSING = `
create function refuse() returns trigger as $$ begin
  raise exception 'could not extend file: No space left on device' using errcode = '53100';
end $$ language plpgsql;
create trigger refuse before insert or update on terraform_remote_state.states for each row execute function refuse()`;

function postgresState(postgres: LocalPostgres): MatrixBackend {
  return {
    kind: 'pg',
    configuration: postgres.configuration,
    rows: () => stateRows(postgres.ask('select data from terraform_remote_state.states')),
    isLocked: () => postgres.ask("select count(*) from pg_locks where locktype = 'advisory'") !== '0',
    refuse: () => void postgres.ask(REFUSING),
    accept: () => void postgres.ask('drop function refuse cascade'),
  };
}

function httpState(server: HttpState): MatrixBackend {
  return {
    kind: 'http',
    configuration: server.configuration,
    rows: () => stateRows(server.state),
    isLocked: () => server.lock !== undefined,
    refuse: () => {
      server.writing = { kind: 'refused', kept: 0 };
    },
    accept: () => {
      server.writing = { kind: 'kept' };
    },
  };
}
