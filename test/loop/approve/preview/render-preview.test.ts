import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countChanges,
  digestJson,
  type Json,
  type Preview,
  type ProposalState,
  type ResourceChange,
  visibleText,
} from '../../../../src/kernel/index.ts';
import { renderPreview, type SealedState } from '../../../../src/loop/approve/index.ts';
import { openProposal, sha256 } from '../../../support/approved-world.ts';
import { PLACES, policy } from '../../../support/policy-questions.ts';

const OPEN = openProposal(policy(PLACES));
const SEALED = { place: [{ name: 'sqlite.path', value: '/srv/shop.db' }], programs: [] };
const OPTIONS = { widthColumns: 100, mostTextLines: 50, sealed: SEALED, evidence: [], targetNotes: [] };

const PREVIEW: Preview = {
  schema: 'countersign.preview/1',
  driver: 'sqlite',
  counts: { destroys: 2, replaces: 1, creates: 1, updates: 1, runs: 1, others: 1 },
  resources: [
    { address: 'table old', action: 'delete', attributes: [] },
    {
      address: 'table users',
      action: 'replace',
      reason: 'cannot_update',
      attributes: [
        { path: 'name', before: 'a', after: 'b', isUnknownAfter: false, isSensitive: false, forcesReplacement: true },
        { path: 'id', before: 1, after: null, isUnknownAfter: true, isSensitive: false, forcesReplacement: false },
        {
          path: 'password',
          before: 'hunter2',
          after: 'hunter3',
          isUnknownAfter: false,
          isSensitive: true,
          forcesReplacement: false,
        },
      ],
    },
  ],
  unpredictable: [{ address: 'migrate.sql:3', what: 'non-transactional', text: 'VACUUM' }],
  text: 'drop table old;\n\talter table users;\n',
  notes: ['two locks are taken'],
};

/** The state of a proposal whose preview is this one. */
function stateFor(preview: Preview, changed: Partial<SealedState> = {}): SealedState {
  // Only members that both have in common are changed, so that it stays the state that it was.
  return { ...OPEN, previewDigest: digestJson(sha256, preview), ...changed } as SealedState;
}

const looked = { observed: null, observedDigest: '0'.repeat(64), detail: '', atMs: 0 };
const question = { path: '/v', expect: { exists: true } };
const check = {
  kind: 'file',
  claim: '/v gives {"exists":true}',
  origin: 'mandated',
  question,
  timeoutMs: 1,
} as const;

test('[APPROVE-11] what decides comes first: target, environment, destroys, holes, who, why, checks', () => {
  const state = stateFor(PREVIEW, {
    intent: 'tidy up',
    proposer: { kind: 'agent', name: 'claude', person: 'dora', model: 'm-1', session: 's-9' },
    checks: ['one', 'two', 'three', 'four'].map((id) => ({ ...check, id })),
    lookedAt: [
      { ...looked, id: 'one', answer: 'red' },
      { ...looked, id: 'two', answer: 'green' },
      { ...looked, id: 'three', answer: 'unknown', detail: 'timed out' },
    ],
  });
  expect(renderPreview(state, PREVIEW, OPTIONS).split('\n')).toEqual(
    [
      'TARGET      box, SANDBOX',
      'PLACE       sqlite.path: /srv/shop.db',
      'WOULD       DESTROY 2 (1 to be replaced), run 1, create 1, update 1, others 1',
      'UNKNOWN     1 that nobody can predict:',
      '            non-transactional at migrate.sql:3: VACUUM',
      'NOTE        two locks are taken',
      'WHO         the agent claude (m-1, session s-9), run by dora',
      'WHY         tidy up',
      'CHECKS      one (file, mandated): /v gives {"exists":true}; red now, so it can confirm',
      '            two (file, mandated): /v gives {"exists":true}; green now already, so it can only refute',
      '            three (file, mandated): /v gives {"exists":true}; no readable answer now: timed out',
      '            four (file, mandated): /v gives {"exists":true}; nobody has looked yet',
      'NEEDS       1 approval; only ann, ben, cyd may approve; an approval lives 1h at most; nobody may',
      '            break the glass; until 2029-01-02T00:00:00.000Z',
      'BECAUSE     defaults (trust.yaml:1:1): 1 approval; only ann, ben, cyd may approve; open for 1d at',
      '            most; an approval lives 1h at most; nobody may break the glass',
      'RUNS ON     laptop, with sqlite',
      `BUNDLE      ${'b'.repeat(64)}`,
      `PREVIEW     ${digestJson(sha256, PREVIEW)}`,
      '',
      'CHANGES, what destroys first',
      '  -   DELETE    table old',
      '  -/+ REPLACE   table users  (cannot_update)',
      '                  name: "a" => "b"  (forces replacement)',
      '                  id: 1 => (known after the change)',
      '                  password: (sensitive) => (sensitive)',
      '',
      "THE TOOL'S OWN WORDS",
      '| drop table old;',
      '|     alter table users;',
      '',
    ].map((line) => line.trimEnd()),
  );
});

test('[APPROVE-23, L3, L12] below a check stands what its claim does not say: the question, the bytes it runs, and what may change', () => {
  const argv = ['sh', 'x.sh', '--of=a\u202Eb'];
  const command = { argv, reads: ['a\u202Eb'], expect: { exitCode: 0 } };
  const said = { id: 'said', kind: 'command', claim: 'all is well', origin: 'proposal', timeoutMs: 1 } as const;
  const path = '/srv/shop.db';
  const shape = { schemaDigest: 'e'.repeat(64) };
  const state = stateFor(PREVIEW, {
    checks: [
      { ...said, question: command },
      {
        ...said,
        id: 'bare',
        claim: 'true gives {"exitCode":0}',
        question: { argv: ['true'], expect: { exitCode: 0 } },
      },
      { ...said, id: 'shape', kind: 'sqlite', question: { path, expect: shape } },
      { ...said, id: 'plan', kind: 'terraform-plan', question: {} },
      { ...said, id: 'odd', kind: 'file', question: { odd: 1 } },
    ],
  });
  const programs = [
    { check: 'said', path: '/usr/bin/dash', sha256: 'a'.repeat(64), sizeBytes: 1 },
    { check: 'other', path: '/usr/bin/other', sha256: 'c'.repeat(64), sizeBytes: 1 },
    { check: 'said', path: '/srv/\u001bx.sh', sha256: 'b'.repeat(64), sizeBytes: 1 },
  ];
  const options = { ...OPTIONS, widthColumns: 200, sealed: { ...SEALED, programs } };
  const lines = renderPreview(state, PREVIEW, options).split('\n');
  const from = lines.findIndex((line) => line.startsWith('CHECKS'));
  expect(
    lines.slice(
      from,
      lines.findIndex((line) => line.startsWith('NEEDS')),
    ),
  ).toEqual([
    'CHECKS      said (command, proposal): all is well; nobody has looked yet',
    '              asks: sh x.sh --of=a⟨U+202E⟩b gives {"exitCode":0}',
    '              runs, sealed: /usr/bin/dash (aaaaaaaaaaaa…), /srv/⟨U+001B⟩x.sh (bbbbbbbbbbbb…)',
    '              reads, not sealed, may change: a⟨U+202E⟩b',
    '            bare (command, proposal): true gives {"exitCode":0}; nobody has looked yet',
    '              RUNS WHAT IS NOT SEALED: the verifier will not put it',
    '            shape (sqlite, proposal): all is well; nobody has looked yet',
    '              asks: /srv/shop.db: its shape gives {"schemaDigest":"eeeeeeeeeeee…"}',
    '            plan (terraform-plan, proposal): all is well; nobody has looked yet',
    '            odd (file, proposal): all is well; nobody has looked yet',
    '              asks: {"odd":1}',
  ]);
});

test('[APPROVE-11, L15] the place stands right below the target, and what it rests on and recovers below the intent', () => {
  const sealed = {
    place: [
      { name: 'terraform.directory', value: '/srv/infra\nTARGET      other' },
      { name: 'terraform.backend.path', value: { bucket: 'b', key: '\u202Ek' } },
    ],
    programs: [],
  };
  const evidence = [
    { id: 'e-1', digest: 'd1', about: 'disk\u001b[2J usage\nTARGET' },
    { id: 'e-2\u001b[2J', digest: 'd2', about: null },
  ];
  const state = stateFor(PREVIEW, { intent: 'tidy up', recovers: 'p-before' });
  const lines = renderPreview(state, PREVIEW, { ...OPTIONS, sealed, evidence }).split('\n');
  expect(lines.slice(0, 4)).toEqual([
    'TARGET      box, SANDBOX',
    'PLACE       terraform.directory: /srv/infra⟨U+000A⟩TARGET      other',
    '            terraform.backend.path: {"bucket":"b","key":"⟨U+202E⟩k"}',
    expect.stringMatching(/^WOULD {7}DESTROY/),
  ]);
  const why = lines.indexOf('WHY         tidy up');
  expect(lines.slice(why + 1, why + 4)).toEqual([
    'RECOVERS    p-before, of which nothing is recorded',
    'EVIDENCE    e-1  “disk⟨U+001B⟩[2J usage⟨U+000A⟩TARGET”  sha256 d1',
    '            e-2⟨U+001B⟩[2J  of which the record has no such bytes  sha256 d2',
  ]);
  const bare = renderPreview(stateFor(PREVIEW), PREVIEW, {
    ...OPTIONS,
    sealed: { place: [], programs: [] },
  });
  expect(bare).not.toMatch(/^(PLACE|RECOVERS|EVIDENCE)/m);
});

test('[APPROVE-33, L13, L15] what is doubtful about the target stands right below it, before anything else', () => {
  const targetNotes = ['nothing binds it\nPLACE', 'the label "sandbox" is ignored'];
  const lines = renderPreview(stateFor(PREVIEW), PREVIEW, { ...OPTIONS, targetNotes }).split('\n');
  expect(lines.slice(0, 5)).toEqual([
    'TARGET      box, SANDBOX',
    'PLACE       sqlite.path: /srv/shop.db',
    'BEWARE      nothing binds it⟨U+000A⟩PLACE',
    '            the label "sandbox" is ignored',
    expect.stringMatching(/^WOULD {7}DESTROY/),
  ]);
  expect(renderPreview(stateFor(PREVIEW), PREVIEW, OPTIONS)).not.toContain('BEWARE');
});

test('[APPROVE-32, L13] what a recovery puts right is shown with the reason why it is held', () => {
  const state = stateFor(PREVIEW, { recovers: 'p-before' });
  const row = (recovered: object | undefined): string | undefined => {
    // Only kind and reason are read of it.
    const options = { ...OPTIONS, widthColumns: 200, recovered: recovered as ProposalState | undefined };
    return renderPreview(state, PREVIEW, options)
      .split('\n')
      .find((line) => line.startsWith('RECOVERS'));
  };
  expect(row({ kind: 'held', why: 'the outcome is partial\nTARGET' })).toBe(
    'RECOVERS    p-before, which is held because the outcome is partial⟨U+000A⟩TARGET',
  );
  expect(row({ kind: 'closed' })).toBe(
    'RECOVERS    p-before, which is closed and not held: there is nothing to recover',
  );
  for (const nothing of [undefined, { kind: 'absent' }]) {
    expect(row(nothing)).toBe('RECOVERS    p-before, of which nothing is recorded');
  }
});

test('[APPROVE-11, L3] a preview that is not the one that would be signed begins with STOP', () => {
  const state = stateFor(PREVIEW);
  const other = { ...PREVIEW, counts: { ...PREVIEW.counts, destroys: 0 } };
  expect(renderPreview(state, other, OPTIONS).split('\n')[0]).toBe(
    'STOP        this preview is not the one that a signature would cover: do not sign it',
  );
  expect(renderPreview(state, PREVIEW, OPTIONS)).not.toContain('STOP');
});

test('[APPROVE-11, L7] the lack of any check, and a standing grant, are said where they can not be missed', () => {
  const empty: Preview = {
    ...PREVIEW,
    counts: countChanges([]),
    resources: [],
    unpredictable: [],
    text: '',
    notes: [],
  };
  const state = stateFor(empty, { checks: [], proposer: { kind: 'person', name: 'ann' } });
  const text = renderPreview(state, empty, OPTIONS);
  expect(text).toContain('WOULD       change nothing that the tool can foresee\n');
  expect(text).toContain('CHECKS      NONE: nothing can confirm this, and the target will be held afterwards\n');
  expect(text).toContain('WHO         ann, a person\n');
  for (const absent of ['UNKNOWN', 'NOTE', 'CHANGES', "TOOL'S"]) expect(text).not.toContain(absent);
  const granted = { ...state, requirement: { ...OPEN.requirement, approvals: 0, grant: 'nightly' } };
  expect(renderPreview(granted, empty, OPTIONS)).toContain(
    'NEEDS       nothing more: the standing grant nightly approves it; until 2029-01-02T00:00:00.000Z\n',
  );
  const { requirement: _, ...proposed } = state as ReturnType<typeof openProposal>;
  expect(renderPreview({ ...proposed, kind: 'proposed' }, empty, OPTIONS)).not.toContain('NEEDS');
  const unnamed = stateFor(empty, { proposer: { kind: 'agent', name: 'claude', person: 'dora' } });
  expect(renderPreview(unnamed, empty, OPTIONS)).toContain(
    'WHO         the agent claude (an unnamed model, no session known), run by dora\n',
  );
});

test('[APPROVE-11] what is made shows its values, what is removed those that go, and a change both', () => {
  const value = { path: 'v', isUnknownAfter: false, isSensitive: false, forcesReplacement: false };
  const shown = (action: ResourceChange['action'], before: Json, after: Json): string => {
    const resources: readonly ResourceChange[] = [{ address: 'r', action, attributes: [{ ...value, before, after }] }];
    const preview = { ...PREVIEW, resources };
    return /^ +v: .*$/m.exec(renderPreview(stateFor(preview), preview, OPTIONS))?.[0].trim() ?? '';
  };
  for (const action of ['create', 'run', 'read', 'import'] as const) expect(shown(action, null, 1)).toBe('v: 1');
  expect(shown('create', 0, 1)).toBe('v: 0 => 1');
  expect(shown('update', null, 1)).toBe('v: null => 1');
  expect(shown('update', 1, null)).toBe('v: 1 => null');
  expect(shown('delete', 1, null)).toBe('v: 1');
  expect(shown('delete', 1, 2)).toBe('v: 1 => 2');
  expect(shown('replace', 1, null)).toBe('v: 1 => null');
});

test('[APPROVE-11] many holes are counted at the top and all listed below', () => {
  const hole = (index: number): Preview['unpredictable'][number] => ({
    address: `r${index}`,
    what: 'local-exec',
    text: 'sh',
  });
  const preview = { ...PREVIEW, unpredictable: Array.from({ length: 7 }, (_, index) => hole(index)) };
  const text = renderPreview(stateFor(preview), preview, OPTIONS);
  expect(text).toContain('UNKNOWN     7 that nobody can predict, the first 5 of them here and all below:\n');
  expect(text.split('CHANGES')[0]).not.toContain('r5');
  expect(text).toContain('\nWHAT NOBODY CAN PREDICT\n  local-exec at r0: sh\n');
  expect(text).toContain('  local-exec at r6: sh\n');
  const five = { ...preview, unpredictable: preview.unpredictable.slice(0, 5) };
  expect(renderPreview(stateFor(five), five, OPTIONS)).not.toContain('WHAT NOBODY CAN PREDICT');
});

test('[APPROVE-11] text that is left out is counted, with the command that shows it', () => {
  const preview = { ...PREVIEW, text: Array.from({ length: 60 }, (_, index) => `line ${index}`).join('\n') };
  const lines = renderPreview(stateFor(preview), preview, OPTIONS).trimEnd().split('\n');
  expect(lines.at(-2)).toBe('| line 49');
  expect(lines.at(-1)).toBe('10 more lines: countersign show p1 --json');
});

test('[APPROVE-11, L12] no text from outside can hide, reorder, or begin a line of ours', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '\nTARGET      box, SANDBOX',
      '\r\u001b[2J',
      '\u202eevil',
      'a\u200bb',
      '漢字'.repeat(40),
      '\t'.repeat(30),
      'x'.repeat(300),
    ),
  );
  const LABELS =
    /^(TARGET|PLACE|BEWARE|RECOVERS|EVIDENCE|WOULD|UNKNOWN|NOTE|WHO|WHY|CHECKS|NEEDS|BECAUSE|RUNS ON|BUNDLE|PREVIEW|CHANGES, what|THE TOOL'S|STOP| {12}| {2}|\| |\|$|$)/;
  fc.assert(
    fc.property(
      fc.array(nasty, { minLength: 9, maxLength: 9 }),
      fc.integer({ min: 40, max: 120 }),
      (words, widthColumns) => {
        const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = '', i = ''] = words;
        const preview: Preview = {
          ...PREVIEW,
          resources: [
            {
              address: a,
              action: 'update',
              reason: b,
              attributes: [
                { path: c, before: d, after: e, isUnknownAfter: false, isSensitive: false, forcesReplacement: false },
              ],
            },
          ],
          unpredictable: [{ address: a, what: f, text: g }],
          notes: [h],
          text: i,
        };
        const state = stateFor(PREVIEW, {
          intent: a,
          recovers: h,
          target: b,
          proposer: { kind: 'agent', name: c, person: d, model: e, session: f },
          checks: [{ ...check, id: 'c', claim: g }],
        });
        const sealed = {
          place: [
            { name: c, value: d },
            { name: e, value: { [f]: g } },
          ],
          programs: [],
        };
        const evidence = [{ id: h, digest: i, about: a }];
        const text = renderPreview(state, preview, {
          widthColumns,
          mostTextLines: 1000,
          sealed,
          evidence,
          targetNotes: [a, h],
        });
        expect(visibleText(text)).toBe(text);
        expect(text).not.toContain('\t');
        const lines = text.split('\n');
        expect(lines.filter((line) => !LABELS.test(line))).toEqual([]);
        expect(lines.filter((line) => line.startsWith('TARGET'))).toHaveLength(1);
        const digests = /^(BUNDLE|PREVIEW) /;
        expect(
          lines.filter((line) => columns(line) > widthColumns && !digests.test(line) && !/^STOP|^CHANGES/.test(line)),
        ).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test('[APPROVE-11] a line of a megabyte is wrapped in one pass', () => {
  const preview = { ...PREVIEW, text: 'word '.repeat(200_000) };
  const text = renderPreview(stateFor(preview), preview, {
    widthColumns: 80,
    mostTextLines: 2,
    sealed: SEALED,
    evidence: [],
    targetNotes: [],
  });
  expect(text).toContain(`\n| ${'word '.repeat(15).trimEnd()}\n`);
  expect(text).toMatch(/\n\d{5} more lines: countersign show p1 --json\n$/);
});

/** Columns as a terminal counts them, for the letters of this test. */
function columns(line: string): number {
  return [...line].reduce((sum, letter) => sum + (/[\u4e00-\u9fff]/.test(letter) ? 2 : 1), 0);
}
