/** Reads who holds the lock of a remote state. Terraform has no command that only looks: it is asked for the lock and refuses. */

import { z } from 'zod';
import { type Random, visibleLine } from '../../../kernel/index.ts';
import { complaint, isDone, runTerraform, type TerraformParts } from '../run-terraform.ts';
import type { StateSource } from '../world-facts.ts';
import type { LockAnswer, LockPlace, StateLocks } from './state-locks.ts';

/** `untaint` of an object that nobody has: it takes the lock, finds nothing, writes nothing and gives the lock back. */
const ASKING: readonly string[] = ['untaint', '-no-color', '-allow-missing', '-lock-timeout=0s'];
/** What Terraform says of an object that nobody has. */
const NOBODY_HAS_IT = 'No such resource instance';
const ADDRESS_BYTES = 16;
const CONTROL_FILE_BYTES = 1024 * 1024;

const text = z.string().nullish();
const RECORD = z.object({
  backend: z.object({
    config: z.object({
      address: text,
      lock_address: text,
      unlock_address: text,
      lock_method: text,
      unlock_method: text,
      username: text,
      password: text,
      skip_cert_verification: z.boolean().nullish(),
      client_certificate_pem: text,
      client_ca_certificate_pem: text,
    }),
  }),
});

/** What the parts of this folder ask with. */
export type LockParts = TerraformParts & { readonly locks: StateLocks; readonly random: Random };

/**
 * Tells who holds the lock. Where nobody does it is taken for a moment.
 *
 * @throws Failure `TOOL_FAILED` when Terraform does not start or does not end
 */
export async function readLock(parts: LockParts, source: StateSource): Promise<LockAnswer> {
  const { tool, working, environment } = source;
  const variables = { ...environment, TF_DATA_DIR: working.dataDirectory, TF_WORKSPACE: working.workspace };
  const run = { processes: parts.processes, tool: tool.path, directory: working.directory, environment: variables };
  // A name that can be known could be given to an object, and looking would then write the state.
  const address = `terraform_data.countersign_asks_${Buffer.from(parts.random.bytes(ADDRESS_BYTES)).toString('hex')}`;
  const asked = await runTerraform(run, [...ASKING, address]);
  const said = new TextDecoder().decode(asked.stderr);
  if (isDone(asked) && `${new TextDecoder().decode(asked.stdout)}${said}`.includes(NOBODY_HAS_IT)) {
    return { kind: 'free' };
  }
  if (isDone(asked) || !said.includes('Error acquiring the state lock')) {
    return { kind: 'untold', why: visibleLine(complaint(asked).first) };
  }
  // With the http backend the block "Lock Info" is that of whoever asked, and never that of the holder.
  const httpId = /HTTP remote state already locked:\s+ID=(\S+)/.exec(said)?.[1];
  if (httpId !== undefined) return await askServer(parts, source, httpId);
  const isHttp = working.backend.kind === 'remote' && working.backend.type === 'http';
  return isHttp ? { kind: 'unknown', why: 'its server does not say by whom' } : readLockInfo(said);
}

async function askServer(parts: LockParts, source: StateSource, id: string): Promise<LockAnswer> {
  const place = await lockPlace(parts, source);
  if (typeof place === 'string') return { kind: 'unknown', why: `it is held as ${visibleLine(id)}, and ${place}` };
  const answer = await parts.locks.ask(place);
  if (answer.kind !== 'held' || answer.lock.id === id) return answer;
  return { kind: 'unknown', why: 'it changed hands while it was looked at' };
}

async function lockPlace(parts: LockParts, { working, environment }: StateSource): Promise<LockPlace | string> {
  const record = await parts.files.read(`${working.dataDirectory}/terraform.tfstate`, CONTROL_FILE_BYTES);
  const config = RECORD.safeParse(parseJson(record)).data?.backend.config;
  if (config === undefined) return 'the record of its backend can not be read';
  const named = (value: string | null | undefined, variable: string): string | undefined =>
    value ?? environment[variable];
  const url = named(config.lock_address, 'TF_HTTP_LOCK_ADDRESS');
  if (url === undefined) return 'its backend has no address for locks';
  if (config.skip_cert_verification === true || config.client_certificate_pem || config.client_ca_certificate_pem) {
    return 'its server can only be asked with certificates of its own, which Countersign does not use';
  }
  return {
    url,
    method: named(config.lock_method, 'TF_HTTP_LOCK_METHOD') ?? 'LOCK',
    unlockUrl: named(config.unlock_address, 'TF_HTTP_UNLOCK_ADDRESS') ?? url,
    unlockMethod: named(config.unlock_method, 'TF_HTTP_UNLOCK_METHOD') ?? 'UNLOCK',
    username: named(config.username, 'TF_HTTP_USERNAME'),
    password: named(config.password, 'TF_HTTP_PASSWORD'),
  };
}

/** Reads Terraform's block of words about a lock: `  ID:        6c1…`. */
export function readLockInfo(said: string): LockAnswer {
  const field = (name: string): string =>
    new RegExp(`^[ \\t│]*${name}:[ \\t]*(.*)$`, 'm').exec(said)?.[1]?.trim() ?? '';
  const id = field('ID');
  if (id === '') return { kind: 'unknown', why: 'Terraform says that it is locked, and not by whom' };
  return {
    kind: 'held',
    lock: { id, who: field('Who'), operation: field('Operation'), createdAtMs: readTime(field('Created')) },
  };
}

// Go writes `2026-03-01 10:20:30.123456789 +0000 UTC`.
function readTime(written: string): number | undefined {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?)\d* \+0000 UTC$/.exec(written) ?? [];
  const atMs = Date.parse(`${day}T${time}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

function parseJson(content: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch {
    // No JSON has the shape that is asked for: the caller says that the record can't be read.
    return undefined;
  }
}
