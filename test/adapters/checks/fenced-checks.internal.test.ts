import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { spawnedCheckWorkers } from '../../../src/adapters/checks/spawned-check-workers.ts';
import { openMachine } from '../../../src/adapters/index.ts';
import { probeSandbox } from '../../../src/adapters/sandbox/probe-sandbox.ts';
import { sandboxedProcesses } from '../../../src/adapters/sandbox/sandboxed-processes.ts';
import { needs } from '../../real/needs.ts';

const machine = openMachine();
const sandboxTest = needs('sandbox');

sandboxTest(
  '[VERIFY-18, L1, L11] before an approval a command of an agent writes nothing, reaches nobody and sees no key',
  async () => {
    const directory = realpathSync(mkdtempSync(join(homedir(), '.countersign-fence-')));
    const scratchParent = join(directory, 'scratch');
    const keys = join(directory, 'keys');
    for (const made of [scratchParent, keys]) mkdirSync(made);
    writeFileSync(join(keys, 'key'), 'PRIVATE');
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end('hello');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    // A listening TCP server has an address of this form.
    const { port } = server.address() as AddressInfo;
    try {
      const path = process.env['PATH'] ?? '';
      const fencedProcesses = sandboxedProcesses({
        processes: machine.processes,
        probe: await probeSandbox(machine.processes, path),
        writable: [scratchParent],
        hidden: [keys],
        allowedDomains: [],
      });
      expect(fencedProcesses.level).toBe('sandboxed');
      const workers = spawnedCheckWorkers({
        ...machine,
        fencedProcesses,
        nodePath: process.execPath,
        environment: { PATH: path },
        secretVariables: [],
        keepOut: [],
        scratchParent,
      });
      const program = `
      const { readFileSync, writeFileSync } = require('node:fs');
      const tried = (act) => { try { act(); return 1 } catch { return 0 } };
      const wrote = tried(() => writeFileSync(${JSON.stringify(join(directory, 'mark'))}, 'x'));
      const read = tried(() => { if (!readFileSync(${JSON.stringify(join(keys, 'key'))}, 'utf8').includes('PRIVATE')) throw 0 });
      fetch('http://127.0.0.1:${port}/', { signal: AbortSignal.timeout(3000) }).then(() => 1, () => 0)
        .then((reached) => process.exit(10 + wrote + 2 * read + 4 * reached));`;
      const answer = await workers.put({
        phase: 'proposed',
        isApproved: false,
        directory,
        spec: {
          id: 'it',
          kind: 'command',
          claim: 'it does no harm',
          origin: 'proposal',
          question: { argv: [process.execPath, '-e', program], expect: { exitCode: 10 } },
          timeoutMs: 30_000,
        },
      });
      expect(answer).toMatchObject({ kind: 'replied', answer: 'green', observed: { exitCode: 10 } });
      expect([existsSync(join(directory, 'mark')), requests]).toEqual([false, 0]);
    } finally {
      server.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
);
