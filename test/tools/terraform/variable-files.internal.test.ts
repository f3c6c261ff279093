import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles, sha256 } from '../../../src/adapters/index.ts';
import type { Fact, Processes } from '../../../src/kernel/index.ts';
import { makePlan } from '../../../src/tools/terraform/make-plan.ts';
import { privateCopy } from '../../../src/tools/terraform/private-copy.ts';
import { FACT, sealedVariableFiles } from '../../../src/tools/terraform/world-facts.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** Starts nothing, and tells what it was asked to start. */
function idle(): { readonly processes: Processes; readonly asked: string[] } {
  const asked: string[] = [];
  const processes: Processes = {
    run: async ({ args }) => {
      asked.push(args.at(-1) ?? '');
      const none = new Uint8Array();
      return { end: { kind: 'exited', code: 1 }, stdout: none, stderr: none, isTruncated: false, isTimedOut: false };
    },
    locate: async () => undefined,
  };
  return { processes, asked };
}

test('[TERRAFORM-13, L3] a plan in a copy is not begun with a file of variables outside of the copy, whatever its inputs say', async () => {
  const copy = privateCopy(temporaryDirectory(), 'infra');
  const { processes, asked } = idle();
  const plan = async (path: string): Promise<unknown> =>
    await makePlan(
      { processes, files: nodeFiles(), hash: sha256 },
      { tool: '/bin/terraform', copy, backend: 'local', planArguments: [`-var-file=${path}`], environment: {} },
    );
  for (const path of ['../../env/x', '/etc/x', join(copy.base, '../tree-x'), '../../../../../etc/x', '../..']) {
    expect(await plan(path)).toEqual({
      kind: 'failed',
      step: 'terraform plan',
      first: `the file of variables ${path} is no part of what is sealed`,
      whole: '',
    });
  }
  expect(asked).toEqual([]);
  for (const path of ['../env/x', 'x', `${copy.base}/x`]) await plan(path);
  expect(asked).toEqual(['-var-file=../env/x', '-var-file=x', `-var-file=${copy.base}/x`]);
});

test('[TERRAFORM-09, L3] files of variables that no bundle can have named are corrupt, and none is none', () => {
  const read = (value: Fact['value']): unknown =>
    sealedVariableFiles({ proposal: 'p1', facts: [{ name: FACT.variableFiles, role: 'binding', value }] });
  expect(sealedVariableFiles({ proposal: 'p1', facts: [] })).toEqual([]);
  expect(read(['../a'])).toEqual(['../a']);
  for (const value of ['../a', [1], null, { 0: '../a' }]) {
    expect(() => read(value)).toThrow(
      expect.objectContaining({
        code: 'BLOB_CORRUPT',
        message: 'the fact terraform.directory.variable-files of p1 is no list of paths',
      }),
    );
  }
});
