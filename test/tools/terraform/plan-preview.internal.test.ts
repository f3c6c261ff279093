import { expect, test } from 'vitest';
import type { AttributeChange, Json } from '../../../src/kernel/index.ts';
import { attributeChanges } from '../../../src/tools/terraform/attribute-changes.ts';
import { maskText } from '../../../src/tools/terraform/mask-text.ts';
import { canonicalPlan, planPreview } from '../../../src/tools/terraform/plan-preview.ts';
import { readPlan } from '../../../src/tools/terraform/read-plan.ts';
import { sensitiveValues } from '../../../src/tools/terraform/sensitive-values.ts';
import { change } from './apply-events.ts';

const encode = (value: Json): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function planOf(more: { readonly [name: string]: Json } = {}): ReturnType<typeof readPlan> {
  return readPlan(encode({ format_version: '1.2', timestamp: '2026-01-01T00:00:00Z', applyable: true, ...more }));
}

function planned(address: string, actions: readonly string[], more: { readonly [name: string]: Json } = {}): Json {
  return { address, mode: 'managed', type: 't', name: 'n', change: { actions, before: null, after: null, ...more } };
}

const brief = (attributes: readonly AttributeChange[]): readonly string[] =>
  attributes.map(({ path, before, after, isUnknownAfter, isSensitive, forcesReplacement }) => {
    const flags = `${isUnknownAfter ? '?' : ''}${isSensitive ? '*' : ''}${forcesReplacement ? '!' : ''}`;
    return `${path}${flags}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`;
  });

test('[TERRAFORM-05] attributes: what differs, what is not known yet, what forces a replacement', () => {
  const attributes = attributeChanges(
    change('a', ['delete', 'create'], {
      before: {
        id: 'i-1',
        tags: { Name: 'x', 'a b': '1' },
        list: [1, 2],
        same: true,
        gone: 'y',
        nested: [{ deep: 1 }],
      },
      after: { tags: { Name: 'z', 'a b': '2' }, list: [1, 3, 4], same: true, gone: null, nested: [{ deep: 2 }] },
      afterUnknown: { id: true, tags: {}, list: [false, false, false], nested: [{ other: true }] },
      replacePaths: [['list', 1], ['tags']],
    }),
  );
  expect(brief(attributes)).toEqual([
    'gone: "y" -> null',
    'id?: "i-1" -> null',
    'list[1]!: 2 -> 3',
    'list[2]: null -> 4',
    'nested[0].deep: 1 -> 2',
    'nested[0].other?: null -> null',
    'tags.Name!: "x" -> "z"',
    'tags["a b"]!: "1" -> "2"',
  ]);
});

test('[TERRAFORM-07, L11] attributes: a sensitive side hides both, and nothing below it is shown', () => {
  const attributes = attributeChanges(
    change('a', ['update'], {
      before: { password: 'old', map: { k: 'v' }, plain: 'p', kept: 's', typed: 'text', was: { a: 1, b: 2 } },
      after: { password: 'new', map: { k: 'w' }, plain: 'q', kept: 's', typed: { a: 'secret' }, was: { a: 1, b: 3 } },
      beforeSensitive: { password: true, kept: true, was: true },
      afterSensitive: { map: true, kept: true, typed: { a: true } },
    }),
  );
  expect(brief(attributes)).toEqual([
    'map*: "(sensitive)" -> "(sensitive)"',
    'password*: "(sensitive)" -> "(sensitive)"',
    'plain: "p" -> "q"',
    'typed*: "(sensitive)" -> "(sensitive)"',
    'was*: "(sensitive)" -> "(sensitive)"',
  ]);
});

test('[TERRAFORM-05] attributes: an object that is wholly unknown or wholly sensitive is one row', () => {
  expect(brief(attributeChanges(change('a', ['create'], { after: {}, afterUnknown: true })))).toEqual([
    '?: null -> null',
  ]);
  expect(brief(attributeChanges(change('a', ['create'], { after: { x: 1 }, afterSensitive: true })))).toEqual([
    '*: "(sensitive)" -> "(sensitive)"',
  ]);
  expect(attributeChanges(change('a', ['no-op'], { before: { x: [1] }, after: { x: [1] } }))).toEqual([]);
});

test('[TERRAFORM-05, L12] the preview orders what destroys first, counts it, and shows every hidden character', () => {
  const preview = planPreview({
    plan: planOf({
      resource_changes: [
        planned('c', ['create'], { after: { 'k\u202e': 'v\u001b[2J' } }),
        planned('u', ['update']),
        planned('n', ['no-op']),
        planned('r', ['create', 'delete']),
        planned('d', ['delete']),
        planned('data.x', ['read']),
        planned('k', ['create', 'forget']),
      ],
    }),
    humanText: 'text \u200b',
    secrets: [],
    provisioned: [],
    unpredictable: [{ address: 'p\n', what: 'w\n', text: 't\u202e' }],
    notes: ['n\u202e'],
    options: ['-target=o\u202e'],
  });
  expect(preview.resources.map(({ address, action }) => `${action} ${address}`)).toEqual([
    'delete d',
    'replace r',
    'create c',
    'create k',
    'update u',
    'read data.x',
  ]);
  expect(preview.counts).toEqual({ destroys: 2, replaces: 1, creates: 2, updates: 1, runs: 0, others: 1 });
  expect(preview.resources[2]?.attributes[0]).toMatchObject({ path: '["k⟨U+202E⟩"]', after: 'v⟨U+001B⟩[2J' });
  expect(preview.resources[3]?.reason).toBe('no longer managed, not destroyed');
  expect(preview.text).toBe('text ⟨U+200B⟩');
  expect(preview.notes).toEqual([
    'destroys 2 and touches 6 of 7 objects, 1 of 1 providers, 1 of 1 modules',
    'n⟨U+202E⟩',
  ]);
  expect(preview.options).toEqual(['-target=o⟨U+202E⟩']);
  expect(preview.unpredictable).toEqual([{ address: 'p⟨U+000A⟩', what: 'w⟨U+000A⟩', text: 't⟨U+202E⟩' }]);
});

test('[TERRAFORM-05] notes: outputs, conditions that do not hold, drift, what is put off', () => {
  const plan = planOf({
    complete: false,
    output_changes: {
      plain: { actions: ['update'], before: 1, after: 2 },
      unknown: { actions: ['create'], before: null, after_unknown: true },
      hidden: { actions: ['create'], after: 'secret', after_sensitive: true },
      same: { actions: ['no-op'], before: 1, after: 1 },
    },
    checks: [
      { address: { to_display: 'check.ok' }, status: 'pass' },
      { address: { to_display: 'check.bad' }, status: 'fail', instances: [{ problems: [{ message: 'too old' }] }] },
      { address: { to_display: 'check.broken' }, status: 'error' },
    ],
    resource_drift: [planned('drifted', ['update']), planned('still', ['no-op'])],
    deferred_changes: [{ resource_change: { address: 'later' } }],
  });
  const preview = planPreview({
    plan,
    humanText: '',
    secrets: [],
    provisioned: [],
    unpredictable: [],
    notes: ['said'],
    options: [],
  });
  expect(preview.notes).toEqual([
    'destroys 0 and touches 0 of 0 objects, 0 of 0 providers, 0 of 0 modules',
    'said',
    'output plain: update, from 1 to 2',
    'output unknown: create, from (nothing or not known yet) to (nothing or not known yet)',
    'output hidden: create (sensitive)',
    'check.bad does not hold now: too old',
    'check.broken does not hold now: error',
    'drifted was changed outside of Terraform since its last run',
    'later is put off to a later plan',
    'the plan is not complete: another one will be needed afterwards',
  ]);
});

test('[TERRAFORM-12, L13] an action that nobody knows is refused with its address', () => {
  const plan = planOf({ resource_changes: [planned('a', ['transmogrify'])] });
  expect(() =>
    planPreview({ plan, humanText: '', secrets: [], provisioned: [], unpredictable: [], notes: [], options: [] }),
  ).toThrow('nobody knows what Terraform means by transmogrify');
});

test.each([
  ['no JSON', new TextEncoder().encode('nope')],
  ['an array', encode([1])],
  ['another format', encode({ format_version: '2.0' })],
  ['no format', encode({})],
  ['a change without actions', encode({ format_version: '1.2', resource_changes: [planned('a', [])] })],
])('[TERRAFORM-12] a plan document that is %s is not read', (_what, bytes) => {
  expect(() => readPlan(bytes)).toThrow("Terraform's description of the plan can't be read");
});

test('[TERRAFORM-08] two plans of the same change have one canonical text, whenever they were made', () => {
  const one = planOf({ resource_changes: [planned('a', ['create'])] });
  const two = planOf({ timestamp: '2027-07-07T07:07:07Z', resource_changes: [planned('a', ['create'])] });
  expect(canonicalPlan(one.document)).toBe(canonicalPlan(two.document));
  expect(canonicalPlan(planOf({ resource_changes: [planned('b', ['create'])] }).document)).not.toBe(
    canonicalPlan(one.document),
  );
  expect(one.document).not.toHaveProperty('timestamp');
});

test('[TERRAFORM-12] a plan of an older Terraform is applyable when it changes anything', () => {
  const old = (actions: readonly string[]): boolean =>
    readPlan(encode({ format_version: '1.0', resource_changes: [planned('a', actions)] })).isApplyable;
  expect([old(['create']), old(['no-op'])]).toEqual([true, false]);
});

const secretive = planOf({
  variables: {
    password: { value: 'variable-secret' },
    plain: { value: 'not-a-secret' },
    object: { value: { k: ['deep-secret'] } },
  },
  configuration: {
    root_module: {
      variables: {
        password: { sensitive: true, default: 'default-secret' },
        plain: { default: 'plain-default' },
        object: { sensitive: true },
      },
    },
  },
  resource_changes: [
    planned('a', ['update'], {
      before: { x: 'before-secret', list: ['l0', 'list-secret'], n: 123456 },
      after: { x: 'after-secret', y: 'open-value' },
      before_sensitive: { x: true, list: [false, true], n: true },
      after_sensitive: { x: true },
    }),
  ],
  resource_drift: [planned('b', ['update'], { before: { x: 'drift-secret' }, before_sensitive: true })],
  output_changes: { o: { actions: ['create'], after: 'output-secret', after_sensitive: true } },
  planned_values: {
    outputs: { p: { sensitive: true, value: 'planned-secret' }, q: { sensitive: false, value: 'open-output' } },
    root_module: { child_modules: [{ resources: [{ values: { v: 'child-secret' }, sensitive_values: { v: true } }] }] },
  },
  prior_state: {
    values: {
      root_module: { resources: [{ values: { v: 'prior-secret', w: 'open-prior' }, sensitive_values: { v: true } }] },
    },
  },
});

test('[TERRAFORM-07, L11] every place where Terraform repeats a secret is found, and nothing open is', () => {
  expect([...sensitiveValues(secretive)].sort()).toEqual([
    '123456',
    'after-secret',
    'before-secret',
    'child-secret',
    'deep-secret',
    'default-secret',
    'drift-secret',
    'list-secret',
    'output-secret',
    'planned-secret',
    'prior-secret',
    'variable-secret',
  ]);
});

test('[TERRAFORM-07, L11] a secret is masked as JSON, Go and HCL write it, and line by line; longest first', () => {
  const secret = `line "one" <a>\nline \${two}`;
  const plan = planOf({
    variables: { s: { value: secret } },
    configuration: { root_module: { variables: { s: { sensitive: true } } } },
  });
  const secrets = sensitiveValues(plan);
  const text = [
    secret,
    JSON.stringify(secret),
    `"line \\"one\\" \\u003ca\\u003e\\nline \${two}"`,
    `"line \\"one\\" <a>\\nline $\${two}"`,
    `only line \${two} here`,
  ].join('|');
  expect(maskText(text, secrets)).toBe('(sensitive)|"(sensitive)"|"(sensitive)"|"(sensitive)"|only (sensitive) here');
  expect(secrets[0]?.length).toBe(Math.max(...secrets.map(({ length }) => length)));
  const short = planOf({
    variables: { s: { value: 'abc' } },
    configuration: { root_module: { variables: { s: { sensitive: true } } } },
  });
  expect(sensitiveValues(short)).toEqual([]);
});
