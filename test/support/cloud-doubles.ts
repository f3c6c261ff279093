/**
 * Doubles of clouds' command lines, which can't answer without an account: small scripts that print what the real ones document, and
 * write down with which arguments and variables they were asked. They prove how Countersign asks and reads, not how the real ones answer.
 */

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Puts a double on a search path. @param body  shell; `$*` are the arguments */
export function cloudDouble(directory: string, program: string, body: string): void {
  const path = join(directory, program);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

/** Shell that prints a document. */
export function prints(document: unknown): string {
  return `cat <<'ANSWER'\n${typeof document === 'string' ? document : JSON.stringify(document)}\nANSWER`;
}

/** Shell of `aws sts get-caller-identity --output json`, as the AWS CLI documents it. */
export function awsAnswers(account: string, arn: string): string {
  return prints({ UserId: 'AROA:session', Account: account, Arn: arn });
}
