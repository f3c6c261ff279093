/** A pass over all places as programs and people see it: the one documented shape behind `drift --json` and its text. */

import type { EvidenceRef } from '../../../kernel/index.ts';
import type { DriftDraft, DriftFinding, DriftPass, DriftResult } from '../../../loop/propose/index.ts';

/** What was found at one place. Absent things are `null`, never missing. */
export type DriftFindingView = {
  readonly target: string;
  /** The proposal that the world is compared with. */
  readonly confirmed: string;
  readonly result: DriftResult['kind'];
  readonly resources: readonly { readonly address: string; readonly action: string }[];
  readonly outputs: readonly string[];
  readonly failedChecks: readonly string[];
  /** What of the configuration is another one now. */
  readonly changed: readonly string[];
  readonly evidence: EvidenceRef | null;
  readonly draft: { readonly id: string; readonly state: string; readonly isNew: boolean } | null;
  /** Why nothing could be told, or why no draft was opened. */
  readonly why: string | null;
  readonly next: string | null;
};

/** One pass, `countersign.drift/1`. */
export type DriftView = {
  readonly schema: 'countersign.drift/1';
  readonly atMs: number;
  /** It was stopped before the last place. */
  readonly isCut: boolean;
  readonly findings: readonly DriftFindingView[];
};

const NOTHING = {
  resources: [],
  outputs: [],
  failedChecks: [],
  changed: [],
  evidence: null,
  draft: null,
  why: null,
  next: null,
} as const;

/** Builds the view. */
export function driftView({ findings, isCut }: DriftPass, atMs: number): DriftView {
  return { schema: 'countersign.drift/1', atMs, isCut, findings: findings.map(findingView) };
}

function findingView({ target, proposal, result }: DriftFinding): DriftFindingView {
  return { target, confirmed: proposal, ...NOTHING, result: result.kind, ...detail(result, target) };
}

function detail(result: DriftResult, target: string): Partial<DriftFindingView> {
  switch (result.kind) {
    case 'as-confirmed':
      return {};
    case 'drifted':
      return { ...result.drift, evidence: result.evidence, ...draftDetail(result.draft) };
    case 'changed-configuration':
      return { changed: result.changed, next: `propose it for ${target}, or put the configuration back` };
    case 'unknown':
    case 'skipped':
      return { why: result.why, next: result.next };
  }
}

function draftDetail(draft: DriftDraft): Partial<DriftFindingView> {
  if (draft.kind === 'none') return { why: draft.why, next: draft.next };
  const { id, state, isNew } = draft;
  return { draft: { id, state, isNew }, next: `countersign show ${id}` };
}
