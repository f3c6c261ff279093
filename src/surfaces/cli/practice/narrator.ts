/** Writes what happens on the range. Progress and story go to stderr; only the table at the end is a result. */

import { visibleLine, visibleText } from '../../../kernel/index.ts';
import { paintFor, type Terminal, type Tone } from '../terminal.ts';

const BAR = '  │ ';

/** Tells the story. */
export type Narrator = {
  readonly act: (title: string) => void;
  readonly tell: (text: string) => void;
  /** A line that the scripted agent says: always marked as its own words. */
  readonly agentSays: (text: string) => void;
  /** A command line as one could type it. */
  readonly command: (who: 'agent' | 'you', line: string) => void;
  /** What a command printed, and how it ended. */
  readonly output: (text: string) => void;
  readonly aside: (tone: Tone, text: string) => void;
};

/** A narrator for a terminal. Text from programs is made visible before it is shown. */
export function narratorFor(terminal: Terminal): Narrator {
  const paint = paintFor(terminal.hasColour);
  const line = (text: string): void => terminal.stderr.write(`${text}\n`);
  return {
    act: (title) => line(`\n${paint('strong', `── ${title} ${'─'.repeat(Math.max(4, 74 - title.length))}`)}`),
    tell: (text) => line(`\n${text}`),
    agentSays: (text) => line(`\n${paint('warning', 'agent says')}  “${visibleLine(text)}”`),
    command: (who, text) =>
      line(`\n${paint(who === 'agent' ? 'warning' : 'good', `${who} $`)} ${paint('strong', visibleText(text))}`),
    output: (text) => {
      if (text.trim() === '') return;
      for (const one of visibleText(text).trimEnd().split('\n')) line(`${paint('faint', BAR)}${one}`.trimEnd());
    },
    aside: (tone, text) => line(`${paint('faint', BAR)}${paint(tone, text)}`),
  };
}
