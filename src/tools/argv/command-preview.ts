/** The preview of a command: what would run, on which bytes, and the plain statement that nobody can foresee what it does. */

import {
  type AttributeChange,
  countChanges,
  type Fact,
  type Json,
  type Preview,
  type ResourceChange,
  type ToolIdentity,
  visibleLine,
} from '../../kernel/index.ts';
import type { SealedDirectory, SealedEntry } from '../directory/sealed-directory.ts';
import { identityNotes } from '../identity/identity-facts.ts';
import { loaderTrouble } from '../loader-variables.ts';
import { absolutePath } from './locate-tool.ts';
import { quoteCommand } from './quote-command.ts';

/** Everything that the preview is computed from; all of it is sealed. */
export type CommandParts = {
  /** The program as the bundle names it, then its arguments. */
  readonly tool: ToolIdentity;
  readonly args: readonly string[];
  /** Sealed: whom it is planned as stands among them. */
  readonly facts: readonly Fact[];
  readonly directory: string;
  readonly sealed: SealedDirectory;
  readonly directoryDigest: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly secretVariables: readonly string[];
  readonly stdin: { readonly sizeBytes: number } | undefined;
};

/** The variable that tells a command where the directory lies that it runs in a copy of. */
export const DIRECTORY_VARIABLE: string = 'COUNTERSIGN_DIRECTORY';

/** Computes the preview of a command from what is sealed. */
export function commandPreview(command: CommandParts): Preview {
  const resources: readonly ResourceChange[] = [
    { address: 'command', action: 'run', attributes: [...contextOf(command), ...filesNamed(command)] },
  ];
  const text = quoteCommand([command.tool.path, ...command.args]);
  return {
    schema: 'countersign.preview/1',
    driver: 'argv',
    counts: countChanges(resources),
    resources,
    unpredictable: [{ address: 'command', what: 'command', text }],
    text,
    notes: notes(command),
  };
}

function contextOf(command: CommandParts): readonly AttributeChange[] {
  const files = command.sealed.entries.filter((entry) => entry.kind === 'file').length;
  return [
    attribute('program', { path: visibleLine(command.tool.path), sha256: command.tool.digest }),
    attribute('directory', { path: visibleLine(command.directory), files, sha256: command.directoryDigest }),
    ...Object.entries(command.environmentVariables)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, value]) => attribute(`environment.${visibleLine(name)}`, visibleLine(value))),
    ...[...command.secretVariables].sort().map((name) => sensitive(`environment.${visibleLine(name)}`)),
    ...(command.stdin === undefined ? [] : [attribute('stdin', { sizeBytes: command.stdin.sizeBytes })]),
  ];
}

// A script that is named in the arguments is what really runs: people are shown which bytes it is.
function filesNamed(command: CommandParts): readonly AttributeChange[] {
  const named = new Set(command.args.map((argument) => absolutePath(command.directory, argument)));
  return command.sealed.entries
    .filter((entry): entry is Extract<SealedEntry, { kind: 'file' }> => entry.kind === 'file')
    .filter((entry) => named.has(`${command.directory}/${entry.path}`))
    .map((entry) => attribute(`file ${visibleLine(entry.path)}`, { sha256: entry.digest, sizeBytes: entry.sizeBytes }));
}

function notes(command: CommandParts): readonly string[] {
  const loading = [
    ...Object.entries(command.environmentVariables).flatMap(([name, value]) => (loads(name, value) ? [name] : [])),
    ...command.secretVariables.filter((name) => loads(name)),
  ];
  return [
    ...identityNotes(command.facts),
    'What it does cannot be predicted: only a check that is red now and green afterwards can confirm it.',
    `It runs in a private copy of ${visibleLine(command.directory)} without .git: what it writes by a relative path stays in the ` +
      `copy. ${DIRECTORY_VARIABLE} tells it where the directory itself lies.`,
    ...loading.sort().map((name) => `${visibleLine(name)} makes programs load code that is not in the arguments.`),
  ];
}

function loads(name: string, value?: string): boolean {
  return loaderTrouble(name, value) !== undefined;
}

function attribute(path: string, after: Json): AttributeChange {
  return { path, before: null, after, isUnknownAfter: false, isSensitive: false, forcesReplacement: false };
}

function sensitive(path: string): AttributeChange {
  return { ...attribute(path, '(sensitive)'), before: '(sensitive)', isSensitive: true };
}
