/** What follows while a runner executes: claim, look, start, output, end. What has begun never begins again (L5). */

import type { ReleaseFinding } from './command.ts';
import { refuseClosedDoor } from './decide-approval.ts';
import { inState } from './in-state.ts';
import type { Admission, StateOf } from './proposal.ts';
import { isEnough, quorum } from './quorum.ts';
import type { Refusal } from './refusal.ts';
import type { AccountsOf } from './requirement.ts';
import { type CommandOf, type Decided, decided, nameOf, refuse, refuseExecutor, type Situation } from './situation.ts';
import { SPOKEN, signing } from './spoken-command.ts';

/** Gives an approved bundle to the one runner that it was approved for, when its target is free. */
export function decideClaim(situation: Situation, command: CommandOf<'claim'>): Decided {
  const state = inState(situation.state, command.kind, 'approved');
  const { asking } = situation;
  return (
    refuseClosedDoor(situation, state) ??
    refuseRunner(situation, state.runner) ??
    refuseForeignClaim(situation, command) ??
    refuseOccupied(situation, state, command.releases ?? []) ??
    refuseMissingQuorum(situation, state, command.accountsOf, asking.atMs) ??
    decided({ type: 'claimed', ...command.claim })
  );
}

function refuseRunner(situation: Situation, runner: string): Refusal | undefined {
  const { actor } = situation.asking;
  if (actor.kind === 'runner' && actor.name === runner) return undefined;
  return refuse(situation, 'WRONG_RUNNER', {
    what: 'this execution',
    why: `it was approved for the runner ${runner}, not for ${nameOf(actor)}`,
    next: `execute it on ${runner}`,
  });
}

function refuseForeignClaim(situation: Situation, { claim }: CommandOf<'claim'>): Refusal | undefined {
  const { name } = situation.asking.actor;
  if (claim.runner === name) return undefined;
  return refuse(situation, 'WRONG_RUNNER', {
    what: 'this claim',
    why: `${name} claims in the name of ${claim.runner}`,
    next: 'claim in your own name',
  });
}

function refuseOccupied(
  situation: Situation,
  state: Admission,
  releases: readonly ReleaseFinding[],
): Refusal | undefined {
  const { busy, held } = situation.target;
  if (busy !== undefined) {
    return refuse(situation, 'TARGET_BUSY', {
      what: `the target ${state.target}`,
      why: `${busy} is executing or waits for its verdict${otherName(situation, busy)}`,
      next: `countersign show ${busy}`,
    });
  }
  const blocking = [...held.map((proposal): ReleaseFinding => ({ proposal })), ...doubted(situation, releases)];
  const [first] = blocking;
  // A recovery of any one that holds the target may run: a recovery that went wrong holds it too, and must be recoverable.
  if (first === undefined || blocking.some(({ proposal }) => proposal === state.recovers)) return undefined;
  return refuse(situation, 'TARGET_HELD', {
    what: `the target ${state.target}`,
    why: `${first.proposal} left it in doubt${otherName(situation, first.proposal)}${first.why === undefined ? '' : `, and its release does not hold: ${first.why}`}`,
    next: `look at the world, then ${wayOut(situation, first)}`,
  });
}

// One place has one lock, whatever it is called: people look for the other name otherwise.
function otherName({ elsewhere }: Situation, proposal: string): string {
  const name = elsewhere?.get(proposal);
  return name === undefined ? '' : `, at the same place under the target name ${name}`;
}

// What closed without a person's word can't be reconciled any more: only a verdict says what is true of it.
function wayOut({ state, target: { held, reconciled = [] } }: Situation, { proposal, why }: ReleaseFinding): string {
  if (![...held, ...reconciled].includes(proposal)) {
    return `countersign verify ${proposal}: its target is free again once the verifier confirms it`;
  }
  // What the policy asks of this proposal it asks of its target, and so of the word that releases it.
  const signed = why === undefined ? signing(state) : ' --ssh-key FILE';
  return `countersign reconcile ${proposal} --note "what you found"${signed}`;
}

// What was released by a word that the runner does not believe holds the target for it all the same.
function doubted(
  { target: { held, reconciled = [] } }: Situation,
  releases: readonly ReleaseFinding[],
): readonly ReleaseFinding[] {
  const unexamined = { why: 'nobody has examined its release' };
  const words = reconciled.map(
    (proposal) => releases.find((finding) => finding.proposal === proposal) ?? { proposal, ...unexamined },
  );
  const closes = releases.filter(({ proposal }) => !reconciled.includes(proposal) && !held.includes(proposal));
  return [...words, ...closes].filter(({ why }) => why !== undefined);
}

function refuseMissingQuorum(
  situation: Situation,
  state: Admission,
  accountsOf: AccountsOf,
  atMs: number,
): Refusal | undefined {
  const answer = quorum({ sealed: state, requirement: state.requirement, accountsOf, atMs }, state.approvals);
  if (answer.kind === 'met') return undefined;
  return refuse(situation, 'QUORUM', {
    what: 'this execution',
    why: `${answer.have.length} of ${answer.need} approvals count${answer.ignored.map((one) => `; ${one.why}`).join('')}`,
    next: 'ask for the missing approvals',
  });
}

/** Follows the runner through its stages. */
export function decideExecuting(
  situation: Situation,
  command: CommandOf<'look' | 'release' | 'find-stale' | 'start' | 'see-output' | 'finish'>,
): Decided {
  if (command.kind === 'look') return decideLook(situation, command);
  const state = inState(situation.state, command.kind, 'executing');
  const refusal =
    refuseRunner(situation, state.runner) ??
    refuseOtherClaim(situation, command.claim, state.claim.claim) ??
    refuseStage(situation, command.kind, state.stage);
  if (refusal !== undefined) return refusal;
  switch (command.kind) {
    case 'release':
      return decided({ type: 'released', why: command.why });
    case 'find-stale':
      return decided({ type: 'stale', ...command.finding });
    case 'see-output':
      return decided({ type: 'output', ...command.output });
    case 'finish':
      return decided({ type: 'executed', ...command.finish });
    case 'start':
      return (
        refuseMissingBaseline(situation, state) ??
        refuseNonces(situation, state, command.start.nonces) ??
        decided({ type: 'started', ...command.start })
      );
  }
}

function refuseMissingBaseline(situation: Situation, state: StateOf<'executing'>): Refusal | undefined {
  if (state.stage === 'ready' || state.checks.length === 0) return undefined;
  return refuse(situation, 'NO_BASELINE', {
    what: 'the start',
    why: 'the verifier has not looked at the world since the claim',
    next: 'start a verifier, then execute again',
  });
}

/**
 * The start names the approvals that it used up: recorded ones, each once, and enough of them.
 *
 * Time is not asked here: it was at the claim, and a runner that crashed after the start may record it only much later.
 */
function refuseNonces(situation: Situation, state: Admission, nonces: readonly string[]): Refusal | undefined {
  const { requirement } = state;
  const used = state.approvals.filter((approval) => nonces.includes(approval.document.nonce));
  if (used.length !== nonces.length) {
    return refuse(situation, 'WRONG_DOCUMENT', {
      what: 'the start',
      why: `it names ${nonces.length} nonces, and ${used.length} of them belong to approvals of this proposal`,
      next: 'start with the approvals that were given',
    });
  }
  if (isEnough(requirement, used) || requirement.grant !== undefined) return undefined;
  return refuse(situation, 'QUORUM', {
    what: 'the start',
    why: `it uses ${used.length} of ${requirement.approvals} approvals`,
    next: 'start with the approvals that were given',
  });
}

function refuseOtherClaim(situation: Situation, named: string | undefined, held: string): Refusal | undefined {
  if (named === undefined || named === held) return undefined;
  return refuse(situation, 'WRONG_RUNNER', {
    what: 'this execution',
    why: `the claim ${named} was given up, and ${held} holds it now`,
    next: 'countersign show, and leave it to the claim that holds it',
  });
}

function refuseStage(
  situation: Situation,
  command: 'release' | 'find-stale' | 'start' | 'see-output' | 'finish',
  stage: StateOf<'executing'>['stage'],
): Refusal | undefined {
  const needsStarted = command === 'see-output' || command === 'finish';
  if (needsStarted === (stage === 'started')) return undefined;
  return refuse(situation, 'NOT_LEGAL_NOW', {
    what: SPOKEN[command],
    why: needsStarted ? 'nothing has begun' : 'it has begun, and what has begun never begins again',
    next: 'countersign show, and see how it ended',
  });
}

function decideLook(situation: Situation, command: CommandOf<'look'>): Decided {
  const state = inState(situation.state, command.kind, 'proposed', 'open', 'approved', 'executing');
  const refusal = refuseExecutor(situation, 'look', state.runner);
  if (refusal !== undefined) return refusal;
  if (state.kind === 'executing' && state.stage === 'started') {
    return refuse(situation, 'NOT_LEGAL_NOW', {
      what: 'look',
      why: 'it has begun: a look is no baseline any more',
      next: 'verify it afterwards',
    });
  }
  const phase = state.kind === 'executing' ? 'before' : 'proposed';
  if (command.phase !== undefined && command.phase !== phase) {
    return refuse(situation, 'NOT_LEGAL_NOW', {
      what: 'look',
      why: `the look was taken as "${command.phase}", and by now it would count as "${phase}"`,
      next: 'look again',
    });
  }
  return decided({ type: 'observed', phase, observations: command.observations, signed: command.signed });
}
