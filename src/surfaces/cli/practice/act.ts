/** What the range plays, as data: acts made of steps, each with what is expected of it. */

import type { ExitCode, OutcomeKind, StateKind, VerdictKind } from '../../../kernel/index.ts';

/** Who types a command: the scripted agent, or the person at the terminal. */
export type Voice = 'agent' | 'person';

/** A command of Countersign, typed by somebody. `@name` in an argument stands for the id of the proposal saved by that name. */
export type CommandStep = {
  readonly kind: 'command';
  readonly by: Voice;
  readonly args: readonly string[];
  readonly exit: ExitCode;
  /** A code or word that must stand in what it prints. */
  readonly says?: string | undefined;
  /** Saves the id of the proposal that it made under this name. */
  readonly saves?: string | undefined;
  /** What is added where no person is there to answer the command's own question. */
  readonly unattended?: readonly string[] | undefined;
  /** Its line in the table at the end; a command without one shows up there only when it differs. */
  readonly row?: string | undefined;
};

/** Another program, typed by somebody, that only reads. */
export type ProgramStep = {
  readonly kind: 'program';
  readonly by: Voice;
  readonly argv: readonly [string, ...string[]];
  readonly exit: number;
  /** What must stand in what it prints. */
  readonly says?: string | undefined;
};

/** A look at a proposal: what must have become of it. Always a line in the table at the end. */
export type SettledStep = {
  readonly kind: 'settled';
  readonly proposal: string;
  readonly row: string;
  readonly expected: SettledAs;
};

/** State, outcome and verdict of a proposal. */
export type SettledAs = {
  readonly state: StateKind;
  readonly outcome: OutcomeKind | null;
  readonly verdict: VerdictKind | null;
};

/** One step of an act. */
export type Step =
  | { readonly kind: 'tell'; readonly text: string }
  | { readonly kind: 'agent-says'; readonly text: string }
  | ProgramStep
  /** The agent writes a file into its work tree. Nothing that it writes runs by being written. */
  | { readonly kind: 'write'; readonly example: string; readonly path: string }
  | CommandStep
  | SettledStep;

/** One act. */
export type Act = {
  readonly title: string;
  /** Why it is not played here; its rows count as skipped then, and the table says so. */
  readonly skipped?: string | undefined;
  readonly steps: readonly Step[];
};

/** One line of the table at the end. */
export type Row = {
  readonly act: string;
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  readonly end: 'as-expected' | 'different' | 'not-reached' | 'skipped';
};
