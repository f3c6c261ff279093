/** A small true world for tests of verification: a real store, real keys, real proposals through the kernel's own decisions. */

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMachine, openSqliteStore, type Store } from '../../src/adapters/index.ts';
import {
  bundleDigest,
  type CheckedApproval,
  type CheckSpec,
  type Command,
  canonicalJson,
  Failure,
  type Json,
  type Manifest,
  type Outcome,
  type OutcomeKind,
  type Principal,
  type ProposalState,
  type Requirement,
  type Sha256Hex,
  type Signer,
} from '../../src/kernel/index.ts';
import type { CheckWorkers, VerifierTrust, VerifyParts } from '../../src/loop/verify/index.ts';
import { type BlobStore, type Journal, openJournal, signedText } from '../../src/record/index.ts';
import { sealedPrograms } from './sealed-errand.ts';

const machine = openMachine();
const sha256 = machine.hash;
const TARGET = 'shop';
const ANN: Principal = { kind: 'person', name: 'ann' };
const CONTROL: Principal = { kind: 'control', name: 'control' };

/** A signer with a fresh Ed25519 key. */
export type KeyPair = Signer & { readonly secret: KeyObject };

export function keyPair(name: string): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return {
    name,
    key,
    secret: privateKey,
    sign: async (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
  };
}

/** Blobs in memory: content-addressed, and nothing else. */
function memoryBlobs(): BlobStore {
  const kept = new Map<Sha256Hex, Uint8Array>();
  return {
    put: async (content) => {
      kept.set(sha256(content), content);
      return sha256(content);
    },
    get: async (digest) => {
      const content = kept.get(digest);
      if (content === undefined) throw new Failure('BLOB_MISSING', `no blob ${digest}`, { hint: 'none' });
      return content;
    },
    has: async (digest) => kept.has(digest),
    destroy: async (digest) => void kept.delete(digest),
  };
}

/** What a test may change of the world. */
export type WorldOptions = {
  readonly workers?: CheckWorkers;
  readonly verifier?: KeyPair;
  readonly runner?: KeyPair;
  readonly trust?: Partial<VerifierTrust>;
  readonly opener?: VerifyParts['opener'];
};

export type World = {
  readonly directory: string;
  readonly store: Store;
  readonly journal: Journal;
  readonly blobs: BlobStore;
  readonly runner: KeyPair;
  readonly verifier: KeyPair;
  readonly parts: VerifyParts;
  readonly state: (proposal: string) => Promise<ProposalState>;
  readonly ask: (proposal: string, command: Command, actor: Principal) => Promise<ProposalState>;
  readonly close: () => Promise<void>;
};

/** Says nothing of anything: for tests in which no check is to be asked. */
const NOBODY: CheckWorkers = { put: async () => ({ kind: 'lost', why: 'nobody was sent' }) };

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-verify-'));
  const { clock, random } = machine;
  const store = await openSqliteStore({
    path: join(directory, 'home', 'record.db'),
    clock,
    random,
    hash: sha256,
  });
  const journal = openJournal({ log: store.log, projections: store.projections, clock });
  const blobs = memoryBlobs();
  const runner = options.runner ?? keyPair('prod-runner');
  const verifier = options.verifier ?? keyPair('verifier');
  const trust: VerifierTrust = {
    mandated: async () => [],
    knowsApproval: async () => true,
    parties: async () => ({
      runners: [{ name: runner.name, key: runner.key }],
      verifiers: [{ name: verifier.name, key: verifier.key }],
    }),
    ...options.trust,
  };
  const parts: VerifyParts = {
    journal,
    log: store.log,
    blobs,
    trust,
    workers: options.workers ?? NOBODY,
    opener: options.opener ?? { open: async (sealed) => sealed },
    hash: sha256,
    clock,
    signer: verifier,
    checkRecord: async () => undefined,
  };
  const ask = async (proposal: string, command: Command, actor: Principal): Promise<ProposalState> => {
    const answer = await journal.ask(proposal, command, actor);
    if (answer.kind === 'refused') throw new TypeError(`refused: ${answer.code} ${answer.why}`);
    return answer.state;
  };
  return {
    directory,
    store,
    journal,
    blobs,
    runner,
    verifier,
    parts,
    state: async (proposal) => (await journal.standing(proposal)).state,
    ask,
    close: async () => {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A check with everything that a test does not care about. */
export function check(
  id: string,
  kind: CheckSpec['kind'],
  question: CheckSpec['question'],
  more: Partial<CheckSpec> = {},
): CheckSpec {
  return { id, kind, claim: `${id} holds`, origin: 'proposal', question, timeoutMs: 20_000, ...more };
}

/** What a test may change of a bundle. */
export type BundleOptions = { readonly manifest?: Partial<Manifest>; readonly recorded?: Partial<Sealing> };
type Sealing = Extract<Command, { readonly kind: 'seal' }>['sealed'];

/** Drafts, seals and admits a proposal with some checks; nobody has approved it yet. */
export async function propose(
  world: World,
  proposal: string,
  checks: readonly CheckSpec[],
  options: BundleOptions = {},
): Promise<ProposalState> {
  const programs = await Promise.all(checks.map((one) => sealedPrograms(one, world.directory)));
  const checkPrograms = programs.flat();
  const manifest = manifestOf(world, proposal, checks, { checkPrograms, ...options.manifest });
  // A manifest is JSON by construction.
  const text = canonicalJson(manifest as unknown as Json);
  await world.blobs.put(new TextEncoder().encode(text));
  const digest = bundleDigest(sha256, manifest);
  await world.ask(
    proposal,
    {
      kind: 'draft',
      draft: {
        proposal,
        target: manifest.target,
        driver: manifest.driver,
        intent: manifest.intent,
        proposer: { kind: 'agent', name: 'claude', person: 'ann' },
        draftDigest: sha256(proposal),
      },
    },
    { kind: 'agent', name: 'claude', person: 'ann' },
  );
  const sealed: Sealing = {
    environment: manifest.environment,
    bundleDigest: digest,
    previewDigest: manifest.previewDigest,
    counts: { destroys: 0, replaces: 0, creates: 0, updates: 0, runs: 1, others: 0 },
    unpredictable: 1,
    checks: manifest.checks,
    runner: manifest.runner.name,
    secretBlobs: [],
    ...options.recorded,
  };
  return await world.ask(proposal, { kind: 'seal', sealed }, CONTROL);
}

function manifestOf(world: World, proposal: string, checks: readonly CheckSpec[], more: Partial<Manifest>): Manifest {
  return {
    schema: 'countersign.bundle/1',
    proposal,
    target: `${TARGET}-${proposal}`,
    environment: 'production',
    driver: 'argv',
    intent: 'put it right',
    proposer: { kind: 'agent', name: 'claude', person: 'ann' },
    tool: { path: '/bin/true', digest: 'a'.repeat(64), version: '' },
    argv: [],
    directory: world.directory,
    environmentVariables: {},
    secretVariables: [],
    facts: [],
    checks,
    runner: { name: world.runner.name, key: world.runner.key, account: 'root' },
    blobs: [],
    previewDigest: 'b'.repeat(64),
    sealedAtMs: 1,
    ...more,
  };
}

const HOUR_MS = 3_600_000;

const REQUIREMENT: Requirement = {
  approvals: 1,
  eligible: ['ann'],
  fourEyes: false,
  plainKeys: true,
  openForMs: HOUR_MS,
  approvalForMs: HOUR_MS,
  breakGlass: [],
  because: [],
  policyDigest: 'c'.repeat(64),
};

/** Opens a proposal for approval. */
export async function admit(world: World, proposal: string): Promise<ProposalState> {
  return await world.ask(proposal, { kind: 'admit', requirement: REQUIREMENT }, CONTROL);
}

/** Admits a proposal and approves it. */
export async function approve(world: World, proposal: string): Promise<ProposalState> {
  const opened = await admit(world, proposal);
  if (opened.kind !== 'open') throw new TypeError(`it is ${opened.kind}`);
  const approval: CheckedApproval = {
    document: {
      schema: 'countersign.approval/1',
      decision: 'approve',
      proposal,
      bundleDigest: opened.bundleDigest,
      previewDigest: opened.previewDigest,
      target: opened.target,
      environment: opened.environment,
      approver: 'ann',
      policyDigest: REQUIREMENT.policyDigest,
      runner: opened.runner,
      expiresAtMs: Date.now() + HOUR_MS / 2,
      nonce: nonceOf(proposal),
      reason: '',
    },
    signature: { kind: 'ssh', armored: 'not looked at here' },
    fingerprint: 'SHA256:x',
    strength: 'plain',
  };
  return await world.ask(proposal, { kind: 'approve', approval, accountsOf: {} }, ANN);
}

function nonceOf(proposal: string): string {
  return sha256(proposal).slice(0, 32);
}

/** Takes the claim of an approved proposal. */
export async function claim(world: World, proposal: string): Promise<ProposalState> {
  const claimed = { runner: world.runner.name, claim: `claim-of-${proposal}`, account: 'root' };
  return await world.ask(proposal, { kind: 'claim', claim: claimed, accountsOf: {} }, runnerOf(world));
}

export function runnerOf(world: World): Principal {
  return { kind: 'runner', name: world.runner.name, key: world.runner.key };
}

export function outcomeOf(kind: OutcomeKind): Outcome {
  return { kind, resources: [], end: { kind: 'exited', code: 0 }, because: [`it was ${kind}`], evidence: [] };
}

/** Starts a claimed proposal. */
export async function start(world: World, proposal: string): Promise<ProposalState> {
  const nonces = [nonceOf(proposal)];
  const signed = await signedBy(world.runner, proposal, { type: 'started', nonces });
  return await world.ask(proposal, { kind: 'start', start: { nonces, signed } }, runnerOf(world));
}

/** Ends a started proposal with an outcome that the runner signs, unless somebody else does. */
export async function finish(
  world: World,
  proposal: string,
  kind: OutcomeKind,
  by: KeyPair = world.runner,
): Promise<ProposalState> {
  const outcome = outcomeOf(kind);
  const signed = await signedBy(by, proposal, { type: 'executed', outcome });
  return await world.ask(proposal, { kind: 'finish', finish: { outcome, signed } }, runnerOf(world));
}

export async function signedBy(
  signer: KeyPair,
  proposal: string,
  body: object,
): Promise<{ readonly key: string; readonly signature: string }> {
  return { key: signer.key, signature: await signer.sign(signedText(proposal, body)) };
}
