import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure, type Outcome } from '../../../src/kernel/index.ts';
import { executeApproved } from '../../../src/loop/execute/index.ts';
import { approveScript } from './house/approve-script.ts';
import type { House } from './house/open-house.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate, until } from './house/world.ts';

async function outcomeOf(
  house: House,
  script: string,
  options: Parameters<typeof approveScript>[2] = {},
): Promise<Outcome> {
  const { proposal } = await approveScript(house, script, options);
  const answer = await executeApproved(house.parts, proposal);
  if (answer.kind !== 'executed') throw new TypeError(JSON.stringify(answer));
  return answer.outcome;
}

async function recordedOutput(house: House, stream: 'stdout' | 'stderr'): Promise<Buffer> {
  const events = await house.parts.log.read({ stream: 'proposal:p1', types: ['output'], afterSeq: 0, limit: 1_000 });
  const bodies = events.map((event) => event.body).filter((body) => body.type === 'output' && body.stream === stream);
  const pieces = await Promise.all(
    bodies.map(async (body) => await house.parts.blobs.get('digest' in body ? body.digest : '')),
  );
  return Buffer.concat(pieces);
}

test('[EXECUTE-12, L11] secrets are masked in the recorded output and in the outcome, also where chunks cut them', async () => {
  const house = await houseIn(makeRoot(), (parts) => ({ pace: { ...parts.pace, outputChunkBytes: 7 } }));
  const script =
    'printf "a $TOKEN b"; sleep 0.1; printf "$TOKEN" >&2; printf "%.4s" "$TOKEN"; sleep 0.2; echo "$TOKEN" | cut -c 5-';
  const outcome = await outcomeOf(house, script, { secrets: { TOKEN: 'hunter2-hunter2' } });
  expect((await recordedOutput(house, 'stdout')).toString()).toBe('a (sensitive) b(sensitive)\n');
  expect((await recordedOutput(house, 'stderr')).toString()).toBe('(sensitive)');
  expect(outcome.resources[0]?.detail).toBe('a (sensitive) b(sensitive)⟨U+000A⟩(sensitive)⟨U+202E⟩');
  const events = await house.parts.log.read({ stream: 'proposal:p1', afterSeq: 0, limit: 1_000 });
  expect(JSON.stringify(events)).not.toContain('hunter2');
  expect(outcome.evidence.length).toBeGreaterThan(1);
});

test('[EXECUTE-12, RECORD-17, L11] a secret that the tool prints in another spelling is masked in the record as well', async () => {
  const house = await houseIn(makeRoot(), (parts) => ({ pace: { ...parts.pace, outputChunkBytes: 7 } }));
  const script =
    'printf "$TOKEN" | base64; printf "https://x/?t=hunter2%%2Bhunter2"; printf "user:$TOKEN" | base64 >&2';
  const outcome = await outcomeOf(house, script, { secrets: { TOKEN: 'hunter2+hunter2' } });
  expect((await recordedOutput(house, 'stdout')).toString()).toBe('(sensitive)\nhttps://x/?t=(sensitive)');
  // What is left of the other one are characters that it shares with what stands before and after it.
  expect((await recordedOutput(house, 'stderr')).toString()).toBe('dXNlcjp(sensitive)I=\n');
  const events = await house.parts.log.read({ stream: 'proposal:p1', afterSeq: 0, limit: 1_000 });
  const spelt = Buffer.from('hunter2+hunter2').toString('base64');
  for (const text of [JSON.stringify(events), JSON.stringify(outcome)]) {
    expect(text).not.toContain(spelt);
    expect(text).not.toContain('hunter2%2Bhunter2');
  }
});

test('[EXECUTE-12, L10] output stands in the record while the tool still runs', async () => {
  const house = await houseIn(makeRoot());
  const { proposal } = await approveScript(house, EFFECT);
  const running = executeApproved(house.parts, proposal);
  await until(
    'its first words are recorded',
    async () => (await recordedOutput(house, 'stdout')).toString() === 'working\n',
  );
  expect((await house.parts.journal.standing(proposal)).state).toMatchObject({ kind: 'executing', stage: 'started' });
  openGate(house);
  await running;
  expect((await recordedOutput(house, 'stdout')).toString()).toBe('working\nfinished\n');
});

test('[EXECUTE-12, L12] hostile bytes are kept as they came, and made visible in the outcome', async () => {
  const house = await houseIn(makeRoot());
  const outcome = await outcomeOf(house, `printf '\\377\\000\\033[2J\\342\\200\\256evil'`);
  expect(await recordedOutput(house, 'stdout')).toEqual(Buffer.from('\xff\x00\x1b[2J\xe2\x80\xaeevil', 'latin1'));
  expect(outcome.resources[0]?.detail).toBe('\ufffd⟨U+0000⟩⟨U+001B⟩[2J⟨U+202E⟩evil⟨U+202E⟩');
});

test('[EXECUTE-14, L6] a tool that was killed leaves an indeterminate outcome, whatever the driver says', async () => {
  const house = await houseIn(makeRoot());
  const outcome = await outcomeOf(house, 'echo began >> "$WORLD/effects"; kill -9 $$');
  expect(outcome).toMatchObject({
    kind: 'indeterminate',
    end: { kind: 'signalled', signal: 'SIGKILL' },
    because: ['it was ended by SIGKILL', 'the script ended: signalled'],
  });
  expect(effects(house)).toHaveLength(1);
});

test('[EXECUTE-14, L6] an exit code other than 0 is what the driver makes of it', async () => {
  const house = await houseIn(makeRoot());
  expect(await outcomeOf(house, 'exit 3')).toMatchObject({ kind: 'partial', end: { kind: 'exited', code: 3 } });
});

test('[EXECUTE-14, EXECUTE-15] a process that outlives the tool makes it indeterminate', async () => {
  const house = await houseIn(makeRoot());
  const script = '(while [ ! -e "$WORLD/gate" ]; do sleep 0.02; done; echo late >> "$WORLD/effects") & exit 0';
  const outcome = await outcomeOf(house, script);
  expect(outcome.kind).toBe('indeterminate');
  expect(outcome.because[0]).toMatch(/^[12] of its processes still ran when it had ended$/);
  openGate(house);
  await until('it ends', () => effects(house).length === 1);
});

test('[EXECUTE-14] a process that only needs a moment to end is no survivor', async () => {
  const house = await houseIn(makeRoot(), (parts) => ({ pace: { ...parts.pace, surviveForMs: 20_000 } }));
  expect((await outcomeOf(house, 'sleep 0.3 & exit 0')).kind).toBe('completed');
});

test('[EXECUTE-14, L6] a trace that the driver can’t read is indeterminate, and says why', async () => {
  const house = await houseIn(makeRoot());
  writeFileSync(join(house.world, 'observe-fails'), '');
  const outcome = await outcomeOf(house, 'echo began >> "$WORLD/effects"');
  expect(outcome).toMatchObject({
    kind: 'indeterminate',
    resources: [],
    end: { kind: 'exited', code: 0 },
    because: ['what it did could not be read: Failure: no words'],
  });
});

test('[EXECUTE-13] an interruption asks the tool to stop once, with SIGTERM, and watches it to its end', async () => {
  const house = await houseIn(makeRoot());
  const stop = new AbortController();
  const script = `trap 'echo asked >> "$WORLD/asked"' TERM; echo began >> "$WORLD/effects"
while [ ! -e "$WORLD/gate" ]; do sleep 0.02; done; echo finished; exit 0`;
  const { proposal } = await approveScript(house, script);
  const running = executeApproved(house.parts, proposal, stop.signal);
  await until('it began', () => effects(house).length === 1);
  stop.abort();
  stop.abort();
  await until('it was asked', () => readIf(join(house.world, 'asked')) === 'asked\n');
  openGate(house);
  const answer = await running;
  expect(answer).toMatchObject({
    kind: 'executed',
    outcome: { kind: 'completed', because: ['the script ended: exited', 'it was asked to stop, once, with SIGTERM'] },
  });
  expect(readIf(join(house.world, 'asked'))).toBe('asked\n');
  expect((await recordedOutput(house, 'stdout')).toString()).toBe('finished\n');
});

test('[EXECUTE-13, EXECUTE-14] a tool that SIGTERM ends is indeterminate', async () => {
  const house = await houseIn(makeRoot());
  const stop = new AbortController();
  const { proposal } = await approveScript(house, EFFECT);
  const running = executeApproved(house.parts, proposal, stop.signal);
  await until('it began', () => effects(house).length === 1);
  stop.abort();
  expect(await running).toMatchObject({
    kind: 'executed',
    outcome: { kind: 'indeterminate', end: { kind: 'signalled', signal: 'SIGTERM' } },
  });
});

test('[EXECUTE-01, L6] a program that can’t be launched has no effect, and the approval is used up', async () => {
  const root = makeRoot();
  const house = await houseIn(root);
  const tool = join(root, 'tool');
  writeFileSync(tool, 'not a program');
  chmodSync(tool, 0o600);
  const digest = house.parts.hash(readFileSync(tool));
  const outcome = await outcomeOf(house, EFFECT, {
    manifest: (manifest) => ({ ...manifest, tool: { path: tool, digest, version: '' } }),
  });
  expect(outcome).toMatchObject({ kind: 'no-effect', end: { kind: 'not-started' }, evidence: [] });
  expect(outcome.end.kind === 'not-started' && outcome.end.why).toContain('EACCES');
});

test('[EXECUTE-12, EXECUTE-03] a store that takes no output never ends the watch; what is missing is said', async () => {
  let isFull = false;
  const house = await houseIn(makeRoot(), (parts) => ({
    progress: {
      reached: (step) => {
        if (step === 'launched') isFull = true;
      },
    },
    blobs: {
      ...parts.blobs,
      put: async (content) => {
        if (isFull) throw new Failure('STORE_WRITE_FAILED', 'full', { hint: 'free space' });
        return await parts.blobs.put(content);
      },
    },
  }));
  openGate(house);
  const outcome = await outcomeOf(house, EFFECT);
  expect(outcome.kind).toBe('completed');
  expect(outcome.because[1]).toMatch(/^its output could not all be recorded \(Failure: full\); it stands in .*output$/);
  expect(outcome.evidence).toEqual([]);
});

test('[EXECUTE-12] output that could not be recorded is recorded when the store takes it again, once', async () => {
  let refusals = 0;
  const house = await houseIn(makeRoot(), (parts) => ({
    blobs: {
      ...parts.blobs,
      put: async (content) => {
        const isOutput = Buffer.from(content).toString().includes('ing');
        if (isOutput && refusals > 0) {
          refusals -= 1;
          throw new Failure('STORE_WRITE_FAILED', 'full', { hint: 'free space' });
        }
        return await parts.blobs.put(content);
      },
    },
  }));
  const { proposal } = await approveScript(
    house,
    'echo working; while [ ! -e "$WORLD/gate" ]; do sleep 0.02; done; echo done',
    {
      proposal: 'p1',
    },
  );
  refusals = 3;
  const running = executeApproved(house.parts, proposal);
  await until('it was recorded at last', async () => (await recordedOutput(house, 'stdout')).length > 0);
  openGate(house);
  await running;
  expect((await recordedOutput(house, 'stdout')).toString()).toBe('working\ndone\n');
});

function readIf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
