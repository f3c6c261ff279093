import { expect, test } from 'vitest';
import { executeApproved } from '../../../src/loop/execute/index.ts';
import { approveScript } from './house/approve-script.ts';
import { type House, VERIFIER } from './house/open-house.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate } from './house/world.ts';

/** Releases the claim behind the runner's back, as a second machine under its name would, and takes it anew. */
async function takeOver(house: House, claim: string): Promise<void> {
  const { parts } = house;
  const actor = { kind: 'runner', name: parts.signer.name, key: 'another machine' } as const;
  await parts.journal.ask('p1', { kind: 'release', why: 'thought dead' }, actor);
  const accountsOf = await parts.authority.accountsOf();
  const own = { runner: parts.signer.name, claim, account: 'deploy' };
  await parts.journal.ask('p1', { kind: 'claim', claim: own, accountsOf }, actor);
  const { state } = await parts.journal.standing('p1');
  const checks = state.kind === 'executing' ? state.checks : [];
  const observations = checks.map(({ id }) => ({
    id,
    answer: 'red' as const,
    observed: null,
    observedDigest: parts.hash('red'),
    detail: '',
    atMs: 0,
  }));
  await parts.journal.ask('p1', { kind: 'look', observations, signed: { key: 'k', signature: 's' } }, VERIFIER);
}

test('[EXECUTE-20, EXECUTE-04, L5] a runner whose claim was taken over starts nothing, and leaves the other one alone', async () => {
  const house: House = await houseIn(makeRoot(), () => ({
    progress: {
      reached: async (step) => {
        if (step === 'reprobed') await takeOver(house, 'claim-of-another');
      },
    },
  }));
  openGate(house);
  await approveScript(house, EFFECT);
  const answer = await executeApproved(house.parts, 'p1');
  expect(answer).toMatchObject({ kind: 'refused', code: 'WRONG_RUNNER' });
  expect('why' in answer && answer.why).toMatch(
    /^the claim [0-9a-f]{32} was given up, and claim-of-another holds it now$/,
  );
  expect(effects(house)).toEqual([]);
  const { state } = await house.parts.journal.standing('p1');
  expect(state).toMatchObject({ kind: 'executing', stage: 'ready', claim: { claim: 'claim-of-another' } });
  expect(await house.parts.ledger.unfinished()).toEqual([]);
});

test('[EXECUTE-20] a runner whose claim was taken over gives nothing back that is not its own', async () => {
  const house: House = await houseIn(makeRoot(), () => ({
    progress: {
      reached: async (step) => {
        if (step === 'probed') await takeOver(house, 'claim-of-another');
      },
    },
    ledger: {
      ...emptyLedger(),
      intend: async () => ({ kind: 'used', what: 'the bundle', claim: 'x' }),
    },
  }));
  await approveScript(house, EFFECT);
  expect(await executeApproved(house.parts, 'p1')).toMatchObject({ kind: 'refused', code: 'NONCE_USED' });
  const { state } = await house.parts.journal.standing('p1');
  expect(state).toMatchObject({ kind: 'executing', claim: { claim: 'claim-of-another' } });
});

function emptyLedger(): House['parts']['ledger'] {
  return {
    intend: async () => ({ kind: 'intended' }),
    conclude: async () => undefined,
    find: async () => undefined,
    unfinished: async () => [],
    grantsUsed: async () => ({}),
  };
}
