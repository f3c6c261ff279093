/** Opens the practice range. */

import { fileURLToPath } from 'node:url';
import { EXIT } from '../../../kernel/index.ts';
import type { CliContext } from '../context.ts';
import { type CommonFlags, perform } from '../perform.ts';
import { runPractice } from '../practice/run-practice.ts';

/** Flags of `countersign practice`. */
export type PracticeFlags = CommonFlags & { readonly auto: boolean; readonly keep: boolean };

/** Runs `countersign practice`: exits with 0 only if every verdict was the expected one. */
export async function runPracticeRange(this: CliContext, flags: PracticeFlags): Promise<void> {
  await perform(this, flags, async ({ surroundings }) => {
    const { companions, foreground, ownCommand, temporaryParent, nodePath } = await this.countersign.practising();
    const { exitCode, text, rows } = await runPractice(
      {
        files: surroundings.files,
        processes: surroundings.processes,
        companions,
        foreground,
        terminal: this.terminal,
        // Without the story on the screen there is nothing to answer to, even where a terminal could be found.
        ask: async (question) => (this.terminal.stderr.isTerminal ? await this.ask(question) : { kind: 'nobody' }),
        interrupted: this.interrupted,
      },
      {
        isAuto: flags.auto,
        isKept: flags.keep,
        temporaryParent,
        countersign: ownCommand,
        node: nodePath,
        examples: fileURLToPath(new URL('../../../../examples/practice', import.meta.url)),
        terminalType: surroundings.environment['TERM'] ?? 'dumb',
        searchPath: surroundings.environment['PATH'] ?? '',
      },
    );
    return { exitCode, text, json: { schema: 'countersign.practice/1', asExpected: exitCode === EXIT.done, rows } };
  });
}
