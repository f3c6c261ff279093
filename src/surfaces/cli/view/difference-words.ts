/** What differed from what was sealed, in the words of whoever has to find it: which thing, which files, and both sides. */

import { type ChangedPath, type FactDifference, type Json, visibleLine } from '../../../kernel/index.ts';

const WHAT: Readonly<Record<string, string>> = {
  place: 'the place that is changed',
  preview: 'the preview',
  record: 'the record',
  runner: 'the runner',
  tool: 'the program',
  'tool.path': 'the path of the program',
  'tool.digest': 'the program',
  'tool.version': 'the version of the program',
  'terraform.backend.type': 'the kind of backend',
  'terraform.backend.path': 'where the state lies',
  'terraform.workspace': 'the workspace',
  'terraform.directory': 'the directory',
  'terraform.directory.data': 'the data directory of Terraform',
  'terraform.directory.inside': 'the path of the configuration in its source',
  'terraform.directory.variable-files': 'the files of variables beside the configuration',
  'terraform.directory.digest': 'the configuration',
  'terraform.lock.digest': 'the lock file of the providers (.terraform.lock.hcl)',
  'terraform.modules.digest': 'the installed modules',
  'terraform.providers.digest': 'the installed providers',
  'terraform.state.lineage': 'the lineage of the state',
  'terraform.state.serial': 'the state: serial',
  'terraform.state.digest': 'the bytes of the state',
  'terraform.repair': 'the repair',
  'terraform.repair.of': 'the execution that is repaired',
  'terraform.errored.digest': 'the state that could not be saved',
  'terraform.lock': 'the lock of the state',
  'terraform.lock.owner': 'who holds the lock of the state',
  'sqlite.path': 'the database',
  'sqlite.application-id': 'the application of the database',
  'sqlite.schema-digest': 'the schema of the database',
  'sqlite.program-digest': 'the program that runs migrations',
  'argv.directory': 'the directory',
  'argv.host': 'the machine',
  'argv.program': 'the path of the program',
};
const OBJECT = 'terraform.object ';
const TABLE = 'sqlite.table.';
const CHECK = 'check.';
const IDENTITY = 'identity.';
const DIGEST = /\b[0-9a-f]{64}\b/g;
const SHOWN_OF_DIGEST = 12;
const CHANGES: readonly ChangedPath['change'][] = ['changed', 'appeared', 'gone'];

/** Says one difference on one line, safe to look at; digests are whole, as a program wants them. */
export function differenceWords(difference: FactDifference): string {
  return visibleLine(wordsOf(difference));
}

/** Shortens the digests of such a line for people, who can tell that two differ by their first characters. */
export function withShortDigests(line: string): string {
  return line.replace(DIGEST, (digest) => `${digest.slice(0, SHOWN_OF_DIGEST)}…`);
}

function wordsOf({ name, sealed, found, paths, morePaths }: FactDifference): string {
  if (name.startsWith(OBJECT)) {
    const planned = sealed === undefined ? '' : ` (the sealed plan said ${said(sealed)})`;
    return `the object ${name.slice(OBJECT.length)}: ${said(found)}${planned}`;
  }
  // These two are told in whole sentences: there is no other side.
  if (name === 'runner' || name === 'record') return `${whatOf(name)}: ${said(found)}`;
  if (name.startsWith(CHECK)) return `the check ${name.slice(CHECK.length)}: ${said(found)}`;
  const files = paths === undefined || paths.length === 0 ? '' : `: ${filesText(paths, morePaths ?? 0)}`;
  const sides = sidesText(sealed, found);
  return files === '' ? `${whatOf(name)}${joint(name)}${sides}` : `${whatOf(name)}${files} (${sides})`;
}

function joint(name: string): string {
  return whatOf(name).includes(': ') ? ' ' : ': ';
}

function whatOf(name: string): string {
  if (name.startsWith(TABLE)) return `the table ${name.slice(TABLE.length)}`;
  if (name.startsWith(IDENTITY)) return `whom it runs as, ${name.slice(IDENTITY.length).replaceAll('.', ' ')}`;
  return Object.hasOwn(WHAT, name) ? (WHAT[name] ?? name) : name;
}

function filesText(paths: readonly ChangedPath[], more: number): string {
  const groups = CHANGES.flatMap((change) => {
    const named = paths.filter((one) => one.change === change).map(({ path }) => path);
    return named.length === 0 ? [] : [`${named.join(', ')} ${change}`];
  });
  return [...groups, ...(more === 0 ? [] : [`and ${more} more`])].join('; ');
}

function sidesText(sealed: Json | undefined, found: Json | undefined): string {
  const rows = [rowsOf(sealed), rowsOf(found)];
  if (rows[0] !== undefined && rows[1] !== undefined) {
    return rows[0] === rows[1]
      ? `${rows[0]} rows, and not the same ones`
      : `${rows[0]} rows when it was sealed, ${rows[1]} now`;
  }
  return `${said(sealed)} when it was sealed, ${said(found)} now`;
}

function rowsOf(value: Json | undefined): number | undefined {
  if (typeof value !== 'object' || value === null || !('rows' in value)) return undefined;
  return typeof value['rows'] === 'number' ? value['rows'] : undefined;
}

function said(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
