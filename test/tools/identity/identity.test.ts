import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openMachine } from '../../../src/adapters/index.ts';
import { compareFacts, type Fact, type ProcessSpec } from '../../../src/kernel/index.ts';
import { argvDriver } from '../../../src/tools/index.ts';
import { type ArgvWorld, openArgvWorld } from '../../support/argv-world.ts';
import { awsAnswers, cloudDouble, prints } from '../../support/cloud-doubles.ts';

const worlds: ArgvWorld[] = [];
const world = (): ArgvWorld => {
  const opened = openArgvWorld();
  worlds.push(opened);
  return opened;
};
afterEach(() => {
  for (const opened of worlds.splice(0)) opened.close();
});

const PATH = '/usr/bin:/bin';
const ROLE = 'arn:aws:sts::111122223333:assumed-role/deploy';

type Sealed = Awaited<ReturnType<ArgvWorld['bundle']>>;

async function sealed(
  at: ArgvWorld,
  variables: Readonly<Record<string, string>>,
  argv: readonly string[] = ['true'],
): Promise<Sealed> {
  const secretVariables = Object.keys(variables).filter((name) => name.includes('SECRET'));
  return await at.bundle(argv, { environment: { PATH, ...variables }, secretVariables });
}

function identities(facts: readonly Fact[]): Readonly<Record<string, unknown>> {
  const own = facts.filter(({ name }) => name.startsWith('identity.'));
  return Object.fromEntries(own.map(({ name, value }) => [name.slice('identity.'.length), value]));
}

function planNotes({ planned }: Sealed): readonly string[] {
  return planned.preview.notes.filter((note) => /planned as|nobody could tell/.test(note));
}

async function probed(at: ArgvWorld, { manifest, blobs }: Sealed): Promise<ReturnType<typeof compareFacts>> {
  return compareFacts(manifest.facts, await at.driver.probe(manifest, blobs));
}

test('[IDENTITY-01, L3, L15] AWS is asked with the very environment of the change, and its answer is sealed as binding facts', async () => {
  const at = world();
  const asked = join(at.outside, 'asked');
  cloudDouble(
    at.tools,
    'aws',
    `printf '%s|' "$*" "$AWS_PROFILE" "$AWS_SECRET_ACCESS_KEY" "$PWD" "$LANG" > ${asked}\n${awsAnswers('111122223333', `${ROLE}/run-7`)}`,
  );
  const bundle = await sealed(at, { AWS_PROFILE: 'deploy', AWS_SECRET_ACCESS_KEY: 'hunter22', LANG: 'C' });
  expect(readFileSync(asked, 'utf8')).toBe('sts get-caller-identity --output json|deploy|hunter22|/|C|');
  expect(bundle.manifest.facts.slice(-2)).toEqual([
    { name: 'identity.aws.account', role: 'binding', value: '111122223333' },
    { name: 'identity.aws.arn', role: 'binding', value: ROLE },
  ]);
  expect(planNotes(bundle)).toEqual([`planned as AWS account 111122223333, arn ${ROLE}`]);
  expect(await at.driver.preview(bundle)).toEqual(bundle.planned.preview);
  expect(JSON.stringify(bundle.manifest)).not.toContain('hunter22');
});

test('[IDENTITY-01] without credentials in the environment nobody is asked, and there is no fact', async () => {
  const at = world();
  cloudDouble(at.tools, 'aws', `touch ${at.outside}/asked; ${awsAnswers('111122223333', ROLE)}`);
  const bundle = await sealed(at, { AWS_REGION: 'eu-west-1', AWS_PROFILE: '', HOME: at.outside });
  expect(identities(bundle.manifest.facts)).toEqual({});
  expect(planNotes(bundle)).toEqual([]);
  expect(() => readFileSync(join(at.outside, 'asked'))).toThrow('ENOENT');
});

test('[IDENTITY-02, L3] another session of the same role is the same identity; another account or role is named', async () => {
  const at = world();
  cloudDouble(at.tools, 'aws', awsAnswers('111122223333', `${ROLE}/run-7`));
  const bundle = await sealed(at, { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 'hunter22' });
  cloudDouble(at.tools, 'aws', awsAnswers('111122223333', `${ROLE}/run/8`));
  expect(await probed(at, bundle)).toEqual([]);
  const other = 'arn:aws-us-gov:iam::444455556666:user/path/ann';
  cloudDouble(at.tools, 'aws', awsAnswers('444455556666', other));
  expect(await probed(at, bundle)).toEqual([
    { name: 'identity.aws.account', sealed: '111122223333', found: '444455556666' },
    { name: 'identity.aws.arn', sealed: ROLE, found: other },
  ]);
});

test('[IDENTITY-02, IDENTITY-05] an identity that was told and is not told any more is a difference, with the reason', async () => {
  const at = world();
  cloudDouble(at.tools, 'aws', awsAnswers('111122223333', ROLE));
  const bundle = await sealed(at, { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/deploy' });
  const differences = [
    { name: 'identity.aws.account', sealed: '111122223333', found: null },
    { name: 'identity.aws.arn', sealed: ROLE, found: null },
  ];
  cloudDouble(at.tools, 'aws', 'echo ExpiredToken hunter22 >&2; exit 254');
  expect(await probed(at, bundle)).toEqual([
    ...differences,
    { name: 'identity.aws.untold', sealed: undefined, found: 'aws ended with exit code 254' },
  ]);
  rmSync(join(at.tools, 'aws'));
  expect(await probed(at, bundle)).toEqual([
    ...differences,
    { name: 'identity.aws.untold', sealed: undefined, found: 'aws is not on the PATH' },
  ]);
});

test('[IDENTITY-02, L4] a bundle that lacks the identities of its environment differs from the world', async () => {
  const at = world();
  cloudDouble(at.tools, 'aws', awsAnswers('111122223333', ROLE));
  const bundle = await sealed(at, { AWS_PROFILE: 'deploy' });
  const facts = bundle.manifest.facts.filter(({ name }) => !name.startsWith('identity.'));
  const forged = { ...bundle.manifest, facts };
  expect(compareFacts(facts, await at.driver.probe(forged, bundle.blobs))).toEqual([
    { name: 'identity.aws.account', sealed: undefined, found: '111122223333' },
    { name: 'identity.aws.arn', sealed: undefined, found: ROLE },
  ]);
});

test('[IDENTITY-03] what nobody could tell is null with its reason, and is not asked again', async () => {
  const at = world();
  const bundle = await sealed(at, { AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token' });
  expect(bundle.manifest.facts.slice(-3)).toEqual([
    { name: 'identity.aws.account', role: 'binding', value: null },
    { name: 'identity.aws.arn', role: 'binding', value: null },
    { name: 'identity.aws.untold', role: 'version', value: 'aws is not on the PATH' },
  ]);
  expect(planNotes(bundle)).toEqual(['nobody could tell whom these AWS credentials belong to: aws is not on the PATH']);
  cloudDouble(at.tools, 'aws', `touch ${at.outside}/asked; ${awsAnswers('111122223333', ROLE)}`);
  expect(await probed(at, bundle)).toEqual([]);
  expect(() => readFileSync(join(at.outside, 'asked'))).toThrow('ENOENT');
});

test('[IDENTITY-05, L11, L12] a hostile answer tells nothing, and nothing of it is recorded', async () => {
  const at = world();
  const bodies = [
    ['yes A | head -c 300000', 'aws printed more than 262144 bytes'],
    ['echo secret-of-somebody', 'aws did not answer in JSON'],
    ['kill -9 $$', 'aws was killed'],
    [awsAnswers('111122223333', 'arn:aws:sts::444455556666:assumed-role/x/y'), 'its answer names no account'],
    [awsAnswers('11112222333', 'arn:aws:iam::11112222333:user/ann'), 'its answer names no account'],
    [prints([]), 'its answer names no account'],
    [
      prints('{"Account":"111122223333","Arn":"arn:aws:iam::111122223333:user/\\u202eann"}'),
      'the arn in its answer is no name',
    ],
    [
      prints('{"Account":"111122223333","Arn":"arn:aws:iam::111122223333:user/a\\u001b[2Jb"}'),
      'the arn in its answer is no name',
    ],
    [
      awsAnswers('111122223333', `arn:aws:iam::111122223333:user/${'a'.repeat(600)}`),
      'the arn in its answer is no name',
    ],
  ] as const;
  for (const [body, why] of bodies) {
    cloudDouble(at.tools, 'aws', body);
    const bundle = await sealed(at, { AWS_PROFILE: 'deploy' });
    expect(identities(bundle.manifest.facts)).toEqual({ 'aws.account': null, 'aws.arn': null, 'aws.untold': why });
    expect(JSON.stringify(bundle.planned)).not.toContain('secret-of-somebody');
  }
});

test('[IDENTITY-05] a command line gets ten seconds and a bounded answer, in the sandbox while planning, and none of the change’s trust', async () => {
  const at = world();
  const specs: ProcessSpec[] = [];
  const machine = openMachine();
  const hanging = {
    locate: async () => '/opt/aws',
    run: async (spec: ProcessSpec) => {
      specs.push(spec);
      const nothing = new Uint8Array();
      const end = { kind: 'signalled', signal: 'SIGTERM' } as const;
      return { end, stdout: nothing, stderr: nothing, isTruncated: false, isTimedOut: true };
    },
  };
  const driver = argvDriver({ ...machine, sandboxed: hanging, searchPath: 'relative:/opt::/bin' });
  const variables = {
    PATH: '/evil',
    AWS_PROFILE: 'deploy',
    AWS_ENDPOINT_URL: 'https://evil.example',
    AWS_ENDPOINT_URL_STS: 'https://evil.example',
    AWS_CA_BUNDLE: '/evil.pem',
    SSL_CERT_FILE: '/evil.pem',
    HTTPS_PROXY: 'https://proxy.example',
  };
  const scratch = join(at.outside, 'scratch');
  mkdirSync(scratch);
  const asked = { proposal: 'p', directory: at.directory, argv: ['/bin/true'], secretVariables: [], scratch };
  const planned = await driver.plan({ ...asked, environment: variables });
  expect(planned).toMatchObject({ kind: 'planned' });
  expect(specs).toEqual([
    {
      file: 'aws',
      args: ['sts', 'get-caller-identity', '--output', 'json'],
      directory: '/',
      environment: {
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
        AWS_PAGER: '',
        AWS_PROFILE: 'deploy',
        HTTPS_PROXY: 'https://proxy.example',
        PATH: '/opt:/bin',
      },
      timeoutMs: 10_000,
      maxOutputBytes: 262_144,
    },
  ]);
  const facts = planned.kind === 'planned' ? planned.facts : [];
  expect(identities(facts)['aws.untold']).toBe('aws did not answer within 10 seconds');
});

test('[IDENTITY-04, L15] a program that the change puts on its own PATH does not answer for a cloud', async () => {
  const at = world();
  const evil = join(at.outside, 'bin');
  mkdirSync(evil);
  cloudDouble(evil, 'aws', awsAnswers('999999999999', 'arn:aws:iam::999999999999:user/sandbox'));
  const bundle = await sealed(at, { PATH: `${evil}:${PATH}`, AWS_PROFILE: 'deploy' });
  expect(identities(bundle.manifest.facts)['aws.untold']).toBe('aws is not on the PATH');
});

test('[IDENTITY-04] a command that names other credentials by an option is not taken for the environment’s', async () => {
  const at = world();
  cloudDouble(at.tools, 'aws', awsAnswers('111122223333', ROLE));
  for (const [argv, option] of [
    [['echo', '--profile', 'prod'], 'profile'],
    [['echo', '--endpoint-url=http://x'], 'endpoint-url'],
  ] as const) {
    const bundle = await sealed(at, { AWS_PROFILE: 'sandbox' }, argv);
    expect(planNotes(bundle)).toEqual([
      `nobody could tell whom these AWS credentials belong to: the command may name others with --${option}`,
    ]);
    expect(identities(bundle.manifest.facts)).toMatchObject({ 'aws.account': null, 'aws.arn': null });
    expect(await probed(at, bundle)).toEqual([]);
  }
  const plain = await sealed(at, { AWS_PROFILE: 'sandbox' }, ['echo', '--profiles', 'profile', '--context=x']);
  expect(identities(plain.manifest.facts)).toEqual({ 'aws.account': '111122223333', 'aws.arn': ROLE });
});

test('[IDENTITY-04, L11] an answer that holds a secret value is not shown', async () => {
  const at = world();
  const id = '0aaaaaaa-0000-0000-0000-000000000001';
  cloudDouble(at.tools, 'az', prints({ id, tenantId: 't-1', user: { name: 'ann@example.com', type: 'user' } }));
  const bundle = await at.bundle(['true'], {
    environment: { PATH, ARM_SUBSCRIPTION_ID: id },
    secretVariables: ['ARM_SUBSCRIPTION_ID'],
  });
  expect(identities(bundle.manifest.facts)).toEqual({
    'azure.subscription': null,
    'azure.tenant': null,
    'azure.user': null,
    'azure.untold': 'the answer holds the value of the secret variable ARM_SUBSCRIPTION_ID',
  });
  expect(await probed(at, bundle)).toEqual([]);
});

test('[IDENTITY-01, IDENTITY-04] az answers for its own sign-in, and only where the variables name no other', async () => {
  const at = world();
  const answer = { id: 'SUB-1', tenantId: 'ten-1', user: { name: 'app-1', type: 'servicePrincipal' } };
  cloudDouble(at.tools, 'az', `echo "$*" > ${at.outside}/asked\n${prints(answer)}`);
  const told = { 'azure.subscription': 'SUB-1', 'azure.tenant': 'ten-1', 'azure.user': 'app-1' };
  const asked = async (variables: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>> =>
    identities((await sealed(at, variables)).manifest.facts);
  expect(await asked({ ARM_SUBSCRIPTION_ID: 'sub-1', ARM_CLIENT_ID: 'app-1' })).toEqual(told);
  expect(readFileSync(join(at.outside, 'asked'), 'utf8')).toBe('account show --subscription=sub-1 --output json\n');
  expect(await asked({ AZURE_CONFIG_DIR: '/srv/azure' })).toEqual(told);
  expect(readFileSync(join(at.outside, 'asked'), 'utf8')).toBe('account show --output json\n');
  for (const [name, value, why] of [
    ['ARM_CLIENT_ID', 'app-2', 'az is signed in as another than ARM_CLIENT_ID names'],
    ['AZURE_TENANT_ID', 'ten-2', 'az is signed in as another than AZURE_TENANT_ID names'],
    ['AZURE_SUBSCRIPTION_ID', 'sub-2', 'az is signed in as another than AZURE_SUBSCRIPTION_ID names'],
    ['ARM_USE_OIDC', 'true', 'az does not answer for who signs in by ARM_USE_OIDC'],
  ] as const) {
    expect((await asked({ [name]: value }))['azure.untold']).toBe(why);
  }
  expect(await asked({ ARM_USE_MSI: 'false' })).toEqual(told);
  cloudDouble(at.tools, 'az', prints({ id: 'SUB-1' }));
  expect((await asked({ ARM_TENANT_ID: 'ten-1' }))['azure.untold']).toBe('its answer names no subscription');
});

test('[IDENTITY-01, IDENTITY-04] a key file answers for itself, gcloud for its one sign-in, and nobody for a token', async () => {
  const at = world();
  const account = [{ account: 'ann@example.com', status: 'ACTIVE' }];
  const gcloud = (accounts: unknown, project?: string): void =>
    cloudDouble(
      at.tools,
      'gcloud',
      `echo "$*" >> ${at.outside}/asked\ncase "$1" in auth)\n${prints(accounts)}\n;; *)\n${prints({ core: { project } })}\n;; esac`,
    );
  const asked = async (variables: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>> =>
    identities((await sealed(at, variables)).manifest.facts);
  gcloud(account, 'shop');
  expect(await asked({ CLOUDSDK_ACTIVE_CONFIG_NAME: 'prod' })).toEqual({
    'gcp.account': 'ann@example.com',
    'gcp.project': 'shop',
  });
  expect(readFileSync(join(at.outside, 'asked'), 'utf8')).toBe(
    'auth list --filter=status:ACTIVE --format=json\nconfig list --format=json\n',
  );
  expect((await asked({ GOOGLE_CLOUD_PROJECT: 'other' }))['gcp.project']).toBe('other');
  gcloud(account);
  const bundle = await sealed(at, { CLOUDSDK_CONFIG: '/srv/gcloud' });
  expect(planNotes(bundle)).toEqual([
    'planned as Google Cloud account ann@example.com',
    'nobody could tell everything about these Google Cloud credentials: no project is named',
  ]);
  expect(await probed(at, bundle)).toEqual([]);
  gcloud([...account, { account: 'ben@example.com', status: 'ACTIVE' }], 'shop');
  expect(await probed(at, bundle)).toEqual([
    { name: 'identity.gcp.account', sealed: 'ann@example.com', found: null },
    {
      name: 'identity.gcp.untold',
      sealed: 'no project is named',
      found: 'it is not signed in as one account',
    },
  ]);
  const key = join(at.outside, 'key.json');
  writeFileSync(
    key,
    JSON.stringify({
      type: 'service_account',
      client_email: 'ci@shop.example',
      project_id: 'shop',
      private_key: 'pem',
    }),
  );
  const byKey = await sealed(at, { GOOGLE_APPLICATION_CREDENTIALS: key });
  expect(identities(byKey.manifest.facts)).toEqual({ 'gcp.account': 'ci@shop.example', 'gcp.project': 'shop' });
  expect(JSON.stringify(byKey.planned)).not.toContain('pem');
  const notKey = 'the file of GOOGLE_APPLICATION_CREDENTIALS is not the key of a service account';
  writeFileSync(key, JSON.stringify({ type: 'authorized_user', client_email: 'x@y.example' }));
  expect((await asked({ GOOGLE_APPLICATION_CREDENTIALS: key }))['gcp.untold']).toBe(notKey);
  expect((await asked({ GOOGLE_APPLICATION_CREDENTIALS: 'key.json' }))['gcp.untold']).toBe(notKey);
  expect((await asked({ GOOGLE_OAUTH_ACCESS_TOKEN: 'ya29' }))['gcp.untold']).toBe(
    'gcloud does not answer for what GOOGLE_OAUTH_ACCESS_TOKEN names',
  );
});

test('[IDENTITY-01, IDENTITY-02] kubectl names context, user and server, and the cluster by its own mark where it answers', async () => {
  const at = world();
  const config = {
    'current-context': 'prod',
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'deployer' } }],
    clusters: [
      { name: 'c', cluster: { server: 'https://10.0.0.1:6443', 'certificate-authority-data': 'DATA+OMITTED' } },
    ],
    users: [{ name: 'deployer', user: { token: 'REDACTED' } }],
  };
  const kubectl = (cluster: string): void =>
    cloudDouble(
      at.tools,
      'kubectl',
      `echo "$KUBECONFIG $*" >> ${at.outside}/asked\ncase "$1" in config)\n${prints(config)}\n;; *)\n${cluster}\n;; esac`,
    );
  kubectl(prints({ metadata: { uid: 'uid-1' } }));
  const bundle = await sealed(at, { KUBE_CONFIG_PATH: '/srv/kube', KUBE_CTX: 'prod' });
  expect(identities(bundle.manifest.facts)).toEqual({
    'kubernetes.context': 'prod',
    'kubernetes.server': 'https://10.0.0.1:6443',
    'kubernetes.user': 'deployer',
    'kubernetes.cluster': 'uid-1',
  });
  expect(readFileSync(join(at.outside, 'asked'), 'utf8')).toBe(
    '/srv/kube config view --minify --context=prod -o json\n/srv/kube get namespace kube-system --context=prod --request-timeout=5s -o json\n',
  );
  kubectl(prints({ metadata: { uid: 'uid-2' } }));
  expect(await probed(at, bundle)).toEqual([{ name: 'identity.kubernetes.cluster', sealed: 'uid-1', found: 'uid-2' }]);
  kubectl('exit 1');
  const unreachable = await sealed(at, { KUBECONFIG: '/srv/kube' });
  expect(planNotes(unreachable)).toEqual([
    'planned as Kubernetes context prod, server https://10.0.0.1:6443, user deployer',
    'nobody could tell everything about these Kubernetes credentials: kubectl ended with exit code 1',
  ]);
  kubectl(prints({ metadata: { uid: 'uid-1' } }));
  expect(await probed(at, unreachable)).toEqual([]);
  expect(await probed(at, bundle)).toEqual([]);
});
