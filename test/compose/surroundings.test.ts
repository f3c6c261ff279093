/** The level as it is told and recorded: by the owners of these very homes. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import { SILENT } from '../../src/loop/execute/index.ts';
import { needs } from '../real/needs.ts';
import { realLoop } from '../support/real-loop.ts';

const levelTest = needs('ssh-keygen');

levelTest(
  '[COMPOSE-08, CLI-10, L15] homes of this account are advisory, by name, and so says every claim',
  async () => {
    const loop = await realLoop();
    const level = await compose(loop.environment).level();
    expect(level.kind).toBe('advisory');
    for (const home of ['-trust', '-runner', '-verifier', '/record.sqlite']) {
      expect(level.because.filter((why) => why.includes(`(${loop.home}${home})`))).toHaveLength(1);
    }
    const { level: claimed } = await compose(loop.environment).executing(SILENT);
    expect(claimed).toBe(`advisory: ${level.because.join('; ')}`);
    const id = await loop.propose('argv');
    await loop.approve(id);
    expect((await loop.run('execute', id)).code).toBe(0);
    const { log } = await compose(loop.environment).reading();
    const claims = (await log.read({ types: ['claimed'], afterSeq: 0, limit: 100 })).flatMap(({ body }) =>
      body.type === 'claimed' ? [body.level] : [],
    );
    expect(claims).toEqual([claimed]);
  },
  120_000,
);

const NOBODY = 65_534;

// Directories of root stand for those of other users; a test that runs as root asks as the user nobody.
needs('root-home')('[COMPOSE-08, CLI-10, L15] homes of other accounts are enforced', async () => {
  const homes = { HOME: '/usr', TRUST_HOME: '/usr', RUNNER_HOME: '/root', VERIFIER_HOME: '/root' };
  const environment = Object.fromEntries(Object.entries(homes).map(([name, path]) => [`COUNTERSIGN_${name}`, path]));
  expect(await levelForUnprivileged(environment)).toBe('enforced');
});

async function levelForUnprivileged(environment: Readonly<Record<string, string>>): Promise<string> {
  if (process.getuid?.() !== 0) return (await compose(environment).level()).kind;
  const source = fileURLToPath(new URL('../../src/compose.ts', import.meta.url));
  // Asked once before the account is given up: nobody may not read the modules where root keeps them.
  const script = `import { compose } from ${JSON.stringify(source)};
    const countersign = compose(${JSON.stringify(environment)});
    await countersign.level();
    process.setuid(${NOBODY});
    process.stdout.write((await countersign.level()).kind);`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
}
