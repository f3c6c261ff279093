/** A driver of real shell scripts: what it plans, probes and runs is real; what it knows of outcomes is one exit code. */

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countChanges, Failure, type Manifest, type Preview } from '../../../../src/kernel/index.ts';
import type { Driver, ExecutionCommand, OpenedBundle } from '../../../../src/tools/index.ts';

/** The preview of a script, as it is sealed and recomputed. */
export function scriptPreview(script: string): Preview {
  const resources = [{ address: 'command', action: 'run', attributes: [] } as const];
  return {
    schema: 'countersign.preview/1',
    driver: 'argv',
    counts: countChanges(resources),
    resources,
    unpredictable: [{ address: 'command', what: 'command', text: script }],
    text: script,
    notes: [],
  };
}

/** Opens the driver over a world: `facts.json` holds what it probes. */
export function scriptDriver(world: string): Driver {
  const secretsOf = (bundle: OpenedBundle): Record<string, string> => {
    const blob = bundle.blobs.get('environment');
    return blob === undefined ? {} : (JSON.parse(new TextDecoder().decode(blob)) as Record<string, string>);
  };
  const scriptOf = (bundle: OpenedBundle): string => new TextDecoder().decode(bundle.blobs.get('script'));
  return {
    name: 'argv',
    identify: async ({ argv }) => ({ argv, sourceDigest: '0'.repeat(64) }),
    plan: async () => ({ kind: 'unplannable', why: 'tests seal by themselves', next: 'nothing', text: '' }),
    probe: async (manifest: Manifest) => {
      if (existsSync(join(world, 'tool-is-gone'))) throw new Failure('TOOL_MISSING', 'gone', { hint: 'restore it' });
      if (existsSync(join(world, 'probe-fails'))) throw new Failure('TOOL_FAILED', 'no answer', { hint: 'look' });
      const found = JSON.parse(readFileSync(join(world, 'facts.json'), 'utf8')) as { version: number };
      return manifest.facts.map((fact) => ({ ...fact, value: found.version }));
    },
    drift: async () => {
      if (existsSync(join(world, 'look-fails'))) throw new Failure('TOOL_FAILED', 'no look', { hint: 'look' });
      const moved = join(world, 'moved');
      return existsSync(moved) ? [{ name: readFileSync(moved, 'utf8'), sealed: 'update', found: 'gone' }] : [];
    },
    materialise: async (bundle) => {
      const path = join(bundle.runDirectory, 'script.sh');
      writeFileSync(path, scriptOf(bundle));
      chmodSync(path, 0o500);
    },
    preview: async (bundle) => scriptPreview(readFileSync(join(bundle.runDirectory, 'script.sh'), 'utf8')),
    command: (bundle): ExecutionCommand => {
      const { tool, argv, environmentVariables } = bundle.manifest;
      const isOwn = tool.path.startsWith('{run}/');
      return {
        file: tool.path.replace('{run}', bundle.runDirectory),
        args: isOwn ? argv : [join(bundle.runDirectory, 'script.sh'), ...argv],
        directory: bundle.runDirectory,
        environment: { ...environmentVariables, ...secretsOf(bundle) },
        stdin: bundle.blobs.get('stdin'),
      };
    },
    observe: async (bundle, trace) => {
      if (existsSync(join(world, 'observe-fails'))) throw new Failure('TOOL_FAILED', 'no words', { hint: 'look' });
      const isDone = trace.end.kind === 'exited' && trace.end.code === 0;
      const isUnstarted = trace.end.kind === 'not-started';
      const detail = `${new TextDecoder().decode(trace.stdout)}${Object.values(secretsOf(bundle)).join('')}`;
      return {
        kind: isUnstarted ? 'no-effect' : isDone || trace.end.kind === 'lost' ? 'completed' : 'partial',
        resources: [
          { address: 'command', action: 'run', status: isDone ? 'done' : 'unknown', detail: `${detail}\u202e` },
        ],
        end: trace.end,
        because: [`the script ended: ${trace.end.kind}`],
        evidence: [],
      };
    },
    secrets: (bundle) => Object.values(secretsOf(bundle)),
  };
}
