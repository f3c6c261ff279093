/**
 * The changes of a preview as people read them: what destroys is named one by one, the rest too where there is little of it, and
 * counted by type and module where there is much. Nothing is left out without a number, and the signed document has it all.
 */

import type { PreviewAction, ResourceChange } from '../../../kernel/index.ts';
import { visibleLine } from '../../../kernel/index.ts';
import { resourceLines, SIGNS } from './resource-lines.ts';
import { behindMargin } from './wrap-columns.ts';

/** Up to so many changes are shown whole, attribute by attribute. */
const MOST_WHOLE = 100;
/** Up to so many of those that destroy or run are named, however many changes there are. */
const MOST_NAMED = 500;
const MOST_GROUPS = 100;
/** Lines of one resource: a page of JSON in one attribute must not push the next resource out of sight. */
const MOST_LINES_EACH = 60;
const GRAVE: readonly PreviewAction[] = ['delete', 'replace', 'run'];
const REST = ' '.repeat(16);

/**
 * Writes the section.
 *
 * @param resources  in the preview's own order: what destroys first
 * @param proposal  whose `countersign show` has everything
 */
export function changeLines(
  resources: readonly ResourceChange[],
  proposal: string,
  widthColumns: number,
): readonly string[] {
  if (resources.length === 0) return [];
  const everything = `countersign show ${visibleLine(proposal)} --json`;
  const lines =
    resources.length <= MOST_WHOLE
      ? resources.flatMap((resource) => wholeLines(resource, everything, widthColumns))
      : manyLines(resources, everything, widthColumns);
  return ['', 'CHANGES, what destroys first', ...lines];
}

function wholeLines(resource: ResourceChange, everything: string, widthColumns: number): readonly string[] {
  const lines = resourceLines(resource, widthColumns);
  if (lines.length <= MOST_LINES_EACH) return lines;
  const left = lines.length - MOST_LINES_EACH;
  return [...lines.slice(0, MOST_LINES_EACH), ...note(`${left} more lines of it: ${everything}`, widthColumns)];
}

function manyLines(resources: readonly ResourceChange[], everything: string, widthColumns: number): readonly string[] {
  const grave = resources.filter(({ action }) => GRAVE.includes(action));
  const named = grave.slice(0, MOST_NAMED);
  const groups = groupsOf([...grave.slice(MOST_NAMED), ...resources.filter(({ action }) => !GRAVE.includes(action))]);
  const shown = groups.slice(0, MOST_GROUPS);
  const beyond = groups.slice(MOST_GROUPS).reduce((sum, { count }) => sum + count, 0);
  const hidden = resources.length - named.length;
  return [
    ...named.flatMap((resource) => resourceLines(briefly(resource), widthColumns)),
    ...shown.flatMap((group) => groupLines(group, widthColumns)),
    ...(beyond === 0 ? [] : note(`${beyond} more in ${groups.length - shown.length} other groups`, widthColumns)),
    ...(hidden === 0 ? [] : note(`${hidden} of ${resources.length} are only counted here`, widthColumns)),
    ...note(`every one of them with its attributes: ${everything}`, widthColumns),
  ];
}

/** Of many, a replacement shows what forces it and nothing else. */
function briefly(resource: ResourceChange): ResourceChange {
  return {
    ...resource,
    attributes: resource.attributes.filter(({ forcesReplacement }) => forcesReplacement).slice(0, 3),
  };
}

type Group = { readonly action: PreviewAction; readonly type: string; readonly module: string; readonly count: number };

/** Gathers by action, type and module, in the order in which the first of each comes. */
function groupsOf(resources: readonly ResourceChange[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { address, action } of resources) {
    const [module, type] = placeOf(address);
    const key = JSON.stringify([action, module, type]);
    groups.set(key, { action, type, module, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  return [...groups.values()];
}

/** Module and type of an address such as `module.a["x"].aws_instance.b[0]` or `table users`; instances of a module count together. */
function placeOf(address: string): readonly [module: string, type: string] {
  const plain = address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
  const [, module = '', type = plain] = /^((?:module\.[^.]+\.)*)((?:data\.)?[^. ]+)/.exec(plain) ?? [];
  return [module.replace(/\.$/, ''), type];
}

function groupLines({ action, type, module, count }: Group, widthColumns: number): readonly string[] {
  const place = module === '' ? '' : ` in ${module}`;
  const first = `  ${SIGNS[action]}`.padEnd(REST.length);
  return behindMargin(visibleLine(`${count} of ${type}${place}`), { first, rest: REST }, widthColumns);
}

function note(text: string, widthColumns: number): readonly string[] {
  return behindMargin(text, { first: '  ', rest: '    ' }, widthColumns);
}
