/** What the crash matrix does to an execution, and how its damage is put right afterwards. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mode } from '../../support/chaos-provider/apply-change.ts';
import type { FaultName } from './fault-names.ts';
import { CHAIN, type HowToExecute, type MatrixStage } from './matrix-stage.ts';

/** How one thing goes wrong. */
export type Fault = {
  readonly configuration?: string;
  /** How the provider behaves until the fault is over. */
  readonly mode?: Mode;
  /** Executes the approved change, and does it to it. Returns when nothing of it runs any more. */
  readonly play: (stage: MatrixStage, id: string) => Promise<void>;
  /** Ends the cause. */
  readonly mend?: (stage: MatrixStage) => void | Promise<void>;
};

const CLOCK_JUMP: string = fileURLToPath(new URL('./clock-jump.ts', import.meta.url));

const execute = async (stage: MatrixStage, id: string): Promise<void> => {
  await stage.execute(id);
};

/** Kills the runner at a step; whoever starts next says what became of it. */
function runnerDiesAt(step: string): Fault {
  return {
    play: async (stage, id) => {
      await stage.executeAndDie(id, step);
      await stage.execute(id);
    },
  };
}

/** Does something while the middle object is being made, and waits for the end. */
async function amid(
  stage: MatrixStage,
  id: string,
  point: 'waits' | 'stands',
  disturb: () => void | Promise<void>,
  how?: HowToExecute,
): Promise<void> {
  const running = stage.execute(id, how);
  await stage.until(point);
  await disturb();
  await running;
}

/** Every fault by its name. */
export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  'provisioner failure': {
    configuration: CHAIN.replace(
      '  name       = "one"\n',
      '  name       = "one"\n  provisioner "local-exec" {\n    command = "exit 7"\n  }\n',
    ),
    play: execute,
    mend: async (stage) => await stage.configure(CHAIN),
  },
  quota: { mode: 'quota', play: execute },
  'half-made': { mode: 'partial', play: execute },
  'provider crash': { mode: 'crash', play: execute },
  'lost answer': { mode: 'lost', play: execute },
  hang: {
    mode: 'hang',
    play: async (stage, id) =>
      await amid(stage, id, 'stands', () => void process.kill(Number(stage.cloud.note('stands-one')), 'SIGKILL')),
  },
  'state upload refused': {
    mode: 'slow',
    play: async (stage, id) =>
      await amid(stage, id, 'waits', () => {
        stage.backend.refuse();
        stage.cloud.raise('go');
      }),
    mend: (stage) => stage.backend.accept(),
  },
  'kill -9 of terraform': {
    mode: 'hang',
    play: async (stage, id) =>
      await amid(stage, id, 'stands', () => {
        process.kill(stage.tool(), 'SIGKILL');
        // Its provider would go on: nothing of an execution may live when its lock is to be removed.
        process.kill(Number(stage.cloud.note('stands-one')), 'SIGKILL');
      }),
  },
  'kill -9 of the runner: probed': runnerDiesAt('probed'),
  'kill -9 of the runner: intended': runnerDiesAt('intended'),
  'kill -9 of the runner: launched': {
    mode: 'slow',
    play: async (stage, id) => {
      await stage.executeAndDie(id, 'launched');
      await stage.until('waits');
      const next = stage.execute(id);
      await stage.untilSaid('Stopping operation');
      stage.cloud.raise('go');
      await next;
    },
  },
  'kill -9 of the runner: ended': runnerDiesAt('ended'),
  'kill -9 of the verifier': {
    play: async (stage, id) => {
      await stage.execute(id);
      await stage.verifyAndDie(id);
    },
  },
  SIGTERM: {
    mode: 'slow',
    play: async (stage, id) =>
      await amid(stage, id, 'waits', async () => {
        process.kill(stage.tool(), 'SIGTERM');
        await stage.untilSaid('Stopping operation');
        stage.cloud.raise('go');
      }),
  },
  'double SIGTERM': {
    mode: 'hang',
    play: async (stage, id) =>
      await amid(stage, id, 'stands', async () => {
        const tool = stage.tool();
        process.kill(tool, 'SIGTERM');
        await stage.untilSaid('Stopping operation');
        // It says so first, and then saves what it knows: a second signal before that would lose it, or not.
        await stage.untilRemembered('thing-1');
        process.kill(tool, 'SIGTERM');
      }),
  },
  'disk full': {
    play: async (stage, id) => {
      await stage.execute(id, stage.noSpaceForState());
    },
  },
  'two runners': {
    mode: 'slow',
    play: async (stage, id) => {
      const both = [stage.execute(id), stage.execute(id)];
      await stage.until('waits');
      const other = await Promise.race(both);
      if (other.code !== 1) throw new TypeError(`the other one was not refused: ${other.code} ${other.stderr}`);
      stage.cloud.raise('go');
      await Promise.all(both);
    },
  },
  'clock jump': {
    mode: 'slow',
    play: async (stage, id) => {
      const jump = join(stage.cloud.directory, 'jump');
      await amid(
        stage,
        id,
        'waits',
        () => {
          writeFileSync(jump, '');
          stage.cloud.raise('go');
        },
        { preload: CLOCK_JUMP, environment: { CLOCK_JUMPS_AT: jump } },
      );
    },
  },
};
