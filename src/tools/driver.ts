/**
 * What a driver is: one kind of tool, known well enough to plan with it, to run it once and to observe what it did.
 *
 * A driver never decides anything and never touches the record; it owns no process and no file but through the ports.
 */

import type {
  ChangedPath,
  CheckSpec,
  DriverName,
  Fact,
  FactDifference,
  JsonObject,
  Manifest,
  Outcome,
  Preview,
  ProcessEnd,
  Sha256Hex,
  ToolIdentity,
} from '../kernel/index.ts';
import type { LookAgainAnswer, LookAgainRequest } from './look-again.ts';
import type { RecoveredExecution } from './past-executions.ts';
import type { RecoveryAnswer, RecoveryRequest } from './recovery.ts';

/** What is to be planned. Everything in it is the proposer's word and is treated as hostile. */
export type PlanRequest = {
  readonly proposal: string;
  /** Real, link-free directory that the change is meant for. */
  readonly directory: string;
  /** argv: the command. terraform: options for plan. sqlite: the database and the migration file. */
  readonly argv: readonly string[];
  /** The allow-listed environment; the whole of it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names in `environment` whose values are secret. */
  readonly secretVariables: readonly string[];
  readonly stdin?: Uint8Array | undefined;
  /** The held execution that the change is to put right. */
  readonly recovers?: RecoveredExecution | undefined;
  /** A fresh private directory; removed by the caller afterwards. */
  readonly scratch: string;
};

/** What a change is, told cheaply before anything is planned. */
export type ChangeIdentity = {
  /** The command with every spelling of the same thing made one: absolute paths instead of relative ones. */
  readonly argv: readonly string[];
  /** Digest of the bytes that the change is made of, as they are now. */
  readonly sourceDigest: Sha256Hex;
};

/** A blob to be sealed. `runner` blobs are encrypted to the runner, `runner-and-verifier` ones to both. */
export type PlannedBlob = {
  readonly name: string;
  readonly content: Uint8Array;
  readonly readers: 'everybody' | 'runner' | 'runner-and-verifier';
};

/** What planning found. */
export type PlanAnswer =
  | {
      readonly kind: 'planned';
      readonly tool: ToolIdentity;
      /** Arguments for the execution; `{run}` stands for the private copy. */
      readonly argv: readonly string[];
      readonly environmentVariables: Readonly<Record<string, string>>;
      readonly facts: readonly Fact[];
      readonly preview: Preview;
      /** The driver's own checks, for instance "a fresh plan is empty". */
      readonly checks: readonly CheckSpec[];
      readonly blobs: readonly PlannedBlob[];
      /** Digest of what the change is made of, for the draft's identity. */
      readonly sourceDigest: Sha256Hex;
    }
  | { readonly kind: 'unplannable'; readonly why: string; readonly next: string; readonly text: string };

/** A bundle as the runner holds it: its manifest, its blobs in the clear, and a private directory of its own. */
export type OpenedBundle = {
  readonly manifest: Manifest;
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  /** 0700, empty at first, kept until the close: `errored.tfstate` may be the only copy of the truth. */
  readonly runDirectory: string;
};

/** The one program that will run. */
export type ExecutionCommand = {
  readonly file: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array | undefined;
};

/** What is left when the program has ended: its end, and the files that its output went to. */
export type ExecutionTrace = {
  readonly end: ProcessEnd;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Processes of the execution that were still alive when its leader ended. */
  readonly survivors: number;
};

/** Masks secrets in text: every occurrence of a secret value becomes `(sensitive)`. */
export type Mask = (text: string) => string;

/** One kind of tool. */
export interface Driver {
  readonly name: DriverName;
  /**
   * Tells what the change is, so that a retry finds its draft. Reads only, and never throws on a missing source: that has a
   * digest too, and planning says what is wrong.
   */
  identify(request: Omit<PlanRequest, 'scratch'>): Promise<ChangeIdentity>;
  /** Plans without changing anything. Planning may run foreign code: the caller provides the sandbox through the process port. */
  plan(request: PlanRequest): Promise<PlanAnswer>;
  /**
   * Reads the facts anew, so that they can be compared with the sealed ones. Throws Failure `TOOL_MISSING` when the tool is gone.
   *
   * `blobs` are those of the bundle, in the clear: whom credentials belong to can't be asked without the secret ones, and everything
   * else is read without them.
   */
  probe(manifest: Manifest, blobs: OpenedBundle['blobs']): Promise<readonly Fact[]>;
  /**
   * Names, for facts that differ, the files that they differ by; left out where no fact is about many files. Reads only.
   *
   * Throws Failure when the present files can't be read: that they differ is known without it.
   */
  changedFiles?(
    bundle: OpenedBundle,
    facts: readonly string[],
  ): Promise<Readonly<Record<string, readonly ChangedPath[]>>>;
  /** Fills the private directory from the blobs: the bytes that will run. */
  materialise(bundle: OpenedBundle): Promise<void>;
  /**
   * Looks at the very things that a materialised bundle is about, where its facts can't: each that is no more as it was planned for
   * is named, without any value of it. Changes nothing in the world nor in what will run. Throws Failure when it can't look.
   */
  drift(bundle: OpenedBundle): Promise<readonly FactDifference[]>;
  /** Computes the preview from the bundle alone; must equal the sealed one to the byte. */
  preview(bundle: OpenedBundle): Promise<Preview>;
  command(bundle: OpenedBundle): ExecutionCommand;
  /** Reads the outcome from the tool's own words and state, never from the exit code alone (L6). */
  observe(bundle: OpenedBundle, trace: ExecutionTrace): Promise<Outcome>;
  /** The secret values of this bundle, for masking output before it is recorded. */
  secrets(bundle: OpenedBundle): readonly string[];
  /** Looks at what a held execution left and names the ways back that it can prepare; left out where it prepares none. Changes nothing. */
  recoveries?(request: RecoveryRequest): Promise<RecoveryAnswer>;
  /** Looks whether the world is still as a confirmed change left it; left out where nobody can tell. Changes nothing. */
  lookAgain?(request: LookAgainRequest): Promise<LookAgainAnswer>;
}

/** What a driver says of itself for `doctor`. */
export type DriverStatus = { readonly driver: DriverName; readonly tool: string; readonly detail: JsonObject };
