/** What a proposal is after an event. Total: every event in every state has an answer, and an illegal one is a bug. */

import type { EventBody, EventType } from './event.ts';
import { invariant } from './failure.ts';
import type { Absent, ProposalState, StateKind, StateOf } from './proposal.ts';

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
    case 'commented':
    case 'output':
    case 'reconciled':
    case 'secrets-destroyed':
    case 'evidence-recorded':
      return state;
  }
}

type Body<Type extends EventType> = Extract<EventBody, { readonly type: Type }>;

function evolvePlanning(
  state: ProposalState,
  body: Body<'drafted' | 'unplannable' | 'sealed' | 'admitted' | 'refused'>,
): ProposalState {
  switch (body.type) {
    case 'drafted': {
      expectState(state, body, 'absent');
      const { type: _, ...identity } = body;
      return { kind: 'drafted', ...identity };
    }
    case 'unplannable':
      expectState(state, body, 'drafted');
      return { ...state, kind: 'unplannable', why: body.why };
    case 'sealed': {
      expectState(state, body, 'drafted');
      const { type: _, ...sealed } = body;
      return { ...state, ...sealed, kind: 'proposed', lookedAt: [] };
    }
    case 'admitted':
      expectState(state, body, 'proposed');
      return {
        ...state,
        kind: 'open',
        requirement: body.requirement,
        expiresAtMs: body.expiresAtMs,
        approvals: [],
        glass: { kind: 'intact' },
      };
    case 'refused':
      expectState(state, body, 'proposed');
      return { ...state, kind: 'refused' };
  }
}

function evolveLook(state: ProposalState, body: Body<'observed'>): ProposalState {
  if (state.kind === 'executing') {
    return state.stage === 'started' ? state : { ...state, stage: 'ready', baseline: body.observations };
  }
  expectState(state, body, 'proposed', 'open', 'approved');
  return { ...state, lookedAt: body.observations };
}

function evolveDeciding(
  state: ProposalState,
  body: Body<'approval-given' | 'approved' | 'glass-broken' | 'glass-reviewed' | 'rejected'>,
): ProposalState {
  if (body.type === 'glass-reviewed') return reviewGlass(state, body);
  expectState(state, body, 'open', 'approved');
  switch (body.type) {
    case 'approval-given':
      return { ...state, approvals: [...state.approvals, body.approval] };
    case 'approved':
      return { ...state, kind: 'approved' };
    case 'glass-broken':
      return { ...state, glass: { kind: 'broken', by: body.by, reason: body.reason } };
    case 'rejected':
      return { ...state, kind: 'rejected' };
  }
}

function reviewGlass(state: ProposalState, body: Body<'glass-reviewed'>): ProposalState {
  invariant('glass' in state && state.glass.kind === 'broken', 'a review of glass that nobody broke');
  return { ...state, glass: { ...state.glass, kind: 'reviewed', reviewer: body.by } };
}

function evolveEnding(state: ProposalState, body: Body<'withdrawn' | 'superseded' | 'expired'>): ProposalState {
  if (body.type === 'expired') {
    expectState(state, body, 'open', 'approved');
    return { ...state, kind: 'expired' };
  }
  expectState(state, body, 'drafted', 'proposed', 'open', 'approved');
  return body.type === 'withdrawn' ? { ...state, kind: 'withdrawn' } : { ...state, kind: 'superseded', by: body.by };
}

function evolveExecuting(
  state: ProposalState,
  body: Body<'claimed' | 'released' | 'stale' | 'started' | 'executed'>,
): ProposalState {
  if (body.type === 'claimed') {
    expectState(state, body, 'approved');
    const { type: _, ...claim } = body;
    return { ...state, kind: 'executing', stage: 'claimed', claim, baseline: [] };
  }
  expectState(state, body, 'executing');
  switch (body.type) {
    case 'released': {
      const { claim: _claim, baseline: _baseline, stage: _stage, ...admission } = state;
      return { ...admission, kind: 'approved' };
    }
    case 'stale': {
      const { claim: _claim, baseline: _baseline, stage: _stage, ...admission } = state;
      return { ...admission, kind: 'stale' };
    }
    case 'started':
      return { ...state, stage: 'started' };
    case 'executed': {
      const { stage: _stage, ...execution } = state;
      return { ...execution, kind: 'executed', outcome: body.outcome, verdicts: [] };
    }
  }
}

function evolveJudged(state: ProposalState, body: Body<'verified' | 'held' | 'closed'>): ProposalState {
  expectState(state, body, 'executed', 'held', 'closed');
  switch (body.type) {
    case 'verified': {
      const { type: _, ...verified } = body;
      return { ...state, verdicts: [...state.verdicts, verified] };
    }
    case 'held':
      return { ...state, kind: 'held', why: body.why };
    case 'closed':
      return { ...state, kind: 'closed', mark: body.mark };
  }
}

function expectState<Kind extends StateKind>(
  state: ProposalState,
  body: EventBody,
  ...kinds: readonly Kind[]
): asserts state is StateOf<Kind> {
  invariant(
    kinds.some((kind) => kind === state.kind),
    `the record has "${body.type}" on a proposal that is ${state.kind}`,
  );
}
