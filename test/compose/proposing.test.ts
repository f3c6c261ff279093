/** The planner's fence, as it is really put together: planning runs foreign code, and this is what that code can reach. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import { needs } from '../real/needs.ts';
import { addToTrust, HOMES, sealedOf } from '../support/composed-loop.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';
import { afterwards } from '../support/temporary.ts';

const planTest = needs('ssh-keygen', 'terraform', 'sandbox');

async function plan(loop: RealLoop, name: string, text: string): Promise<Record<string, unknown>> {
  const directory = join(loop.place, name);
  mkdirSync(directory);
  writeFileSync(join(directory, 'main.tf'), text);
  return await loop.json('propose', 'terraform', '--dir', directory, '--target', name, '--intent', 'plan it');
}

planTest(
  '[COMPOSE-05, SANDBOX-02, L11] a plan sees neither trust file nor keys, neither Countersign’s nor the person’s own',
  async () => {
    const loop = await realLoop();
    const files = [
      ...['-trust', '-runner', '-verifier'].map((home) => `${loop.home}${home}/some-file`),
      ...['.ssh/id', '.gnupg/key', '.git-credentials', '.npmrc', '.pypirc'].map((name) => join(loop.root, name)),
      // What a provider or the command line of a cloud plans with, and a file like any other.
      join(loop.root, '.aws/config'),
      join(loop.place, 'some-file'),
    ];
    for (const file of files) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, 'content');
    }
    const looks = files.map((file) => `try(file(${JSON.stringify(file)}), "") == "content" ? "seen" : "hidden"`);
    const text = `resource "terraform_data" "it" {\n  input = join(",", [${looks.join(', ')}])\n}\n`;
    const answer = await plan(loop, 'looks', text);
    expect(answer).toMatchObject({ kind: 'open' });
    const { preview } = await sealedOf(loop, String(answer['id']));
    const saw = /(?:(?:seen|hidden),?){10}/.exec(JSON.stringify(preview))?.[0];
    expect(saw).toBe(`${'hidden,'.repeat(8)}seen,seen`);
    expect((await compose(loop.environment).proposing()).isFenced).toBe(true);
  },
  120_000,
);

planTest(
  '[COMPOSE-05, SANDBOX-03, L15] a plan reaches no server but those that the trust file names for planning',
  async () => {
    const loop = await realLoop();
    let requests = 0;
    const state = JSON.stringify({ version: 4, terraform_version: '1.5.0', serial: 1, lineage: 'x', outputs: {} });
    const server = createServer((_, response) => {
      requests += 1;
      response.end(state);
    }).listen(0, '0.0.0.0');
    afterwards(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    // A listening TCP server has an address of this form.
    const { port } = server.address() as AddressInfo;
    // Every address of this machine, which programs ask a proxy for, as they do for any server elsewhere.
    const text = `data "terraform_remote_state" "it" {
  backend = "http"
  config = { address = "http://0.0.0.0:${port}/state", retry_max = 0 }
}
resource "terraform_data" "it" {
  depends_on = [data.terraform_remote_state.it]
}
`;
    expect(await plan(loop, 'shut', text)).toMatchObject({ kind: 'unplannable' });
    expect(requests).toBe(0);
    await addToTrust(loop, "planner: {domains: ['0.0.0.0']}\n");
    expect(await plan(loop, 'open', text)).toMatchObject({ kind: 'open' });
    expect(requests).toBeGreaterThan(0);
  },
  120_000,
);

needs('ssh-keygen')(
  '[COMPOSE-04, VERIFY-20, L11] the planner seals no program of a check that lies in one of the four homes',
  async () => {
    const loop = await realLoop();
    const { parts } = await compose(loop.environment).proposing();
    const find = async (place: string): Promise<unknown> => {
      const path = join(place, 'program');
      writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
      return await parts.programs.find({ argv: [path], expect: { exitCode: 0 } }, loop.place).then(
        (found) => found.map((one) => one.path),
        (thrown: { readonly code?: unknown }) => thrown.code,
      );
    };
    expect(await find(loop.place)).toContain(join(loop.place, 'program'));
    for (const home of HOMES) {
      expect([home, await find(`${loop.home}${home}`)]).toEqual([home, 'CONFIG_INVALID']);
    }
  },
  120_000,
);
