/**
 * What the trust files say of the signatures in the record, as questions that whoever checks or shows it can ask.
 *
 * An entry is judged by the version that was in force when it was recorded. What is executed and verified now is decided by the
 * present trust file alone, and not here.
 */

import { mayUse } from '../adapters/index.ts';
import { isFailure, type Principal } from '../kernel/index.ts';
import { type Disowned, policyOf, type Trust, type TrustPeriod } from '../loop/approve/index.ts';
import type { Moment, TrustQuestions } from '../record/index.ts';
import type { Base } from './base.ts';
import { believeTrust, readTrustPeriods } from './read-trust.ts';

/** The questions, and the keys of runners and verifiers. */
export type TrustWords = {
  readonly questions: TrustQuestions;
  /** Keys whose heads are believed: the present ones, for a head is signed by whoever holds its key now. */
  readonly keys: readonly string[];
  /** Versions of the trust file that entries are judged by, oldest first. */
  readonly versions: readonly number[];
  /** What people must know about these versions, a sentence each. */
  readonly notes: readonly string[];
  /** Entries that the trust file disowns; none while no approver has signed it. */
  readonly disowned: readonly Disowned[];
};

/**
 * Whose record is asked about. `store`: the one beside this trust file, whose entry numbers say what came before a version was
 * accepted. `file`: an export, which may be of another record, so that the times that its entries claim count too.
 */
export type Origin = 'store' | 'file';

/** Reads the trust files with the memory of one home. @throws Failure as `believeTrust`, and `TRUST_HISTORY_BROKEN` */
export async function readTrustWords(base: Base, home: string, origin: Origin): Promise<TrustWords> {
  const { trust, isSigned } = await believeTrust(base, home);
  const periods = await earliest(base, home, await readTrustPeriods(base, home));
  return trustWords(periods, isSigned ? trust : { ...trust, disowned: [] }, origin);
}

/**
 * What some trust files say.
 *
 * @param periods  oldest first
 * @param present  the newest of them, with what counts of its disownings
 */
export function trustWords(periods: readonly TrustPeriod[], present: Trust, origin: Origin): TrustWords {
  const { disowned, runners, verifiers } = present;
  return {
    questions: { ...questionsOf(periods, origin), disowned: whyDisowned(disowned) },
    disowned,
    keys: [...runners, ...verifiers].map((one) => one.key),
    versions: periods.map((period) => period.trust.version),
    notes: notesOn(periods),
  };
}

/** What the accepted trust files say of an entry. @param periods  oldest first */
function questionsOf(periods: readonly TrustPeriod[], origin: Origin): TrustQuestions {
  const judges = periods.map((period) => ({ period, policy: policyOf(period.trust, period) }));
  // The next version counts too: whoever put it into force used its keys before this home had read it. The one before never
  // does: a key that was removed must not sign any more, not even at once.
  const judgesAt = (when: Moment): typeof judges => {
    const inForce = judges.findLastIndex(({ period }, index) => index === 0 || hasBegun(period, when, origin));
    return judges.slice(inForce, inForce + 2);
  };
  return {
    approval: (approval, when) =>
      firstComplaint(judgesAt(when), ({ policy }) => {
        const answer = policy.checkApproval(approval);
        return 'kind' in answer ? answer.why : undefined;
      }),
    statement: (statement, when) =>
      firstComplaint(judgesAt(when), ({ policy }) => {
        const answer = policy.checkStatement(statement);
        return 'kind' in answer ? answer.why : undefined;
      }),
    actor: (actor, when) => firstComplaint(judgesAt(when), ({ period }) => refuseStranger(period, actor)),
  };
}

/** Only the very entry is disowned: its number with another hash is another entry. */
function whyDisowned(disowned: readonly Disowned[]): TrustQuestions['disowned'] {
  const bySeq = new Map(disowned.map((one) => [one.seq, one]));
  return ({ seq, hash }) => {
    const one = bySeq.get(seq);
    return one?.hash === hash ? one.why : undefined;
  };
}

function hasBegun(period: TrustPeriod, when: Moment, origin: Origin): boolean {
  const isLater = period.afterSeq !== undefined && when.seq > period.afterSeq;
  if (origin === 'store' && period.afterSeq !== undefined) return isLater;
  return isLater || when.latestMs >= period.acceptedAtMs;
}

/** What the first of some judges says, unless another has nothing to say. */
function firstComplaint<Judge extends { readonly period: TrustPeriod }>(
  judges: readonly Judge[],
  ask: (judge: Judge) => string | undefined,
): string | undefined {
  const complaints = judges.map(ask);
  return complaints.includes(undefined) ? undefined : complaints[0];
}

function refuseStranger({ trust }: TrustPeriod, actor: Principal): string | undefined {
  if (actor.kind !== 'runner' && actor.kind !== 'verifier') return undefined;
  const known = [...trust.runners, ...trust.verifiers];
  const isKnown = known.some((one) => one.name === actor.name && one.key === actor.key);
  return isKnown ? undefined : `the trust file knows no ${actor.kind} ${actor.name} with this key`;
}

/**
 * The control plane's memory can be written by whoever may write the record; where this account may read those of runner and
 * verifier, a version is in force from when the first of them accepted it.
 */
async function earliest(base: Base, home: string, own: readonly TrustPeriod[]): Promise<readonly TrustPeriod[]> {
  const { state, runner, verifier } = base.homes;
  if (home !== state) return own;
  const others: TrustPeriod[] = [];
  for (const other of [runner, verifier])
    if (await mayUse(other)) others.push(...(await readTrustPeriods(base, other)));
  return own.map((period) => {
    if (period.isFirstUse) return period;
    const same = [period, ...others.filter((one) => one.digest === period.digest)];
    const seqs = same.flatMap(({ afterSeq }) => (afterSeq === undefined ? [] : [afterSeq]));
    return {
      ...period,
      acceptedAtMs: Math.min(...same.map((one) => one.acceptedAtMs)),
      afterSeq: seqs.length === 0 ? undefined : Math.min(...seqs),
    };
  });
}

function notesOn(periods: readonly TrustPeriod[]): readonly string[] {
  return periods.flatMap(({ trust, isFirstUse, afterSeq }, index) => {
    const { version } = trust;
    if (index > 0) {
      const after = afterSeq === undefined ? '' : ` after entry ${afterSeq}`;
      return isFirstUse
        ? [`version ${version} was trusted on first use again${after}: nobody before it signed it`]
        : [];
    }
    return version === 1 ? [] : [`versions before ${version} are not remembered here: older entries are judged by it`];
  });
}

/** Whether signatures can be checked here. Whoever only reads goes on without, and says so. */
export type ReaderTrust =
  | { readonly kind: 'checked'; readonly questions: TrustQuestions }
  | { readonly kind: 'unchecked'; readonly why: string };

/** Reads the trust files for whoever shows the record: that one is missing or not believed is an answer. */
export async function readReaderTrust(base: Base): Promise<ReaderTrust> {
  try {
    return { kind: 'checked', questions: (await readTrustWords(base, base.homes.state, 'store')).questions };
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    return { kind: 'unchecked', why: thrown.message };
  }
}
