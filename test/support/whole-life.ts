/** One proposal from draft to close, signed by real keys, its evidence in a real blob store. */

import {
  canonicalJson,
  type EventBody,
  type Happened,
  type Principal,
  type Requirement,
} from '../../src/kernel/index.ts';
import { type AppendBatch, type BlobStore, type EventLog, signedText } from '../../src/record/index.ts';
import { ANN, drafted, following } from './events.ts';
import { newSigner, type TestSigner } from './keys.ts';

export const RUNNER: TestSigner = newSigner('runner-1');
export const VERIFIER: TestSigner = newSigner('verifier-1');
const AT_MS: number = 1_700_000_000_000;

const runner: Principal = { kind: 'runner', name: RUNNER.name, key: RUNNER.key };
const verifier: Principal = { kind: 'verifier', name: VERIFIER.name, key: VERIFIER.key };
const control: Principal = { kind: 'control', name: 'control' };

type Unsigned<Type extends EventBody['type']> = Omit<Extract<EventBody, { type: Type }>, 'signed'>;

/** Signs a body as runner and verifier do. */
export function signedBy<Type extends 'observed' | 'started' | 'executed' | 'verified'>(
  signer: TestSigner,
  proposal: string,
  body: Unsigned<Type>,
): Extract<EventBody, { type: Type }> {
  const signed = { key: signer.key, signature: signer.signNow(signedText(proposal, body)) };
  // The union member that `Type` names is its unsigned form and `signed`.
  return { ...body, signed } as unknown as Extract<EventBody, { type: Type }>;
}

/** The digests that a life names, so that tests can damage them. */
export type LifeBlobs = {
  readonly bundle: string;
  readonly preview: string;
  readonly plan: string;
  readonly output: string;
  readonly evidence: string;
  readonly secret: string;
};

/** Puts the blobs of a life. */
async function putBlobs(blobs: BlobStore, proposal: string): Promise<LifeBlobs> {
  const put = (text: string): Promise<string> => blobs.put(new TextEncoder().encode(text));
  const plan = await put(`the plan of ${proposal}`);
  const secret = 'e'.repeat(64);
  const preview = await put(`{"preview":"${proposal}"}`);
  const bundle = await put(
    canonicalJson({
      schema: 'countersign.bundle/1',
      proposal,
      blobs: [
        { name: 'plan', digest: plan, sizeBytes: 1, sealing: 'clear' },
        { name: 'environment', digest: secret, sizeBytes: 1, sealing: 'age' },
      ],
    }),
  );
  return {
    bundle,
    preview,
    plan,
    output: await put(`the output of ${proposal}`),
    evidence: await put(`the evidence of ${proposal}`),
    secret,
  };
}

/** Every step of a life, with who takes it. */
export function lifeOf(
  proposal: string,
  target: string,
  blobs: LifeBlobs,
): readonly (readonly [Principal, EventBody])[] {
  const { bundle: bundleDigest, preview: previewDigest } = blobs;
  const observation = (answer: 'red' | 'green') => ({
    id: 'up',
    answer,
    observed: { status: answer === 'green' ? 200 : 500 },
    observedDigest: (answer === 'green' ? '1' : '2').repeat(64),
    detail: answer,
    atMs: AT_MS,
  });
  const approval = {
    document: {
      schema: 'countersign.approval/1',
      decision: 'approve',
      proposal,
      bundleDigest,
      previewDigest,
      target,
      environment: 'production',
      approver: 'bob',
      policyDigest: 'd'.repeat(64),
      runner: RUNNER.name,
      expiresAtMs: AT_MS + 1_000,
      nonce: 'c'.repeat(32),
      reason: '',
    },
    signature: { kind: 'ssh', armored: 'armored' },
    fingerprint: 'SHA256:abc',
    strength: 'verified',
  } as const;
  return [
    [ANN, drafted(proposal, target)],
    [
      control,
      {
        type: 'sealed',
        environment: 'production',
        bundleDigest,
        previewDigest,
        counts: { destroys: 0, replaces: 0, creates: 1, updates: 0, runs: 0, others: 0 },
        unpredictable: 0,
        checks: [
          {
            id: 'up',
            kind: 'http',
            claim: 'it is up',
            origin: 'proposal',
            question: { url: 'http://x' },
            timeoutMs: 5,
          },
        ],
        runner: RUNNER.name,
        secretBlobs: [blobs.secret],
      },
    ],
    [control, { type: 'admitted', requirement: requirement(), expiresAtMs: AT_MS + 1_000 }],
    [ANN, { type: 'commented', text: `please look at ${proposal}` }],
    [
      { kind: 'person', name: 'bob' },
      { type: 'approval-given', approval },
    ],
    [
      { kind: 'person', name: 'bob' },
      { type: 'approved', by: ['bob'] },
    ],
    [runner, { type: 'claimed', runner: RUNNER.name, claim: 'claim-1', account: 'root' }],
    [
      verifier,
      signedBy<'observed'>(VERIFIER, proposal, {
        type: 'observed',
        phase: 'before',
        observations: [observation('red')],
      }),
    ],
    [runner, signedBy<'started'>(RUNNER, proposal, { type: 'started', nonces: ['c'.repeat(32)] })],
    [runner, { type: 'output', stream: 'stdout', digest: blobs.output, sizeBytes: 13 }],
    [
      runner,
      signedBy<'executed'>(RUNNER, proposal, {
        type: 'executed',
        outcome: {
          kind: 'completed',
          resources: [{ address: 'command', action: 'run', status: 'done' }],
          end: { kind: 'exited', code: 0 },
          because: [],
          evidence: [blobs.evidence],
        },
      }),
    ],
    [
      verifier,
      signedBy<'verified'>(VERIFIER, proposal, {
        type: 'verified',
        observations: [observation('green')],
        verdict: {
          kind: 'confirmed',
          isAsBefore: false,
          findings: [{ id: 'up', role: 'confirms', why: 'was red before, is green now' }],
        },
      }),
    ],
    [control, { type: 'closed', mark: 'as-approved' }],
  ];
}

/** Lives a whole life in a record, one event a batch. @returns the digests that it names */
export async function live(log: EventLog, blobs: BlobStore, proposal: string): Promise<LifeBlobs> {
  const digests = await putBlobs(blobs, proposal);
  const target = `target-of-${proposal}`;
  const own = following(proposal, target);
  for (const [actor, body] of lifeOf(proposal, target, digests)) {
    const batch: AppendBatch = own.next(body);
    const happened: readonly Happened[] = [{ actor, atMs: AT_MS, body }];
    const answer = await log.append({ ...batch, happened });
    if (answer.kind === 'conflict') throw new TypeError(`a conflict in ${proposal}`);
    own.appended(answer.events);
  }
  return digests;
}

function requirement(): Requirement {
  return {
    approvals: 1,
    eligible: ['bob'],
    fourEyes: true,
    plainKeys: false,
    openForMs: 1_000,
    approvalForMs: 1_000,
    breakGlass: [],
    because: [{ rule: 'production', where: 'trust.yaml:3:1', demand: 'one approval' }],
    policyDigest: 'd'.repeat(64),
  };
}
