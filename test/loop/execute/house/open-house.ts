/** A runner with everything real about it but trust and verifier: store, ledger, holds, launcher, files, processes. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../../src/adapters/clock/system-clock.ts';
import { nodeFiles } from '../../../../src/adapters/files/node-files.ts';
import { nodeProgramPlaces } from '../../../../src/adapters/files/node-program-places.ts';
import { sha256 } from '../../../../src/adapters/hash/sha256.ts';
import { openKeys } from '../../../../src/adapters/keys/open-keys.ts';
import { nodeLauncher } from '../../../../src/adapters/launcher/node-launcher.ts';
import { openHolds } from '../../../../src/adapters/ledger/open-holds.ts';
import { openLedger } from '../../../../src/adapters/ledger/open-ledger.ts';
import { systemRandom } from '../../../../src/adapters/random/system-random.ts';
import { openSealed } from '../../../../src/adapters/sealing/age.ts';
import { openSqliteStore } from '../../../../src/adapters/store/open-sqlite-store.ts';
import {
  type CheckObservation,
  canonicalJson,
  type Principal,
  type Requirement,
  type SignedApproval,
  type SignedStatement,
} from '../../../../src/kernel/index.ts';
import type { Authority, Baseline, ExecutionParts } from '../../../../src/loop/execute/index.ts';
import { SILENT } from '../../../../src/loop/execute/index.ts';
import { type Journal, openJournal } from '../../../../src/record/index.ts';
import { fileBlobs } from './file-blobs.ts';
import { scriptDriver } from './script-driver.ts';

export const POLICY_DIGEST: string = sha256('policy');
export const VERIFIER: Principal = { kind: 'verifier', name: 'eyes', key: 'verifier-key' };

export const REQUIREMENT: Requirement = {
  approvals: 1,
  eligible: ['ann', 'bob'],
  fourEyes: true,
  plainKeys: true,
  openForMs: 3_600_000,
  approvalForMs: 3_600_000,
  breakGlass: [],
  because: [],
  policyDigest: POLICY_DIGEST,
};

/** What stands for a signature here: only who knows the document can make it, and any change breaks it. */
export function signatureOf(document: SignedApproval['document']): string {
  return `signed ${sha256(canonicalJson(document))}`;
}

/** The same for statements. */
export function statementSignature(document: SignedStatement['document']): string {
  return `stated ${sha256(canonicalJson(document))}`;
}

export const authority: Authority = {
  accountsOf: async () => ({ ann: ['ann-account'], bob: ['bob-account'] }),
  checkApproval: async ({ document, signature }) =>
    signature.armored === signatureOf(document)
      ? { document, signature, fingerprint: `SHA256:${document.approver}`, strength: 'plain' }
      : {
          kind: 'refused',
          code: 'SIGNATURE_INVALID',
          what: 'approval',
          where: document.proposal,
          why: 'bad',
          next: '',
        },
  checkStatement: async ({ document, signature }) =>
    signature.armored === statementSignature(document)
      ? { document, signature, fingerprint: `SHA256:${document.approver}`, strength: 'plain' }
      : {
          kind: 'refused',
          code: 'SIGNATURE_INVALID',
          what: 'statement',
          where: document.proposal,
          why: 'bad',
          next: '',
        },
  signatureDemand: async () => undefined,
  demand: async ({ manifest }) => ({ kind: 'demand', environment: manifest.environment, requirement: REQUIREMENT }),
};

/** What a check answers right before. */
type Seen = Pick<CheckObservation, 'answer' | 'observed' | 'detail'>;

const NOT_THERE: Seen = { answer: 'red', observed: null, detail: 'is not there yet' };

/** A verifier that looks at once; every check answers the same, red unless said. */
export function lookingBaseline(journal: Journal, seen: Seen = NOT_THERE): Baseline {
  return {
    look: async (proposal) => {
      const { state } = await journal.standing(proposal);
      const checks = state.kind === 'executing' ? state.checks : [];
      const observations = checks.map(({ id }) => ({
        id,
        ...seen,
        observedDigest: sha256('red'),
        atMs: 0,
      }));
      const signed = { key: 'verifier-key', signature: 'x' };
      const answer = await journal.ask(proposal, { kind: 'look', phase: 'before', observations, signed }, VERIFIER);
      return answer.kind === 'decided'
        ? { kind: 'looked' }
        : { kind: 'unavailable', why: answer.why, next: answer.next };
    },
  };
}

/** Where everything of a house lies. */
function placesOf(root: string): { readonly [Place in 'world' | 'runner' | 'record' | 'blobs']: string } {
  return {
    world: join(root, 'world'),
    runner: join(root, 'runner'),
    record: join(root, 'record'),
    blobs: join(root, 'blobs'),
  };
}

export type House = {
  readonly root: string;
  readonly world: string;
  readonly parts: ExecutionParts;
  readonly recipient: string;
  close(): Promise<void>;
};

/** Opens a house in a directory; several processes may have it open. `change` replaces ports. */
export async function openHouse(
  root: string,
  change: (parts: ExecutionParts) => Partial<ExecutionParts> = () => ({}),
): Promise<House> {
  const places = placesOf(root);
  mkdirSync(places.world, { recursive: true });
  const clock = systemClock();
  const random = systemRandom();
  const keys = await openKeys(join(places.runner, 'keys'), 'runner-one');
  const store = await openSqliteStore({ path: join(places.record, 'record.sqlite'), clock, random, hash: sha256 });
  const ledger = await openLedger({ directory: places.runner, clock, random });
  const journal = openJournal({ log: store.log, projections: store.projections, clock });
  const driver = scriptDriver(places.world);
  const parts: ExecutionParts = {
    journal,
    log: store.log,
    projections: store.projections,
    blobs: fileBlobs(places.blobs),
    drivers: { argv: driver, terraform: driver, sqlite: driver },
    authority,
    baseline: lookingBaseline(journal),
    opener: openSealed(keys.ageIdentity),
    ledger,
    holds: openHolds({ directory: places.runner }),
    launcher: nodeLauncher({ clock }),
    files: nodeFiles(),
    programs: nodeProgramPlaces(),
    clock,
    random,
    hash: sha256,
    progress: SILENT,
    signer: keys.signer,
    account: 'deploy',
    runsDirectory: join(places.runner, 'runs'),
    checkRecord: async () => undefined,
    disownedReleases: async () => [],
    pace: { outputEveryMs: 20, outputChunkBytes: 4096, surviveForMs: 400, reapWithinMs: 10_000, pollEveryMs: 20 },
  };
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    ledger.close();
    await store.close();
  };
  return { root, world: places.world, parts: { ...parts, ...change(parts) }, recipient: keys.recipient, close };
}

/** Sets the world to the version that bundles are sealed at. */
export function setWorld(world: string, version: number): void {
  writeFileSync(join(world, 'facts.json'), JSON.stringify({ version }));
}
