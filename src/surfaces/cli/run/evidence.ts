/** Records evidence, and shows it again. */

import { EXIT, Failure } from '../../../kernel/index.ts';
import { recordEvidence } from '../../../record/index.ts';
import type { CliContext } from '../context.ts';
import { findRecorded, noEvidence } from '../find-evidence.ts';
import { resolvePath } from '../flags/resolve-path.ts';
import { type CommonFlags, perform } from '../perform.ts';
import { renderEvidence } from '../render/evidence.ts';
import { shownEvidence } from '../view/shown-evidence.ts';

/** Flags of `countersign evidence add`. */
export type EvidenceAddFlags = CommonFlags & {
  readonly about: string;
  readonly file: string;
  readonly run: boolean;
  readonly secretEnv: readonly string[];
};

const MOST_BYTES = 64 * 1024 * 1024;

/** Runs `countersign evidence add`: prints the id to cite it by. */
export async function runEvidenceAdd(this: CliContext, flags: EvidenceAddFlags): Promise<void> {
  await perform(this, flags, async ({ surroundings, paint }) => {
    const path = resolvePath(flags.file);
    const content = await surroundings.files.read(path, MOST_BYTES);
    if (content === undefined) {
      throw new Failure('NOT_FOUND', `there is no file ${path}`, {
        hint: 'write what was seen to a file',
        where: path,
      });
    }
    const { evidence, blobs, random, caller } = await this.countersign.reading();
    const citation = await recordEvidence({ evidence, blobs, random, clock: surroundings.clock }, caller, {
      source: flags.run ? 'run' : 'read',
      about: flags.about,
      content,
      secrets: flags.secretEnv.map((name) => secretOf(surroundings.environment, name)),
    });
    return {
      exitCode: EXIT.done,
      text: [
        `${paint('strong', citation.id)}  ${citation.sizeBytes} bytes, entry ${citation.seq}`,
        `  sha256 ${citation.digest}`,
        `  next  cite it with --evidence ${citation.id}; countersign evidence show ${citation.id}`,
      ].join('\n'),
      json: { schema: 'countersign.evidence/1', ...citation },
    };
  });
}

/** Runs `countersign evidence show`: 6 when its bytes are gone or changed. */
export async function runEvidenceShow(this: CliContext, flags: CommonFlags, id: string): Promise<void> {
  await perform(this, flags, async ({ paint }) => {
    const { log, blobs } = await this.countersign.reading();
    const recorded = await findRecorded(log, id);
    if (recorded === undefined) throw noEvidence(id);
    const shown = await shownEvidence(blobs, recorded);
    return {
      exitCode: shown.trouble === null ? EXIT.done : EXIT.integrity,
      text: renderEvidence(shown, paint),
      json: shown,
    };
  });
}

function secretOf(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  throw new Failure('USAGE', `the variable ${name} is not set, so its value can't be masked`, {
    hint: 'set it, or leave it out',
  });
}
