/** One resource of a preview as people read it: the verb, the address, then every attribute that would change. */

import type { AttributeChange, Json, PreviewAction, ResourceChange } from '../../../kernel/index.ts';
import { visibleLine } from '../../../kernel/index.ts';
import { behindMargin } from './wrap-columns.ts';

/** How a line of an action begins. */
export const SIGNS: Readonly<Record<PreviewAction, string>> = {
  delete: '-   DELETE',
  replace: '-/+ REPLACE',
  run: '!   run',
  create: '+   create',
  update: '~   update',
  forget: '.   forget',
  move: '.   move',
  import: '.   import',
  read: '.   read',
  'no-op': '.   no-op',
};
const MAKING: readonly PreviewAction[] = ['create', 'run', 'read', 'import'];
const REST = ' '.repeat(16);

/** Writes one resource; no line is wider than asked for. */
export function resourceLines(resource: ResourceChange, widthColumns: number): readonly string[] {
  const reason = resource.reason === undefined ? '' : `  (${resource.reason})`;
  const title = visibleLine(`${resource.address}${reason}`);
  return [
    ...behindMargin(title, { first: `  ${SIGNS[resource.action]}`.padEnd(REST.length), rest: REST }, widthColumns),
    ...resource.attributes.flatMap((attribute) =>
      behindMargin(
        attributeText(attribute, resource.action),
        { first: `${REST}  `, rest: `${REST}    ` },
        widthColumns,
      ),
    ),
  ];
}

function attributeText(attribute: AttributeChange, action: PreviewAction): string {
  const forces = attribute.forcesReplacement ? '  (forces replacement)' : '';
  const path = visibleLine(attribute.path);
  if (attribute.isSensitive) return `${path}: (sensitive) => (sensitive)${forces}`;
  const after = attribute.isUnknownAfter ? '(known after the change)' : valueText(attribute.after);
  // What is made has no before, and what is removed no after: an arrow from or to nothing only hides the value.
  if (MAKING.includes(action) && attribute.before === null) return `${path}: ${after}${forces}`;
  if (action === 'delete' && attribute.after === null) return `${path}: ${valueText(attribute.before)}${forces}`;
  return `${path}: ${valueText(attribute.before)} => ${after}${forces}`;
}

function valueText(value: Json): string {
  return visibleLine(JSON.stringify(value));
}
