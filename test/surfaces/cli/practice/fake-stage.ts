/** A stage whose commands are answered by the test: the ports of the range, by hand. */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFiles } from '../../../../src/adapters/index.ts';
import type { ProcessSpec } from '../../../../src/kernel/index.ts';
import { placeIn } from '../../../../src/surfaces/cli/practice/place.ts';
import type { Foreground, Stage } from '../../../../src/surfaces/cli/practice/stage.ts';

/** What a command answers. */
export type Answer = {
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly lost?: true;
};

/** What a program on the person's own terminal was started with. */
export type Handed = Parameters<Foreground>[0];

/** A stage, everything that was typed on it, and everything that it said. */
export type FakeStage = {
  readonly stage: Stage;
  readonly typed: ProcessSpec[];
  /** What got the terminal itself. */
  readonly handed: Handed[];
  readonly asked: string[];
  readonly said: () => string;
  readonly leave: () => void;
};

/** How the stage behaves. */
export type Behaviour = {
  readonly answer?: (spec: ProcessSpec) => Answer;
  /** The lines that the person types, in order; then they leave. Without it the range plays by itself. */
  readonly person?: readonly string[] | 'nobody';
  readonly examples?: string;
  /** How programs end that got the terminal, in order; then with 0. */
  readonly ends?: readonly number[];
};

/** Sets a stage in a fresh temporary directory. */
export function fakeStage(behaviour: Behaviour = {}): FakeStage {
  const typed: ProcessSpec[] = [];
  const handed: Handed[] = [];
  const ends = [...(behaviour.ends ?? [])];
  const asked: string[] = [];
  const said: string[] = [];
  const lines = behaviour.person === 'nobody' ? [] : [...(behaviour.person ?? [])];
  const interruption = new AbortController();
  const output = { write: (text: string) => void said.push(text), isTerminal: false, columns: 100 };
  const stage: Stage = {
    parts: {
      files: nodeFiles(),
      processes: {
        run: async (spec) => {
          typed.push(spec);
          const { code = 0, stdout = '', stderr = '', lost } = behaviour.answer?.(spec) ?? {};
          const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
          const end = lost ? ({ kind: 'lost' } as const) : ({ kind: 'exited', code } as const);
          return { end, stdout: encode(stdout), stderr: encode(stderr), isTruncated: false, isTimedOut: false };
        },
        locate: async () => undefined,
      },
      companions: { start: async () => ({ firstLine: 'http://127.0.0.1:1', stop: async () => undefined }) },
      foreground: async (spec) => {
        handed.push(spec);
        return { kind: 'exited', code: ends.shift() ?? 0 };
      },
      terminal: { stdout: output, stderr: output, hasColour: false },
      ask: async ({ text }) => {
        asked.push(text);
        if (behaviour.person === 'nobody') return { kind: 'nobody' };
        const line = lines.shift();
        return line === undefined ? { kind: 'left' } : { kind: 'answered', text: line };
      },
      interrupted: interruption.signal,
    },
    settings: {
      isAuto: behaviour.person === undefined,
      isKept: false,
      temporaryParent: tmpdir(),
      countersign: ['/usr/bin/node', 'main.ts'],
      node: '/usr/bin/node',
      examples: behaviour.examples ?? '/nowhere',
      terminalType: 'xterm',
      searchPath: '/usr/bin:/bin',
    },
    place: placeIn(mkdtempSync(join(tmpdir(), 'fake-stage-')), 'http://127.0.0.1:1'),
    ids: new Map(),
    rows: [],
  };
  return { stage, typed, handed, asked, said: () => said.join(''), leave: () => interruption.abort() };
}
