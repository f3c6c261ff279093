import { expect, test } from 'vitest';
import type { CheckedApproval, Requirement } from '../../src/kernel/index.ts';
import { type QuorumAnswer, quorum } from '../../src/kernel/quorum.ts';
import { ACCOUNTS, ANN, approval, BEN, CLEO, HOUR, live, NOW, REQUIREMENT, sha, stateIn } from './examples.ts';

const weigh = (
  requirement: Partial<Requirement>,
  approvals: readonly CheckedApproval[],
  environment: 'production' | 'sandbox' = 'production',
): QuorumAnswer =>
  quorum(
    {
      sealed: stateIn(live('admit', { environment }), 'proposed'),
      requirement: { ...REQUIREMENT, ...requirement },
      accountsOf: ACCOUNTS,
      atMs: NOW,
    },
    approvals,
  );

const nonce = (one: CheckedApproval): string => one.document.nonce;

test('[KERNEL-16, L2] enough distinct people meet the quorum', () => {
  const [ann, ben, cleo] = [approval(ANN), approval(BEN), approval(CLEO)];
  expect(weigh({ approvals: 2 }, [ann, ben])).toEqual({
    kind: 'met',
    by: ['ann', 'ben'],
    nonces: [ann, ben].map(nonce),
  });
  expect(weigh({ approvals: 2 }, [ann, ben, cleo])).toMatchObject({ kind: 'met', by: ['ann', 'ben', 'cleo'] });
  expect(weigh({ approvals: 3 }, [ann, ben])).toEqual({ kind: 'missing', have: ['ann', 'ben'], need: 3, ignored: [] });
});

test('[KERNEL-16, L2] a person counts once, with what they signed last', () => {
  const [first, second] = [approval(BEN), approval(BEN)];
  expect(weigh({ approvals: 2 }, [first, second])).toEqual({ kind: 'missing', have: ['ben'], need: 2, ignored: [] });
  expect(weigh({ approvals: 1 }, [first, second])).toEqual({ kind: 'met', by: ['ben'], nonces: [nonce(second)] });
});

test('[KERNEL-15, KERNEL-16, L4] what does not count is named and left out', () => {
  const good = approval(BEN);
  const transplanted = approval(CLEO, { bundleDigest: sha('9') });
  const late = approval(ANN, { expiresAtMs: NOW - 1 });
  const answer = weigh({ approvals: 2 }, [transplanted, good, late]);
  expect(answer).toMatchObject({ kind: 'missing', have: ['ben'], need: 2 });
  expect(answer.kind === 'missing' ? answer.ignored.map(({ code, what, where }) => [code, what, where]) : []).toEqual([
    ['WRONG_DOCUMENT', 'this approval', 'p-1'],
    ['EXPIRED', 'this approval', 'p-1'],
  ]);
});

test('[KERNEL-16, L2] one person under two names counts once', () => {
  const twin = approval(CLEO, {}, { fingerprint: 'SHA256:ben' });
  expect(weigh({ approvals: 2 }, [approval(BEN), twin])).toMatchObject({
    kind: 'missing',
    have: ['ben'],
    ignored: [{ code: 'ALREADY_DECIDED' }],
  });
});

test('[KERNEL-16] a broken glass counts alone, one that may not be broken does not', () => {
  const broken = approval(BEN, { decision: 'break-glass', reason: 'down' });
  expect(weigh({ approvals: 3, breakGlass: ['ben'] }, [broken])).toMatchObject({ kind: 'met', by: ['ben'] });
  expect(weigh({ approvals: 3, breakGlass: [] }, [broken])).toMatchObject({ kind: 'missing', have: [] });
  const late = approval(BEN, { decision: 'break-glass', reason: 'down', expiresAtMs: NOW });
  expect(weigh({ approvals: 3, breakGlass: ['ben'] }, [late])).toMatchObject({ kind: 'missing' });
});

test('[KERNEL-16, L1] where no approval is demanded and nothing is granted, one is missing', () => {
  expect(weigh({ approvals: 0 }, [])).toEqual({ kind: 'missing', have: [], need: 1, ignored: [] });
  expect(weigh({ approvals: 0 }, [approval(BEN)])).toMatchObject({ kind: 'missing', need: 1 });
});

test('[KERNEL-17, L1] a standing grant meets the quorum in a sandbox and nowhere else', () => {
  expect(weigh({ approvals: 0, grant: 'nightly' }, [], 'sandbox')).toEqual({ kind: 'met', by: [], nonces: [] });
  expect(weigh({ approvals: 0, grant: 'nightly' }, [], 'production')).toMatchObject({ kind: 'missing' });
  expect(weigh({ approvals: 1 }, [], 'sandbox')).toMatchObject({ kind: 'missing' });
});

test('[KERNEL-15] an approval lives at most as long as the policy lets it', () => {
  expect(weigh({ approvalForMs: HOUR }, [approval(BEN)])).toMatchObject({ kind: 'met' });
  expect(weigh({ approvalForMs: HOUR - 1 }, [approval(BEN)])).toMatchObject({ kind: 'missing' });
});
