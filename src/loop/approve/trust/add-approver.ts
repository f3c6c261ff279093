/** Adds a person, or one more key of theirs, to a trust file that people wrote: their comments and order stay. */

import { type Document, isSeq, parseDocument, type YAMLSeq } from 'yaml';
import { invariant } from '../../../kernel/index.ts';
import { parseTrust } from './parse-trust.ts';

/** Who is to be added. */
export type NewApprover = {
  readonly name: string;
  /** Lines of OpenSSH `.pub` files. */
  readonly keys: readonly string[];
  readonly accounts: readonly string[];
};

/**
 * Adds an approver, or adds keys and accounts to one who is there, and raises the version.
 *
 * @param text  a trust file
 * @returns the changed file; it needs an approver's signature before anybody accepts it
 * @throws Failure `CONFIG_INVALID` when the file, the name or a key can't be read, or the key is somebody else's
 */
export function addApprover(text: string, approver: NewApprover): string {
  const before = parseTrust(text, 'trust.yaml');
  const document = parseDocument(text);
  const index = before.approvers.findIndex((one) => one.name === approver.name);
  if (index === -1) {
    const { name, accounts, keys } = approver;
    sequence(document, ['approvers']).add(document.createNode({ name, accounts, keys }));
  } else {
    const known = before.approvers[index]?.accounts ?? [];
    append(document, ['approvers', index, 'keys'], approver.keys);
    append(
      document,
      ['approvers', index, 'accounts'],
      approver.accounts.filter((account) => !known.includes(account)),
    );
  }
  document.set('version', before.version + 1);
  const changed = document.toString({ lineWidth: 0 });
  parseTrust(changed, 'trust.yaml');
  return changed;
}

function append(document: Document, path: readonly (string | number)[], values: readonly string[]): void {
  if (values.length === 0) return;
  if (!document.hasIn(path)) document.setIn(path, document.createNode([]));
  for (const value of values) sequence(document, path).add(document.createNode(value));
}

function sequence(document: Document, path: readonly (string | number)[]): YAMLSeq {
  const node = document.getIn(path, true);
  invariant(isSeq(node), 'parseTrust has read this as a list');
  return node;
}
