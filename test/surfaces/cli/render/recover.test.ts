/** The ways back, as a tired person reads them: what is wrong, what each does, why not, and what to type. */

import { expect, test } from 'vitest';
import { recoverText } from '../../../../src/surfaces/cli/render/recover.ts';
import { paintFor } from '../../../../src/surfaces/cli/terminal.ts';
import { recoverView } from '../../../../src/surfaces/cli/view/recover-view.ts';

const VIEW = recoverView({
  kind: 'recoveries',
  change: {
    target: 'infra',
    driver: 'terraform',
    directory: '/srv/infra',
    variables: [],
    secretVariables: [],
    recovers: 'p-1',
  },
  outcome: { kind: 'indeterminate', resources: [], end: { kind: 'lost' }, because: [], evidence: [] },
  verdict: undefined,
  why: 'outcome and verdict are in doubt',
  found: ['eve\u001b[31m holds the lock'],
  recoveries: [
    {
      kind: 'force-unlock',
      subject: 'lock-1',
      isPossible: false,
      what: 'removes the lock',
      evidence: ['it is held'],
      whyNot: 'eve holds it',
      first: null,
    },
    {
      kind: 'untaint',
      subject: 'a.b["it\'s"]',
      isPossible: true,
      what: 'takes it back',
      evidence: [],
      whyNot: null,
      first: 'look at it',
    },
  ],
});

test('[TERRAFORM-21, L12, L13] each way back says what it does, why not, what comes first and what to type', () => {
  const lines = recoverText(VIEW, paintFor(false)).split('\n');
  expect(lines.slice(0, 2)).toEqual([
    'p-1  holds infra: outcome and verdict are in doubt',
    '  outcome indeterminate, verdict none',
  ]);
  expect(lines.slice(lines.indexOf('WAYS BACK'))).toEqual([
    'WAYS BACK',
    '  force-unlock lock-1  not now',
    '    removes the lock',
    '    seen   it is held',
    '    why    eve holds it',
    '  untaint a.b["it\'s"]',
    '    takes it back',
    '    first  look at it',
    `    then   countersign recover p-1 --with untaint 'a.b["it'\\''s"]'`,
    '',
    'NEXT  look at the world yourself. Propose a way back, have it approved, executed and verified, then',
    '  countersign reconcile p-1 --through RECOVERY --note "what you found"',
  ]);
  expect(lines.join('')).not.toContain('\u001b');
});

test('[TERRAFORM-21, L13] where no way back is prepared, the text says how to propose one', () => {
  const text = recoverText({ ...VIEW, recoveries: [] }, paintFor(false));
  expect(text).toContain('none is prepared: propose the change that puts it right with --recovers p-1');
  expect(VIEW.recoveries.map(({ command }) => command === null)).toEqual([true, false]);
});
