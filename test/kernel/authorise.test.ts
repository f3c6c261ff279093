import { expect, test } from 'vitest';
import {
  type AuthorityAnswer,
  authorise,
  type CheckedApproval,
  type Environment,
  type Refusal,
  type Requirement,
} from '../../src/kernel/index.ts';
import { ACCOUNTS, ANN, approval, BEN, CLEO, HOUR, live, NOW, REQUIREMENT, sha, stateIn } from './examples.ts';

const GONE: Refusal = { kind: 'refused', code: 'NOT_ELIGIBLE', what: 'x', where: 'p-1', why: 'no ben', next: 'ask' };

function weigh(
  now: Partial<Requirement>,
  approvals: readonly (CheckedApproval | Refusal)[],
  environment: Environment = 'production',
): AuthorityAnswer {
  const admitted = stateIn(live('claim'), 'approved');
  const requirement = { ...REQUIREMENT, ...now };
  return authorise({
    admitted: { ...admitted, requirement: { ...REQUIREMENT, because: [rule('old', 1), rule('kept', 2)] } },
    demand: { kind: 'demand', environment, requirement },
    approvals,
    accountsOf: ACCOUNTS,
    atMs: NOW,
  });
}

const rule = (name: string, line: number): Requirement['because'][number] => ({
  rule: name,
  where: `trust.yaml:${line}:1`,
  demand: `${name} demands`,
});

test('[EXECUTE-07, CLI-29, L4] what counts now authorises, until the first of it runs out', () => {
  const [ben, cleo] = [approval(BEN), approval(CLEO, { expiresAtMs: NOW + HOUR / 2 })];
  const late = approval(ANN, { expiresAtMs: NOW - 1 });
  expect(weigh({ approvals: 2 }, [late, ben, cleo])).toEqual({
    kind: 'authorised',
    nonces: [ben.document.nonce, cleo.document.nonce],
    expiresAtMs: NOW + HOUR / 2,
  });
  const { expiresAtMs } = stateIn(live('claim'), 'approved');
  const long = approval(BEN, { expiresAtMs: expiresAtMs + 1 });
  expect(weigh({ approvals: 1, approvalForMs: 1000 * HOUR }, [long])).toMatchObject({ expiresAtMs });
});

test('[EXECUTE-07, CLI-29, L15] the environment comes first, then the policy with every rule that is another one', () => {
  expect(weigh({ policyDigest: sha('9') }, [GONE], 'staging')).toEqual({
    kind: 'other-environment',
    sealed: 'production',
    now: 'staging',
  });
  const because = [rule('kept', 9), rule('new', 3)];
  expect(weigh({ policyDigest: sha('9'), because }, [GONE, approval(BEN)])).toEqual({
    kind: 'other-policy',
    admittedUnder: REQUIREMENT.policyDigest,
    now: sha('9'),
    rules: { added: [rule('new', 3)], removed: [rule('old', 1)] },
    fallen: [GONE],
  });
  const stricter = { ...rule('kept', 2), demand: 'more' };
  expect(weigh({ policyDigest: sha('9'), because: [rule('old', 1), stricter] }, [])).toMatchObject({
    rules: { added: [stricter], removed: [rule('kept', 2)] },
    fallen: [],
  });
});

test('[EXECUTE-07, CLI-29, L2] too few that count: a signature that fell is named before one that is ignored', () => {
  const late = approval(ANN, { expiresAtMs: NOW - 1 });
  expect(weigh({ approvals: 2 }, [late, GONE, approval(BEN)])).toEqual({ kind: 'fallen-approval', refusal: GONE });
  expect(weigh({ approvals: 2 }, [late, approval(BEN)])).toMatchObject({
    kind: 'fallen-approval',
    refusal: { code: 'EXPIRED' },
  });
  expect(weigh({ approvals: 2 }, [approval(BEN)])).toEqual({ kind: 'too-few', have: ['ben'], need: 2 });
  // One that fell is no matter where enough others count.
  expect(weigh({ approvals: 1 }, [GONE, approval(BEN)])).toMatchObject({ kind: 'authorised' });
});
