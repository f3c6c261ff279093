/** A proposal under a real policy, carried to where it waits for approvals by the kernel's own decisions. */

import { createHash } from 'node:crypto';
import {
  ABSENT,
  type ApprovalDocument,
  type Command,
  canonicalJson,
  type Decided,
  decide,
  digestJson,
  evolve,
  FREE_TARGET,
  type HashFunction,
  type Principal,
  type ProposalState,
  type Proposer,
  type SignedApproval,
  type StateOf,
} from '../../src/kernel/index.ts';
import { type ApprovalRequest, approvalDocument, type TargetPolicy } from '../../src/loop/approve/index.ts';
import { previewOf, question } from './policy-questions.ts';
import type { SoftKey } from './soft-ssh-keys.ts';

/** SHA-256, for digests that a test works out by itself. */
export const sha256: HashFunction = (content) => createHash('sha256').update(content).digest('hex');
const DIGEST = (letter: string): string => letter.repeat(64);
const CONTROL: Principal = { kind: 'control', name: 'control' };

/** When everything here happens. */
export const NOW_MS: number = Date.UTC(2029, 0, 1);

/** One command put to the kernel. */
export function ask(state: ProposalState, command: Command, actor: Principal, atMs: number = NOW_MS): Decided {
  return decide({ state, target: FREE_TARGET, asking: { actor, atMs } }, command);
}

/** The state after a command that must be legal. */
export function after(state: ProposalState, command: Command, actor: Principal, atMs: number = NOW_MS): ProposalState {
  const decided = ask(state, command, actor, atMs);
  if (decided.kind === 'refused') throw new Error(`${decided.code}: ${decided.why}`);
  return decided.events.reduce(evolve, state);
}

/** A proposal that waits for approvals. */
export function openProposal(
  policy: TargetPolicy,
  changed: { readonly id?: string; readonly proposer?: Proposer; readonly bundle?: string } = {},
): StateOf<'open'> {
  const { id = 'p1', proposer = { kind: 'agent', name: 'claude', person: 'dora' }, bundle = 'b' } = changed;
  const asked = question({ proposer });
  const preview = previewOf({ 'table orders': 'update' });
  const draft = {
    proposal: id,
    target: 'box',
    driver: 'sqlite',
    intent: 'i',
    proposer,
    draftDigest: DIGEST('d'),
  } as const;
  const sealed = {
    environment: 'sandbox',
    bundleDigest: DIGEST(bundle),
    previewDigest: digestJson(sha256, preview),
    counts: preview.counts,
    unpredictable: 0,
    checks: asked.checks,
    runner: 'laptop',
    secretBlobs: [],
  } as const;
  const answer = policy.admit(asked);
  if (answer.kind === 'refused') throw new Error('the policy refused it');
  const drafted = after(ABSENT, { kind: 'draft', draft }, proposer);
  const proposed = after(drafted, { kind: 'seal', sealed }, CONTROL);
  const open = after(proposed, { kind: 'admit', requirement: answer.requirement }, CONTROL);
  if (open.kind !== 'open') throw new Error(`it is ${open.kind}`);
  return open;
}

let nonces = 0;

/** An approval document of a proposal, signed. */
export function signed(
  state: StateOf<'open' | 'approved'>,
  by: { readonly approver: string; readonly key: SoftKey },
  changed: {
    readonly request?: Partial<ApprovalRequest>;
    readonly document?: Partial<ApprovalDocument>;
    readonly namespace?: string;
  } = {},
): SignedApproval {
  nonces += 1;
  const nonce = nonces.toString(16).padStart(32, '0');
  const request = {
    state,
    approver: by.approver,
    decision: 'approve',
    reason: '',
    nonce,
    atMs: NOW_MS,
    ...changed.request,
  } as const;
  const document = { ...approvalDocument(request), ...changed.document };
  const { namespace = 'countersign' } = changed;
  return { document, signature: { kind: 'ssh', armored: by.key.sign(canonicalJson(document), { namespace }) } };
}
