/** An export, checked with the file, a trust file and nothing else: whoever was handed both needs no home of their own. */

import type { Offline } from '../../../compose.ts';
import { EXIT, Failure, type Files, visibleLine } from '../../../kernel/index.ts';
import { type ExportAnswer, parseSignedHead, type SignedHead, verifyExport } from '../../../record/index.ts';
import { resolvePath } from '../flags/resolve-path.ts';
import type { Performance } from '../perform.ts';
import { type Breach, brokenRecord, disownedLines, trustLines } from '../render/broken-record.ts';
import type { CommandResult, Paint } from '../terminal.ts';

const MOST_HEAD_BYTES = 64 * 1024;
const MOST_EXPORT_BYTES = 2 * 1024 * 1024 * 1024;

/** What to check, and by what. Paths as they were typed. */
export type FileQuestion = {
  readonly file: string;
  readonly trust: string | undefined;
  readonly head: string | undefined;
};

/** Checks an export: 0 when it is whole, 5 when nobody signed it or said whose keys to believe, 6 when it is broken. */
export async function verifyFile(performance: Performance, question: FileQuestion): Promise<CommandResult> {
  const offline = await performance.context.countersign.offline();
  const { files, hash } = offline;
  const earlier = question.head === undefined ? undefined : await readHead(files, resolvePath(question.head));
  const content = await readExport(offline, resolvePath(question.file));
  const trust = await offline.trust(question.trust === undefined ? undefined : resolvePath(question.trust));
  const words = trust.kind === 'found' ? trust.words : undefined;
  const answer = await verifyExport({
    lines: linesOf(content),
    hash,
    keys: words?.keys,
    trust: words?.questions ?? {},
    earlier,
  });
  if (answer.kind === 'broken') {
    return brokenResult(performance, { problem: answer.problem, entry: null, disowned: words?.disowned ?? [] });
  }
  return {
    exitCode: answer.kind === 'whole' ? EXIT.done : EXIT.indeterminate,
    text: exportText(answer, trust, performance.paint),
    json: {
      schema: 'countersign.record-verification/1',
      ...answer,
      share: null,
      trustVersions: words?.versions ?? [],
      notes: words?.notes ?? [],
    },
  };
}

type Held = Exclude<ExportAnswer, { readonly kind: 'broken' }>;

function exportText(answer: Held, trust: Awaited<ReturnType<Offline['trust']>>, paint: Paint): string {
  const { scope, head, events } = answer;
  const what = `${events} entries of ${scope.kind === 'everything' ? 'the whole record' : visibleLine(scope.proposal)}`;
  const signer = 'signer' in head ? visibleLine(head.signer) : undefined;
  const tip = `  head  ${head.seq} ${head.hash}`;
  const lines = (): readonly string[] => {
    if (trust.kind === 'none')
      return [
        `${paint('warning', 'NOT CHECKED')}  signatures were not checked: ${trust.why}`,
        `  ${what}: chain, shapes and digests hold, which anybody can bring about`,
        `${tip}, ${signer === undefined ? 'signed by nobody' : `which says that ${signer} signed it`}`,
        '  next  get the trust file from somebody whom you believe, and add --trust FILE',
      ];
    if (signer === undefined)
      return [
        `${paint('warning', 'NOT SIGNED')}  nobody signed the head of this file: it may be cut off, or of another record`,
        `  ${what}: chain, shapes, digests and the signatures in it hold`,
        tip,
        '  next  have a person export it',
        ...trustLines(trust.words, paint),
      ];
    return [`${paint('good', 'whole')}  ${what}`, `${tip}, signed by ${signer}`, ...trustLines(trust.words, paint)];
  };
  return [
    ...lines(),
    ...disownedLines(answer, paint),
    ...answer.unproven.map((one) => paint('warning', `  not proven: ${one}`)),
  ].join('\n');
}

/** The result for a record or an export that does not hold. */
export function brokenResult({ paint }: Performance, breach: Breach): CommandResult {
  const { problem, entry } = breach;
  return {
    exitCode: EXIT.integrity,
    text: brokenRecord(breach, paint),
    json: { schema: 'countersign.record-verification/1', kind: 'broken', problem, entry },
  };
}

async function readExport({ files }: Offline, path: string): Promise<Uint8Array> {
  const content = await files.read(path, MOST_EXPORT_BYTES);
  if (content !== undefined) return content;
  throw new Failure('NOT_FOUND', `there is no file ${path}`, { hint: 'check the path', where: path });
}

/** Reads a signed head that somebody kept. @throws Failure `NOT_FOUND`, `CONFIG_INVALID` */
export async function readHead(files: Files, path: string): Promise<SignedHead> {
  const content = await files.read(path, MOST_HEAD_BYTES);
  if (content === undefined)
    throw new Failure('NOT_FOUND', `there is no head ${path}`, { hint: 'check the path', where: path });
  return parseSignedHead(new TextDecoder().decode(content), path);
}

async function* linesOf(content: Uint8Array): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let from = 0;
  while (from < content.length) {
    const newline = content.indexOf(0x0a, from);
    const to = newline === -1 ? content.length : newline;
    yield decoder.decode(content.subarray(from, to));
    from = to + 1;
  }
}
