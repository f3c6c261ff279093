/** The record itself: verified, exported, and its head signed. */

import type { Recording, TrustWords } from '../../../compose.ts';
import { EXIT, Failure } from '../../../kernel/index.ts';
import {
  type ExportScope,
  exportRecord,
  type Problem,
  type Share,
  type SignedHead,
  type VerificationAnswer,
  verifyRecord,
} from '../../../record/index.ts';
import type { CliContext } from '../context.ts';
import { findProposal } from '../find-proposal.ts';
import { resolvePath } from '../flags/resolve-path.ts';
import { readShare } from '../flags/share.ts';
import { type CommonFlags, type Performance, perform } from '../perform.ts';
import { refuseAgent } from '../refuse-agent.ts';
import { type Breach, disownedLines, trustLines } from '../render/broken-record.ts';
import type { CommandResult } from '../terminal.ts';
import { brokenResult, readHead, verifyFile } from './record-file.ts';

const READABLE = 0o600;

/** Flags of `countersign record verify`. */
export type RecordVerifyFlags = CommonFlags & {
  readonly file: string | undefined;
  readonly trust: string | undefined;
  readonly head: string | undefined;
  readonly share: string | undefined;
};

/** Runs `countersign record verify`: 0 when every entry holds, 6 when one does not, 5 for an export without keys to believe. */
export async function runRecordVerify(this: CliContext, flags: RecordVerifyFlags): Promise<void> {
  await perform(this, flags, async (performance) => {
    const { file } = flags;
    if (file === undefined) return await verifyStore(performance, flags);
    if (flags.share !== undefined) throw fileShared();
    return await verifyFile(performance, { ...flags, file });
  });
}

async function verifyStore(performance: Performance, flags: RecordVerifyFlags): Promise<CommandResult> {
  if (flags.trust !== undefined) throw storeJudged();
  const share = flags.share === undefined ? undefined : readShare(flags.share);
  const recording = await performance.context.countersign.recording();
  const earlier = flags.head === undefined ? undefined : await readHead(recording.files, resolvePath(flags.head));
  const remembered = await recording.rememberedHeads();
  const earlierHeads = [...(earlier === undefined ? [] : [earlier]), ...remembered];
  const headFile = flags.head === undefined ? undefined : resolvePath(flags.head);
  const trust = await recording.trust('store');
  const answer = await verifyAll(performance, recording, { trust, earlier: earlierHeads, share, headFile });
  return answer.kind === 'broken'
    ? brokenResult(performance, await breachOf(recording, trust, answer.problem))
    : wholeResult(performance, answer, { against: earlierHeads.length, share, trust });
}

function fileShared(): Failure {
  return new Failure('USAGE', 'an export is verified as a whole: --share is for the store', {
    hint: 'leave out --share, or --file',
  });
}

function storeJudged(): Failure {
  return new Failure('USAGE', 'the store is judged by what its own home accepted: --trust is for an export', {
    hint: 'leave out --trust, or add --file',
  });
}

function wholeResult(
  { paint }: Performance,
  { checked, head, disowned = [], ignored = [] }: Extract<VerificationAnswer, { readonly kind: 'whole' }>,
  {
    against,
    share,
    trust,
  }: { readonly against: number; readonly share: Share | undefined; readonly trust: TrustWords },
): CommandResult {
  // A share is no whole: what was not looked at may be broken.
  const kind = share === undefined ? 'whole' : 'share';
  const part = share === undefined ? [] : [`  share ${share.part} of ${share.of} only: of the rest, the links alone`];
  return {
    exitCode: EXIT.done,
    text: [
      `${paint('good', kind)}  ${checked} entries, from the first to the newest`,
      ...part,
      `  head  ${head.seq} ${head.hash}`,
      `  compared with ${against} earlier signed head(s)${against === 0 ? ': keep one elsewhere (countersign record head)' : ''}`,
      ...trustLines(trust, paint),
      ...disownedLines({ disowned, ignored }, paint),
    ].join('\n'),
    json: {
      schema: 'countersign.record-verification/1',
      kind,
      share: share ?? null,
      checked,
      head,
      against,
      disowned,
      ignored,
      trustVersions: trust.versions,
      notes: trust.notes,
    },
  };
}

/** The problem with the hash of its entry, by which people can disown it. */
async function breachOf({ store }: Recording, { disowned }: TrustWords, problem: Problem): Promise<Breach> {
  const [entry] = problem.seq === 0 ? [] : await store.source.entries(problem.seq - 1, 1);
  const isIt = entry?.seq === problem.seq;
  return { problem, entry: isIt ? { seq: entry.seq, hash: entry.hash } : null, disowned };
}

/** Runs `countersign record export`: what `record verify` calls broken is not exported, and an agent gets no signature. */
export async function runRecordExport(
  this: CliContext,
  flags: CommonFlags & { readonly out: string | undefined },
  id?: string,
): Promise<void> {
  await perform(this, flags, async (performance) => {
    const recording = await this.countersign.recording();
    const { lines, scope, isSigned } = await openExport(performance, recording, id);
    if (flags.out === undefined) {
      for await (const line of lines) this.terminal.stdout.write(line);
      if (!isSigned) this.terminal.stderr.write(`${UNSIGNED}\n`);
      return { exitCode: EXIT.done, text: '', json: undefined };
    }
    const path = resolvePath(flags.out);
    const chunks: Uint8Array[] = [];
    for await (const line of lines) chunks.push(Buffer.from(line));
    await recording.files.write(path, Buffer.concat(chunks), READABLE);
    performance.progress('written');
    return {
      exitCode: EXIT.done,
      text: [path, ...(isSigned ? [] : [UNSIGNED]), `next: countersign record verify --file ${flags.out}`].join('\n'),
      json: { schema: 'countersign.record-export/1', file: path, scope, isSigned },
    };
  });
}

type OpenExport = {
  readonly lines: AsyncIterable<string>;
  readonly scope: ExportScope;
  readonly isSigned: boolean;
};

async function openExport(performance: Performance, recording: Recording, id?: string): Promise<OpenExport> {
  const { store, blobs, hash, clock } = recording;
  const proposal = id === undefined ? undefined : (await findProposal(store.projections, id)).proposal;
  const scope = proposal === undefined ? ({ kind: 'everything' } as const) : ({ kind: 'proposal', proposal } as const);
  await demandWhole(performance, recording);
  // The verifier's key signs the head: as with `record head`, a person asks for that. Reading is an agent's as well.
  const isSigned = performance.surroundings.caller.kind === 'person';
  const signer = isSigned ? await recording.openSigner() : undefined;
  return { lines: exportRecord({ source: store.source, blobs, hash, clock, signer, scope }), scope, isSigned };
}

const UNSIGNED = 'NOT SIGNED  its head is signed by nobody, for an agent asked: a person exports it with a signature';

async function demandWhole(performance: Performance, recording: Recording): Promise<void> {
  const trust = await recording.trust('store');
  const answer = await verifyAll(performance, recording, { trust, earlier: await recording.rememberedHeads() });
  if (answer.kind === 'whole') return;
  throw new Failure('RECORD_BROKEN', `the record can't be exported: ${answer.problem.what}`, {
    hint: 'countersign record verify says more',
    where: `entry ${answer.problem.seq}`,
  });
}

/** Runs `countersign record head`: checks the whole record first, and signs nothing that `record verify` calls broken. */
export async function runRecordHead(this: CliContext, flags: CommonFlags): Promise<void> {
  await perform(this, flags, async (performance) => {
    // The verifier's key signs here: a person asks for that.
    const refusal = refuseAgent(performance.surroundings.caller, 'a signed head', 'the record');
    if (refusal !== undefined) return refusal;
    const recording = await this.countersign.recording();
    const trust = await recording.trust('store');
    const answer = await verifyAll(performance, recording, { trust, earlier: await recording.rememberedHeads() });
    if (answer.kind === 'broken') {
      return brokenResult(performance, await breachOf(recording, trust, answer.problem));
    }
    const head = await recording.signHead();
    return { exitCode: EXIT.done, text: JSON.stringify(head), json: head };
  });
}

type Asked = {
  readonly trust: TrustWords;
  readonly earlier: readonly SignedHead[];
  readonly share?: Share | undefined;
  readonly headFile?: string | undefined;
};

/** A record shorter than this is verified sooner than a second process starts. */
const WORTH_SHARING = 50_000;

async function verifyAll(
  { progress }: Performance,
  recording: Recording,
  { trust, earlier, share, headFile }: Asked,
): Promise<VerificationAnswer> {
  const { store, hash, blobs } = recording;
  const isShared = share === undefined && (await store.source.head()).seq >= WORTH_SHARING;
  return await verifyRecord({
    source: store.source,
    hash,
    depth: { kind: 'everything', blobs, trust: trust.questions },
    earlier,
    share: isShared ? { part: 1, of: 2 } : share,
    others: isShared ? async () => [await recording.verifyShare({ part: 2, of: 2 }, headFile)] : undefined,
    onProgress: (checked) => progress(`checked ${checked} entries`),
  });
}
