import { expect, test } from 'vitest';
import { Failure } from '../../../src/kernel/index.ts';
import { type ExecutionAnswer, type Recovered, type RunnerLog, runLoop } from '../../../src/loop/execute/index.ts';
import { approveScript } from './house/approve-script.ts';
import { setWorld } from './house/open-house.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate, startRunner, until } from './house/world.ts';

type Heard = { readonly log: RunnerLog; readonly said: string[] };

function listen(): Heard {
  const said: string[] = [];
  const told = (answer: ExecutionAnswer): string => (answer.kind === 'refused' ? answer.code : answer.kind);
  return {
    said,
    log: {
      recovered: (recovered: Recovered) => void said.push(`recovered ${recovered.proposal} ${recovered.kind}`),
      answered: (proposal, answer) => void said.push(`${proposal} ${told(answer)}`),
      troubled: (proposal, thrown) => {
        said.push(`trouble ${proposal ?? 'as a whole'} ${thrown instanceof Failure ? thrown.code : String(thrown)}`);
      },
    },
  };
}

test('[EXECUTE-17, EXECUTE-02] the service recovers first, then executes oldest first, and ends when it is told to', async () => {
  const root = makeRoot();
  const house = await houseIn(root);
  openGate(house);
  await approveScript(house, EFFECT, { proposal: 'p0', target: 'zero' });
  await startRunner(root, 'p0', 'ended').ended;
  await approveScript(house, EFFECT, { proposal: 'p1', target: 'one' });
  await approveScript(house, EFFECT, { proposal: 'p2', target: 'two' });
  const other = await houseIn(root, (parts) => ({ signer: { ...parts.signer, name: 'runner-two' } }));
  await approveScript(other, EFFECT, { proposal: 'p3', target: 'three' });
  const stop = new AbortController();
  const { log, said } = listen();
  const running = runLoop(house.parts, log, stop.signal);
  await until('all ran', () => said.length === 3);
  stop.abort();
  await running;
  expect(said).toEqual(['recovered p0 ended', 'p1 executed', 'p2 executed']);
  expect(effects(house)).toHaveLength(3);
  expect((await house.parts.journal.standing('p3')).state.kind).toBe('approved');
});

test('[EXECUTE-17] what is refused or fails is tried again later, and does not keep others waiting', async () => {
  const house = await houseIn(makeRoot(), (parts) => {
    let looks = 0;
    return {
      baseline: {
        look: async (proposal) => {
          if (proposal !== 'p1') return await parts.baseline.look(proposal);
          looks += 1;
          if (looks === 1) return { kind: 'unavailable', why: 'it sleeps', next: 'wake it' };
          if (looks === 2) throw new Failure('VERIFIER_UNAVAILABLE', 'gone', { hint: 'start it' });
          return await parts.baseline.look(proposal);
        },
      },
    };
  });
  openGate(house);
  await approveScript(house, EFFECT, { proposal: 'p1', target: 'one' });
  await approveScript(house, EFFECT, { proposal: 'p2', target: 'two' });
  const stop = new AbortController();
  const { log, said } = listen();
  const running = runLoop(house.parts, log, stop.signal);
  await until('both ran', () => said.filter((line) => line.endsWith('executed')).length === 2);
  stop.abort();
  await running;
  expect(said).toEqual(['p1 NO_BASELINE', 'p2 executed', 'trouble p1 VERIFIER_UNAVAILABLE', 'p1 executed']);
});

test('[EXECUTE-17] a pause doubles from refusal to refusal, and what is stale is not tried again', async () => {
  let nowMs = Date.now();
  const asked: number[] = [];
  const house = await houseIn(makeRoot(), (parts) => ({
    clock: {
      nowMs: () => nowMs,
      wait: async (durationMs, signal) => {
        nowMs += durationMs;
        await parts.clock.wait(0, signal);
      },
    },
    baseline: {
      look: async () => {
        asked.push(nowMs);
        return { kind: 'unavailable', why: 'it sleeps', next: 'wake it' };
      },
    },
  }));
  await approveScript(house, EFFECT);
  const stop = new AbortController();
  const { log } = listen();
  const running = runLoop(house.parts, log, stop.signal);
  await until('it was tried five times', () => asked.length >= 5);
  const gaps = asked.slice(1, 5).map((atMs, index) => atMs - (asked[index] ?? 0));
  expect(gaps).toEqual([20, 40, 80, 160]);
  stop.abort();
  await running;

  const stale = await houseIn(makeRoot());
  await approveScript(stale, EFFECT);
  setWorld(stale.world, 2);
  const heard = listen();
  const ending = new AbortController();
  const second = runLoop(stale.parts, heard.log, ending.signal);
  await until('it is stale', () => heard.said.length === 1);
  ending.abort();
  await second;
  expect(heard.said).toEqual(['p1 stale']);
});

test('[EXECUTE-17] trouble with the record as a whole is told, and the service goes on', async () => {
  let troubles = 2;
  const house = await houseIn(makeRoot(), (parts) => ({
    projections: {
      ...parts.projections,
      proposals: async (query) => {
        troubles -= 1;
        if (troubles >= 0) throw new Failure('STORE_BUSY', 'busy', { hint: 'wait' });
        return await parts.projections.proposals(query);
      },
    },
  }));
  openGate(house);
  await approveScript(house, EFFECT);
  const stop = new AbortController();
  const { log, said } = listen();
  const running = runLoop(house.parts, log, stop.signal);
  await until('it ran', () => said.includes('p1 executed'));
  stop.abort();
  await running;
  expect(said.slice(0, 2)).toEqual(['trouble as a whole STORE_BUSY', 'trouble as a whole STORE_BUSY']);
});

test('[EXECUTE-17, EXECUTE-13] told to end, it asks the running tool to stop once and waits for its end', async () => {
  const house = await houseIn(makeRoot());
  await approveScript(house, EFFECT, { proposal: 'p1', target: 'one' });
  await approveScript(house, EFFECT, { proposal: 'p2', target: 'two' });
  const stop = new AbortController();
  const { log, said } = listen();
  const running = runLoop(house.parts, log, stop.signal);
  await until('it runs', () => effects(house).length === 1);
  stop.abort();
  await running;
  expect(said).toEqual(['p1 executed']);
  expect((await house.parts.journal.standing('p1')).state).toMatchObject({ outcome: { kind: 'indeterminate' } });
  expect((await house.parts.journal.standing('p2')).state.kind).toBe('approved');
});
