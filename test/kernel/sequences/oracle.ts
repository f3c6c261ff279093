/**
 * What must be true of any log, worked out from the log alone and by other means than the kernel's.
 *
 * It reads only events, actors and times. It never asks the kernel for a state, a quorum or a verdict.
 */

import type { AccountsOf, CheckedApproval, EventBody, EventType } from '../../../src/kernel/index.ts';
import type { Entry } from './told-world.ts';

type Of<Type extends EventType> = Entry & { readonly body: Extract<EventBody, { readonly type: Type }> };

function isOf<Type extends EventType>(entry: Entry, type: Type): entry is Of<Type> {
  return entry.body.type === type;
}

function all<Type extends EventType>(log: readonly Entry[], type: Type, proposal?: string): readonly Of<Type>[] {
  return log.filter(
    (entry): entry is Of<Type> => isOf(entry, type) && (proposal === undefined || entry.proposal === proposal),
  );
}

/** Every law that the log breaks, as a sentence; empty for a lawful log. */
export function brokenLaws(log: readonly Entry[]): readonly string[] {
  return [
    ...ofActors(log),
    ...ofStarts(log),
    ...ofEnds(log),
    ...ofVerdicts(log),
    ...ofGrants(log),
    ...ofReleases(log),
    ...ofChecks(log),
  ];
}

const BY_AGENTS: readonly EventType[] = ['drafted', 'commented', 'withdrawn'];
const BY_RUNNERS: readonly EventType[] = ['claimed', 'released', 'stale', 'started', 'output', 'executed'];
const BY_VERIFIERS: readonly EventType[] = ['observed', 'verified', 'held'];

/** L1, L2: who did what. */
function ofActors(log: readonly Entry[]): readonly string[] {
  return log.flatMap(({ actor, body, proposal }) => {
    const is = actor.kind;
    const by = `${proposal}: ${body.type} by ${is} ${actor.name}`;
    const runner = all(log, 'sealed', proposal)[0]?.body.runner;
    const signed = body.type === 'approval-given' || body.type === 'rejected' ? body.approval.document : undefined;
    return sentences([
      [is === 'agent' && !BY_AGENTS.includes(body.type), `${by}: an agent`],
      [BY_RUNNERS.includes(body.type) && is !== 'runner', `${by}: no runner`],
      // A runner that sweeps says first what ran out: the clock decides that, whoever asks.
      [is === 'runner' && ![...BY_RUNNERS, 'secrets-destroyed', 'expired'].includes(body.type), `${by}: a runner`],
      [BY_VERIFIERS.includes(body.type) && is !== 'verifier', `${by}: no verifier`],
      [is === 'verifier' && ![...BY_VERIFIERS, 'closed'].includes(body.type), `${by}: a verifier`],
      [is === 'verifier' && actor.name === runner, `${by}: its own work`],
      [body.type === 'reconciled' && is !== 'person', `${by}: no person`],
      [body.type === 'claimed' && body.runner !== actor.name, `${by}: in the name of another`],
      [body.type === 'drafted' && JSON.stringify(body.proposer) !== JSON.stringify(actor), `${by}: a forged proposer`],
      [signed !== undefined && (is !== 'person' || actor.name !== signed.approver), `${by}: a foreign signature`],
    ]);
  });
}

function sentences(cases: readonly (readonly [isBroken: boolean, sentence: string])[]): readonly string[] {
  return cases.filter(([isBroken]) => isBroken).map(([, sentence]) => sentence);
}

/** L3, L4, L5: what runs was approved, by enough people, for this runner, and runs once. */
function ofStarts(log: readonly Entry[]): readonly string[] {
  return log.flatMap((started, index) => {
    if (!isOf(started, 'started')) return [];
    const before = log.slice(0, index);
    const { proposal } = started;
    const sealed = all(before, 'sealed', proposal)[0];
    const admitted = all(before, 'admitted', proposal)[0];
    const drafted = all(before, 'drafted', proposal)[0];
    const claimed = all(before, 'claimed', proposal).at(-1);
    if (sealed === undefined || admitted === undefined || drafted === undefined || claimed === undefined) {
      return [`${proposal}: started without being sealed, admitted and claimed`];
    }
    const chapter = { sealed, admitted, drafted, claimed };
    const beforeClaim = before.slice(0, before.indexOf(claimed));
    return [
      ...ofStart(before, started, chapter),
      ...ofQuorum(beforeClaim, chapter),
      ...ofOccupation(beforeClaim, claimed, drafted.body.recovers),
    ];
  });
}

const NO_WAY_BACK: readonly EventType[] = [
  'started',
  'withdrawn',
  'superseded',
  'expired',
  'rejected',
  'stale',
  'executed',
];

function ofStart(before: readonly Entry[], started: Entry, { sealed, admitted, claimed }: Chapter): readonly string[] {
  const { proposal } = started;
  const own = before.filter((entry) => entry.proposal === proposal);
  const types = own.map((entry) => entry.body.type);
  const sinceClaim = types.slice(types.lastIndexOf('claimed'));
  const { runner, checks } = sealed.body;
  const past = NO_WAY_BACK.find((type) => types.includes(type));
  return sentences([
    [past !== undefined, `${proposal}: started although ${past}`],
    [started.actor.name !== runner || claimed.actor.name !== runner, `${proposal}: another runner`],
    [claimed.atMs >= admitted.body.expiresAtMs, `${proposal}: claimed after its time`],
    [sinceClaim.includes('released'), `${proposal}: started without a claim`],
    [checks.length > 0 && !sinceClaim.includes('observed'), `${proposal}: nobody looked`],
  ]);
}

function ofQuorum(beforeClaim: readonly Entry[], chapter: Chapter): readonly string[] {
  const { sealed, admitted, claimed } = chapter;
  const { requirement } = admitted.body;
  if (requirement.grant !== undefined && sealed.body.environment === 'sandbox') return [];
  const approvals = whoApproved(beforeClaim, chapter);
  if (approvals.some((one) => one.document.decision === 'break-glass')) return [];
  const count = countPeople(approvals, claimed.accountsOf);
  const isEnough = requirement.approvals > 0 && count >= requirement.approvals;
  return isEnough ? [] : [`${claimed.proposal}: started with ${count} approvals of ${requirement.approvals}`];
}

type Chapter = {
  readonly sealed: Of<'sealed'>;
  readonly admitted: Of<'admitted'>;
  readonly drafted: Of<'drafted'>;
  readonly claimed: Of<'claimed'>;
};

/** The approvals that stood at the claim, each tested field by field against what was sealed. */
function whoApproved(before: readonly Entry[], chapter: Chapter): readonly CheckedApproval[] {
  const { sealed, admitted, drafted, claimed } = chapter;
  const { requirement } = admitted.body;
  const behind = drafted.body.proposer.kind === 'agent' ? drafted.body.proposer.person : drafted.body.proposer.name;
  return all(before, 'approval-given', drafted.proposal)
    .map((entry) => entry.body.approval)
    .filter(({ document, strength }) => {
      const accounts = claimed.accountsOf[document.approver] ?? [];
      const isGlass = document.decision === 'break-glass';
      return [
        document.decision !== 'reject',
        document.proposal === drafted.proposal,
        document.bundleDigest === sealed.body.bundleDigest,
        document.previewDigest === sealed.body.previewDigest,
        document.target === drafted.body.target,
        document.environment === sealed.body.environment,
        document.policyDigest === requirement.policyDigest,
        document.runner === sealed.body.runner,
        document.expiresAtMs > claimed.atMs,
        (isGlass ? requirement.breakGlass : requirement.eligible).includes(document.approver),
        strength === 'verified' || requirement.plainKeys,
        isGlass ||
          !requirement.fourEyes ||
          (accounts.length > 0 && !accounts.includes(behind) && document.approver !== behind),
      ].every(Boolean);
    });
}

/** People, not names: who shares a key or an account with another is the same. */
function countPeople(approvals: readonly CheckedApproval[], accountsOf: AccountsOf): number {
  const groups: Set<string>[] = [];
  for (const { document, fingerprint } of approvals) {
    const accounts = (accountsOf[document.approver] ?? []).map((account) => `account ${account}`);
    const marks = new Set([`name ${document.approver}`, fingerprint, ...accounts]);
    const known = groups.find((group) => [...marks].some((mark) => group.has(mark)));
    if (known === undefined) groups.push(marks);
  }
  return groups.length;
}

/** One target, one lock; one place, one lock, whatever its targets are called. */
function ofOccupation(
  before: readonly Entry[],
  claimed: Of<'claimed'>,
  recovers: string | undefined,
): readonly string[] {
  const here = entriesHere(before, claimed);
  const others = new Set(here.map((entry) => entry.proposal));
  others.delete(claimed.proposal);
  const busy: string[] = [];
  const held: string[] = [];
  for (const other of others) {
    const types = before.filter((entry) => entry.proposal === other).map((entry) => entry.body.type);
    const isOpenEnded =
      types.lastIndexOf('claimed') >
      Math.max(...['released', 'stale', 'held', 'closed'].map((end) => types.lastIndexOf(end as EventType)));
    if (isOpenEnded) busy.push(other);
    if (types.includes('held') && !types.includes('reconciled')) held.push(other);
  }
  const broken = busy.map((other) => `${claimed.proposal}: claimed while ${other} had the target`);
  const doubted = doubtedBy(before, claimed);
  const isRecovery = [...held, ...doubted].some((other) => other === recovers);
  if (held.length > 0 && !isRecovery) broken.push(`${claimed.proposal}: claimed a held target`);
  if (doubted.length > 0 && !isRecovery) broken.push(`${claimed.proposal}: claimed what ${doubted} left in doubt`);
  return broken;
}

/** What happened on the same target, and at the same place under whatever name, as far as it was sealed for it by then. */
function entriesHere(before: readonly Entry[], { proposal, target }: Entry): readonly Entry[] {
  const placeOf = (one: string): string | undefined => all(before, 'sealed', one)[0]?.body.place;
  const place = placeOf(proposal);
  return before.filter(
    (entry) => entry.target === target || (place !== undefined && placeOf(entry.proposal) === place),
  );
}

/** What a word released, and the runner that claims did not find to hold, now or at an earlier start. */
function doubtedBy(before: readonly Entry[], claimed: Of<'claimed'>): readonly string[] {
  const here = entriesHere(before, claimed);
  return all(here, 'closed')
    .filter(({ body }) => body.mark === 'reconciled')
    .filter((closed) => {
      const later = all(here.slice(here.indexOf(closed)), 'started');
      return !later.some(({ body }) => body.reconciled?.includes(closed.proposal));
    })
    .map(({ proposal }) => proposal)
    .filter((proposal) => !claimed.releases.some((one) => one.proposal === proposal && one.why === undefined));
}

/** What must be signed is; and a signature is its author's, and of this very execution or glass. */
function ofReleases(log: readonly Entry[]): readonly string[] {
  return log.flatMap(({ proposal, actor, body }, index) => {
    if (body.type !== 'reconciled' && body.type !== 'glass-reviewed') return [];
    const before = log.slice(0, index);
    const isAsked = all(before, 'admitted', proposal)[0]?.body.requirement.signedReconcile !== undefined;
    const document = body.statement?.document;
    const through = body.type === 'reconciled' ? ofRecovery(before, proposal, body.through) : [];
    if (through.length > 0) return through;
    if (document === undefined) return isAsked ? [`${proposal}: ${body.type} without a signature`] : [];
    const claim = all(before, 'claimed', proposal).at(-1)?.body.claim;
    const glass = all(before, 'approval-given', proposal)
      .map((entry) => entry.body.approval.document)
      .findLast(({ decision }) => decision === 'break-glass')?.nonce;
    const madeOn = body.type === 'reconciled' ? claim : glass;
    const wasHeld = all(before, 'held', proposal).length === 1;
    return sentences([
      [document.proposal !== proposal, `${proposal}: the word on another`],
      [document.approver !== actor.name, `${proposal}: the word of another`],
      [document.madeOn !== madeOn, `${proposal}: a word on another hold or glass`],
      [document.verdicts !== all(before, 'verified', proposal).length, `${proposal}: a word on other verdicts`],
      [body.type === 'reconciled' && !wasHeld, `${proposal}: released without being held`],
    ]);
  });
}

/** L7: one answer judges one check. */
function ofChecks(log: readonly Entry[]): readonly string[] {
  return all(log, 'sealed').flatMap(({ proposal, body: { checks } }) =>
    new Set(checks.map(({ id }) => id)).size === checks.length ? [] : [`${proposal}: two checks of one name`],
  );
}

/** What a release names as its recovery was drafted as one, here, and its newest verdict confirmed it. */
function ofRecovery(before: readonly Entry[], proposal: string, through: string | undefined): readonly string[] {
  if (through === undefined) return [];
  const drafted = all(before, 'drafted', through)[0];
  const own = all(before, 'drafted', proposal)[0];
  return sentences([
    [drafted?.body.recovers !== proposal, `${proposal}: released through what does not recover it`],
    [
      drafted?.target !== own?.target && !isSamePlace(before, proposal, through),
      `${proposal}: released through a change of another place`,
    ],
    [all(before, 'closed', through).length !== 1, `${proposal}: released through what is not over`],
    [
      all(before, 'verified', through).at(-1)?.body.verdict.kind !== 'confirmed',
      `${proposal}: released through what nobody confirmed`,
    ],
  ]);
}

function isSamePlace(before: readonly Entry[], one: string, other: string): boolean {
  const place = all(before, 'sealed', one)[0]?.body.place;
  return place !== undefined && all(before, 'sealed', other)[0]?.body.place === place;
}

/** What ended stays ended; what was executed gets a verdict at once with its close or its hold. */
function ofEnds(log: readonly Entry[]): readonly string[] {
  const broken: string[] = [];
  for (const executed of all(log, 'executed')) {
    const { proposal } = executed;
    if (all(log, 'executed', proposal).length !== 1) broken.push(`${proposal}: executed twice`);
    const after = log.slice(log.indexOf(executed)).filter((entry) => entry.proposal === proposal);
    const types = after.map((entry) => entry.body.type);
    const isJudged = types.includes('verified');
    const isSettled = types.includes('closed') || types.includes('held');
    if (isJudged !== isSettled) broken.push(`${proposal}: a verdict without a settlement, or the other way round`);
    if (types.includes('closed') && types.includes('held') && !types.includes('reconciled')) {
      broken.push(`${proposal}: held and closed, and nobody reconciled it`);
    }
  }
  return broken;
}

/** L7, by the words of the law: confirmed needs red → green and nothing red or unanswered. */
function ofVerdicts(log: readonly Entry[]): readonly string[] {
  const broken: string[] = [];
  for (const { proposal, body } of all(log, 'verified')) {
    const sealed = all(log, 'sealed', proposal)[0]?.body;
    const executed = all(log, 'executed', proposal)[0]?.body;
    const started = log.findIndex((entry) => entry.proposal === proposal && entry.body.type === 'started');
    const baseline = all(log.slice(0, started), 'observed', proposal).at(-1)?.body;
    const specs = sealed?.checks ?? [];
    const was = (id: string): string | undefined =>
      baseline?.phase === 'before' ? baseline.observations.find((one) => one.id === id)?.answer : undefined;
    const is = (id: string): string | undefined => body.observations.find((one) => one.id === id)?.answer;
    const isRed = specs.some((spec) => is(spec.id) === 'red');
    // After an unknown end a plan compares the world with a state that the interrupted run was to write: it proves nothing alone.
    const isBlind = (kind: string): boolean => executed?.outcome.kind === 'indeterminate' && kind === 'terraform-plan';
    const isTurned = specs.some((spec) => was(spec.id) === 'red' && is(spec.id) === 'green' && !isBlind(spec.kind));
    const isAllKnown = specs.every((spec) => is(spec.id) === 'green' && ['red', 'green'].includes(was(spec.id) ?? ''));
    if ((body.verdict.kind === 'refuted') !== isRed) broken.push(`${proposal}: ${body.verdict.kind} with red ${isRed}`);
    if ((body.verdict.kind === 'confirmed') !== (isTurned && isAllKnown)) {
      broken.push(`${proposal}: ${body.verdict.kind} although turned is ${isTurned} and known is ${isAllKnown}`);
    }
    const first = all(log, 'verified', proposal)[0]?.body;
    if (body === first && executed?.outcome.kind === 'completed') {
      const isClosed = all(log, 'closed', proposal).some((closed) => closed.body.mark === 'as-approved');
      if (isClosed !== (body.verdict.kind === 'confirmed'))
        broken.push(`${proposal}: completed, ${body.verdict.kind}, closed ${isClosed}`);
    }
  }
  return broken;
}

/** L1: what nobody looked at is in a sandbox. */
function ofGrants(log: readonly Entry[]): readonly string[] {
  return all(log, 'approved').flatMap(({ proposal, body }) => {
    const environment = all(log, 'sealed', proposal)[0]?.body.environment;
    const isByNobody = body.by.length === 0;
    return (body.grant !== undefined || isByNobody) && environment !== 'sandbox'
      ? [`${proposal}: approved by nobody in ${environment}`]
      : [];
  });
}
