import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFailure } from '../../../../src/kernel/index.ts';
import { parseRepositoryRules, parseTrust, policyOf } from '../../../../src/loop/approve/index.ts';
import { ANN, RUNNER_KEY, trustText } from '../../../support/trust-text.ts';

/** What a text is refused with: place, message and hint; or `read` when it is not. */
function complaint(text: string, read: (text: string) => unknown = (all) => parseTrust(all, 'trust.yaml')): string {
  try {
    read(text);
    return 'read';
  } catch (thrown) {
    if (!isFailure(thrown) || thrown.code !== 'CONFIG_INVALID') throw thrown;
    expect(thrown.hint).not.toBe('');
    return `${thrown.where} ${thrown.message} | ${thrown.hint}`;
  }
}

/** The complaint about a line that is added to a valid file. */
const adding = (more: string): string => complaint(trustText(more));

test('[APPROVE-01] a whole trust file is understood, with every rule where it stands', () => {
  const trust = parseTrust(
    trustText(`targets:
  shop: {driver: [terraform, argv], bind: {terraform.workspace: shop}, environment: staging, runner: laptop}
environments:
  sandbox: {where: [{sqlite.path: /tmp/**}]}
defaults: {openFor: 2h, breakGlass: [cyd]}
policy:
  - name: two
    when: preview.destroys > 0
    demand: {approvals: 2, from: [database], fourEyes: true, plainKeys: false, approvalFor: 15m}
  - {name: never, refuse: not today}
grants:
  - {name: small, target: shop, driver: argv, argv: [a, '*'], expires: 2030-01-31, uses: 3, by: ann}
`),
    'trust.yaml',
  );
  expect(trust.version).toBe(1);
  expect(trust.approvers.map(({ name, accounts, keys }) => [name, accounts, keys.length])).toEqual([
    ['ann', ['ann'], 1],
    ['ben', ['ben', 'benjamin'], 1],
    ['cyd', [], 1],
  ]);
  expect(trust.approvers[1]?.where).toBe('trust.yaml:7:5');
  expect(trust.targets.get('shop')).toMatchObject({
    drivers: ['terraform', 'argv'],
    environment: 'staging',
    runner: 'laptop',
    where: 'trust.yaml:18:3',
  });
  expect(trust.targets.get('shop')?.bind).toEqual([
    { fact: 'terraform.workspace', pattern: 'shop', where: 'trust.yaml:18:44' },
  ]);
  expect(trust.defaults).toEqual({
    approvals: 1,
    from: ['ann', 'ben', 'cyd'],
    fourEyes: false,
    plainKeys: true,
    signedReconcile: false,
    openForMs: 7_200_000,
    approvalForMs: 3_600_000,
    breakGlass: ['cyd'],
    needsPostconditions: false,
  });
  expect(trust.policy.map((rule) => [rule.name, rule.where, rule.when?.text])).toEqual([
    ['two', 'trust.yaml:23:5', 'preview.destroys > 0'],
    ['never', 'trust.yaml:26:6', undefined],
  ]);
  expect(trust.policy[0]?.effect).toEqual({
    kind: 'demand',
    demand: {
      approvals: 2,
      from: ['ann', 'ben'],
      fourEyes: true,
      plainKeys: false,
      openForMs: undefined,
      approvalForMs: 900_000,
      breakGlass: undefined,
      needsPostconditions: undefined,
    },
  });
  expect(trust.grants).toEqual([
    {
      name: 'small',
      target: 'shop',
      driver: 'argv',
      when: undefined,
      argv: ['a', '*'],
      expiresAtMs: Date.UTC(2030, 0, 31),
      uses: 3,
      by: 'ann',
      where: 'trust.yaml:28:6',
    },
  ]);
});

test('[APPROVE-01] without any rule, one approval by any approver within an hour is asked for', () => {
  const { defaults } = parseTrust(trustText(), 'trust.yaml');
  expect(defaults).toEqual({
    approvals: 1,
    from: ['ann', 'ben', 'cyd'],
    fourEyes: false,
    plainKeys: true,
    signedReconcile: false,
    openForMs: 86_400_000,
    approvalForMs: 3_600_000,
    breakGlass: [],
    needsPostconditions: false,
  });
});

test('[APPROVE-01, L13] an unknown field is an error with its place and the word that was meant', () => {
  expect(adding('polcy: []\n')).toBe('trust.yaml:17:1 polcy is not a known field | did you mean `policy`?');
  expect(adding('policy:\n  - name: a\n    demand: {aprovals: 2}\n')).toBe(
    'trust.yaml:19:14 policy[0].demand.aprovals is not a known field | did you mean `approvals`?',
  );
  expect(adding('targets:\n  shop: {driver: argv, zzz: 1}\n')).toBe(
    'trust.yaml:18:24 targets.shop.zzz is not a known field | known here are driver, bind, environment, runner, checks',
  );
  expect(adding('polcy: []\ntragets: {}\n')).toBe(
    'trust.yaml:17:1 polcy is not a known field (and 1 more) | did you mean `policy`?',
  );
});

test('[APPROVE-01, L13] a missing field and a wrong value are named where they stand', () => {
  expect(complaint('schema: countersign.trust/1\n')).toBe(
    'trust.yaml:1:1 version is missing (and 3 more) | add `version`',
  );
  expect(complaint('')).toMatch(/^trust.yaml:1:1 the document: /);
  expect(complaint(trustText().replace('trust/1', 'trust/2'))).toBe(
    'trust.yaml:1:1 schema: must be countersign.trust/1 | see the schema in docs/schemas',
  );
  expect(complaint(trustText('', 0))).toBe(
    'trust.yaml:2:1 version: must be at least 1 | see the schema in docs/schemas',
  );
  expect(adding('targets:\n  shop: {driver: helm}\n')).toMatch(
    /^trust.yaml:18:10 targets.shop.driver: must be argv, terraform or sqlite/,
  );
  expect(adding('targets:\n  "a b": {driver: argv}\n')).toMatch(
    /^trust.yaml:18:3 targets.a b: must be a name: letters/,
  );
  expect(adding('policy:\n  - {name: a, demand: {approvals: 0}}\n')).toMatch(
    /^trust.yaml:18:24 policy\[0\].demand.approvals: must be at least 1: nothing runs without a person/,
  );
  expect(adding('policy:\n  - {name: a, demand: {}}\n')).toMatch(/policy\[0\].demand: must demand something/);
  expect(adding('policy:\n  - {name: a}\n')).toMatch(
    /policy\[0\]: must have either `demand` or `refuse`, and not both/,
  );
  expect(adding('policy:\n  - {name: a, refuse: x, demand: {approvals: 1}}\n')).toMatch(/must have either/);
  expect(adding('defaults: {openFor: 31d}\n')).toBe(
    'trust.yaml:17:12 defaults.openFor must be at most 30d | shorten it',
  );
  expect(adding('defaults: {openFor: 30d}\n')).toBe('read');
  expect(adding('defaults: {approvalFor: 1w}\n')).toMatch(/^trust.yaml:17:12 defaults.approvalFor: must be a duration/);
  expect(adding('environments: {sandbox: {where: [{}]}}\n')).toMatch(/must name at least one fact/);
  expect(adding('environments: {test: {where: []}}\n')).toMatch(/environments.test is not a known field/);
});

test('[APPROVE-01] names that nobody has are refused with the nearest that somebody has', () => {
  expect(adding('defaults: {from: [databse]}\n')).toBe(
    'trust.yaml:17:19 defaults.from[0]: nobody is called databse | did you mean `database`?',
  );
  expect(adding('defaults: {from: [ann, zorro]}\n')).toBe(
    'trust.yaml:17:24 defaults.from[1]: nobody is called zorro | known are ann, ben, cyd, database',
  );
  expect(complaint(trustText().replace('[ann, ben]}', '[ann, bem]}'))).toBe(
    'trust.yaml:12:26 groups.database[1]: nobody is called bem | did you mean `ben`?',
  );
  expect(complaint(trustText().replace('{database:', '{ann:'))).toBe(
    'trust.yaml:12:10 groups.ann: an approver has this name too | rename the group',
  );
  expect(adding('targets:\n  shop: {driver: argv, runner: lapto}\n')).toMatch(/did you mean `laptop`\?$/);
  expect(adding('grants: [{name: g, target: shop, driver: sqlite, expires: 2030-01-01, by: ann}]\n')).toBe(
    'trust.yaml:17:20 grants[0].target: the file has no shop of this kind | known are none',
  );
});

test('[APPROVE-01, L2] no two people share a key, and no verifier is a runner', () => {
  const doubled = trustText().replace(/keys: \['ssh-ed25519 \S+ ben'\]/, `keys: ['${ANN.line}']`);
  expect(complaint(doubled)).toMatch(
    /^trust.yaml:9:12 approvers\[1\].keys\[0\]: the key SHA256:\S+ is that of ann already/,
  );
  const twice = trustText().replace(`keys: ['${ANN.line}']`, `keys: ['${ANN.line}', '${ANN.line} again']`);
  expect(complaint(twice)).toMatch(/approvers\[0\].keys\[1\]: the key SHA256:\S+ is that of ann already/);
  expect(complaint(trustText().replace('name: ben', 'name: ann'))).toBe(
    'trust.yaml:7:5 approvers[1].name: the approver ann stands here for the second time, first at trust.yaml:4:5 | rename or remove one of them',
  );
  expect(complaint(trustText().replace(/MCowBQYDK2VwAyEAC+=/, RUNNER_KEY))).toMatch(
    /^trust.yaml:16:\d+ verifiers\[0\].key: the key MCow/,
  );
  expect(complaint(trustText().replace('name: watcher', 'name: laptop'))).toMatch(
    /verifiers\[0\].name: the process laptop stands here/,
  );
  expect(complaint(trustText().replace(/age1z+/, `age1${'q'.repeat(58)}`))).toMatch(
    /verifiers\[0\].recipient: the recipient age1/,
  );
  expect(complaint(trustText().replace(RUNNER_KEY, 'MCow'))).toMatch(/runners\[0\].key: must be an Ed25519 public key/);
  expect(complaint(trustText().replace(ANN.line, 'ssh-ed25519 AAAA'))).toMatch(
    /approvers\[0\].keys\[0\] is not a key that can approve: /,
  );
});

test('[APPROVE-05, L13] a condition that is no yes-or-no question is refused at the character', () => {
  const at = (when: string): string => adding(`policy:\n  - name: a\n    when: ${when}\n    refuse: no\n`);
  expect(at('preview.destoys > 0')).toMatch(
    /^trust.yaml:19:19 policy\[0\].when is not a condition: No such key: destoys \|/,
  );
  expect(at('"preview.destoys > 0"')).toMatch(/^trust.yaml:19:20 /);
  expect(at('>-\n      preview.destoys > 0')).toMatch(/^trust.yaml:19:\d+ policy\[0\].when is not a condition/);
  expect(at('preview.destroys')).toMatch(/it gives int, and yes or no is asked/);
  expect(at('preview.destroys >')).toMatch(/^trust.yaml:19:29 .*Unexpected token: EOF/);
  expect(at('process.env')).toMatch(/Unknown variable: process/);
  expect(at('target.name.matches("(a+)+$")')).toMatch(/^trust.yaml:19:11 .*`matches` is not offered/);
  expect(at('cel.bind(x, "a", x + x == "aa")')).toMatch(/`bind` is not offered/);
  expect(at('argv.exists(a, argv.exists(b, a == b))')).toMatch(
    /^trust.yaml:19:\d+ .*`exists` stands within another loop/,
  );
  expect(at('argv.filter(a, a != "x").exists(b, b == "y")')).toBe('read');
  expect(at('checks.count == 0 || proposer.kind == "agent" && proposer.model == ""')).toBe('read');
});

test('[APPROVE-01] mandated checks must be questions that can be asked, each once', () => {
  const check = (more: string): string => adding(`targets:\n  shop:\n    driver: argv\n    checks:\n${more}`);
  const file = '      - {id: there, kind: file, claim: it is there, question: {path: /x, expect: {exists: true}}}\n';
  expect(check(file)).toBe('read');
  expect(check(file + file)).toMatch(
    /^trust.yaml:22:10 targets.shop.checks\[1\].id: the check there stands here for the second time/,
  );
  expect(check(file.replace('exists: true', ''))).toMatch(
    /^trust.yaml:21:\d+ targets.shop.checks\[0\].question.expect is no question that a file check can ask: expects nothing/,
  );
  expect(check(file.replace('/x', 'x'))).toMatch(/checks\[0\].question.path is no question/);
  const spec = parseTrust(
    trustText(`targets: {shop: {driver: argv, checks: [${file.slice(8).trim()}]}}`),
    't',
  ).targets.get('shop');
  expect(spec?.checks).toEqual([
    {
      id: 'there',
      kind: 'file',
      claim: 'it is there',
      origin: 'mandated',
      question: { path: '/x', expect: { exists: true } },
      timeoutMs: 30_000,
    },
  ]);
});

test('[APPROVE-09] a grant for a command needs a pattern for each argument, and a day that exists', () => {
  const grant = (more: string): string =>
    adding(`targets: {box: {driver: argv}}\ngrants:\n  - {name: g, target: box, driver: argv, by: ann, ${more}}\n`);
  expect(grant('expires: 2030-01-01')).toBe(
    'trust.yaml:19:5 grants[0] would allow any command | add `argv` with one pattern for each argument of the command',
  );
  expect(grant('expires: 2030-01-01, argv: [a]')).toBe('read');
  expect(grant('expires: "2030-01-01T10:00:00Z", argv: [a]')).toBe('read');
  expect(grant('expires: 2030-02-31, argv: [a]')).toMatch(/grants\[0\].expires: must be a date such as/);
  expect(grant('expires: soon, argv: [a]')).toMatch(/grants\[0\].expires: must be a date such as/);
});

test('[APPROVE-01, L12] what a person reads is all there is: no aliases, tags, doubled keys or hidden names', () => {
  expect(adding('defaults: &d {openFor: 1h}\n')).toMatch(/^trust.yaml:17:\d+ it uses an anchor/);
  expect(complaint('a: &x 1\nb: *x\n')).toMatch(/^trust.yaml:1:\d+ it uses an anchor/);
  expect(adding('defaults: *d\n')).toMatch(/^trust.yaml:17:11 it (uses an alias|is not the YAML)/);
  expect(adding('defaults: !secret {openFor: 1h}\n')).toMatch(
    /^trust.yaml:17:\d+ it is not the YAML that is read here: Unresolved tag/,
  );
  expect(adding('defaults: !!map {openFor: 1h}\n')).toMatch(/^trust.yaml:17:\d+ it uses a tag/);
  expect(adding('version: 3\n')).toMatch(
    /^trust.yaml:17:1 it is not the YAML that is read here: Map keys must be unique/,
  );
  expect(adding('1: 3\n')).toMatch(/^trust.yaml:17:1 it has a key that is not text/);
  expect(adding('---\nx: 1\n')).toMatch(/it is not the YAML that is read here: .*documents/);
  expect(complaint(`${trustText()}"a\\u202eb": 1\n`)).toMatch(/^trust.yaml:17:1 a⟨U\+202E⟩b is not a known field/);
  expect(complaint(trustText().replace('name: ann', 'name: "a\\u202en"'))).toMatch(
    /approvers\[0\].name: must be a name/,
  );
  expect(complaint('a: "\\ud800"\n')).toMatch(/it has a value that JSON can not carry/);
  expect(complaint('a: .inf\n')).toMatch(/it has a value that JSON can not carry/);
  expect(complaint('"\\ud800": 1\n')).toMatch(/it has a key with half a character/);
  expect(complaint('x'.repeat(300_000))).toBe(
    'trust.yaml:1:1 it is larger than 256 KiB | split off what does not belong here',
  );
  expect(complaint('['.repeat(100_000))).toMatch(/^trust.yaml:1:\d+ it is not the YAML that is read here: /);
  for (const depth of [70, 200, 400, 700]) {
    expect(complaint(`a: ${'['.repeat(depth)}${']'.repeat(depth)}`)).toMatch(
      /^trust.yaml:1:\d+ it is (nested too deeply|not the YAML)/,
    );
  }
  expect(complaint('a: [', (text) => parseTrust(text, 'a\u001b[2J.yaml'))).toMatch(/^a⟨U\+001B⟩\[2J.yaml:1:\d+ /);
});

test('[APPROVE-01] whatever is written, the parsers read it or say where it is wrong', () => {
  const good = trustText('defaults: {openFor: 1h}\npolicy: [{name: a, when: "true", refuse: "no"}]\n');
  const readers = [(text: string) => parseTrust(text, 'f'), (text: string) => parseRepositoryRules(text, 'f')];
  const piece = fc.oneof(
    fc.string({ maxLength: 12, unit: 'binary' }),
    fc.constantFrom(
      '\n',
      '  ',
      ': ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '|',
      '>',
      '&a',
      '*a',
      '!t',
      '#',
      '? ',
      '%',
      '\t',
    ),
  );
  const anywhere = fc.tuple(fc.nat(good.length), fc.nat(20), piece);
  const lineEnds = [...good.matchAll(/\n/g)].map((match) => match.index);
  const atLineEnd = fc.tuple(
    fc.constantFrom(...lineEnds),
    fc.constant(0),
    fc.constantFrom(' ', '\n', ' # a remark', ': '),
  );
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.oneof(anywhere, atLineEnd), ([at, cut, noise]) => {
      for (const read of readers) {
        const said = complaint(good.slice(0, at) + noise + good.slice(at + cut), read);
        expect(said).toMatch(/^(read$|f:\d+:\d+ \S)/);
        seen.add(said === 'read' ? 'read' : 'refused');
      }
    }),
    { numRuns: 200 },
  );
  expect([...seen].sort()).toEqual(['read', 'refused']);
});

test('[APPROVE-12, L15] a repository can not loosen, and is told at which line it tried', () => {
  const rules = (demand: string): string =>
    `schema: countersign.repository/1\npolicy:\n  - name: mine\n    demand: {${demand}}\n`;
  const trust = parseTrust(trustText('defaults: {approvals: 2, openFor: 4h, breakGlass: [ben]}\n'), 'trust.yaml');
  const said = (demand: string): string =>
    complaint(rules(demand), (text) =>
      policyOf(trust, { isSigned: false, repositoryRules: parseRepositoryRules(text, 'countersign.yaml') }),
    );
  const fixed = 'a repository can only tighten: remove the line';
  expect(said('fourEyes: false')).toBe(
    `countersign.yaml:4:14 policy[0].demand.fourEyes would loosen the policy | ${fixed}`,
  );
  expect(said('approvals: 3, plainKeys: true')).toBe(
    `countersign.yaml:4:28 policy[0].demand.plainKeys would loosen the policy | ${fixed}`,
  );
  expect(said('postconditions: optional')).toMatch(/postconditions would loosen the policy/);
  const stricter = `${fixed}, or choose a stricter value`;
  expect(said('approvals: 1')).toBe(
    `countersign.yaml:4:14 policy[0].demand.approvals would be looser than the trust file, which has 2 | ${stricter}`,
  );
  expect(said('openFor: 5h')).toMatch(/openFor would be looser than the trust file, which has 4h/);
  expect(said('approvalFor: 61m')).toMatch(/approvalFor would be looser than the trust file, which has 1h/);
  expect(said('breakGlass: [ann]')).toMatch(/breakGlass would be looser than the trust file, which has ben/);
  expect(said('breakGlass: [database]')).toMatch(/breakGlass would be looser than the trust file, which has ben/);
  expect(said('from: [nobody]')).toMatch(
    /^countersign.yaml:4:21 policy\[0\].demand.from\[0\]: nobody is called nobody/,
  );
  for (const tighter of [
    'approvals: 2',
    'approvals: 3',
    'openFor: 4h',
    'breakGlass: []',
    'breakGlass: [ben]',
    'from: [database]',
    'fourEyes: true',
    'plainKeys: false',
    'postconditions: required',
    'approvalFor: 1h',
  ]) {
    expect(said(tighter)).toBe('read');
  }
});

test('[APPROVE-12] a repository has no say in approvers, targets, grants or defaults', () => {
  const said = (more: string): string =>
    complaint(`schema: countersign.repository/1\n${more}\n`, (text) => parseRepositoryRules(text, 'c.yaml'));
  for (const field of [
    'approvers: []',
    'targets: {}',
    'grants: []',
    'defaults: {}',
    'environments: {}',
    'runners: []',
  ]) {
    expect(said(field)).toMatch(/^c.yaml:2:1 \w+ is not a known field/);
  }
  expect(said('environment: production')).toBe('read');
});

test('[APPROVE-12] a check of the repository can not take the place of one of the operator', () => {
  const check = '{id: there, kind: file, claim: it is there, question: {path: /x, expect: {exists: true}}}';
  const trust = parseTrust(trustText(`targets: {shop: {driver: argv, checks: [${check}]}}\n`), 'trust.yaml');
  const said = (id: string): string =>
    complaint(`schema: countersign.repository/1\nchecks: [${check.replace('there', id)}]\n`, (text) =>
      policyOf(trust, { isSigned: false, repositoryRules: parseRepositoryRules(text, 'c.yaml') }),
    );
  expect(said('there')).toBe('c.yaml:2:11 checks[0].id: the trust file has a check of this id | choose another id');
  expect(said('there-too')).toBe('read');
});

test('[APPROVE-01, RECORD-26] a disowned entry is understood by its number and whole hash, each once, or refused where it stands', () => {
  const hash = 'ab'.repeat(32);
  const one = (entry: string, digest = hash): string => `{entry: ${entry}, hash: '${digest}', why: forged}`;
  const trust = parseTrust(trustText(`disowned: [${one('7')}, ${one('9')}]\n`), 'trust.yaml');
  expect(trust.disowned).toEqual([
    { seq: 7, hash, why: 'forged' },
    { seq: 9, hash, why: 'forged' },
  ]);
  expect(parseTrust(trustText(), 'trust.yaml').disowned).toEqual([]);
  expect(adding(`disowned:\n  - ${one('7')}\n  - ${one('7')}\n`)).toBe(
    'trust.yaml:19:6 disowned[1].entry: the entry 7 stands here for the second time, first at trust.yaml:18:6 | rename or remove one of them',
  );
  for (const [entry, digest, said] of [
    ['0', hash, 'entry: must be at least 1'],
    ['1.5', hash, 'entry: must be a whole number'],
    ['7', hash.slice(2), 'hash: must be the hash of the entry: 64 lower-case hexadecimal characters'],
    ['7', hash.toUpperCase(), 'hash: must be the hash of the entry: 64 lower-case hexadecimal characters'],
  ] as const) {
    expect(adding(`disowned: [${one(entry, digest)}]\n`)).toContain(said);
  }
  expect(adding(`disowned: [{entry: 7, hash: '${hash}'}]\n`)).toContain('disowned[0].why is missing');
});
