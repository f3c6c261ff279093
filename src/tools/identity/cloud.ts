/** What is known of a cloud's own command line: how it is asked whom credentials belong to, and how its answer is read. */

import type { Files, Json } from '../../kernel/index.ts';

/** The clouds whose command line can be asked. */
export type CloudName = 'aws' | 'gcp' | 'azure' | 'kubernetes';

/** Every member of an identity by name; `null` where nobody could tell, and then `why` says for what reason. */
export type Told = { readonly members: Readonly<Record<string, string | null>>; readonly why?: string | undefined };

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string>>;

/** One question to a command line. */
export type CloudQuestion = {
  readonly args: readonly string[];
  /** The members that it is about. */
  readonly members: readonly string[];
  /** Reads what it printed; nothing of it is recorded but the members. */
  read(answer: Json): Told;
};

/** One cloud. */
export type Cloud = {
  readonly name: CloudName;
  /** As people call it. */
  readonly title: string;
  readonly program: string;
  /** What identifies an account there: each becomes a fact `identity.NAME.MEMBER`. */
  readonly members: readonly string[];
  /** Variables that name credentials of this cloud; one of them makes it asked. */
  readonly credentials: readonly RegExp[];
  /** Options of its own that name other credentials than the environment does, without dashes. */
  readonly options: readonly string[];
  /** Terraform providers that take its credentials, and their settings that name others. */
  readonly providers: readonly string[];
  readonly settings: readonly string[];
  /** The change's variables, made fit for a question that must be answered in JSON. */
  variables(variables: Variables): Variables;
  /** What is asked. A `Told` where the variables answer it, or make every answer one about somebody else. */
  questions(variables: Variables, files: Files): Promise<readonly CloudQuestion[] | Told>;
};

/** The answer of somebody who can't tell. */
export function untold(members: readonly string[], why: string): Told {
  return { members: Object.fromEntries(members.map((name) => [name, null])), why };
}

/** The first of some variables that is set. */
export function firstSet(variables: Variables, names: readonly string[]): string | undefined {
  return names.find((name) => (variables[name] ?? '') !== '');
}
