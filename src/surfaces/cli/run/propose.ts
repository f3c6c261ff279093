/** Proposes a change with one of the drivers. Agents may; nothing is changed. */

import { EXIT, type ExitCode, Failure, type Refusal } from '../../../kernel/index.ts';
import { type ProposeAnswer, type ProposeParts, parseChecks, proposeChange } from '../../../loop/propose/index.ts';
import type { CliContext } from '../context.ts';
import { findEvidence } from '../find-evidence.ts';
import type { ProposeFlags } from '../flags/propose.ts';
import { resolvePath } from '../flags/resolve-path.ts';
import { realTerraformPlace } from '../flags/terraform-place.ts';
import { type CommonFlags, type Performance, perform } from '../perform.ts';
import { proposeText } from '../render/propose.ts';
import type { CommandResult } from '../terminal.ts';

type Flags = CommonFlags & ProposeFlags;

/** Runs `countersign propose terraform`. */
export async function runProposeTerraform(
  this: CliContext,
  flags: Flags & { readonly dir: string; readonly tool?: 'terraform' | 'tofu' | undefined },
  ...argv: readonly string[]
): Promise<void> {
  const tool = flags.tool === undefined ? [] : [flags.tool];
  await propose(this, flags, async ({ surroundings }) => ({
    driver: 'terraform',
    ...(await realTerraformPlace(surroundings.files, resolvePath(flags.dir), [...tool, ...argv])),
  }));
}

/** Runs `countersign propose sqlite`. */
export async function runProposeSqlite(
  this: CliContext,
  flags: Flags & { readonly database: string; readonly migration: string },
): Promise<void> {
  const argv = [resolvePath(flags.database), resolvePath(flags.migration)];
  await propose(this, flags, async () => ({ driver: 'sqlite', directory: resolvePath('.'), argv }));
}

/** Runs `countersign propose argv`. */
export async function runProposeArgv(
  this: CliContext,
  flags: Flags & { readonly dir: string; readonly stdin: string | undefined },
  ...argv: readonly string[]
): Promise<void> {
  await propose(this, flags, async ({ surroundings }) => ({
    driver: 'argv',
    directory: resolvePath(flags.dir),
    argv,
    stdin: flags.stdin === undefined ? undefined : await readFile(surroundings.files, resolvePath(flags.stdin)),
  }));
}

type Wanted = Pick<Parameters<typeof proposeChange>[1], 'driver' | 'directory' | 'argv' | 'stdin'>;

const MOST_INPUT_BYTES = 16 * 1024 * 1024;

async function readFile(files: ProposeParts['files'], path: string): Promise<Uint8Array> {
  const content = await files.read(path, MOST_INPUT_BYTES);
  if (content !== undefined) return content;
  throw new Failure('NOT_FOUND', `there is no file ${path}`, { hint: 'check the path', where: path });
}

async function propose(
  context: CliContext,
  flags: Flags,
  want: (performance: Performance) => Promise<Wanted>,
): Promise<void> {
  await perform(context, flags, async (performance) => {
    const { surroundings, progress } = performance;
    const { parts, isFenced } = await context.countersign.proposing();
    if (!isFenced) progress('no sandbox on this machine: the plan runs with your own permissions (countersign doctor)');
    progress('planning and sealing; nothing is changed');
    const answer = await proposeChange(parts, {
      ...(await want(performance)),
      proposer: surroundings.caller,
      target: flags.target,
      intent: flags.intent,
      checks: await readChecks(parts.files, flags),
      evidence: await findEvidence(parts.log, flags.evidence),
      recovers: await meantBy(parts, flags.recovers),
      inherited: surroundings.environment,
      variables: flags.env,
      secretVariables: flags.secretEnv,
    });
    return resultOf(performance, answer);
  });
}

// The beginning of an id will do, as everywhere; what fits none is for the planner to refuse.
async function meantBy({ projections }: ProposeParts, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined;
  const [row, ...others] = await projections.proposals({ idPrefix: id, limit: 2 });
  return row === undefined || others.length > 0 ? id : row.proposal;
}

/** Reads the checks that were typed or named. @throws Failure `NOT_FOUND`, `CONFIG_INVALID` */
export async function readChecks(
  files: ProposeParts['files'],
  flags: Pick<Flags, 'check' | 'checks'>,
): Promise<ReturnType<typeof parseChecks>> {
  const inline = flags.check.flatMap((text) => parseChecks(text, '--check'));
  if (flags.checks === undefined) return uniqueIds(inline);
  const path = resolvePath(flags.checks);
  const text = new TextDecoder().decode(await readFile(files, path));
  return uniqueIds([...inline, ...parseChecks(text, path)]);
}

/** Checks that were read apart may have been given the same id by their kind. */
function uniqueIds(checks: ReturnType<typeof parseChecks>): ReturnType<typeof parseChecks> {
  const taken = new Set<string>();
  return checks.map((check) => {
    let id = check.id;
    for (let number = 2; taken.has(id); number += 1) id = `${check.id}-${number}`;
    taken.add(id);
    return { ...check, id };
  });
}

/** What became of a proposal, as every way to propose ends. */
export function resultOf({ paint }: Pick<Performance, 'paint'>, answer: ProposeAnswer): CommandResult | Refusal {
  if (answer.kind === 'refused') return answer;
  const state = answer.kind === 'unplannable' ? 'unplannable' : answer.state.kind;
  return {
    exitCode: exitOf(answer),
    text: proposeText(answer, paint),
    json: { schema: 'countersign.proposal/1', kind: answer.kind, id: answer.id, state, ...detail(answer) },
  };
}

function exitOf(answer: Exclude<ProposeAnswer, Refusal>): ExitCode {
  return answer.kind === 'unplannable' || answer.kind === 'forbidden' ? EXIT.refused : EXIT.done;
}

function detail(answer: Exclude<ProposeAnswer, Refusal>): object {
  switch (answer.kind) {
    case 'open':
    case 'approved':
      return { look: answer.look, superseded: answer.superseded, notes: answer.notes };
    case 'forbidden':
      return { because: answer.because };
    case 'unplannable':
      return { why: answer.why, next: answer.next };
    case 'again':
      return {};
  }
}
