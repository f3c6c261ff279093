/** What a proposal is after an event. Total: every event in every state has an answer, and an illegal one is a bug. */

import type { CommandKind } from './command.ts';
import type { EventBody, EventType } from './event.ts';
import { invariant } from './failure.ts';
import { inState } from './in-state.ts';
import { LEGAL_IN } from './legal.ts';
import { isPlaceLock } from './place.ts';
import type { Absent, Admission, ExecutionStage, ProposalState, StateKind, StateOf } from './proposal.ts';

/** A proposal of which nothing was ever said. */
export const ABSENT: Absent = { kind: 'absent' };

/**
 * Applies one event to a proposal.
 *
 * @throws a bug report (`invariant`) when the record holds an event that its state can't have: the record is broken then
 */
export function evolve(state: ProposalState, body: EventBody): ProposalState {
  switch (body.type) {
    case 'drafted':
    case 'unplannable':
    case 'sealed':
    case 'admitted':
    case 'refused':
      return evolvePlanning(state, body);
    case 'observed':
      return evolveLook(state, body);
    case 'approval-given':
    case 'approved':
    case 'glass-broken':
    case 'glass-reviewed':
    case 'rejected':
      return evolveDeciding(state, body);
    case 'withdrawn':
    case 'superseded':
    case 'expired':
      return evolveEnding(state, body);
    case 'claimed':
    case 'released':
    case 'stale':
    case 'started':
    case 'executed':
      return evolveExecuting(state, body);
    case 'verified':
    case 'held':
    case 'closed':
      return evolveJudged(state, body);
    case 'output':
      return evolveOutput(state, body);
    case 'reconciled':
      return evolveReconciled(state, body);
    case 'commented':
    case 'secrets-destroyed':
      return expect(state, body, ...LEGAL_IN[ASKED_BY[body.type]]);
    case 'evidence-recorded':
      return expect(state, body, 'absent');
  }
}

/** By which command each event came that changes no state: it can stand only where that was legal. */
const ASKED_BY: Readonly<Record<'commented' | 'secrets-destroyed', CommandKind>> = {
  commented: 'comment',
  'secrets-destroyed': 'destroy-secrets',
};

type Body<Type extends EventType> = Extract<EventBody, { readonly type: Type }>;

function evolvePlanning(
  state: ProposalState,
  body: Body<'drafted' | 'unplannable' | 'sealed' | 'admitted' | 'refused'>,
): ProposalState {
  switch (body.type) {
    case 'drafted': {
      expect(state, body, 'absent');
      invariant(!isPlaceLock(body.target), 'a target has the name of a place');
      const { type: _, ...identity } = body;
      return { kind: 'drafted', ...identity };
    }
    case 'unplannable':
      return { ...expect(state, body, 'drafted'), kind: 'unplannable', why: body.why };
    case 'sealed': {
      const { type: _, ...sealed } = body;
      return { ...expect(state, body, 'drafted'), ...sealed, kind: 'proposed', lookedAt: [] };
    }
    case 'admitted':
      return {
        ...expect(state, body, 'proposed'),
        kind: 'open',
        requirement: body.requirement,
        expiresAtMs: body.expiresAtMs,
        approvals: [],
        glass: { kind: 'intact' },
      };
    case 'refused':
      return { ...expect(state, body, 'proposed'), kind: 'refused' };
  }
}

function evolveLook(state: ProposalState, body: Body<'observed'>): ProposalState {
  const was = expect(state, body, 'proposed', 'open', 'approved', 'executing');
  if (was.kind !== 'executing') return { ...was, lookedAt: body.observations };
  expectStage(was, body, 'claimed', 'ready');
  return { ...was, stage: 'ready', baseline: body.observations };
}

function evolveDeciding(
  state: ProposalState,
  body: Body<'approval-given' | 'approved' | 'glass-broken' | 'glass-reviewed' | 'rejected'>,
): ProposalState {
  if (body.type === 'glass-reviewed') return reviewGlass(state, body);
  const was = expect(state, body, 'open', 'approved');
  switch (body.type) {
    case 'approval-given':
      return { ...was, approvals: [...was.approvals, body.approval] };
    case 'approved':
      return { ...expect(state, body, 'open'), kind: 'approved' };
    case 'glass-broken':
      return { ...was, glass: { kind: 'broken', by: body.by, reason: body.reason } };
    case 'rejected':
      return { ...was, kind: 'rejected' };
  }
}

function reviewGlass(state: ProposalState, body: Body<'glass-reviewed'>): ProposalState {
  invariant('glass' in state && state.glass.kind === 'broken', 'a review of glass that nobody broke');
  return { ...state, glass: { ...state.glass, kind: 'reviewed', reviewer: body.by } };
}

function evolveEnding(state: ProposalState, body: Body<'withdrawn' | 'superseded' | 'expired'>): ProposalState {
  if (body.type === 'expired') return { ...expect(state, body, 'open', 'approved'), kind: 'expired' };
  const was = expect(state, body, 'drafted', 'proposed', 'open', 'approved');
  return body.type === 'withdrawn' ? { ...was, kind: 'withdrawn' } : { ...was, kind: 'superseded', by: body.by };
}

function evolveExecuting(
  state: ProposalState,
  body: Body<'claimed' | 'released' | 'stale' | 'started' | 'executed'>,
): ProposalState {
  if (body.type === 'claimed') {
    const { type: _, ...claim } = body;
    return { ...expect(state, body, 'approved'), kind: 'executing', stage: 'claimed', claim, baseline: [] };
  }
  const was = expect(state, body, 'executing');
  switch (body.type) {
    case 'released':
      expectStage(was, body, 'claimed', 'ready');
      return { ...admissionOf(was), kind: 'approved' };
    case 'stale':
      expectStage(was, body, 'claimed', 'ready');
      return { ...admissionOf(was), kind: 'stale' };
    case 'started':
      expectStage(was, body, 'claimed', 'ready');
      return { ...was, stage: 'started' };
    case 'executed': {
      expectStage(was, body, 'started');
      const { stage: _stage, ...execution } = was;
      return { ...execution, kind: 'executed', outcome: body.outcome, verdicts: [] };
    }
  }
}

function evolveOutput(state: ProposalState, body: Body<'output'>): ProposalState {
  const was = expect(state, body, 'executing');
  expectStage(was, body, 'started');
  return was;
}

function admissionOf(state: StateOf<'executing'>): Admission {
  const { claim: _claim, baseline: _baseline, stage: _stage, kind: _kind, ...admission } = state;
  return admission;
}

function evolveJudged(state: ProposalState, body: Body<'verified' | 'held' | 'closed'>): ProposalState {
  switch (body.type) {
    case 'verified': {
      const { type: _, ...verified } = body;
      const was = expect(state, body, 'executed', 'held', 'closed');
      return { ...was, verdicts: [...was.verdicts, verified] };
    }
    case 'held':
      return { ...expect(state, body, 'executed'), kind: 'held', why: body.why };
    case 'closed':
      return { ...expect(state, body, 'executed', 'held'), kind: 'closed', mark: body.mark };
  }
}

// A release closes what is held. On what was executed or closed by other words than a person's it is signed, or it is nothing.
function evolveReconciled(state: ProposalState, body: Body<'reconciled'>): ProposalState {
  const was = expect(state, body, 'executed', 'held', 'closed');
  const isWord = was.kind === 'held' || body.statement !== undefined;
  invariant(isWord, 'the record has "reconciled" on a proposal that was not held');
  return was;
}

function expect<Kind extends StateKind>(
  state: ProposalState,
  body: EventBody,
  ...kinds: readonly Kind[]
): StateOf<Kind> {
  return inState(state, `the record has "${body.type}"`, ...kinds);
}

function expectStage(state: StateOf<'executing'>, body: EventBody, ...stages: readonly ExecutionStage[]): void {
  invariant(stages.includes(state.stage), `the record has "${body.type}" on an execution that is ${state.stage}`);
}
