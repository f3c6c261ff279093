/** The real drivers, and the way from a plan of theirs to an approved proposal. */

import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  ageSealer,
  migrationProgram,
  nodeDatabases,
  nodeFiles,
  nodeProcesses,
  sha256,
} from '../../../../src/adapters/index.ts';
import { canonicalJson, type DriverName, digestJson, type Manifest } from '../../../../src/kernel/index.ts';
import type { ExecutionParts } from '../../../../src/loop/execute/index.ts';
import { argvDriver, type PlannedBlob, sqliteDriver, terraformDriver } from '../../../../src/tools/index.ts';
import { NO_PAST } from '../../../support/no-past.ts';
import { AGENT, approveManifest, putBlob } from './approve-script.ts';
import type { House } from './open-house.ts';

export const SEARCH_PATH: string = process.env['PATH'] ?? '/usr/bin:/bin';

/** Opens the drivers that the product uses, without a sandbox around planning. */
export function realDrivers(): ExecutionParts['drivers'] {
  const machine = { processes: nodeProcesses(), files: nodeFiles(), hash: sha256 };
  return {
    argv: argvDriver({ ...machine, host: hostname(), sandboxed: machine.processes, searchPath: SEARCH_PATH }),
    sqlite: sqliteDriver({ ...machine, databases: nodeDatabases(), program: migrationProgram() }),
    terraform: terraformDriver({ ...machine, ...NO_PAST, sandboxed: machine.processes, searchPath: SEARCH_PATH }),
  };
}

/** What is to be changed. */
export type Change = {
  readonly driver: DriverName;
  readonly directory: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

/** Plans with the real driver, seals what it planned, and has it approved as `p1`. */
export async function approveChange(house: House, change: Change): Promise<void> {
  const { parts } = house;
  const scratch = join(house.root, 'scratch');
  mkdirSync(scratch, { mode: 0o700 });
  const proposal = 'p1';
  const planned = await parts.drivers[change.driver].plan({ ...change, proposal, scratch, secretVariables: [] });
  if (planned.kind !== 'planned') throw new TypeError(`${planned.why} ${planned.text}`);
  const blobs: Manifest['blobs'][number][] = [];
  for (const blob of planned.blobs) blobs.push(await storeBlob(house, blob));
  await parts.blobs.put(new TextEncoder().encode(canonicalJson(planned.preview)));
  const manifest: Manifest = {
    schema: 'countersign.bundle/1',
    proposal,
    target: 'shop',
    environment: 'production',
    driver: change.driver,
    intent: 'try',
    proposer: AGENT,
    tool: planned.tool,
    argv: planned.argv,
    directory: change.directory,
    environmentVariables: planned.environmentVariables,
    secretVariables: [],
    facts: planned.facts,
    checks: planned.checks,
    runner: { name: parts.signer.name, key: parts.signer.key, account: parts.account },
    blobs,
    previewDigest: digestJson(parts.hash, planned.preview),
    sealedAtMs: 1,
  };
  await approveManifest(house, manifest, { proposal, driver: change.driver, counts: planned.preview.counts });
}

async function storeBlob(house: House, { name, content, readers }: PlannedBlob): Promise<Manifest['blobs'][number]> {
  if (readers === 'everybody') return await putBlob(house, name, content, 'clear');
  return await putBlob(house, name, await ageSealer().seal(content, [house.recipient]), 'age');
}
