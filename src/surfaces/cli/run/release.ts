/** A person releases a held target, or reviews a broken glass: signed with their key, or on their account where the policy lets them. */

import type { Approving } from '../../../compose.ts';
import {
  type Agent,
  type CheckedStatement,
  type Command,
  canonicalJson,
  EXIT,
  LEGAL_IN,
  type Person,
  type Refusal,
  type SignatureDemand,
  type StatementDecision,
  visibleLine,
} from '../../../kernel/index.ts';
import { NAMESPACES, readSealed, statementDocument } from '../../../loop/approve/index.ts';
import type { CliContext } from '../context.ts';
import { findExamined } from '../find-examined.ts';
import { findRecovery } from '../find-recovery.ts';
import { findSigner } from '../find-signer.ts';
import { type CommonFlags, type Performance, perform } from '../perform.ts';
import { refuseAgent } from '../refuse-agent.ts';
import { refuseInterrupted } from '../refuse-interrupted.ts';
import { signedWords } from '../render/signed-words.ts';
import type { CommandResult } from '../terminal.ts';
import type { KnownState } from '../view/proposal-view.ts';

type Flags = CommonFlags & { readonly note: string; readonly sshKey: string | undefined };

/** Flags of `countersign reconcile`. */
export type ReconcileFlags = Flags & { readonly through: string | undefined };

/** Runs `countersign reconcile`. */
export async function runReconcile(this: CliContext, flags: ReconcileFlags, id: string): Promise<void> {
  await perform(this, flags, async (performance) => {
    const { note, through } = flags;
    return await speak(
      { performance, flags, id, decision: 'reconcile', through },
      ({ statement, demand, recovery, isDisowned }) => ({
        kind: 'reconcile',
        isDisowned,
        note,
        through: recovery?.proposal,
        recovery,
        statement,
        demand,
      }),
    );
  });
}

/** Runs `countersign review`. */
export async function runReview(this: CliContext, flags: Flags, id: string): Promise<void> {
  await perform(this, flags, async (performance) => {
    const { note } = flags;
    return await speak({ performance, flags, id, decision: 'review' }, ({ statement, demand }, { accountsOf }) => ({
      kind: 'review-glass',
      note,
      accountsOf,
      statement,
      demand,
    }));
  });
}

type Speech = {
  readonly performance: Performance;
  readonly flags: Flags;
  readonly id: string;
  readonly decision: StatementDecision;
  /** The recovery, as it was typed. */
  readonly through?: string | undefined;
  readonly isDisowned?: boolean | undefined;
};

/** Who says it, and what stands for them: a signature; or their account, and then what the policy asks for. */
type Spoken = {
  readonly kind: 'spoken';
  readonly actor: Person | Agent;
  readonly statement?: CheckedStatement | undefined;
  readonly demand?: SignatureDemand | undefined;
  readonly recovery?: KnownState | undefined;
  readonly isDisowned?: boolean | undefined;
};

const WORDS: Readonly<Record<StatementDecision, { readonly what: string; readonly done: string }>> = {
  reconcile: { what: 'this release', done: 'reconciled' },
  review: { what: 'this review', done: 'reviewed' },
};
const NONCE_BYTES = 16;

async function speak(
  speech: Speech,
  commandOf: (spoken: Spoken, approving: Approving) => Command,
): Promise<CommandResult | Refusal> {
  const { performance, id, decision } = speech;
  const { context, paint } = performance;
  const refusal = refuseAgent(performance.surroundings.caller, WORDS[decision].what, id);
  if (refusal !== undefined) return refusal;
  const approving = await context.countersign.approving((text) => context.terminal.stderr.write(text));
  const { store, examine } = approving;
  const state = await findExamined({ projections: store.projections, examine }, id, 'accepted');
  const { proposal } = state;
  const found = await recoveryOf(speech, approving);
  if (found?.kind === 'refused') return found;
  const recovery = found?.state;
  const isDisowned = await restsOnDisowned(approving, state);
  const answered = await spokenBy({ ...speech, through: recovery?.proposal, isDisowned }, approving, state);
  if (answered.kind === 'refused') return answered;
  const spoken = { ...answered, recovery, isDisowned };
  refuseInterrupted(context.interrupted);
  const answer = await approving.journal.ask(proposal, commandOf(spoken, approving), spoken.actor);
  if (answer.kind === 'refused') return answer;
  if (LEGAL_IN['destroy-secrets'].includes(answer.state.kind)) await context.countersign.sweep(proposal);
  const { actor, statement } = spoken;
  const said = `${WORDS[decision].done} ${signedWords({ by: actor.name, fingerprint: statement?.fingerprint ?? null })}`;
  return {
    exitCode: EXIT.done,
    text: `${paint('strong', proposal)}  ${said}; it is ${answer.state.kind}`,
    json: {
      schema: 'countersign.answer/1',
      id: proposal,
      state: answer.state.kind,
      ...(statement === undefined ? {} : { approver: actor.name, fingerprint: statement.fingerprint }),
    },
  };
}

// A hold is released by any person's word; what only disowned words brought to its state is another matter.
async function restsOnDisowned(approving: Approving, state: KnownState): Promise<boolean> {
  if (state.kind !== 'executed' && state.kind !== 'closed') return false;
  return (await approving.disownedReleases(state.target, state.place)).includes(state.proposal);
}

type Found = Awaited<ReturnType<typeof findRecovery>>;

async function recoveryOf({ performance, through }: Speech, { store }: Approving): Promise<Found | undefined> {
  if (through === undefined) return undefined;
  return await findRecovery(performance.context, store.projections, through);
}

async function spokenBy(speech: Speech, approving: Approving, state: KnownState): Promise<Spoken | Refusal> {
  const { flags, decision } = speech;
  const isLegal = LEGAL_IN[decision === 'reconcile' ? 'reconcile' : 'review-glass'].includes(state.kind);
  const isUnverified = decision === 'reconcile' && state.kind === 'executed' && speech.isDisowned !== true;
  const isPossible = isLegal && !isUnverified;
  // The kernel says why it is not possible, before anybody is asked for a passphrase.
  if (!isPossible || !('bundleDigest' in state)) return { kind: 'spoken', actor: approving.caller };
  if (flags.sshKey !== undefined) return await signed(speech, approving, { state, keyFile: flags.sshKey });
  const sealed = await readSealed(approving, state);
  if (sealed.kind === 'refused') return sealed;
  const policy = await approving.policyFor(sealed.change.directory);
  const { preview, change } = sealed;
  const demand = policy.signatureDemand({ ...change, preview, atMs: approving.clock.nowMs() });
  return { kind: 'spoken', actor: approving.caller, demand };
}

type Signing = { readonly state: KnownState; readonly keyFile: string };

async function signed(
  { performance, flags, decision, through }: Speech,
  approving: Approving,
  { state, keyFile }: Signing,
): Promise<Spoken | Refusal> {
  const approver = await findSigner(approving, approving.trust, keyFile);
  const nonce = Buffer.from(approving.random.bytes(NONCE_BYTES)).toString('hex');
  const atMs = approving.clock.nowMs();
  const document = statementDocument({ state, decision, approver, note: flags.note, through, nonce, atMs });
  if (document === undefined) return { kind: 'spoken', actor: approving.caller };
  const place = visibleLine(`${document.target} (${document.environment})`);
  const why = state.kind === 'held' ? `, held because ${visibleLine(state.why)}` : '';
  performance.progress(`you sign: ${decision} ${document.proposal} on ${place}${why}: “${visibleLine(flags.note)}”`);
  refuseInterrupted(performance.context.interrupted);
  const armored = await approving.signer.sign({
    text: canonicalJson(document),
    namespace: NAMESPACES.statement,
    keyFile,
  });
  const statement = approving.checkStatement({ document, signature: { kind: 'ssh', armored } });
  if ('kind' in statement) return statement;
  return { kind: 'spoken', actor: { kind: 'person', name: approver }, statement };
}
