/** What is sealed of a directory that our own homes lie in: everything but those. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import { needs } from '../real/needs.ts';
import { HOMES, sealedOf } from '../support/composed-loop.ts';
import { realLoop } from '../support/real-loop.ts';

const sealTest = needs('ssh-keygen');

sealTest(
  '[COMPOSE-09, L11] a directory that holds our homes is sealed without keys, trust file and record, and runs',
  async () => {
    const loop = await realLoop();
    // Everything lies in one directory, as it does for whoever follows the first page; it is not the person's home.
    const run = (...args: readonly string[]): ReturnType<typeof loop.runAs> =>
      loop.runAs({ HOME: loop.place }, ...args);
    const command = ['--', '/bin/sh', '-c', 'cp ann.pub seen; ls -R > listing'];
    const proposed = await run(
      ...[
        'propose',
        'argv',
        '--dir',
        loop.root,
        '--target',
        'box',
        '--intent',
        'look',
        '--check',
        '{file: {path: /etc/passwd, expect: {exists: true}}}',
        '--json',
      ],
      ...command,
    );
    const id = String(JSON.parse(proposed.stdout).id);
    const { manifest } = await sealedOf(loop, id);
    const listing = manifest.blobs.find(({ name }) => name.includes('listing'));
    const { blobs } = await compose(loop.environment).reading();
    const text = new TextDecoder().decode(await blobs.get(listing?.digest ?? ''));
    expect(text).toContain('ann.pub');
    for (const home of HOMES) expect(text).not.toContain(`"home${home}`);
    expect(text).not.toContain('signing.pem');
    expect((await run('approve', id, '--ssh-key', loop.key, '--yes')).code).toBe(0);
    // The record grew meanwhile, and nothing is stale for it.
    expect((await run('execute', id)).code).toBe(0);
    expect(readFileSync(join(`${loop.home}-runner`, 'keys', 'signing.pem'), 'utf8')).toContain('PRIVATE KEY');
  },
);
