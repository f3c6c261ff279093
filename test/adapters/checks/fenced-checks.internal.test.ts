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
import { sealErrand } from '../../support/sealed-errand.ts';

const machine = openMachine();
const sandboxTest = needs('sandbox');

sandboxTest(
  '[VERIFY-18, L1, L11] before an approval a command of an agent writes nothing, reaches nobody and sees no key',
  async () => {
    const directory = realpathSync(mkdtempSync(join(homedir(), '.countersign-fence-')));
    // As in the verifier's home: what is private lies around the scratch.
    const home = join(directory, 'verifier');
    const scratchParent = join(home, 'scratch');
    const keys = join(home, 'keys');
    const programs = join(home, 'programs');
    for (const made of [home, scratchParent, keys, programs]) mkdirSync(made);
    writeFileSync(join(keys, 'key'), 'PRIVATE');
    writeFileSync(join(home, 'credentials.env'), 'TOKEN=PRIVATE');
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
        hidden: [home],
        readable: [programs],
        allowedDomains: [],
      });
      expect(fencedProcesses.level).toBe('sandboxed');
      const workers = spawnedCheckWorkers({
        ...machine,
        fencedProcesses,
        nodePath: process.execPath,
        environment: { PATH: path },
        secretVariables: [],
        mayOthersPropose: false,
        keepOut: [],
        places: { scratch: join(home, 'errands'), fencedScratch: scratchParent, programs },
      });
      const program = `
      const { readFileSync, writeFileSync } = require('node:fs');
      const tried = (act) => { try { act(); return 1 } catch { return 0 } };
      const wrote = tried(() => writeFileSync(${JSON.stringify(join(directory, 'mark'))}, 'x'));
      const reads = (path) => tried(() => { if (!readFileSync(path, 'utf8').includes('PRIVATE')) throw 0 });
      const read = reads(${JSON.stringify(join(keys, 'key'))}) | reads(${JSON.stringify(join(home, 'credentials.env'))});
      fetch('http://127.0.0.1:${port}/', { signal: AbortSignal.timeout(3000) }).then(() => 1, () => 0)
        .then((reached) => process.exit(10 + wrote + 2 * read + 4 * reached));`;
      const asked = await sealErrand({
        phase: 'proposed',
        isApproved: false,
        isMandated: false,
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
      const answer = await workers.put(asked);
      expect(answer).toMatchObject({ kind: 'replied', answer: 'green', observed: { exitCode: 10 } });
      expect([existsSync(join(directory, 'mark')), requests]).toEqual([false, 0]);
    } finally {
      server.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
);
