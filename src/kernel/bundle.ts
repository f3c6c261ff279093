/** The bundle: the sealed, content-addressed bytes and context of a proposal. Its digest is what people approve (L3). */

import type { CheckSpec } from './check.ts';
import { digestJson, type HashFunction, type Sha256Hex } from './digest.ts';
import { canonicalJson, type Json } from './json.ts';
import type { DriverName } from './preview.ts';
import type { Proposer } from './principal.ts';

/**
 * A fact about the world that was true when the bundle was sealed and must still be true right before it runs.
 *
 * `binding` facts say which world it is (a backend, a database, an account) and decide target and environment (L15);
 * `version` facts say in which state that world was.
 */
export type Fact = {
  /** Dotted name, for instance `terraform.state.serial`. */
  readonly name: string;
  readonly role: 'binding' | 'version';
  readonly value: Json;
};

/** A blob of the bundle. `age` blobs are encrypted to the runner and destroyed at the close; `digest` is of the stored bytes. */
export type BlobRef = {
  readonly name: string;
  readonly digest: Sha256Hex;
  readonly sizeBytes: number;
  readonly sealing: 'clear' | 'age';
};

/** The program that will run, by its bytes and not by its name. */
export type ToolIdentity = {
  readonly path: string;
  readonly digest: Sha256Hex;
  /** What the tool says of its version; empty where it was not asked. */
  readonly version: string;
};

/** Who is to run the bundle, and as whom. */
export type RunnerIdentity = {
  readonly name: string;
  /** Ed25519 public key, base64 SPKI. */
  readonly key: string;
  /** The operating-system account that the tool will run as. */
  readonly account: string;
};

/** A file that a `command` check runs or rests on, by its bytes: the program, the interpreter of a script, an argument. */
export type CheckProgram = {
  /** Id of the check. */
  readonly check: string;
  /** Absolute and link-free. */
  readonly path: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
};

/** Something recorded that a proposal cites. */
export type EvidenceRef = { readonly id: string; readonly digest: Sha256Hex };

/** The manifest: a JCS document that names everything that will run. */
export type Manifest = {
  readonly schema: 'countersign.bundle/1';
  readonly proposal: string;
  readonly target: string;
  readonly environment: Environment;
  readonly driver: DriverName;
  readonly intent: string;
  /** The held proposal whose damage it is to put right: it may run on the target that this one holds, so people sign for it. */
  readonly recovers?: string | undefined;
  /** Who proposed it: four eyes must not rest on the record's word alone. */
  readonly proposer: Proposer;
  readonly tool: ToolIdentity;
  /** The exact arguments, without the program itself. `{run}` stands for the runner's private copy of the directory. */
  readonly argv: readonly string[];
  /** The real directory that the change was planned in. */
  readonly directory: string;
  /** The whole environment of the process by name; a value that is secret stands in the blob `environment` instead. */
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly secretVariables: readonly string[];
  readonly facts: readonly Fact[];
  readonly checks: readonly CheckSpec[];
  /** Every file of every `command` check. Left out where there is none; a `command` check without any is not put. */
  readonly checkPrograms?: readonly CheckProgram[] | undefined;
  readonly runner: RunnerIdentity;
  readonly blobs: readonly BlobRef[];
  readonly previewDigest: Sha256Hex;
  readonly evidence?: readonly EvidenceRef[] | undefined;
  readonly sealedAtMs: number;
};

/** Where a target lives. Unknown means production (L15). */
export type Environment = 'production' | 'staging' | 'sandbox';

/** Digests a manifest: the name by which people approve it. */
export function bundleDigest(hash: HashFunction, manifest: Manifest): Sha256Hex {
  return digestJson(hash, manifest);
}

/** One file of what a fact is about: relative to it, or absolute; visible characters only. */
export type ChangedPath = { readonly path: string; readonly change: 'changed' | 'appeared' | 'gone' };

/** One sealed fact that is no longer true. */
export type FactDifference = {
  readonly name: string;
  readonly sealed: Json | undefined;
  readonly found: Json | undefined;
  /** The files by which it differs, 10 at most; left out where nobody could tell. */
  readonly paths?: readonly ChangedPath[] | undefined;
  /** How many more files differ than `paths` names. */
  readonly morePaths?: number | undefined;
};

/**
 * Compares the sealed facts with the world's present ones, so that a difference is named and not just noticed.
 *
 * @returns every fact that changed, vanished or appeared; empty when all still hold
 */
export function compareFacts(sealed: readonly Fact[], found: readonly Fact[]): readonly FactDifference[] {
  const names = new Set([...sealed, ...found].map((fact) => fact.name));
  return [...names].flatMap((name) => {
    const before = sealed.find((fact) => fact.name === name);
    const now = found.find((fact) => fact.name === name);
    const isSame = before !== undefined && now !== undefined && isSameJson(before.value, now.value);
    return isSame ? [] : [{ name, sealed: before?.value, found: now?.value }];
  });
}

function isSameJson(left: Json, right: Json): boolean {
  return canonicalJson(left) === canonicalJson(right);
}
