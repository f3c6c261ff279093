/** A person reads a sealed preview and decides, with a signature over exactly that. */

import type { Approving } from '../../../compose.ts';
import {
  canonicalJson,
  type Decision,
  EXIT,
  type ProposalState,
  type Refusal,
  type Requirement,
  type SignedApproval,
  type StateOf,
} from '../../../kernel/index.ts';
import {
  approvalDocument,
  NAMESPACES,
  readSealed,
  renderPreview,
  type SealedChange,
  type SealedPreview,
  type TargetPolicy,
} from '../../../loop/approve/index.ts';
import { confirmApproval } from '../confirm-approval.ts';
import type { CliContext } from '../context.ts';
import { believedState, type DisownedWords, findExamined } from '../find-examined.ts';
import { findSigner } from '../find-signer.ts';
import { readDuration } from '../flags/duration.ts';
import { type CommonFlags, type Performance, perform } from '../perform.ts';
import { refuseAgent } from '../refuse-agent.ts';
import { refuseInterrupted } from '../refuse-interrupted.ts';
import type { CommandResult } from '../terminal.ts';
import { evidenceViews } from '../view/evidence-view.ts';

/** Flags of `countersign approve`. */
export type ApproveFlags = CommonFlags & {
  readonly sshKey: string;
  readonly yes: boolean;
  readonly confirm: string | undefined;
  readonly breakGlass: boolean;
  readonly reason: string;
  readonly expiresIn: string | undefined;
};

const NONCE_BYTES = 16;
const MOST_TEXT_LINES = 400;
const LEAST_COLUMNS = 60;

/** Runs `countersign approve`: exits with 0 when nothing more is missing, 3 while others must approve too. */
export async function runApprove(this: CliContext, flags: ApproveFlags, id: string): Promise<void> {
  await perform(this, flags, async (performance) => {
    const refusal = refuseAgent(performance.surroundings.caller, 'this approval', id);
    if (refusal !== undefined) return refusal;
    const approving = await this.countersign.approving((text) => this.terminal.stderr.write(text));
    const state = await findOpen(approving, id, 'refused');
    if (state.kind === 'refused') return state;
    const sealed = await readSealed(approving, state.state);
    if (sealed.kind === 'refused') return sealed;
    const policy = await approving.policyFor(sealed.change.directory);
    const target = policy.resolve(sealed.change);
    // Whoever executes would refuse it: a signature would be worth nothing.
    if (target.kind === 'refused') return target;
    const width = Math.max(LEAST_COLUMNS, this.terminal.stderr.columns);
    const recovered = await recoveredBy(approving, state.state);
    const targetNotes = target.notes;
    const evidence = await evidenceViews(approving.store.log, sealed.evidence);
    const options = { widthColumns: width, mostTextLines: MOST_TEXT_LINES, sealed, evidence, recovered, targetNotes };
    const asked = { ...state.state, requirement: askedNow(approving, policy, { state: state.state, sealed }) };
    const preview = renderPreview(asked, sealed.preview, options);
    if (!flags.json) this.terminal.stderr.write(`${preview}\n`);
    const isShown = !flags.json && this.terminal.stderr.isTerminal;
    await confirmApproval(this, flags, { state: state.state, shown: isShown ? '' : preview });
    const decision = flags.breakGlass ? 'break-glass' : 'approve';
    return await sign({ performance, approving, flags, state: state.state, decision });
  });
}

/**
 * What the policy asks for, as this process works it out of its own trust file: nobody signs the record's word for it. Where a standing
 * grant would approve it, only the record says whether the grant is used up.
 */
function askedNow(
  { clock }: Approving,
  policy: TargetPolicy,
  { state, sealed }: { readonly state: StateOf<'open' | 'approved'>; readonly sealed: SealedPreview },
): Requirement {
  const { change, preview } = sealed;
  const question: Omit<SealedChange, 'environment'> = change;
  const demand = policy.demand({ ...question, preview, atMs: clock.nowMs(), grantsUsed: {} });
  if (demand.kind === 'refused' || demand.requirement.grant !== undefined) return state.requirement;
  return demand.requirement;
}

// The reason of its hold is shown: it comes from its own events as well.
async function recoveredBy(
  { store, examine }: Approving,
  { recovers }: StateOf<'open' | 'approved'>,
): Promise<ProposalState | undefined> {
  if (recovers === undefined) return undefined;
  const examined = await examine(recovers);
  const isUnknown = examined.events.length === 0 && (await store.projections.proposal(recovers)) === undefined;
  return isUnknown ? undefined : believedState(recovers, examined, 'accepted');
}

/** Flags of `countersign reject`. */
export type RejectFlags = CommonFlags & { readonly sshKey: string; readonly reason: string };

/** Runs `countersign reject`. */
export async function runReject(this: CliContext, flags: RejectFlags, id: string): Promise<void> {
  await perform(this, flags, async (performance) => {
    const refusal = refuseAgent(performance.surroundings.caller, 'this rejection', id);
    if (refusal !== undefined) return refusal;
    const approving = await this.countersign.approving((text) => this.terminal.stderr.write(text));
    const state = await findOpen(approving, id, 'accepted');
    if (state.kind === 'refused') return state;
    return await sign({ performance, approving, flags, state: state.state, decision: 'reject' });
  });
}

type Found = { readonly kind: 'found'; readonly state: StateOf<'open' | 'approved'> };

async function findOpen({ store, examine }: Approving, id: string, disowned: DisownedWords): Promise<Found | Refusal> {
  const state = await findExamined({ projections: store.projections, examine }, id, disowned);
  const { proposal } = state;
  if (state.kind === 'open' || state.kind === 'approved') return { kind: 'found', state };
  return {
    kind: 'refused',
    code: 'NOT_LEGAL_NOW',
    what: 'this decision',
    where: proposal,
    why: `the proposal is ${state.kind}`,
    next: `countersign show ${proposal}`,
  };
}

type Signing = {
  readonly performance: Performance;
  readonly approving: Approving;
  readonly flags: CommonFlags & {
    readonly sshKey: string;
    readonly reason: string;
    readonly expiresIn?: string | undefined;
  };
  readonly state: StateOf<'open' | 'approved'>;
  readonly decision: Decision;
};

async function sign(signing: Signing): Promise<CommandResult | Refusal> {
  const { approving, flags, state, decision } = signing;
  const approver = await findSigner(approving, approving.trust, flags.sshKey);
  const atMs = approving.clock.nowMs();
  const nonce = Buffer.from(approving.random.bytes(NONCE_BYTES)).toString('hex');
  const longest = approvalDocument({ state, approver, decision, reason: flags.reason, nonce, atMs });
  const expiresAtMs =
    flags.expiresIn === undefined
      ? longest.expiresAtMs
      : Math.min(longest.expiresAtMs, atMs + readDuration(flags.expiresIn));
  const document = { ...longest, expiresAtMs };
  refuseInterrupted(signing.performance.context.interrupted);
  const armored = await approving.signer.sign({
    text: canonicalJson(document),
    namespace: NAMESPACES.approval,
    keyFile: flags.sshKey,
  });
  return await submit(signing, approver, { document, signature: { kind: 'ssh', armored } });
}

async function submit(signing: Signing, approver: string, signed: SignedApproval): Promise<CommandResult | Refusal> {
  const { approving, performance, decision } = signing;
  const checked = approving.checkApproval(signed);
  if ('kind' in checked) return checked;
  const command =
    decision === 'reject'
      ? ({ kind: 'reject', approval: checked } as const)
      : ({ kind: 'approve', approval: checked, accountsOf: approving.accountsOf } as const);
  // Ctrl-C while ssh-keygen waited for a passphrase or a touch.
  refuseInterrupted(performance.context.interrupted);
  const answer = await approving.journal.ask(signed.document.proposal, command, { kind: 'person', name: approver });
  if (answer.kind === 'refused') return answer;
  if (answer.state.kind === 'rejected') await performance.context.countersign.sweep(signed.document.proposal);
  return result(performance, approver, answer.state);
}

function result({ paint }: Performance, approver: string, state: ProposalState): CommandResult {
  const id = state.kind === 'absent' ? '' : state.proposal;
  const json = { schema: 'countersign.answer/1', id, state: state.kind, approver };
  if (state.kind === 'rejected') {
    return { exitCode: EXIT.done, json, text: `${paint('strong', id)}  rejected by ${approver}; nothing was changed` };
  }
  if (state.kind === 'open') {
    const missing = `${state.approvals.length} of ${state.requirement.approvals}`;
    const text = `${paint('strong', id)}  approved by ${approver}; ${paint('warning', `waiting for others (${missing})`)}`;
    return { exitCode: EXIT.waiting, json, text };
  }
  const next = `countersign execute ${id}`;
  return { exitCode: EXIT.done, json, text: `${paint('strong', id)}  approved by ${approver}; next: ${next}` };
}
