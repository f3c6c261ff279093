/** Looks at the programs that Countersign works with. */

import type { Countersign, Surroundings } from '../../../compose.ts';
import type { Finding } from './finding.ts';

const TOOLS: readonly (readonly [name: string, what: string, isNeeded: boolean, mend: string])[] = [
  ['ssh-keygen', 'signs approvals', true, 'install OpenSSH 8.2 or newer'],
  ['terraform', 'plans and applies Terraform changes', false, 'install terraform 1.5 or newer, where it is needed'],
];

/** Inspects the programs on the search path, and the sandbox. */
export async function inspectTools(countersign: Countersign, surroundings: Surroundings): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [name, what, isNeeded, mend] of TOOLS) {
    const path = await surroundings.processes.locate(name, surroundings.environment['PATH'] ?? '');
    if (path !== undefined) findings.push({ kind: 'fine', what: name, detail: `${what}: ${path}`, mend: '' });
    else findings.push({ kind: isNeeded ? 'broken' : 'warning', what: name, detail: `${what}: not found`, mend });
  }
  const sandbox = await countersign.sandbox();
  findings.push(
    sandbox.kind === 'available'
      ? { kind: 'fine', what: 'sandbox', detail: 'plans run behind a fence', mend: '' }
      : {
          kind: 'warning',
          what: 'sandbox',
          detail: `plans run with your own permissions: ${sandbox.why}`,
          mend: sandbox.hint,
        },
  );
  return findings;
}
