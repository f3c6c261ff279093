/** Whom Terraform is planned as and would run as: the real Terraform, and doubles of clouds' command lines. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { nodeFiles, nodeProcesses, sha256 } from '../../src/adapters/index.ts';
import { compareFacts, placeOf } from '../../src/kernel/index.ts';
import { terraformDriver } from '../../src/tools/index.ts';
import { awsAnswers, cloudDouble } from '../support/cloud-doubles.ts';
import { NO_PAST } from '../support/no-past.ts';
import { SEARCH_PATH, TerraformStage } from '../tools/terraform/terraform-stage.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');
const stages: TerraformStage[] = [];
afterEach(() => {
  for (const stage of stages.splice(0)) stage.strike();
});

const ROLE = 'arn:aws:sts::111122223333:assumed-role/deploy';

terraformTest(
  '[IDENTITY-01, IDENTITY-02, TERRAFORM-08, L3] Terraform is planned as an account, which stands behind its place and is probed again',
  async () => {
    const stage = new TerraformStage({ 'main.tf': 'resource "terraform_data" "a" {}\n' });
    stages.push(stage);
    const tools = join(stage.root, 'tools');
    mkdirSync(tools);
    const answer = (account: string): void =>
      cloudDouble(
        tools,
        'aws',
        `[ "$AWS_SECRET_ACCESS_KEY" = hunter22 ] || exit 3\n${awsAnswers(account, `arn:aws:sts::${account}:assumed-role/deploy/x`)}`,
      );
    answer('111122223333');
    const processes = nodeProcesses();
    const searchPath = `${tools}:${SEARCH_PATH}`;
    const driver = terraformDriver({
      ...NO_PAST,
      processes,
      sandboxed: processes,
      files: nodeFiles(),
      hash: sha256,
      searchPath,
    });
    const environment = { PATH: SEARCH_PATH, AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'hunter22' };
    const scratch = join(stage.root, 'scratch');
    mkdirSync(scratch);
    const request = { proposal: 'p1', directory: stage.directory, argv: [], scratch };
    const planned = await driver.plan({ ...request, environment, secretVariables: ['AWS_SECRET_ACCESS_KEY'] });
    if (planned.kind !== 'planned') throw new TypeError(planned.why);
    const at = planned.preview.notes.indexOf('workspace default');
    expect(planned.preview.notes[at + 1]).toBe(`planned as AWS account 111122223333, arn ${ROLE}`);
    expect(planned.facts.slice(-2)).toEqual([
      { name: 'identity.aws.account', role: 'binding', value: '111122223333' },
      { name: 'identity.aws.arn', role: 'binding', value: ROLE },
    ]);
    // The lock is of the place, whoever comes to it.
    const plain = planned.facts.filter(({ name }) => !name.startsWith('identity.'));
    expect(placeOf(sha256, planned.facts)).toBe(placeOf(sha256, plain));

    const bundle = await stage.open({ ...planned, environmentVariables: planned.environmentVariables });
    expect(await driver.preview(bundle)).toEqual(planned.preview);
    const probe = async (): Promise<unknown> =>
      compareFacts(bundle.manifest.facts, await driver.probe(bundle.manifest, bundle.blobs));
    expect(await probe()).toEqual([]);
    answer('444455556666');
    expect(await probe()).toEqual([
      { name: 'identity.aws.account', sealed: '111122223333', found: '444455556666' },
      { name: 'identity.aws.arn', sealed: ROLE, found: 'arn:aws:sts::444455556666:assumed-role/deploy' },
    ]);
  },
);
