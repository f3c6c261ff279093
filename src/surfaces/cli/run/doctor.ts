/** Says which level holds here, and what to mend. */

import { EXIT } from '../../../kernel/index.ts';
import type { CliContext } from '../context.ts';
import type { Finding } from '../doctor/finding.ts';
import { inspectRecord } from '../doctor/inspect-record.ts';
import { inspectTools } from '../doctor/inspect-tools.ts';
import { inspectTrust } from '../doctor/inspect-trust.ts';
import { type CommonFlags, perform } from '../perform.ts';
import { renderDoctor } from '../render/doctor.ts';

/** Runs `countersign doctor`: 0 when nothing is broken, 1 when something is. */
export async function runDoctor(this: CliContext, flags: CommonFlags): Promise<void> {
  await perform(this, flags, async ({ surroundings, paint }) => {
    const level = await this.countersign.level();
    const findings: readonly Finding[] = [
      ...(await inspectTrust(await this.countersign.trusting(() => undefined))),
      ...(await inspectRecord(this.countersign, surroundings)),
      ...(await inspectTools(this.countersign, surroundings)),
    ];
    const isBroken = findings.some((finding) => finding.kind === 'broken');
    return {
      exitCode: isBroken ? EXIT.refused : EXIT.done,
      text: renderDoctor(level, findings, paint),
      json: { schema: 'countersign.doctor/1', level: level.kind, because: level.because, findings },
    };
  });
}
