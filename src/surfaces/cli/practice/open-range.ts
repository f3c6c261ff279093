/** Opens the range: a directory of its own with a key, the order desk and its database, and the commands by their names. */

import { Failure } from '../../../kernel/index.ts';
import { runProgram, shellLine, typeCommand } from './command-line.ts';
import type { Companion } from './companions.ts';
import { placeIn } from './place.ts';
import { withPracticeTargets } from './practice-trust.ts';
import type { PracticeParts, PracticeSettings, Stage } from './stage.ts';

const PRIVATE_FILE = 0o600;
const PROGRAM_FILE = 0o700;
const PRIVATE_DIRECTORY = 0o700;
const START_TIMEOUT_MS = 20_000;
const MOST_TRUST_BYTES = 256 * 1024;

/** An open range. */
export type Range = { readonly stage: Stage; readonly service: Companion };

/**
 * Opens the range below an empty directory.
 *
 * @throws Failure `TOOL_FAILED` when a part of it can't be made, for instance without `ssh-keygen`
 */
export async function openRange(parts: PracticeParts, settings: PracticeSettings, root: string): Promise<Range> {
  const place = placeIn(root, '');
  const making = { parts, settings, place };
  const desk = `${root}/desk/order-desk.mjs`;
  for (const directory of [
    `${root}/keys`,
    `${root}/bin`,
    place.settings,
    `${place.work}/infra`,
    `${place.work}/roll-out`,
  ]) {
    await parts.files.makeDirectory(directory, PRIVATE_DIRECTORY);
  }
  await parts.files.copy(`${settings.examples}/order-desk.mjs`, desk);
  await parts.files.write(`${root}/terraform.rc`, '', PRIVATE_FILE);
  await make(making, 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'practice', '-f', place.privateKey]);
  await make(making, settings.node, [desk, 'create', place.database]);
  const service = await parts.companions.start({
    file: settings.node,
    args: [desk, 'serve', place.database],
    directory: root,
    environment: {},
    timeoutMs: START_TIMEOUT_MS,
  });
  const stage: Stage = { parts, settings, place: placeIn(root, service.firstLine), ids: new Map(), rows: [] };
  await writeCommands(stage, desk);
  return { stage, service };
}

/** Makes the first approver, and with it the trust file; adds the range's targets, signed. */
export async function setTrust(stage: Stage): Promise<void> {
  const { files } = stage.parts;
  const { place } = stage;
  await must(stage, ['approver', 'add', 'practice', '--ssh-key', place.publicKey]);
  const trust = await files.read(place.trustFile, MOST_TRUST_BYTES);
  const text = withPracticeTargets(new TextDecoder().decode(trust ?? new Uint8Array()), place);
  await files.write(place.trustFile, text, PRIVATE_FILE);
  await must(stage, ['trust', 'sign', '--ssh-key', place.privateKey]);
  await must(stage, ['trust', 'check']);
}

async function must(stage: Stage, args: readonly string[]): Promise<void> {
  const typed = await typeCommand(stage, 'person', args);
  if (typed.exitCode === 0) return;
  throw failed(shellLine(['countersign', ...args]), typed.stderr);
}

async function make(
  making: Pick<Stage, 'parts' | 'settings' | 'place'>,
  file: string,
  args: readonly string[],
): Promise<void> {
  const typed = await runProgram(making, 'person', [file, ...args]);
  if (typed.exitCode !== 0) throw failed(shellLine([file, ...args]), typed.stderr);
}

function failed(line: string, said: string): Failure {
  return new Failure('TOOL_FAILED', `the range could not be opened: ${said.trim() || 'no word of why'}`, {
    hint: 'mend what it says and start again',
    where: line,
  });
}

/** `countersign` and `desk` by their names, so that every line shown can be typed: after `. ./env.sh` in another terminal. */
async function writeCommands(stage: Stage, desk: string): Promise<void> {
  const { files } = stage.parts;
  const { root, home, url } = stage.place;
  const countersign = `#!/bin/sh\nexec ${shellLine(stage.settings.countersign)} "$@"\n`;
  const get = `#!/bin/sh\nexec ${shellLine([stage.settings.node, desk])} get "${url}$1"\n`;
  const variables = `export COUNTERSIGN_HOME=${shellLine([home])} TF_CLI_CONFIG_FILE=${shellLine([`${root}/terraform.rc`])}\nPATH=${shellLine([`${root}/bin`])}:"$PATH"\n`;
  await files.write(`${root}/bin/countersign`, countersign, PROGRAM_FILE);
  await files.write(`${root}/bin/desk`, get, PROGRAM_FILE);
  await files.write(`${root}/env.sh`, variables, PRIVATE_FILE);
}
