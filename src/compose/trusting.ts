/** Composed for the trust file: first use, later changes, and the pins of control plane, runner and verifier. */

import { join } from 'node:path';
import { mayUse, openKeys, sshKeygenSigner } from '../adapters/index.ts';
import type { Files } from '../kernel/index.ts';
import { type AcceptedTrust, type ApprovalSigner, type PinnedTrust, starterTrust } from '../loop/approve/index.ts';
import { type DisownedEntry, examineDisowned } from '../record/index.ts';
import { type Base, openRecord, setVariables } from './base.ts';
import { LOCAL_RUNNER, LOCAL_VERIFIER } from './local-names.ts';
import { believeTrust, readTrustFiles, type TrustPaths, trustPaths, trustPin } from './read-trust.ts';
import { readTrustWords } from './trust-questions.ts';

/** One process's view of the trust file. */
export type Believer = {
  readonly who: 'control plane' | 'runner' | 'verifier';
  readonly home: string;
  /** Whether this account may use that home; where not, its owner's process believes or refuses for itself. */
  readonly isOurs: boolean;
};

/** The trust file for whoever keeps it. */
export type Trusting = {
  readonly paths: TrustPaths;
  readonly files: Files;
  readonly signer: ApprovalSigner;
  /** The trust file as it lies there; `undefined` when there is none. */
  readonly present: () => ReturnType<typeof readTrustFiles>;
  /** The trust file that the control plane accepted last; `undefined` when it never accepted one. @throws Failure as `TrustPin` */
  readonly pinned: () => Promise<PinnedTrust | undefined>;
  /** Writes the first trust file with keys of our own for runner and verifier. */
  readonly writeFirst: (approver: FirstApprover) => Promise<void>;
  readonly write: (text: string, signatureArmored: string | undefined) => Promise<void>;
  readonly believers: () => Promise<readonly Believer[]>;
  /** @throws Failure as `acceptTrust` */
  readonly believe: (home: string) => Promise<AcceptedTrust>;
  /** What the believed trust file disowns although it holds. @throws Failure as `believe`, and of the record */
  readonly disownedInVain: () => Promise<readonly DisownedEntry[]>;
};

/** The approver that is trusted on first use. */
export type FirstApprover = {
  readonly name: string;
  readonly keys: readonly string[];
  readonly accounts: readonly string[];
};

const READABLE = 0o644;

/** Composes the trust file's keeper. `tell` receives what ssh-keygen says while it waits for a person. */
export function composeTrusting(base: Base, tell: (text: string) => void): Trusting {
  const paths = trustPaths(base);
  const { files } = base.machine;
  return {
    paths,
    files,
    signer: sshKeygenSigner({ environment: setVariables(base.environment), tell }),
    present: () => readTrustFiles(files, paths),
    pinned: () => trustPin(base, base.homes.state).recall(),
    writeFirst: (approver) => writeFirst(base, paths, approver),
    write: async (text, signatureArmored) => {
      // The signature first: a crash between the two leaves a signature that fits nothing, and the old file still pinned.
      if (signatureArmored !== undefined) await files.write(paths.signature, signatureArmored, READABLE);
      await files.write(paths.file, text, READABLE);
    },
    believers: () => believers(base),
    believe: (home) => believeTrust(base, home),
    disownedInVain: () => findDisownedInVain(base),
  };
}

async function findDisownedInVain(base: Base): Promise<readonly DisownedEntry[]> {
  const { questions: trust, disowned } = await readTrustWords(base, base.homes.state, 'store');
  // A record that nothing is asked of is not opened: there may be none yet.
  if (disowned.length === 0) return [];
  const { store } = await openRecord(base);
  const parts = { source: store.source, hash: base.machine.hash, trust };
  return (await examineDisowned(parts, disowned)).holding;
}

async function writeFirst(base: Base, paths: TrustPaths, approver: FirstApprover): Promise<void> {
  const runner = await openKeys(join(base.homes.runner, 'keys'), LOCAL_RUNNER);
  const verifier = await openKeys(join(base.homes.verifier, 'keys'), LOCAL_VERIFIER);
  const text = starterTrust({
    approver,
    runner: { name: LOCAL_RUNNER, key: runner.signer.key, recipient: runner.recipient, account: base.account },
    verifier: { name: LOCAL_VERIFIER, key: verifier.signer.key, recipient: verifier.recipient },
  });
  await base.machine.files.write(paths.file, text, READABLE);
}

async function believers(base: Base): Promise<readonly Believer[]> {
  const { state, runner, verifier } = base.homes;
  return [
    { who: 'control plane', home: state, isOurs: await mayUse(state) },
    { who: 'runner', home: runner, isOurs: await mayUse(runner) },
    { who: 'verifier', home: verifier, isOurs: await mayUse(verifier) },
  ];
}
