/** Takes a script the whole way to an approved proposal, through the real journal. */

import { readFileSync, realpathSync } from 'node:fs';
import { ageSealer } from '../../../../src/adapters/sealing/age.ts';
import {
  type ApprovalDocument,
  bundleDigest,
  type CheckedApproval,
  type CheckSpec,
  type Command,
  canonicalJson,
  type DriverName,
  digestJson,
  type Manifest,
  type PreviewCounts,
  type Principal,
  type ProposalState,
  placeOf,
  type Requirement,
} from '../../../../src/kernel/index.ts';
import { authority, type House, POLICY_DIGEST, REQUIREMENT, setWorld, signatureOf } from './open-house.ts';
import { scriptPreview } from './script-driver.ts';

const CONTROL: Principal = { kind: 'control', name: 'control' };
export const AGENT = { kind: 'agent', name: 'claude', person: 'zoe' } as const;

export const SHELL: string = realpathSync('/bin/sh');

const CHECK: CheckSpec = {
  id: 'done',
  kind: 'file',
  claim: 'it is done',
  origin: 'proposal',
  question: { path: '/nowhere' },
  timeoutMs: 1_000,
};

export type Scripted = {
  readonly proposal?: string;
  /** What the record says the driver is; `argv` when left out. */
  readonly driver?: DriverName;
  readonly target?: string;
  readonly checks?: readonly CheckSpec[];
  readonly secrets?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Changes the manifest before it is sealed. */
  readonly manifest?: (manifest: Manifest) => Manifest;
  /** Changes what the record says of the bundle. */
  readonly sealed?: (
    sealed: Extract<Command, { kind: 'seal' }>['sealed'],
  ) => Extract<Command, { kind: 'seal' }>['sealed'];
  readonly approvers?: readonly string[];
  readonly approval?: (approval: CheckedApproval) => CheckedApproval;
  readonly validForMs?: number;
  /** What the record says that the policy demands. */
  readonly requirement?: Requirement;
};

/** Proposes, seals, admits and approves a script. @returns the manifest and the state that it ended in */
export async function approveScript(
  house: House,
  script: string,
  options: Scripted = {},
): Promise<{ readonly proposal: string; readonly manifest: Manifest; readonly state: ProposalState }> {
  setWorld(house.world, 1);
  const proposal = options.proposal ?? 'p1';
  const manifest = await sealScript(house, proposal, script, options);
  const state = await approveManifest(house, manifest, { ...options, proposal, counts: scriptPreview(script).counts });
  return { proposal, manifest, state };
}

/** Takes a sealed manifest the whole way to an approved proposal. */
export async function approveManifest(
  house: House,
  manifest: Manifest,
  options: Scripted & { readonly proposal: string; readonly counts: PreviewCounts },
): Promise<ProposalState> {
  const { parts } = house;
  const { proposal, counts } = options;
  const content = new TextEncoder().encode(canonicalJson(manifest));
  await parts.blobs.put(content);
  const sealed = {
    environment: manifest.environment,
    bundleDigest: bundleDigest(parts.hash, manifest),
    previewDigest: manifest.previewDigest,
    counts,
    unpredictable: 1,
    checks: manifest.checks,
    runner: manifest.runner.name,
    place: placeOf(parts.hash, manifest.facts),
    secretBlobs: manifest.blobs.filter((blob) => blob.sealing === 'age').map((blob) => blob.digest),
  };
  const driver = options.driver ?? 'argv';
  const draft = { proposal, target: manifest.target, driver, intent: 'try', proposer: AGENT } as const;
  await must(house, proposal, { kind: 'draft', draft: { ...draft, draftDigest: parts.hash(proposal) } }, AGENT);
  await must(house, proposal, { kind: 'seal', sealed: (options.sealed ?? ((same) => same))(sealed) }, CONTROL);
  await must(house, proposal, { kind: 'admit', requirement: options.requirement ?? REQUIREMENT }, CONTROL);
  for (const approver of options.approvers ?? ['ann']) await approve(house, proposal, approver, options);
  return (await parts.journal.standing(proposal)).state;
}

async function sealScript(house: House, proposal: string, script: string, options: Scripted): Promise<Manifest> {
  const { parts } = house;
  const scriptBytes = new TextEncoder().encode(script);
  const blobs: Manifest['blobs'][number][] = [await putBlob(house, 'script', scriptBytes, 'clear')];
  if (options.stdin !== undefined)
    blobs.push(await putBlob(house, 'stdin', new TextEncoder().encode(options.stdin), 'clear'));
  if (options.secrets !== undefined) {
    const clear = new TextEncoder().encode(JSON.stringify(options.secrets));
    blobs.push(await putBlob(house, 'environment', await ageSealer().seal(clear, [house.recipient]), 'age'));
  }
  await parts.blobs.put(new TextEncoder().encode(canonicalJson(scriptPreview(script))));
  const manifest: Manifest = {
    schema: 'countersign.bundle/1',
    proposal,
    target: options.target ?? 'shop',
    environment: 'production',
    driver: 'argv',
    intent: 'try',
    proposer: AGENT,
    tool: { path: SHELL, digest: parts.hash(readFileSync(SHELL)), version: '' },
    argv: [],
    directory: house.world,
    environmentVariables: { PATH: '/usr/bin:/bin', WORLD: house.world, ...options.variables },
    secretVariables: Object.keys(options.secrets ?? {}),
    facts: [{ name: 'world.version', role: 'version', value: 1 }],
    checks: options.checks ?? [CHECK],
    runner: { name: parts.signer.name, key: parts.signer.key, account: parts.account },
    blobs,
    previewDigest: digestJson(parts.hash, scriptPreview(script)),
    sealedAtMs: 1,
  };
  return (options.manifest ?? ((same) => same))(manifest);
}

/** Stores a blob of a bundle. */
export async function putBlob(
  house: House,
  name: string,
  content: Uint8Array,
  sealing: 'clear' | 'age',
): Promise<Manifest['blobs'][number]> {
  return { name, digest: await house.parts.blobs.put(content), sizeBytes: content.length, sealing };
}

async function approve(house: House, proposal: string, approver: string, options: Scripted): Promise<void> {
  const { state } = await house.parts.journal.standing(proposal);
  if (!('requirement' in state)) throw new TypeError('not admitted');
  const document: ApprovalDocument = {
    schema: 'countersign.approval/1',
    decision: 'approve',
    proposal,
    bundleDigest: state.bundleDigest,
    previewDigest: state.previewDigest,
    target: state.target,
    environment: state.environment,
    approver,
    policyDigest: POLICY_DIGEST,
    runner: state.runner,
    expiresAtMs: house.parts.clock.nowMs() + (options.validForMs ?? 1_000_000),
    nonce: house.parts.hash(`${proposal} ${approver}`).slice(0, 32),
    reason: '',
  };
  const approval: CheckedApproval = {
    document,
    signature: { kind: 'ssh', armored: signatureOf(document) },
    fingerprint: `SHA256:${document.approver}`,
    strength: 'plain',
  };
  const command = {
    kind: 'approve',
    approval: (options.approval ?? ((same) => same))(approval),
    accountsOf: await authority.accountsOf(),
  } as const;
  await must(house, proposal, command, { kind: 'person', name: approver });
}

async function must(house: House, proposal: string, command: Command, actor: Principal): Promise<void> {
  const answer = await house.parts.journal.ask(proposal, command, actor);
  if (answer.kind === 'refused') throw new TypeError(`${answer.code}: ${answer.why}`);
}
