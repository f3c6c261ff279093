import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/kernel/index.ts';
import { secretPlace } from '../../../src/tools/terraform/secret-place.ts';

function refusal(type: string, names: readonly string[], identity: JsonObject = {}): unknown {
  return secretPlace({ backend: { kind: 'remote', type, identity } }, names);
}

test.each([
  ['pg', 'PGHOST'],
  ['pg', 'PGHOSTADDR'],
  ['pg', 'PGPORT'],
  ['pg', 'PGDATABASE'],
  ['pg', 'PGSERVICE'],
  ['pg', 'PGSERVICEFILE'],
  ['pg', 'PGUSER'],
  ['pg', 'PG_SCHEMA_NAME'],
  ['s3', 'AWS_ENDPOINT_URL_S3'],
  ['s3', 'AWS_S3_ENDPOINT'],
  ['s3', 'AWS_ENDPOINT_URL'],
  ['gcs', 'GOOGLE_STORAGE_CUSTOM_ENDPOINT'],
  ['http', 'TF_HTTP_ADDRESS'],
  ['consul', 'CONSUL_HTTP_ADDR'],
  ['consul', 'CONSUL_NAMESPACE'],
  ['cos', 'TENCENTCLOUD_REGION'],
  ['cos', 'TENCENTCLOUD_ENDPOINT'],
  ['azurerm', 'ARM_ENVIRONMENT'],
  ['oss', 'OSS_ENDPOINT'],
  ['kubernetes', 'KUBE_HOST'],
  ['kubernetes', 'KUBE_NAMESPACE'],
  ['kubernetes', 'KUBE_CONFIG_PATH'],
  ['kubernetes', 'KUBE_CTX'],
  ['inmem', 'TF_WORKSPACE'],
  ['inmem', 'TF_DATA_DIR'],
])('[TERRAFORM-17, L11] %s: the secret %s could say which state is meant, and is refused', (type, name) => {
  expect(refusal(type, ['OTHER', name])).toEqual({
    why: `${name} is secret, and could decide which state is changed`,
    next: 'give it with --env: it says which state is meant',
  });
});

test('[TERRAFORM-17, L11] a secret connection string is refused, and the way out keeps its password secret', () => {
  expect(refusal('pg', ['PG_CONN_STR'], { dbname: 'tf' })).toEqual({
    why: 'PG_CONN_STR is secret, and could decide which state is changed',
    next: 'give it with --env: it says which state is meant; leave the password out of it, and give PGPASSWORD with --secret-env',
  });
});

test.each([
  ['pg', ['PGPASSWORD', 'PGUSER', 'AWS_ENDPOINT_URL_S3']],
  ['s3', ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'PGHOST']],
  ['kubernetes', ['KUBE_TOKEN', 'KUBE_PASSWORD']],
  ['http', ['TF_HTTP_PASSWORD', 'TF_HTTP_USERNAME']],
  ['azurerm', ['ARM_ACCESS_KEY', 'ARM_CLIENT_SECRET']],
])('[TERRAFORM-17] %s: credentials, and what is another backend’s, may be secret', (type, names) => {
  expect(refusal(type, names, { dbname: 'tf' })).toBe(undefined);
});

test('[TERRAFORM-17] a local state: only its workspace and its data directory may not be secret', () => {
  const backend = { kind: 'local', statePath: '/srv/x.tfstate' } as const;
  expect(secretPlace({ backend }, ['PGHOST', 'KUBE_HOST', 'TF_VAR_password'])).toBe(undefined);
  expect(secretPlace({ backend }, ['TF_WORKSPACE'])?.why).toContain('TF_WORKSPACE is secret');
});
