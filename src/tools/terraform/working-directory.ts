/** Finds out which world a Terraform directory is bound to: its backend, its workspace, and where its state lies. */

import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { Failure, type Files, type JsonObject, visibleLine } from '../../kernel/index.ts';
import { backendIdentity } from './backend-identity.ts';

/** A directory's binding to the world. */
export type WorkingDirectory = {
  /** Absolute and link-free. */
  readonly directory: string;
  /** Where `terraform init` keeps its work: `.terraform`, or what TF_DATA_DIR names. Absolute. */
  readonly dataDirectory: string;
  readonly workspace: string;
  readonly backend: Backend;
};

/** Where the state lives. */
export type Backend =
  | { readonly kind: 'local' /** Absolute, link-free as far as it exists. */; readonly statePath: string }
  | {
      readonly kind: 'remote';
      readonly type: string /** Identifies it, without credentials. */;
      readonly identity: JsonObject;
    };

const CONTROL_FILE_BYTES = 1024 * 1024;
const RECORD = z.object({
  backend: z.object({ type: z.string(), config: z.record(z.string(), z.json()).nullable().default({}) }).nullish(),
});
const LOCAL_CONFIG = z.object({ path: z.string().nullish(), workspace_dir: z.string().nullish() });

type Environment = Readonly<Record<string, string>>;

/** Reads the binding. `environment` without secret values: a runner must find the same without them. @throws Failure `CONFIG_INVALID` when Terraform's own record of the backend can't be read */
export async function readWorkingDirectory(
  files: Files,
  directory: string,
  environment: Environment,
): Promise<WorkingDirectory> {
  const dataDirectory = resolve(directory, environment['TF_DATA_DIR'] || '.terraform');
  const selected = await readText(files, `${dataDirectory}/environment`);
  const workspace = environment['TF_WORKSPACE'] || selected?.trim() || 'default';
  const backend = await readBackend(files, dataDirectory, { directory, workspace, environment });
  return { directory, dataDirectory, workspace, backend };
}

async function readBackend(
  files: Files,
  dataDirectory: string,
  where: { readonly directory: string; readonly workspace: string; readonly environment: Environment },
): Promise<Backend> {
  const recordPath = `${dataDirectory}/terraform.tfstate`;
  const record = await readText(files, recordPath);
  const parsed = record === undefined ? {} : parseRecord(record, recordPath);
  const type = parsed.backend?.type ?? 'local';
  const config = parsed.backend?.config ?? {};
  if (type !== 'local') return { kind: 'remote', type, identity: backendIdentity(type, config, where.environment) };
  return { kind: 'local', statePath: await localStatePath(files, where, LOCAL_CONFIG.safeParse(config).data ?? {}) };
}

async function localStatePath(
  files: Files,
  { directory, workspace }: { readonly directory: string; readonly workspace: string },
  { path, workspace_dir: workspaces }: z.infer<typeof LOCAL_CONFIG>,
): Promise<string> {
  const named =
    workspace === 'default'
      ? (path ?? 'terraform.tfstate')
      : `${workspaces ?? 'terraform.tfstate.d'}/${workspace}/terraform.tfstate`;
  const full = isAbsolute(named) ? resolve(named) : resolve(directory, named);
  return (await files.realPath(full)) ?? (await inRealParent(files, full));
}

/** A state that does not exist yet lies where the nearest directory above it that does exist really is. */
async function inRealParent(files: Files, path: string): Promise<string> {
  const at = path.lastIndexOf('/');
  const above = path.slice(0, at);
  if (above === '') return path;
  const parent = (await files.realPath(above)) ?? (await inRealParent(files, above));
  return `${parent === '/' ? '' : parent}${path.slice(at)}`;
}

function parseRecord(text: string, path: string): z.infer<typeof RECORD> {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const parsed = RECORD.safeParse(record).data;
  if (parsed === undefined) throw unreadable(path);
  return parsed;
}

async function readText(files: Files, path: string): Promise<string | undefined> {
  const content = await files.read(path, CONTROL_FILE_BYTES);
  return content === undefined ? undefined : new TextDecoder().decode(content);
}

function unreadable(path: string, cause?: unknown): Failure {
  return new Failure('CONFIG_INVALID', `Terraform's record of the backend can't be read: ${visibleLine(path)}`, {
    hint: 'run `terraform init` in the directory',
    where: visibleLine(path),
    cause,
  });
}
