/** Tells which state a remote backend keeps, without credentials: what stands in its configuration, and what it takes from the environment. */

import type { Json, JsonObject } from '../../kernel/index.ts';
import { POSTGRES_VARIABLES, postgresIdentity } from './postgres-identity.ts';

type Environment = Readonly<Record<string, string>>;

/** Settings that say which state is meant. Everything else, credentials above all, stays out of the record. */
const IDENTIFYING: ReadonlySet<string> = new Set([
  'address',
  'bucket',
  'container_name',
  'endpoint',
  'endpoints',
  'host',
  'hostname',
  'key',
  'namespace',
  'organization',
  'path',
  'prefix',
  'region',
  'resource_group_name',
  'schema_name',
  'secret_suffix',
  'storage_account_name',
  'storage_custom_endpoint',
  'workspace_key_prefix',
  'workspaces',
]);

/** Where a backend looks for a setting that its configuration leaves out, first one first. Terraform does not keep what it found there. */
const FROM_ENVIRONMENT: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  consul: { address: ['CONSUL_HTTP_ADDR'] },
  cos: { region: ['TENCENTCLOUD_REGION'] },
  gcs: { storage_custom_endpoint: ['GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT', 'GOOGLE_STORAGE_CUSTOM_ENDPOINT'] },
  http: { address: ['TF_HTTP_ADDRESS'] },
  kubernetes: { host: ['KUBE_HOST'], namespace: ['KUBE_NAMESPACE'] },
  s3: { endpoint: ['AWS_ENDPOINT_URL_S3', 'AWS_S3_ENDPOINT', 'AWS_ENDPOINT_URL'] },
};

/** What else could lead a backend elsewhere, though a place is told without it. */
const LEADING_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  azurerm: ['ARM_ENVIRONMENT', 'ARM_METADATA_HOST', 'ARM_METADATA_HOSTNAME'],
  consul: ['CONSUL_NAMESPACE'],
  cos: ['TENCENTCLOUD_DOMAIN', 'TENCENTCLOUD_ENDPOINT'],
  kubernetes: ['KUBE_CONFIG_PATH', 'KUBE_CONFIG_PATHS', 'KUBE_CTX', 'KUBE_CTX_CLUSTER', 'KUBE_IN_CLUSTER_CONFIG'],
  oss: ['ALICLOUD_OSS_ENDPOINT', 'OSS_ENDPOINT'],
};

/**
 * Names the variables that could decide which state a backend keeps.
 *
 * @param identity  as it was told without them: a user's name decides only where no database is named
 */
export function decidingVariables(type: string, identity: JsonObject): readonly string[] {
  if (type === 'pg') return identity['dbname'] === undefined ? [...POSTGRES_VARIABLES, 'PGUSER'] : POSTGRES_VARIABLES;
  return [...Object.values(FROM_ENVIRONMENT[type] ?? {}).flat(), ...(LEADING_ELSEWHERE[type] ?? [])];
}

/**
 * Identifies a backend.
 *
 * @param config  as Terraform's own record has it
 * @param environment  without secret values; none of them may decide it (`decidingVariables`)
 */
export function backendIdentity(type: string, config: JsonObject, environment: Environment): JsonObject {
  const told = { ...fromEnvironment(type, environment), ...kept(config) };
  return type === 'pg' ? postgresIdentity(config, environment) : told;
}

function kept(config: JsonObject): JsonObject {
  const identifying = Object.entries(config).filter(([name, value]) => IDENTIFYING.has(name) && isSaid(value));
  return Object.fromEntries(identifying.map(([name, value]) => [name, withoutUser(value ?? null)]));
}

function isSaid(value: Json | undefined): boolean {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function fromEnvironment(type: string, environment: Environment): JsonObject {
  const found = Object.entries(FROM_ENVIRONMENT[type] ?? {}).flatMap(([setting, names]) => {
    const value = names.map((name) => environment[name] ?? '').find((one) => one !== '');
    return value === undefined ? [] : [[setting, withoutUser(value)] as const];
  });
  return Object.fromEntries(found);
}

function withoutUser(value: Json): Json {
  return typeof value === 'string' ? value.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1') : value;
}
