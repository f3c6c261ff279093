/** Flags that every way to propose shares. */

import { asTyped } from './as-typed.ts';

type TextFlag = { readonly kind: 'parsed'; readonly parse: (text: string) => string; readonly brief: string };
type OptionalTextFlag = TextFlag & { readonly optional: true };
type ManyTextFlag = TextFlag & { readonly variadic: true; readonly default: readonly string[] };

/** Target, intent, checks, environment and links. */
export const PROPOSE_FLAGS: {
  readonly target: TextFlag;
  readonly intent: TextFlag;
  readonly check: ManyTextFlag;
  readonly checks: OptionalTextFlag;
  readonly env: ManyTextFlag;
  readonly secretEnv: ManyTextFlag;
  readonly evidence: ManyTextFlag;
  readonly recovers: OptionalTextFlag;
} = {
  target: text('The target, by its name in the trust file'),
  intent: text('What the change is for, in one sentence'),
  check: many('A check as YAML: {file: {path: /srv/app/VERSION, expect: {contains: "2.1"}}}; may be repeated'),
  checks: { ...text('A YAML file with a list of checks'), optional: true },
  env: many('An environment variable to seal: NAME or NAME=VALUE; may be repeated'),
  secretEnv: many('Like --env, but sealed to the runner and never shown: NAME; may be repeated'),
  evidence: many('Evidence that it rests on, by id; may be repeated'),
  recovers: { ...text('The held proposal whose damage this one puts right'), optional: true },
};

/** What `PROPOSE_FLAGS` parse to. */
export type ProposeFlags = {
  readonly target: string;
  readonly intent: string;
  readonly check: readonly string[];
  readonly checks: string | undefined;
  readonly env: readonly string[];
  readonly secretEnv: readonly string[];
  readonly evidence: readonly string[];
  readonly recovers: string | undefined;
};

function text(brief: string): TextFlag {
  return { kind: 'parsed', parse: asTyped, brief };
}

function many(brief: string): ManyTextFlag {
  return { ...text(brief), variadic: true, default: [] };
}
