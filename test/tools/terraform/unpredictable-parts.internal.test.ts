import { expect, test } from 'vitest';
import type { Json } from '../../../src/kernel/index.ts';
import { readPlan } from '../../../src/tools/terraform/read-plan.ts';
import type { ProvisionedResource, SourceProvisioner } from '../../../src/tools/terraform/source-provisioners.ts';
import { unpredictableParts } from '../../../src/tools/terraform/unpredictable-parts.ts';

type Members = { readonly [name: string]: Json };

const constant = (value: Json): Json => ({ constant_value: value });
const computed = (...references: readonly string[]): Json => ({ references });

function planOf(changes: readonly Json[], rootModule: Members, more: Members = {}): ReturnType<typeof readPlan> {
  const document = {
    format_version: '1.2',
    resource_changes: changes,
    configuration: { root_module: rootModule },
    ...more,
  };
  return readPlan(new TextEncoder().encode(JSON.stringify(document)));
}

function planned(address: string, actions: readonly string[], mode = 'managed', after: Json = null): Json {
  return { address, mode, type: 't', name: 'n', change: { actions, before: null, after } };
}

function managed(address: string, ...provisioners: readonly (readonly [string, Members])[]): Json {
  return {
    address,
    mode: 'managed',
    type: 't',
    provisioners: provisioners.map(([type, expressions]) => ({ type, expressions })),
  };
}

function source(
  address: string,
  ...provisioners: readonly (Partial<SourceProvisioner> & { type: string })[]
): ProvisionedResource {
  return {
    address,
    kind: 'resource',
    provisioners: provisioners.map((one) => ({
      moment: 'create',
      isFailureIgnored: false,
      connection: new Map(),
      ...one,
    })),
    settings: provisioners.map(() => new Map()),
  };
}

const BOTH = managed(
  't.a',
  ['local-exec', { command: constant('make') }],
  ['local-exec', { command: constant('break') }],
);
const SPLIT = source('t.a', { type: 'local-exec' }, { type: 'local-exec', moment: 'destroy', isFailureIgnored: true });
const MAKES = { address: 't.a', what: 'local-exec', text: 'after it is created: command = make' };
const BREAKS = {
  address: 't.a',
  what: 'local-exec',
  text: 'before it is destroyed, and Terraform goes on and reports no failure when it fails: command = break',
};

test.each([
  ['created', [['create']], [MAKES]],
  ['destroyed', [['delete']], [BREAKS]],
  ['replaced', [['delete', 'create']], [MAKES, BREAKS]],
  ['made anew without destroying', [['forget', 'create']], [MAKES]],
  ['created here and destroyed there', [['create'], ['delete']], [MAKES, BREAKS]],
  ['changed in place', [['update']], []],
  ['no longer managed', [['forget']], []],
])(
  '[TERRAFORM-24] of an object that is %s those provisioners are listed whose moment comes',
  (_how, actions, parts) => {
    const changes = actions.map((some, index) => planned(`t.a[${index}]`, some));
    expect(unpredictableParts(planOf(changes, { resources: [BOTH] }), [SPLIT])).toEqual(parts);
  },
);

test('[TERRAFORM-24, TERRAFORM-06] what the sources do not tell is listed whatever happens to the object, and said so', () => {
  const plan = planOf([planned('t.a', ['delete'])], { resources: [BOTH] });
  const untold = ['make', 'break'].map((command) => ({
    address: 't.a',
    what: 'local-exec',
    text: `nobody can tell when it runs, nor whether its failure is told: read it in the configuration: command = ${command}`,
  }));
  for (const sources of [
    [],
    [source('t.a', { type: 'local-exec' })],
    [source('t.a', { type: 'file' }, { type: 'file' })],
  ]) {
    expect(unpredictableParts(plan, sources)).toEqual(untold);
  }
  expect(unpredictableParts(plan, [source('t.b', { type: 'local-exec' }, { type: 'local-exec' })])).toEqual(untold);
  expect(unpredictableParts(plan, [{ ...SPLIT, kind: 'removed' }]).slice(0, 2)).toEqual(untold);
});

test('[TERRAFORM-24, L11] a connection is named with what reaches over it, and nothing of it that may be a secret', () => {
  const resource = managed(
    't.a',
    ['remote-exec', { inline: constant(['one', 'two']) }],
    ['file', {}],
    ['local-exec', {}],
  );
  const connection = new Map([
    ['host', 'h1'],
    ['user', 'root'],
    ['type', 'winrm'],
    ['port', '5986'],
    ['bastion_host', 'b1'],
  ]);
  const parts = unpredictableParts(planOf([planned('t.a', ['create'])], { resources: [resource] }), [
    source(
      't.a',
      { type: 'remote-exec', connection },
      { type: 'file', connection: new Map([['user', 'u']]) },
      { type: 'local-exec', connection },
    ),
  ]);
  expect(parts.map(({ what, text }) => `${what}: ${text}`)).toEqual([
    'remote-exec: after it is created: inline = ["one","two"]\nconnection: winrm to h1 port 5986 as root through b1',
    'file: after it is created: \nconnection: ssh to (a host that nobody can tell) as u',
    'local-exec: after it is created: ',
  ]);
  const bare = source(
    't.a',
    { type: 'remote-exec', connection: new Map([['host', 'h2']]) },
    { type: 'file' },
    { type: 'local-exec' },
  );
  expect(
    unpredictableParts(planOf([planned('t.a', ['create'])], { resources: [resource] }), [bare]).map(({ text }) => text),
  ).toEqual([
    'after it is created: inline = ["one","two"]\nconnection: ssh to h2 as (its default user)',
    'after it is created: ',
    'after it is created: ',
  ]);
});

test('[TERRAFORM-24] provisioners of a removed block run before the object goes, and only then', () => {
  const removed: ProvisionedResource = {
    ...source('module.m.t.gone', { type: 'local-exec', moment: 'destroy' }),
    kind: 'removed',
    settings: [
      new Map([
        ['when', 'destroy'],
        ['on_failure', 'fail'],
        ['command', '"bye"'],
        ['also', 'var.x'],
      ]),
    ],
  };
  const parts = (actions: readonly string[]): readonly string[] =>
    unpredictableParts(planOf([planned('module.m[1].t.gone["k"]', actions)], {}), [removed]).map(
      ({ address, what, text }) => `${what} at ${address}: ${text}`,
    );
  expect(parts(['delete'])).toEqual([
    'local-exec at module.m.t.gone: before it is destroyed: also = (computed: var.x)\ncommand = bye',
  ]);
  expect(parts(['forget'])).toEqual([]);
  expect(unpredictableParts(planOf([], {}), [removed])).toEqual([]);
});

test('[TERRAFORM-06] provisioners in modules, with what the plan can not know of them', () => {
  const deep = managed('t.deep', [
    'local-exec',
    { command: {}, environment: { A: computed('var.a', 'var.b') }, more: [constant(1)] } as Members,
  ]);
  const module = { module_calls: { m: { module: { module_calls: { n: { module: { resources: [deep] } } } } } } };
  const plan = planOf([planned('module.m["a.b\\"]"].module.n[0].t.deep[1]', ['create'])], module);
  expect(unpredictableParts(plan, [source('module.m.module.n.t.deep', { type: 'local-exec' })])).toEqual([
    {
      address: 'module.m.module.n.t.deep',
      what: 'local-exec',
      text: 'after it is created: command = (computed; read it in the configuration)\nenvironment = { A = (computed from var.a, var.b; read it in the configuration) }\nmore = [1]',
    },
  ]);
});

const data = (type: string, expressions: Members): Json => ({
  address: `data.${type}.d`,
  mode: 'data',
  type,
  expressions,
});

function told(resource: Json, changes: readonly Json[] = [], prior: Json = null): readonly string[] {
  const plan = planOf(
    changes,
    { resources: [resource] },
    prior === null ? {} : { prior_state: { values: { root_module: prior } } },
  );
  return unpredictableParts(plan, []).map(({ address, what, text }) => `${what} at ${address}: ${text}`);
}

test('[TERRAFORM-25, L11] an external program, a server and another state: what is asked, and no secret that is sent', () => {
  expect(
    told(
      data('external', {
        program: constant(['sh', 'x']),
        working_dir: constant('/w'),
        query: constant({ b: 'hidden', a: '1' }),
      }),
    ),
  ).toEqual(['external at data.external.d: asked while planning: runs ["sh","x"] in /w with a query of a, b']);
  expect(told(data('external', { program: computed('var.p'), query: computed('var.q') }))).toEqual([
    'external at data.external.d: asked while planning: runs (computed from var.p; read it in the configuration) with a query of what is computed',
  ]);
  expect(
    told(
      data('http', {
        url: constant('https://me:hidden@a.example/x?token=hidden&b=c#f'),
        method: constant('POST'),
        request_headers: constant({ Authorization: 'hidden', Accept: 'x' }),
        request_body: constant('hidden'),
      }),
    ),
  ).toEqual([
    'http at data.http.d: asked while planning: asks POST https://a.example/x?token=…&b=…#f with headers Accept, Authorization with a body',
  ]);
  expect(told(data('http', { url: constant('https://a.example/') }))).toEqual([
    'http at data.http.d: asked while planning: asks GET https://a.example/',
  ]);
  expect(
    told(
      data('terraform_remote_state', {
        backend: constant('s3'),
        config: constant({ bucket: 'b', key: 'k', secret_key: 'hidden' }),
        workspace: constant('prod'),
      }),
    ),
  ).toEqual([
    'terraform_remote_state at data.terraform_remote_state.d: asked while planning: reads the state of s3 at {"bucket":"b","key":"k"} in the workspace prod',
  ]);
  expect(told(data('terraform_remote_state', { backend: constant('local'), config: computed('var.c') }))).toEqual([
    'terraform_remote_state at data.terraform_remote_state.d: asked while planning: reads the state of local at (computed from var.c; read it in the configuration)',
  ]);
  expect(told(data('other', {}))).toEqual([]);
});

test('[TERRAFORM-25] what was asked while planning is told with its values, one line for each that differs, five at most', () => {
  const asked = (keys: readonly string[]): Json => ({
    child_modules: [{ resources: [{ address: 'data.http.other', values: { url: 'no' } }] }],
    resources: keys.map((key, index) => ({
      address: `data.http.d[${index}]`,
      values: { url: `https://${key}/`, method: null },
    })),
  });
  const http = data('http', { url: computed('each.key'), method: constant('HEAD') });
  expect(told(http, [], asked(['a', 'b', 'a']))).toEqual([
    'http at data.http.d: asked while planning: asks HEAD https://a/\nasks HEAD https://b/',
  ]);
  expect(
    told(http, [], asked(['a', 'b', 'c', 'd', 'e', 'f', 'g']))[0]
      ?.split('\n')
      .slice(-2),
  ).toEqual(['asks HEAD https://e/', 'and 2 more']);
});

test('[TERRAFORM-25] what is asked only while the change runs is said to be unknown until then', () => {
  const http = data('http', { url: computed('t.a.id'), method: constant('HEAD') });
  expect(told(http, [planned('data.http.d', ['read'], 'data', { method: 'PUT' })])).toEqual([
    'http at data.http.d: asked only while this runs, so what it answers is not known: asks PUT (computed from t.a.id; read it in the configuration)',
  ]);
  expect(told(http, [planned('data.http.d', ['no-op'], 'data'), planned('data.http.e', ['read'], 'data')])).toEqual([
    'http at data.http.d: asked while planning: asks HEAD (computed from t.a.id; read it in the configuration)',
  ]);
});
