import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/kernel/index.ts';
import { backendIdentity } from '../../../src/tools/terraform/backend-identity.ts';
import { backendPlace, untoldPlaceNotes } from '../../../src/tools/terraform/backend-place.ts';

type Environment = Readonly<Record<string, string>>;

function place(type: string, config: JsonObject, workspace = 'default', environment: Environment = {}): unknown {
  const identity = backendIdentity(type, config, environment);
  const found = backendPlace({ backend: { kind: 'remote', type, identity }, workspace });
  if (found === null || typeof found !== 'object' || Array.isArray(found)) return found;
  const { kind, backend, ...where } = found as JsonObject;
  expect([kind, backend]).toEqual(['terraform', type]);
  return where;
}

const PG = { host: 'db.example', port: '5433', dbname: 'tf', schema: 'team', workspace: 'default' };

test.each<[string, JsonObject, Environment]>([
  ['an address', { conn_str: 'postgres://ann:hunter2@DB.example:5433/tf?sslmode=disable', schema_name: 'team' }, {}],
  ['another user', { conn_str: 'postgresql://ben@db.example:5433/tf', schema_name: 'team' }, {}],
  ['words', { conn_str: "host=db.example port = 5433 dbname='tf' password='it\\'s'", schema_name: 'team' }, {}],
  [
    'the environment',
    { conn_str: '', schema_name: null },
    { PGHOST: 'db.example', PGPORT: '5433', PGDATABASE: 'tf', PG_SCHEMA_NAME: 'team' },
  ],
  ['a string in the environment', { schema_name: 'team' }, { PG_CONN_STR: 'postgres://db.example:5433/tf' }],
  ['settings in an address', { conn_str: 'postgres:///?host=db.example&port=5433&dbname=tf', schema_name: 'team' }, {}],
  ['the name of the user', { conn_str: 'postgres://tf:secret@db.example:5433', schema_name: 'team' }, {}],
])('[TERRAFORM-17, L11] pg: %s tells the one database, and no password', (_, config, environment) => {
  expect(place('pg', config, 'default', environment)).toEqual(PG);
  const { schema, workspace: _workspace, ...told } = PG;
  expect(backendIdentity('pg', config, environment)).toEqual({ ...told, schema_name: schema });
});

test('[TERRAFORM-17] pg: port, schema and this machine have usual names; a workspace and a schema are places of their own', () => {
  const usual = { host: 'localhost', port: '5432', dbname: 'tf', schema: 'terraform_remote_state', workspace: 'blue' };
  for (const host of ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST', '%2Fvar%2Frun%2Fpostgresql']) {
    expect(place('pg', { conn_str: `postgres://u@${host}/tf` }, 'blue'), host).toEqual(usual);
  }
  expect(place('pg', { conn_str: 'dbname=tf' }, 'blue')).toEqual(usual);
  expect(place('pg', { conn_str: 'dbname=tf', schema_name: 'x' }, 'red')).toEqual({
    ...usual,
    schema: 'x',
    workspace: 'red',
  });
});

test.each<[string, JsonObject, Environment]>([
  ['no database', { conn_str: 'postgres://db.example' }, {}],
  ['several hosts', { conn_str: 'host=a,b dbname=tf' }, {}],
  ['a service file', { conn_str: 'service=prod dbname=tf' }, {}],
  ['a service in the environment', { conn_str: 'dbname=tf' }, { PGSERVICE: 'prod' }],
  ['an address beside the name', { conn_str: 'host=a hostaddr=10.0.0.1 dbname=tf' }, {}],
  ['a host in the address and beside it', { conn_str: 'postgres://z/db?host=a' }, {}],
  ['two hosts', { conn_str: 'host=a dbname=tf host=b' }, {}],
  ['no words', { conn_str: 'host=a dbname' }, {}],
  ['a broken address', { conn_str: 'postgres://%zz@h/%zz' }, {}],
])('[TERRAFORM-17] pg: %s does not tell which database it is', (_, config, environment) => {
  expect(place('pg', config, 'default', environment)).toBe(null);
});

test.each<[string, string, JsonObject, string, JsonObject]>([
  [
    's3',
    'default',
    { bucket: 'b', key: 'a/x.tfstate', region: 'eu' },
    'default',
    { bucket: 'b', endpoint: '', object: 'a/x.tfstate' },
  ],
  ['s3', 'a workspace', { bucket: 'b', key: 'x' }, 'dev', { bucket: 'b', endpoint: '', object: 'env:/dev/x' }],
  [
    's3',
    'the same by its key',
    { bucket: 'b', key: 'env:/dev/x' },
    'default',
    { bucket: 'b', endpoint: '', object: 'env:/dev/x' },
  ],
  [
    's3',
    'a prefix',
    { bucket: 'b', key: 'x', workspace_key_prefix: 'w' },
    'dev',
    { bucket: 'b', endpoint: '', object: 'w/dev/x' },
  ],
  [
    's3',
    'another server',
    { bucket: 'b', key: 'x', endpoint: 'https://Minio.example:443/' },
    'default',
    { bucket: 'b', endpoint: 'https://minio.example', object: 'x' },
  ],
  [
    's3',
    'a block of servers',
    { bucket: 'b', key: 'x', endpoints: [{ s3: 'http://m:9000', dynamodb: null }] },
    'default',
    { bucket: 'b', endpoint: 'http://m:9000', object: 'x' },
  ],
  ['gcs', 'no prefix', { bucket: 'b' }, 'default', { bucket: 'b', endpoint: '', object: 'default.tfstate' }],
  ['gcs', 'a prefix', { bucket: 'b', prefix: 'p/' }, 'dev', { bucket: 'b', endpoint: '', object: 'p/dev.tfstate' }],
  [
    'azurerm',
    'default',
    { storage_account_name: 'a', container_name: 'c', key: 'k' },
    'default',
    { account: 'a', container: 'c', blob: 'k' },
  ],
  [
    'azurerm',
    'a workspace',
    { storage_account_name: 'a', container_name: 'c', key: 'k' },
    'dev',
    { account: 'a', container: 'c', blob: 'kenv:dev' },
  ],
  ['http', 'a user', { address: 'https://ann:pw@State.example/x/' }, 'default', { address: 'https://state.example/x' }],
  [
    'http',
    'a query',
    { address: 'https://state.example/x?ref=1' },
    'default',
    { address: 'https://state.example/x?ref=1' },
  ],
  ['consul', 'default', { address: 'c:8500', path: 'p' }, 'default', { address: 'c:8500', path: 'p' }],
  ['consul', 'a workspace', { address: 'c:8500', path: 'p' }, 'dev', { address: 'c:8500', path: 'p-env:dev' }],
  [
    'kubernetes',
    'a host',
    { host: 'https://k', secret_suffix: 's' },
    'dev',
    { host: 'https://k', namespace: 'default', secret: 'tfstate-dev-s' },
  ],
  ['oss', 'default', { bucket: 'b' }, 'default', { bucket: 'b', object: 'env:/terraform.tfstate' }],
  ['oss', 'a workspace', { bucket: 'b', prefix: 'p', key: 'k' }, 'dev', { bucket: 'b', object: 'p/dev/k' }],
  [
    'cos',
    'a workspace',
    { bucket: 'b', region: 'r', prefix: 'p' },
    'dev',
    { bucket: 'b', region: 'r', object: 'p/dev/terraform.tfstate' },
  ],
  ['cos', 'default', { bucket: 'b', region: 'r', key: 'k' }, 'default', { bucket: 'b', region: 'r', object: 'k' }],
])('[TERRAFORM-17] %s: %s is one place, whatever else is set', (type, _, config, workspace, expected) => {
  expect(place(type, { ...config, access_key: 'hunter2', password: 'hunter2' }, workspace)).toEqual(expected);
  expect(JSON.stringify(backendIdentity(type, { ...config, access_key: 'hunter2' }, {}))).not.toContain('hunter2');
});

test('[TERRAFORM-17] what a backend takes from the environment counts where its configuration leaves it out', () => {
  expect(place('http', { address: null }, 'default', { TF_HTTP_ADDRESS: 'http://h/s' })).toEqual({
    address: 'http://h/s',
  });
  expect(place('http', { address: 'http://own/s' }, 'default', { TF_HTTP_ADDRESS: 'http://h/s' })).toEqual({
    address: 'http://own/s',
  });
  const s3 = { bucket: 'b', key: 'x', endpoints: [] };
  const environment = { AWS_ENDPOINT_URL_S3: '', AWS_ENDPOINT_URL: 'http://m:9000' };
  expect(place('s3', s3, 'default', environment)).toEqual({ bucket: 'b', endpoint: 'http://m:9000', object: 'x' });
});

test.each<[string, JsonObject]>([
  ['s3', { bucket: 'b' }],
  ['gcs', { prefix: 'p' }],
  ['azurerm', { container_name: 'c', key: 'k' }],
  ['http', {}],
  ['http', { address: 'not an address' }],
  ['consul', { path: 'p' }],
  ['kubernetes', { secret_suffix: 's', config_path: '~/.kube/config' }],
  ['cos', { bucket: 'b' }],
  ['somebody-elses', { bucket: 'b', key: 'x' }],
  ['toString', {}],
])('[TERRAFORM-17, L13] %s: %j does not tell the state, and people read so', (type, config) => {
  expect(place(type, config)).toBe(null);
  const backend = { kind: 'remote', type, identity: {} } as const;
  const fact = { name: 'place', role: 'binding', value: null } as const;
  expect(untoldPlaceNotes([fact], backend)).toEqual([
    `Nobody can tell by the settings of the ${type} backend which state this is: it is locked and held by the target's name alone, and the same state under another name is not.`,
  ]);
  expect(untoldPlaceNotes([{ ...fact, value: { kind: 'terraform' } }], backend)).toEqual([]);
  expect(untoldPlaceNotes([], backend)).toEqual([]);
});

test('[TERRAFORM-17] a local state is its path, in whatever workspace', () => {
  const backend = { kind: 'local', statePath: '/srv/x.tfstate' } as const;
  expect(backendPlace({ backend, workspace: 'dev' })).toEqual({
    kind: 'terraform',
    backend: 'local',
    path: '/srv/x.tfstate',
  });
});

test('[TERRAFORM-17] kubernetes and cos: what only the environment says counts as what is written', () => {
  const written = place('kubernetes', { host: 'https://k', namespace: 'n', secret_suffix: 's' });
  const told = place('kubernetes', { secret_suffix: 's' }, 'default', { KUBE_HOST: 'https://k', KUBE_NAMESPACE: 'n' });
  expect(told).toEqual({ host: 'https://k', namespace: 'n', secret: 'tfstate-default-s' });
  expect(told).toEqual(written);
  const region = place('cos', { bucket: 'b' }, 'default', { TENCENTCLOUD_REGION: 'r' });
  expect(region).toEqual({ bucket: 'b', region: 'r', object: 'terraform.tfstate' });
});
