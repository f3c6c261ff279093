/** A proposal as programs and people see it: the one documented shape behind `show --json` and every text. */

import type {
  CheckAnswer,
  CheckObservation,
  CheckSpec,
  DriverName,
  Environment,
  EventBody,
  Outcome,
  Preview,
  PreviewCounts,
  Principal,
  ProposalState,
  Requirement,
  StateKind,
  Verdict,
} from '../../../kernel/index.ts';
import type { RecordedEvent, Trouble } from '../../../record/index.ts';
import { type Believed, believe } from './believe.ts';
import { differenceWords } from './difference-words.ts';
import type { EvidenceView } from './evidence-view.ts';
import type { ExecutableView } from './executable-view.ts';
import { type GlassView, glassView } from './glass-view.ts';
import { type TroubleView, troubleViews } from './trouble-view.ts';
import type { WaitView } from './waits-view.ts';
import { type RanOut, whatRanOut } from './what-ran-out.ts';
import { type WordView, wordViews } from './word-view.ts';

/** One resource, before or after the execution. */
export type ResourceView = {
  readonly address: string;
  readonly action: string;
  readonly status: Outcome['resources'][number]['status'] | 'planned';
  readonly id?: string | undefined;
  readonly detail?: string | undefined;
};

/** One check with every answer that it ever got. */
export type CheckView = {
  readonly id: string;
  readonly kind: CheckSpec['kind'];
  readonly claim: string;
  readonly origin: CheckSpec['origin'];
  readonly proposed: CheckAnswer | null;
  readonly before: CheckAnswer | null;
  readonly after: CheckAnswer | null;
  /** The newest answer's own line. */
  readonly detail: string;
};

/** One approval. */
export type ApprovalView = {
  readonly approver: string;
  readonly decision: string;
  readonly fingerprint: string;
  readonly strength: string;
  readonly reason: string;
  readonly expiresAtMs: number;
};

/** One event, flattened for reading. */
export type EventView = { readonly seq: number; readonly atMs: number; readonly actor: Principal } & EventBody;

/** A proposal, `countersign.show/1`. Absent things are `null`, never missing. */
export type ProposalView = {
  readonly schema: 'countersign.show/1';
  readonly id: string;
  readonly target: string;
  readonly environment: Environment | null;
  readonly driver: DriverName;
  readonly intent: string;
  readonly proposer: Principal;
  /** The held proposal whose damage it says it puts right. */
  readonly recovers: string | null;
  readonly state: StateKind;
  /** Why it is in that state, where there is more to say than the state's name. */
  readonly why: string | null;
  readonly outcome: Outcome['kind'] | null;
  readonly outcomeBecause: readonly string[];
  readonly verdict: Verdict['kind'] | null;
  /** Every verdict that holds, oldest first: an earlier refutation stays visible. */
  readonly verdicts: readonly Verdict[];
  readonly mark: string | null;
  readonly counts: PreviewCounts | null;
  readonly unpredictable: number;
  /** The whole sealed preview, as its digest covers it; `null` before it is sealed and where it can't be read. */
  readonly preview: Preview | null;
  readonly resources: readonly ResourceView[];
  readonly approvals: readonly ApprovalView[];
  readonly requirement: Requirement | null;
  readonly checks: readonly CheckView[];
  /** What it cites; `null` before it is sealed and where its bundle can't be read. */
  readonly evidence: readonly EvidenceView[] | null;
  readonly expiresAtMs: number | null;
  readonly runner: string | null;
  /** `advisory` or `enforced`, with every reason, as it was when a runner claimed it. */
  readonly level: string | null;
  readonly bundleDigest: string | null;
  readonly previewDigest: string | null;
  /** `broken` while a review is owed. */
  readonly glass: GlassView;
  /** Who released its target and who reviewed its glass, oldest first. */
  readonly reconciled: readonly WordView[];
  readonly reviewed: readonly WordView[];
  /** What people and agents said of it. Words, not observations. */
  readonly claims: readonly { readonly by: Principal; readonly atMs: number; readonly text: string }[];
  /** Why it waits for nothing any more, though nobody has recorded it. */
  readonly ranOut: RanOut | null;
  /** Whether the trust file that is accepted now lets it run; `null` where it is not approved. */
  readonly executable: ExecutableView | null;
  /** What is in the way of an open or approved one. */
  readonly waitsFor: readonly WaitView[];
  /** What of it does not hold: none of that is in `outcome`, `verdict`, `verdicts`, `resources`, `approvals`, `checks`, `why`. */
  readonly trouble: readonly TroubleView[];
  /** Why signatures were not checked; `null` when they were. */
  readonly unchecked: string | null;
  /** As recorded, also what does not hold. */
  readonly events: readonly EventView[];
};

/** A proposal as it was found. */
export type Found = {
  readonly state: KnownState;
  readonly events: readonly RecordedEvent[];
  readonly troubles: readonly Trouble[];
  /** The sealed preview, when it could be read. */
  readonly preview: Preview | undefined;
  readonly evidence: readonly EvidenceView[] | null;
  readonly unchecked: string | null;
  readonly executable: ExecutableView | null;
  /** What is in the way of an open or approved one. */
  readonly waitsFor: readonly WaitView[];
};

/** A state of which something was recorded. */
export type KnownState = Exclude<ProposalState, { readonly kind: 'absent' }>;

/** Builds the view from what was found. Words that do not hold are in `trouble` and `events`, and nowhere else. */
export function proposalView(found: Found, nowMs: number): ProposalView {
  const { state, events, preview, evidence, troubles, unchecked, executable, waitsFor } = found;
  const believed = believe(found);
  const view = {
    schema: 'countersign.show/1',
    id: state.proposal,
    target: state.target,
    driver: state.driver,
    intent: state.intent,
    proposer: state.proposer,
    recovers: state.recovers ?? null,
    state: state.kind,
    why: whyOf(state, believed.events),
    mark: state.kind === 'closed' && believed.outcome !== null && believed.verdict !== null ? state.mark : null,
    ...sealedView(state, believed.events),
    preview: preview ?? null,
    evidence,
    ...admissionView(state, believed.events),
    ...finishedView(believed, preview),
    level: 'claim' in state ? (state.claim.level ?? null) : null,
    reconciled: wordViews(believed.events, 'reconciled'),
    reviewed: wordViews(believed.events, 'glass-reviewed'),
    claims: believed.events.flatMap((event) =>
      event.body.type === 'commented' ? [{ by: event.actor, atMs: event.atMs, text: event.body.text }] : [],
    ),
    trouble: troubleViews(troubles),
    unchecked,
    executable,
    waitsFor,
    events: events.map((event) => ({ seq: event.seq, atMs: event.atMs, actor: event.actor, ...event.body })),
  } as const;
  return { ...view, ranOut: whatRanOut(view, nowMs) };
}

type SealedView = Pick<
  ProposalView,
  'environment' | 'counts' | 'unpredictable' | 'checks' | 'runner' | 'bundleDigest' | 'previewDigest'
>;

function sealedView(state: KnownState, events: readonly RecordedEvent[]): SealedView {
  if (!('bundleDigest' in state)) {
    return {
      environment: null,
      counts: null,
      unpredictable: 0,
      checks: [],
      runner: null,
      bundleDigest: null,
      previewDigest: null,
    };
  }
  const { environment, counts, unpredictable, runner, bundleDigest, previewDigest } = state;
  const checks = checkViews(state.checks, events);
  return { environment, counts, unpredictable, checks, runner, bundleDigest, previewDigest };
}

function admissionView(
  state: KnownState,
  events: readonly RecordedEvent[],
): Pick<ProposalView, 'approvals' | 'requirement' | 'expiresAtMs' | 'glass'> {
  if (!('requirement' in state)) return { approvals: [], requirement: null, expiresAtMs: null, glass: 'intact' };
  return {
    approvals: events.flatMap(({ body }) => (body.type === 'approval-given' ? [approvalView(body.approval)] : [])),
    requirement: state.requirement,
    expiresAtMs: state.expiresAtMs,
    glass: glassView(state, events),
  };
}

function finishedView(
  { outcome, verdict, verdicts }: Believed,
  preview: Preview | undefined,
): Pick<ProposalView, 'outcome' | 'outcomeBecause' | 'verdict' | 'verdicts' | 'resources'> {
  return {
    outcome: outcome?.kind ?? null,
    outcomeBecause: outcome?.because ?? [],
    verdict: verdict?.kind ?? null,
    verdicts,
    resources: outcome?.resources ?? plannedResources(preview),
  };
}

function plannedResources(preview: Preview | undefined): readonly ResourceView[] {
  return (preview?.resources ?? []).map((resource) => ({
    address: resource.address,
    action: resource.action,
    status: 'planned',
    detail: resource.reason,
  }));
}

function approvalView(approval: Extract<EventBody, { type: 'approval-given' }>['approval']): ApprovalView {
  const { document, fingerprint, strength } = approval;
  return {
    approver: document.approver,
    decision: document.decision,
    fingerprint,
    strength,
    reason: document.reason,
    expiresAtMs: document.expiresAtMs,
  };
}

function checkViews(checks: readonly CheckSpec[], events: readonly RecordedEvent[]): readonly CheckView[] {
  const looks = { proposed: new Map(), before: new Map(), after: new Map() } satisfies Record<
    string,
    Map<string, CheckObservation>
  >;
  for (const { body } of events) {
    if (body.type !== 'observed' && body.type !== 'verified') continue;
    const phase = body.type === 'verified' ? 'after' : body.phase;
    for (const observation of body.observations) looks[phase].set(observation.id, observation);
  }
  return checks.map((check) => {
    const proposed: CheckObservation | undefined = looks.proposed.get(check.id);
    const before: CheckObservation | undefined = looks.before.get(check.id);
    const after: CheckObservation | undefined = looks.after.get(check.id);
    return {
      id: check.id,
      kind: check.kind,
      claim: check.claim,
      origin: check.origin,
      proposed: proposed?.answer ?? null,
      before: before?.answer ?? null,
      after: after?.answer ?? null,
      detail: (after ?? before ?? proposed)?.detail ?? '',
    };
  });
}

function whyOf(state: KnownState, events: readonly RecordedEvent[]): string | null {
  if (state.kind === 'unplannable' || state.kind === 'held') return state.why;
  if (state.kind === 'superseded') return `replaced by ${state.by}`;
  for (const { body } of events.toReversed()) {
    if (body.type === 'refused')
      return body.because.map((rule) => `${rule.demand} (${rule.rule}, ${rule.where})`).join('; ');
    if (body.type === 'rejected') return `${body.approval.document.approver}: ${body.approval.document.reason}`;
    if (body.type === 'withdrawn') return body.why;
    if (body.type === 'stale') return body.differences.map(differenceWords).join('; ');
    if (body.type === 'reconciled') return body.note;
  }
  return null;
}
