import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTrust, policyOf, type TargetPolicy } from '../../../../src/loop/approve/index.ts';
import { fitsPattern } from '../../../../src/loop/approve/policy/fact-pattern.ts';
import { facts, PLACES, policy } from '../../../support/policy-questions.ts';
import { trustText } from '../../../support/trust-text.ts';

type Facts = Readonly<Record<string, string | number>>;

/** What a policy resolves: the environment with its notes, or the refusal. */
function resolved(
  more: string,
  target: string,
  values: Facts,
  driver: 'sqlite' | 'terraform' | 'argv' = 'sqlite',
): unknown {
  const answer = policy(more).resolve({ target, driver, facts: facts(values), directory: '/home/dora' });
  if (answer.kind === 'refused') {
    expect(answer.code).toBe('POLICY');
    expect(answer.next).not.toBe('');
    return `${answer.where}: ${answer.what}: ${answer.why}`;
  }
  return [answer.environment, ...answer.notes];
}

test('[APPROVE-02, L15] the environment follows from the facts, and unknown means production', () => {
  expect(resolved(PLACES, 'box', { 'sqlite.path': '/box/a.db' })).toEqual(['sandbox']);
  const nothing = 'no environment of the trust file matches these facts: this counts as production';
  const free = 'the trust file does not declare the target free: nothing binds it to a place';
  expect(resolved(PLACES, 'free', { 'sqlite.path': '/stage/a.db' })).toEqual(['staging', free]);
  expect(resolved(PLACES, 'free', { 'sqlite.path': '/else/a.db' })).toEqual(['production', free, nothing]);
  expect(resolved(PLACES, 'free', {})).toEqual(['production', free, nothing]);
  expect(resolved('', 'free', { 'sqlite.path': '/box/a.db' })).toEqual(['production', free, nothing]);
});

test('[APPROVE-02, L15] a sandbox label on a production backend is ignored, and people are told', () => {
  expect(resolved(PLACES, 'shop', { 'sqlite.path': '/srv/shop.db' })).toEqual([
    'production',
    'the label "sandbox" at trust.yaml:19:3 is ignored: the facts say production, and a label can only tighten',
  ]);
  const labelled = PLACES.replace(
    '{driver: sqlite, bind: {sqlite.path: /box/**}}',
    '{driver: sqlite, environment: staging}',
  );
  const unbound = 'nothing at trust.yaml:18:3 binds the target box to a place for sqlite';
  expect(resolved(labelled, 'box', { 'sqlite.path': '/box/a.db' })).toEqual(['staging', unbound]);
});

test('[APPROVE-02] of several environments that match, the strictest counts; all patterns of one must fit', () => {
  const both = `environments:
  sandbox: {where: [{argv.host: devbox}, {argv.host: '*', argv.directory: /sand/**}]}
  staging: {where: [{argv.directory: '**/stage'}]}
`;
  const environment = (values: Facts): unknown => (resolved(both, 'x', values, 'argv') as string[])[0];
  expect(environment({ 'argv.host': 'devbox', 'argv.directory': '/a' })).toBe('sandbox');
  expect(environment({ 'argv.host': 'other', 'argv.directory': '/sand/b' })).toBe('sandbox');
  expect(environment({ 'argv.host': 'other', 'argv.directory': '/a' })).toBe('production');
  expect(environment({ 'argv.host': 'devbox', 'argv.directory': '/sand/stage' })).toBe('staging');
  expect(environment({ 'argv.directory': '/sand/b' })).toBe('production');
});

test('[APPROVE-02, L15] only binding facts count, and every value of a fact must fit', () => {
  const { resolve } = policy(PLACES);
  const ask = (all: ReturnType<typeof facts>): unknown => {
    const answer = resolve({ target: 'free', driver: 'sqlite', facts: all, directory: '/' });
    return answer.kind === 'resolved' ? answer.environment : answer.why;
  };
  const stage = facts({ 'sqlite.path': '/stage/a' });
  expect(ask(stage)).toBe('staging');
  expect(ask(stage.map((fact) => ({ ...fact, role: 'version' })))).toBe('production');
  expect(ask([...stage, ...facts({ 'sqlite.path': '/else' })])).toBe('production');
  expect(ask([{ name: 'sqlite.path', role: 'binding', value: ['/stage/a'] }])).toBe('production');
});

test('[APPROVE-10, L15] a change whose facts are not those of its target is refused, with both values', () => {
  expect(resolved(PLACES, 'box', { 'sqlite.path': '/srv/shop.db' })).toBe(
    'trust.yaml:18:32: the target box: sqlite.path must fit "/box/**" and is "/srv/shop.db"',
  );
  expect(resolved(PLACES, 'box', {})).toBe(
    'trust.yaml:18:32: the target box: sqlite.path must fit "/box/**" and is not known',
  );
  expect(resolved(PLACES, 'box', { 'sqlite.path': '/srv/\u202e' })).toBe(
    'trust.yaml:18:32: the target box: sqlite.path must fit "/box/**" and is "/srv/⟨U+202E⟩"',
  );
  expect(resolved(PLACES, 'box', { 'sqlite.path': '/box/a.db' }, 'argv')).toBe(
    'trust.yaml:18:3: the target box: it is changed with sqlite, not with argv',
  );
});

test('[APPROVE-10, L15] a name that nothing binds is no way round a target that is bound', () => {
  expect(resolved(PLACES, 'my-own', { 'sqlite.path': '/srv/shop.db' })).toBe(
    'trust.yaml:19:3: the target my-own: its facts are those of the target shop',
  );
  const unbound = PLACES.replace('{driver: sqlite, bind: {sqlite.path: /box/**}}', '{driver: sqlite}');
  expect(resolved(unbound, 'box', { 'sqlite.path': '/srv/shop.db' })).toBe(
    'trust.yaml:19:3: the target box: its facts are those of the target shop',
  );
});

test('[APPROVE-10] what nothing binds takes nothing away from others, and a name is no way round itself', () => {
  const loose = `targets:
  any: {driver: sqlite}
  shop: {driver: sqlite, bind: {sqlite.path: /srv/shop.db}}
`;
  // "any" binds nothing, so every fact would fit it.
  for (const name of ['my-own', 'any']) {
    expect(resolved(loose, name, { 'sqlite.path': '/else' })).toContain('production');
  }
  const foreign = loose.replace('{driver: sqlite, bind', '{driver: [sqlite, argv], bind');
  expect(resolved(foreign, 'shop', { host: 'h' }, 'argv')).toContain('production');
});

test('[APPROVE-10] a target of several tools is bound by the facts of the tool that is used', () => {
  const places = `targets:
  shop: {driver: [terraform, argv], bind: {terraform.workspace: shop, host: h1}}
`;
  expect(resolved(places, 'shop', { 'terraform.workspace': 'dev', host: 'h1' }, 'terraform')).toMatch(
    /terraform.workspace must fit/,
  );
  expect(resolved(places, 'shop', { host: 'h1' }, 'argv')).toMatchObject(['production', /./]);
  expect(resolved(places, 'shop', { host: 'h2' }, 'argv')).toMatch(/host must fit "h1" and is "h2"/);
});

test('[APPROVE-10] the runner is the one that the target names, or the only one there is', () => {
  const { resolve } = policy(PLACES);
  const ask = { target: 'box', driver: 'sqlite', facts: facts({ 'sqlite.path': '/box/a' }), directory: '/' } as const;
  expect(resolve(ask)).toMatchObject({
    kind: 'resolved',
    runner: { name: 'laptop', account: 'deploy' },
    runnerRecipient: `age1${'q'.repeat(58)}`,
    verifierRecipients: [`age1${'z'.repeat(58)}`],
    mandatedChecks: [],
  });
  const two = PLACES.replace('box: {', 'box: {runner: second, ');
  const twoRunners = withSecondRunner(PLACES);
  expect(twoRunners.resolve(ask)).toMatchObject({
    kind: 'refused',
    code: 'POLICY',
    where: 'trust.yaml:19:3',
    why: 'the trust file has 2 runners and does not say which one runs this target',
  });
  expect(withSecondRunner(two).resolve(ask)).toMatchObject({
    runner: { name: 'second', key: SECOND_KEY, account: 'ops' },
  });
  const undeclared = twoRunners.resolve({ ...ask, target: 'free', facts: [] });
  expect(undeclared).toMatchObject({ kind: 'refused', where: 'trust.yaml:1:1' });
});

const SECOND_KEY = `MCowBQYDK2VwAyEA${'D'.repeat(43)}=`;

function withSecondRunner(more: string): TargetPolicy {
  const second = `  - {name: second, key: '${SECOND_KEY}', recipient: age1${'p'.repeat(58)}, account: ops}\nverifiers:`;
  return policyOf(parseTrust(trustText(more).replace('verifiers:', second), 'trust.yaml'), { isSigned: false });
}

/** The pattern language once more, as slowly and plainly as it can be written. */
function plainly(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('**'))
    return plainly(pattern.slice(2), text) || (text !== '' && plainly(pattern, text.slice(1)));
  if (pattern.startsWith('*')) {
    return plainly(pattern.slice(1), text) || (text !== '' && text[0] !== '/' && plainly(pattern, text.slice(1)));
  }
  const isFitting = pattern[0] === '?' ? text[0] !== '/' : pattern[0] === text[0];
  return text !== '' && isFitting && plainly(pattern.slice(1), text.slice(1));
}

test('[APPROVE-02] patterns fit as they are documented, whole values only', () => {
  for (const [pattern, text, fits] of [
    ['/srv/*.db', '/srv/shop.db', true],
    ['/srv/*.db', '/srv/x/shop.db', false],
    ['/srv/**', '/srv/x/shop.db', true],
    ['/srv/**', '/srv', false],
    ['**', '', true],
    ['*', 'a\nb', true],
    ['?', '/', false],
    ['?', 'é', true],
    ['?', '😀', true],
    ['a.c', 'abc', false],
    ['[a]', 'a', false],
    ['shop', 'shop2', false],
    ['shop', 'Shop', false],
    ['/box/**', '/box/../srv/shop.db', true],
  ] as const) {
    expect([pattern, text, fitsPattern(pattern, text)]).toEqual([pattern, text, fits]);
  }
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*', '?'), maxLength: 9 });
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      seen.add(fitsPattern(pattern, text));
      expect(fitsPattern(pattern, text)).toBe(plainly(pattern, text));
    }),
    { numRuns: 2000 },
  );
  expect(seen.size).toBe(2);
  expect(fitsPattern(`${'**a'.repeat(60)}b`, 'a'.repeat(3000))).toBe(false);
});
