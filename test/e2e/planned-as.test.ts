/** Whom a change is planned as and executed as, through the real command line and a double of a cloud's own. */

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../real/needs.ts';
import { awsAnswers, cloudDouble } from '../support/cloud-doubles.ts';
import { realLoop } from '../support/real-loop.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const loopTest = needs('ssh-keygen');
const ROLE = 'arn:aws:sts::111122223333:assumed-role/deploy';

loopTest(
  '[IDENTITY-01, IDENTITY-02, L3, L11] what was approved as one account does not run as another, and runs as the same with its secrets',
  async () => {
    const root = temporaryDirectory();
    const tools = join(root, 'tools');
    mkdirSync(tools);
    const answer = (account: string, role: string): void =>
      cloudDouble(tools, 'aws', `[ "$AWS_SECRET_ACCESS_KEY" = hunter22 ] || exit 3\n${awsAnswers(account, role)}`);
    answer('111122223333', `${ROLE}/one`);
    const loop = await realLoop(root, {
      PATH: `${tools}:${process.env['PATH'] ?? ''}`,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'hunter22',
    });
    const effect = join(root, 'effect');
    const variables = ['--env', 'AWS_ACCESS_KEY_ID', '--secret-env', 'AWS_SECRET_ACCESS_KEY'];
    const propose = async (): Promise<string> => {
      const words = ['--dir', loop.place, '--target', 'shop', '--intent', 'try', ...variables, '--', 'mkdir', effect];
      return String((await loop.json('propose', 'argv', ...words))['id']);
    };
    const id = await propose();
    await loop.approve(id);
    answer('444455556666', 'arn:aws:iam::444455556666:user/ann');
    const swapped = await loop.run('execute', id, '--json');
    expect(swapped.code).toBe(1);
    expect(JSON.parse(swapped.stdout)).toMatchObject({
      state: 'stale',
      differences: [
        { name: 'identity.aws.account', sealed: '111122223333', found: '444455556666' },
        { name: 'identity.aws.arn', sealed: ROLE, found: 'arn:aws:iam::444455556666:user/ann' },
      ],
    });
    expect(existsSync(effect)).toBe(false);

    answer('111122223333', `${ROLE}/two`);
    const again = await propose();
    const review = await loop.run('approve', again, '--ssh-key', loop.key, '--yes');
    const shown = `${review.stdout}${review.stderr}`.replace(/\n +/g, ' ');
    expect(shown).toContain('identity.aws.account: 111122223333');
    expect(shown).toContain(`planned as AWS account 111122223333, arn ${ROLE}`);
    expect(shown).toMatch(/RUNS ON {5}\S+ as the account \S+, with argv/);
    const ran = await loop.run('execute', again, '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'completed' });
    expect(existsSync(effect)).toBe(true);
    expect(JSON.stringify(await loop.json('show', again))).not.toContain('hunter22');
  },
);
