/** The drivers, joined to this machine. */

import { migrationProgram, nodeDatabases } from '../adapters/index.ts';
import type { DriverName, Processes } from '../kernel/index.ts';
import { argvDriver, type Driver, sqliteDriver, terraformDriver } from '../tools/index.ts';
import type { Base } from './base.ts';
import { leaveOutHomes } from './leave-out-homes.ts';
import { composePastExecutions } from './past-executions.ts';

/** Opens every driver. `planning` runs what planning executes: in the sandbox where there is one. */
export function composeDrivers(base: Base, planning: Processes): Readonly<Record<DriverName, Driver>> {
  const { processes, hash } = base.machine;
  const files = leaveOutHomes(base);
  const searchPath = base.environment['PATH'] ?? '';
  return {
    argv: argvDriver({ ...base.machine, files, sandboxed: planning, searchPath }),
    sqlite: sqliteDriver({ databases: nodeDatabases(), processes, files, hash, program: migrationProgram() }),
    terraform: terraformDriver({
      processes,
      sandboxed: planning,
      files,
      hash,
      locks: base.machine.locks,
      random: base.machine.random,
      past: composePastExecutions(base),
      searchPath,
    }),
  };
}
