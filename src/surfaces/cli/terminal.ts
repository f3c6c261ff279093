/** What a command writes to, and how it ends. Results go to stdout, talk to stderr; colours only where a person looks. */

import { type ExitCode, visibleText } from '../../kernel/index.ts';

/** One output stream. */
export type Output = { readonly write: (text: string) => void; readonly isTerminal: boolean; readonly columns: number };

/** How a text is meant; each tone also differs in words, so that nothing depends on colour. */
export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'bad' | 'warning';

/** The terminal, or the pipes, that a command was started with. */
export type Terminal = {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly hasColour: boolean;
};

const CODES: Readonly<Record<Tone, readonly [string, string]>> = {
  plain: ['', ''],
  strong: ['\u001b[1m', '\u001b[22m'],
  faint: ['\u001b[2m', '\u001b[22m'],
  good: ['\u001b[32m', '\u001b[39m'],
  bad: ['\u001b[31m', '\u001b[39m'],
  warning: ['\u001b[33m', '\u001b[39m'],
};

/** Paints a text: a function so that renderers need not know whether anybody sees colours. */
export type Paint = (tone: Tone, text: string) => string;

/** Paints for a terminal, or leaves the text alone. The text's own control characters are made visible first. */
export function paintFor(hasColour: boolean): Paint {
  return (tone, text) => {
    const safe = visibleText(text);
    const [on, off] = CODES[tone];
    return hasColour ? `${on}${safe}${off}` : safe;
  };
}

/** What a command hands back: the text or JSON for stdout, and the exit code. */
export type CommandResult = {
  readonly exitCode: ExitCode;
  /** For people; ends without a newline. */
  readonly text: string;
  /** For programs; written instead of the text under `--json`. */
  readonly json: unknown;
};
