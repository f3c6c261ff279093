/** The place of a state: the same whoever looks from which directory, with whatever credentials and by whichever spelling. */

import { type Fact, type Json, type JsonObject, placeFact } from '../../kernel/index.ts';
import type { Backend, WorkingDirectory } from './working-directory.ts';

/** Where a backend keeps the state of a workspace; `undefined` where its settings do not tell. */
type Locate = (identity: JsonObject, workspace: string) => JsonObject | undefined;

const DEFAULT = 'default';

/** What each backend makes of its settings, as Terraform 1.11 does. One that is not here, or lacks a setting, can't be told. */
const LOCATE: Readonly<Record<string, Locate>> = {
  azurerm: (identity, workspace) => {
    const [account, container, key] = texts(identity, 'storage_account_name', 'container_name', 'key');
    return all({ account, container, blob: key && (workspace === DEFAULT ? key : `${key}env:${workspace}`) });
  },
  consul: (identity, workspace) => {
    const [address, path] = texts(identity, 'address', 'path');
    return all({ address, path: path && (workspace === DEFAULT ? path : `${path}-env:${workspace}`) });
  },
  cos: (identity, workspace) => {
    const [bucket, region, prefix = '', key = 'terraform.tfstate'] = texts(
      identity,
      'bucket',
      'region',
      'prefix',
      'key',
    );
    return all({ bucket, region, object: joined(prefix, workspace === DEFAULT ? '' : workspace, key) });
  },
  gcs: (identity, workspace) => {
    const [bucket, prefix = '', endpoint = ''] = texts(identity, 'bucket', 'prefix', 'storage_custom_endpoint');
    return all({ bucket, endpoint: server(endpoint), object: joined(prefix, `${workspace}.tfstate`) });
  },
  http: (identity) => {
    const [address = ''] = texts(identity, 'address');
    return all({ address: URL.canParse(address) ? server(address) : undefined });
  },
  kubernetes: (identity, workspace) => {
    const [host, namespace = 'default', suffix] = texts(identity, 'host', 'namespace', 'secret_suffix');
    return all({ host: host && server(host), namespace, secret: suffix && `tfstate-${workspace}-${suffix}` });
  },
  oss: (identity, workspace) => {
    const [bucket, prefix = 'env:', key = 'terraform.tfstate'] = texts(identity, 'bucket', 'prefix', 'key');
    return all({ bucket, object: joined(prefix, workspace === DEFAULT ? '' : workspace, key) });
  },
  pg: (identity, workspace) => {
    const [host, port, dbname, schema] = texts(identity, 'host', 'port', 'dbname', 'schema_name');
    // Several hosts are one of them, and nobody can tell which.
    return all({ host: host?.includes(',') ? undefined : host && named(host), port, dbname, schema, workspace });
  },
  s3: (identity, workspace) => {
    const [bucket, key, prefix = 'env:', endpoint = ''] = texts(
      identity,
      'bucket',
      'key',
      'workspace_key_prefix',
      'endpoint',
    );
    const object = key && (workspace === DEFAULT ? joined(key) : joined(prefix, workspace, key));
    return all({ bucket, endpoint: server(s3Endpoint(identity) ?? endpoint), object });
  },
};

/**
 * Says which state a directory is bound to.
 *
 * A local one is its real path: what a name, a link or another directory leads to is one place. A hard link or a bind mount is another
 * path, and so another place. Credentials, regions and the directory itself are no part of it.
 *
 * @returns `null` where nobody can tell
 */
export function backendPlace({ backend, workspace }: Pick<WorkingDirectory, 'backend' | 'workspace'>): Json {
  if (backend.kind === 'local') return { kind: 'terraform', backend: 'local', path: backend.statePath };
  const located = Object.hasOwn(LOCATE, backend.type) ? LOCATE[backend.type]?.(backend.identity, workspace) : undefined;
  return located === undefined ? null : { kind: 'terraform', backend: backend.type, ...located };
}

/** What people must know where nobody can tell which state it is; by the facts, so that planner and runner say the same. */
export function untoldPlaceNotes(facts: readonly Fact[], backend: Backend): readonly string[] {
  const untold = placeFact(null);
  const isUntold = facts.some(({ name, value }) => name === untold.name && value === untold.value);
  if (!isUntold || backend.kind === 'local') return [];
  return [
    `Nobody can tell by the settings of the ${backend.type} backend which state this is: it is locked and held by the target's name alone, and the same state under another name is not.`,
  ];
}

function texts(identity: JsonObject, ...names: readonly string[]): readonly (string | undefined)[] {
  return names.map((name) => {
    const value = identity[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  });
}

function all(parts: Readonly<Record<string, string | undefined>>): JsonObject | undefined {
  return Object.values(parts).includes(undefined) ? undefined : parts;
}

/** A path in a bucket: slashes more or less make no other object. */
function joined(...parts: readonly string[]): string {
  return parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/');
}

/** An address in one spelling: the host in lower case, without the scheme's own port, a slash at the end or a user. */
function server(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address.toLowerCase();
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}

/** A host in one spelling: this machine has many names, and a socket is on it. */
function named(host: string): string {
  return host === '::1' || host.startsWith('/') || /^127\.\d+\.\d+\.\d+$/.test(host) ? 'localhost' : host;
}

function s3Endpoint({ endpoints }: JsonObject): string | undefined {
  const [block = endpoints] = Array.isArray(endpoints) ? endpoints : [];
  const s3 = typeof block === 'object' && block !== null && 's3' in block ? block.s3 : undefined;
  return typeof s3 === 'string' && s3 !== '' ? s3 : undefined;
}
