/** Puts every sealed check to the world, through workers that hold no key. */

import { z } from 'zod';
import {
  type CheckObservation,
  type CheckPhase,
  type CheckSpec,
  canonicalJson,
  digestJson,
  Failure,
  type JsonObject,
  NOT_AS_SEALED,
  visibleLine,
} from '../../kernel/index.ts';
import { CHECK_QUESTIONS, type Sustained } from '../../tools/index.ts';
import { agree } from './agree.ts';
import type { CheckErrand, WorkerAnswer, WorkerReply } from './check-workers.ts';
import { directoryBlob, type SealedChecks } from './read-sealed-checks.ts';
import type { SealedWork } from './sealed-work.ts';
import type { VerifyParts } from './verify-parts.ts';
import { whyUnreadable } from './why-unreadable.ts';

const MOST_DETAIL_CHARACTERS = 400;
const MOST_OBSERVED_BYTES = 4096;
/** How many checks are put at a time: the order of the answers is that of the bundle all the same. */
const AT_A_TIME = 4;
const ONCE: Sustained = { samples: 1, everyMs: 0 };
const SUSTAINED = z.object({ sustained: z.object({ samples: z.number(), everyMs: z.number() }).optional() });

/**
 * Asks all sealed checks, each as often as its question demands.
 *
 * @returns one observation for every check, in the bundle's order; a check that can't be put is `unknown` with the reason
 */
export async function putChecks(
  parts: VerifyParts,
  { sealed, isApproved, mandated }: Pick<SealedWork, 'sealed' | 'isApproved' | 'mandated'>,
  phase: CheckPhase,
): Promise<readonly CheckObservation[]> {
  const sealedDirectory = await openDirectory(parts, sealed);
  const observations: CheckObservation[] = [];
  for (let from = 0; from < sealed.checks.length; from += AT_A_TIME) {
    const batch = sealed.checks.slice(from, from + AT_A_TIME);
    observations.push(
      ...(await Promise.all(
        batch.map(async (spec) => {
          const isMandated = mandated.has(spec.id);
          const programs = (sealed.checkPrograms ?? []).filter(({ check }) => check === spec.id);
          const errand = { spec, phase, isApproved, isMandated, programs, directory: sealed.directory };
          const seen = observe(parts, spec, await putCheck(parts, { errand, sealedDirectory }));
          return isApproved || isMandated ? seen : await blind(parts, sealed.proposal, seen);
        }),
      )),
    );
  }
  return observations;
}

/** The opened directory, or why there is none. */
type Directory =
  | { readonly kind: 'open'; readonly content: Uint8Array }
  | { readonly kind: 'shut'; readonly why: string };
type Put = { readonly errand: CheckErrand; readonly sealedDirectory: Directory };

async function putCheck(parts: VerifyParts, { errand, sealedDirectory }: Put): Promise<WorkerAnswer> {
  const { spec } = errand;
  const kind: z.ZodType = CHECK_QUESTIONS[spec.kind];
  const question = kind.safeParse(spec.question);
  if (!question.success) {
    return { kind: 'lost', why: `the question can't be read: ${whyUnreadable(question.error)}` };
  }
  if (spec.kind !== 'terraform-plan') {
    return await putOften(parts, errand, sustainedOf(spec.question));
  }
  if (spec.origin === 'proposal') return { kind: 'lost', why: 'only a driver can ask for a plan' };
  if (sealedDirectory.kind === 'shut') return { kind: 'lost', why: sealedDirectory.why };
  return await parts.workers.put({ ...errand, sealedDirectory: sealedDirectory.content });
}

function sustainedOf(question: JsonObject): Sustained {
  return SUSTAINED.parse(question).sustained ?? ONCE;
}

async function putOften(parts: VerifyParts, errand: CheckErrand, often: Sustained): Promise<WorkerAnswer> {
  const earlier: WorkerAnswer[] = [];
  while (earlier.length < often.samples - 1) {
    earlier.push(await parts.workers.put(errand));
    await parts.clock.wait(often.everyMs);
  }
  return agree(earlier, await parts.workers.put(errand));
}

/** The worker's words are bounded once more: it may run what an agent wrote. */
function observe(parts: VerifyParts, spec: CheckSpec, answer: WorkerAnswer): CheckObservation {
  const told = answer.kind === 'lost' ? lost(parts, answer) : bounded(parts, answer);
  return {
    id: spec.id,
    answer: told.answer,
    observed: told.observed,
    observedDigest: told.observedDigest,
    detail: Array.from(visibleLine(told.detail)).slice(0, MOST_DETAIL_CHARACTERS).join(''),
    atMs: parts.clock.nowMs(),
  };
}

/**
 * Digests the digest with what only this verifier can make: of an answer to a question that nobody approved, anybody could find out
 * by trial what it was. Two looks at the same proposal can still be compared.
 */
async function blind(parts: VerifyParts, proposal: string, seen: CheckObservation): Promise<CheckObservation> {
  const secret = await parts.signer.sign(`countersign.blind-digest/1 ${proposal} ${seen.id}`);
  return { ...seen, observedDigest: parts.hash(`${secret} ${seen.observedDigest}`) };
}

function bounded(parts: VerifyParts, reply: WorkerReply): WorkerReply {
  if (Buffer.byteLength(canonicalJson(reply.observed)) <= MOST_OBSERVED_BYTES) return reply;
  return lost(parts, { why: 'the check worker said more than may be recorded' });
}

function lost(
  parts: VerifyParts,
  { why, isChanged }: { readonly why: string; readonly isChanged?: true },
): WorkerReply {
  const observed = isChanged === true ? NOT_AS_SEALED : null;
  return { answer: 'unknown', observed, observedDigest: digestJson(parts.hash, observed), detail: why };
}

async function openDirectory(parts: VerifyParts, sealed: SealedChecks): Promise<Directory> {
  if (!sealed.checks.some((spec) => spec.kind === 'terraform-plan')) return shut('no check plans anew');
  const blob = directoryBlob(sealed);
  if (blob === undefined) return shut('the bundle has no directory to plan in');
  if (!(await parts.blobs.has(blob.digest)))
    return shut('the sealed directory was destroyed: it can be planned in no more');
  const stored = await parts.blobs.get(blob.digest);
  if (blob.sealing === 'clear') return { kind: 'open', content: stored };
  try {
    return { kind: 'open', content: await parts.opener.open(stored) };
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'DECRYPTION_FAILED') throw thrown;
    return shut('the directory was not sealed to this verifier');
  }
}

function shut(why: string): Directory {
  return { kind: 'shut', why };
}
