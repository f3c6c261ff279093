/** Looks at the trust file: is there one, can it be read, and who believes it. */

import type { Trusting } from '../../../compose.ts';
import { isFailure } from '../../../kernel/index.ts';
import type { Finding } from './finding.ts';

/** Inspects the trust file with the memory of every home that this account may use. */
export async function inspectTrust(trusting: Trusting): Promise<readonly Finding[]> {
  const { file } = trusting.paths;
  if ((await trusting.present()) === undefined) {
    const mend = 'countersign approver add NAME --ssh-key FILE.pub';
    return [{ kind: 'broken', what: 'trust file', detail: `there is none at ${file}`, mend }];
  }
  const findings: Finding[] = [];
  for (const { who, home, isOurs } of await trusting.believers()) {
    if (isOurs) findings.push(await inspectBeliever(trusting, who, home));
    else findings.push({ kind: 'fine', what: `trust file, ${who}`, detail: 'belongs to another account', mend: '' });
  }
  return findings;
}

async function inspectBeliever(trusting: Trusting, who: string, home: string): Promise<Finding> {
  const what = `trust file, ${who}`;
  try {
    const { isSigned } = await trusting.believe(home);
    const detail = isSigned ? 'accepted, signed by an approver' : 'accepted on first use, not signed by anybody';
    return isSigned
      ? { kind: 'fine', what, detail, mend: '' }
      : { kind: 'warning', what, detail, mend: 'countersign trust sign --ssh-key FILE' };
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    return { kind: 'broken', what, detail: `${thrown.message} (${thrown.where ?? home})`, mend: thrown.hint };
  }
}
