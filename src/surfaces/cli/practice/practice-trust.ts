/** The range's own rules: its targets, bound to facts of the range's directory, and how a lone person approves. */

import { type Document, parseDocument } from 'yaml';
import { Failure } from '../../../kernel/index.ts';
import type { Place } from './place.ts';

/** The database of the order desk. */
export const DATABASE_TARGET = 'practice-db';
/** What Terraform manages for the order desk. */
export const INFRA_TARGET = 'practice-infra';
/** What deploy scripts change, where there is no Terraform. */
export const SCRIPT_TARGET = 'practice-desk';

/**
 * Adds the range's targets to the trust file that the first approver made.
 *
 * Each is bound to the range's directory, and everything else is refused: the practice key counts here and nowhere else.
 *
 * @param trust  the text of `trust.yaml`
 * @returns the new text; its version is one higher
 * @throws Failure `CONFIG_INVALID` when the text is no YAML map with a version
 */
export function withPracticeTargets(trust: string, place: Place): string {
  const document: Document = parseDocument(trust);
  const version = document.errors.length === 0 ? document.get('version') : undefined;
  if (typeof version !== 'number') {
    throw new Failure('CONFIG_INVALID', 'the new trust file of the range is not readable', {
      hint: 'this is most likely a bug: please report it',
      where: place.trustFile,
    });
  }
  const binds = bindings(place);
  const targets = Object.entries(binds).map(([name, { driver, bind }]) => [name, { driver, bind }]);
  document.set('version', version + 1);
  document.set('targets', document.createNode(Object.fromEntries(targets)));
  document.set(
    'environments',
    document.createNode({ sandbox: { where: Object.values(binds).map((one) => one.bind) } }),
  );
  document.set('policy', document.createNode([practiceOnly(Object.keys(binds))]));
  return document.toString({ lineWidth: 0 });
}

type Binding = { readonly driver: string; readonly bind: Readonly<Record<string, string>> };

function bindings(place: Place): Readonly<Record<string, Binding>> {
  return {
    [DATABASE_TARGET]: { driver: 'sqlite', bind: { 'sqlite.path': place.database } },
    [INFRA_TARGET]: { driver: 'terraform', bind: { 'terraform.directory': `${place.work}/infra` } },
    [SCRIPT_TARGET]: { driver: 'argv', bind: { 'argv.directory': `${place.work}/roll-out` } },
  };
}

function practiceOnly(targets: readonly string[]): object {
  return {
    name: 'practice-only',
    when: `!(target.name in ${JSON.stringify(targets)})`,
    refuse: 'this is the practice range: nothing but its own targets is changed from here',
  };
}
