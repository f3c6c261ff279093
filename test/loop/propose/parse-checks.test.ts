import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFailure } from '../../../src/kernel/index.ts';
import { parseChecks } from '../../../src/loop/propose/index.ts';

test('[PROPOSE-08] both spellings of one check mean the same', () => {
  const expected = {
    id: 'file',
    kind: 'file',
    claim: '/srv/VERSION gives {"contains":"2.1"}',
    origin: 'proposal',
    question: { path: '/srv/VERSION', expect: { contains: '2.1' } },
    timeoutMs: 30_000,
  };
  expect(parseChecks('{file: {path: /srv/VERSION, expect: {contains: "2.1"}}}', '--check')).toEqual([expected]);
  expect(
    parseChecks('kind: file\nquestion:\n  path: /srv/VERSION\n  expect:\n    contains: "2.1"\n', 'c.yaml'),
  ).toEqual([expected]);
});

test('[PROPOSE-08] a file with every kind is read in order, with ids that are unique', () => {
  const text = `
checks:
  - http: {url: "http://127.0.0.1:8080/health", expect: {status: 200}}
  - http: {url: "http://127.0.0.1/x", method: HEAD, expect: {body: {jsonPath: a.0, equals: 1}}}
    id: http-2
    claim: "it is \\u202E up"
    timeout: 2m
  - http: {url: "https://x.example/", expect: {status: 404}}
    timeout: 500ms
  - command: {argv: [test, -f, /x], expect: {exitCode: 0}}
    timeout: 5s
  - sqlite: {path: /srv/x.db, query: "select count(*) from t", expect: {scalar: 3}}
  - sqlite: {path: /srv/x.db, expect: {rowCounts: {t: 3}}}
`;
  const checks = parseChecks(text, 'c.yaml');
  expect(checks.map(({ id, kind, timeoutMs, claim }) => [id, kind, timeoutMs, claim])).toEqual([
    ['http', 'http', 30_000, 'GET http://127.0.0.1:8080/health gives {"status":200}'],
    ['http-2', 'http', 120_000, 'it is ⟨U+202E⟩ up'],
    ['http-3', 'http', 500, 'GET https://x.example/ gives {"status":404}'],
    ['command', 'command', 5_000, 'test -f /x gives {"exitCode":0}'],
    ['sqlite', 'sqlite', 30_000, '/srv/x.db: select count(*) from t gives {"scalar":3}'],
    ['sqlite-2', 'sqlite', 30_000, '/srv/x.db: its shape gives {"rowCounts":{"t":3}}'],
  ]);
  expect(checks[0]?.question).toEqual({
    url: 'http://127.0.0.1:8080/health',
    method: 'GET',
    expect: { status: 200 },
  });
  expect(checks.every(({ origin }) => origin === 'proposal')).toBe(true);
});

test.each([
  ['{file: {path: relative, expect: {exists: true}}}', '1:9', 'file.path: must be an absolute path'],
  ['file:\n  path: /x\n  expect: {}', '3:3', 'file.expect: expects nothing, so it could never be red'],
  ['file:\n  path: /x\n  expect: {exist: true}', '3:12', 'file.expect.exist: is not known here'],
  ['- file: {path: /x, expect: {exists: true}}\n  clam: x', '2:3', 'clam: is not known here'],
  [
    '- {file: {path: /x, expect: {exists: true}}, id: Upper}',
    '1:46',
    'id: must be lower-case letters, digits and -, 64 at most',
  ],
  ['- {file: {path: /x, expect: {exists: true}}, timeout: 11m}', '1:46', 'timeout: must be at most 10m'],
  [
    '- {file: {path: /x, expect: {exists: true}}, timeout: 5}',
    '1:46',
    'timeout: Invalid input: expected string, received number',
  ],
  [
    '- {file: {path: /x, expect: {exists: true}}, timeout: 5h}',
    '1:46',
    'timeout: must be a duration such as 10s, 500ms or 2m',
  ],
  ['{http: {url: "ftp://x", expect: {status: 200}}}', '1:9', 'http.url: must be an http or https URL'],
  [
    '{http: {url: "http://x", method: POST, expect: {status: 200}}}',
    '1:26',
    'http.method: Invalid option: expected one of "GET"|"HEAD"',
  ],
  [
    '{http: {url: "http://x", expect: {body: {matches: "("}}}}',
    '1:42',
    'http.expect.body.matches: is not a regular expression',
  ],
  [
    '{sqlite: {path: /x, query: "delete from t", expect: {scalar: 1}}}',
    '1:21',
    'sqlite.query: must be a single SELECT',
  ],
  ['{}', '1:1', 'a check of no known kind'],
  ['{kind: ping, question: {}}', '1:2', 'a check of no known kind'],
  ['{terraform-plan: {}}', '1:1', 'a check of no known kind'],
  ['{file: {path: /x, expect: {exists: true}}, http: {}}', '1:1', 'a check of two kinds: http and file'],
  ['- 1', '1:3', 'a check is a map'],
  ['', '1:1', 'there is no check in it'],
  ['[]', '1:1', 'there is no check in it'],
  ['- {a: 1, a: 2}', '1:10', 'it is not YAML: Map keys must be unique'],
  ['{file: ', '1:8', 'it is not YAML: Flow map must end with a }'],
  [
    '- &a {file: {path: /x, expect: {exists: true}}}\n- *a',
    '1:1',
    'it holds an alias, or a value that JSON can not carry',
  ],
  [
    '- {id: a, file: {path: /x, expect: {exists: true}}}\n- {id: a, file: {path: /x, expect: {exists: true}}}',
    '2:4',
    'the check a stands twice',
  ],
])('[PROPOSE-08, L13] %s is refused at %s', (text, where, message) => {
  try {
    parseChecks(text, 'c.yaml');
    expect.unreachable();
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    expect([thrown.code, thrown.where, thrown.message]).toEqual(['CONFIG_INVALID', `c.yaml:${where}`, message]);
  }
});

test.each([
  ['- 1', 'write {file: {path: /srv/VERSION, expect: {contains: "2.1"}}}'],
  ['- []', 'write {file: {path: /srv/VERSION, expect: {contains: "2.1"}}}'],
  ['- null', 'write {file: {path: /srv/VERSION, expect: {contains: "2.1"}}}'],
  ['[]', 'declare at least one'],
  ['checks: []', 'declare at least one'],
  ['{}', 'use one of command, http, file, sqlite'],
  ['{file: {}, http: {}}', 'use one of command, http, file, sqlite'],
  ['{file: {path: /x, expect: {}}}', 'see the shapes of checks in the documentation'],
  ['{a: 1, a: 2}', 'correct the line'],
  ['- &a 1\n- *a', 'write every value out'],
  ['- {file: {path: /x, expect: {contains: .nan}}}', 'write every value out'],
  ['- {file: {path: /x, expect: {contains: .inf}}}', 'write every value out'],
  ['- {file: {path: "/\\uD800", expect: {exists: true}}}', 'write every value out'],
  [
    '- {id: a, file: {path: /x, expect: {exists: true}}}\n- {id: a, file: {path: /x, expect: {exists: true}}}',
    'rename one of them',
  ],
  ['- {file: {path: /x, expect: {exists: true}}}\n'.repeat(51), 'keep the telling ones'],
  [`# ${'x'.repeat(256 * 1024)}`, 'keep the checks only'],
])('[PROPOSE-08, L13] of %j it is said what to write instead', (text, hint) => {
  expect(() => parseChecks(text, 'c.yaml')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', hint }));
});

test('[PROPOSE-08, L12] a file of any name is shown as it is, and what YAML says keeps to one line', () => {
  const failure = (text: string, file: string): unknown => {
    try {
      return parseChecks(text, file);
    } catch (thrown) {
      return thrown;
    }
  };
  expect(failure('[]', 'a\u202Eb')).toMatchObject({ where: 'a⟨U+202E⟩b:1:1' });
  expect(failure(' '.repeat(256 * 1024 + 1), 'a\u202Eb')).toMatchObject({
    where: 'a⟨U+202E⟩b:1:1',
    message: 'it is larger than 256 KiB',
  });
  expect(failure('- {file: {path: /x, expect: {contains: .nan}}}', 'c')).toMatchObject({
    where: 'c:1:1',
    message: 'it holds an alias, or a value that JSON can not carry',
  });
  expect(failure('"\u001b', 'c')).toMatchObject({ message: expect.stringMatching(/^it is not YAML: [^\n]*$/) });
});

test('[PROPOSE-08] the largest that is allowed is taken', () => {
  const one = '{file: {path: /x, expect: {exists: true}}';
  const id = 'a'.repeat(64);
  const [check] = parseChecks(`${one}, timeout: 10m, id: ${id}, claim: ${'y'.repeat(500)}}`, 'c');
  expect(check).toMatchObject({ id, timeoutMs: 600_000, claim: 'y'.repeat(500) });
  for (const more of [`id: ${'a'.repeat(65)}`, `claim: ${'y'.repeat(501)}`, 'claim: ""', 'timeout: 0s', 'id: -a']) {
    expect(() => parseChecks(`${one}, ${more}}`, 'c')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  }
  const padded = `${one}}\n#`;
  expect(parseChecks(padded + 'x'.repeat(256 * 1024 - padded.length), 'c')).toHaveLength(1);
});

test('[PROPOSE-08] too much is refused', () => {
  const one = '- {file: {path: /x, expect: {exists: true}}}\n';
  expect(parseChecks(one.repeat(50), 'c.yaml')).toHaveLength(50);
  expect(() => parseChecks(one.repeat(51), 'c.yaml')).toThrow('there are 51 checks, at most 50 can be put');
  expect(() => parseChecks(`# ${'x'.repeat(256 * 1024)}`, 'c.yaml')).toThrow('it is larger than 256 KiB');
});

test('[PROPOSE-08, L12] any text is read or refused with a place, and never a bug', () => {
  const word = fc.constantFrom(
    ...['file', 'http', 'kind', 'question', 'expect', 'path', '/x', 'url', 'http://x', 'status', '200', 'id', 'a'],
    ...[
      '{',
      '}',
      '[',
      ']',
      ':',
      ': ',
      ',',
      '\n',
      '- ',
      '  ',
      '"',
      '&a',
      '*a',
      '!!x',
      '#',
      'true',
      'null',
      '\u202E',
      '\uD800',
    ],
  );
  let refused = 0;
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      try {
        parseChecks(words.join(''), 'c.yaml');
      } catch (thrown) {
        if (!isFailure(thrown)) throw thrown;
        refused += 1;
        expect(thrown.code).toBe('CONFIG_INVALID');
        expect(thrown.where).toMatch(/^c\.yaml:\d+:\d+$/);
      }
    }),
    { numRuns: 2_000 },
  );
  expect(refused).toBeGreaterThan(500);
});
