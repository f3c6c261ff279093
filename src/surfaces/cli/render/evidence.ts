/** Evidence for people: what a proposal cites, and one piece of it as it was recorded. */

import { visibleLine, visibleText } from '../../../kernel/index.ts';
import type { Paint } from '../terminal.ts';
import type { EvidenceView } from '../view/evidence-view.ts';
import type { ShownEvidence } from '../view/shown-evidence.ts';
import { principal } from './principal.ts';
import { table } from './table.ts';

const DIGEST_SHOWN = 12;

/** The lines of a proposal that say what it cites; none where it cites nothing. */
export function citedLines(evidence: readonly EvidenceView[] | null, paint: Paint): readonly string[] {
  if (evidence === null || evidence.length === 0) return [];
  const rows = evidence.map(({ id, digest, about }) => [
    visibleLine(id),
    about === null
      ? paint('bad', 'the record has no such bytes under this id')
      : paint('plain', `“${visibleLine(about)}”`),
    paint('faint', `sha256 ${visibleLine(digest.slice(0, DIGEST_SHOWN))}`),
  ]);
  const how = paint('faint', 'what it rests on, as the proposer says: countersign evidence show ID');
  return [`${paint('strong', 'EVIDENCE')}  ${how}`, ...table(rows, '  ')];
}

/** Writes one piece of evidence. Its bytes stand behind a margin, so that no line of them can pass for one of ours. */
export function renderEvidence(shown: ShownEvidence, paint: Paint): string {
  const { id, about, source, recordedBy, atMs, seq, digest, sizeBytes } = shown;
  return [
    `${paint('strong', id)}  “${visibleLine(about)}”`,
    `  a ${source}, recorded by ${principal(recordedBy)}, ${new Date(atMs).toISOString()}, entry ${seq}`,
    `  sha256 ${digest}, ${sizeBytes} bytes, secrets masked`,
    '',
    ...contentLines(shown, paint),
  ].join('\n');
}

function contentLines({ text, base64, trouble }: ShownEvidence, paint: Paint): readonly string[] {
  if (trouble !== null) return [paint('bad', `  NOT BELIEVED  ${visibleLine(trouble)}`)];
  if (base64 !== null) return [paint('faint', '  these bytes are no text: --json has them')];
  if (text === null || text === '') return [paint('faint', '  it is empty')];
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `| ${visibleText(line)}`);
}
