/** The evidence that sealed bundles cite: found for an export, and compared with the bundle when that is checked. */

import { z } from 'zod';
import type { EvidenceRef, Sha256Hex } from '../kernel/index.ts';
import type { RecordSource, StoredEntry } from './stored-entry.ts';
import { digest } from './word-schemas.ts';

const EVIDENCE = 'evidence:';
const manifestEvidence = z.object({ evidence: z.array(z.object({ id: z.string(), digest })) });

/** What a manifest's bytes cite; nothing when they are no manifest. */
export function citationsIn(content: Uint8Array): readonly EvidenceRef[] {
  try {
    return manifestEvidence.parse(JSON.parse(new TextDecoder().decode(content))).evidence;
  } catch {
    // What is no manifest, or one without evidence, cites nothing; its own bytes are still checked by their digest.
    return [];
  }
}

/** What finding cited entries needs. */
export type CitingParts = {
  readonly source: Pick<RecordSource, 'streamEntries'>;
  /** The bytes of a blob; `undefined` when they are gone or changed. */
  readonly contentOf: (digest: Sha256Hex) => Promise<Uint8Array | undefined>;
};

/** The entries that recorded what some bundles cite, by seq. What nothing was recorded of is left out. */
export async function citedEntries(
  { source, contentOf }: CitingParts,
  bundles: readonly Sha256Hex[],
): Promise<readonly StoredEntry[]> {
  const found = new Map<string, StoredEntry>();
  for (const bundle of bundles) {
    const content = await contentOf(bundle);
    for (const { id } of content === undefined ? [] : citationsIn(content)) {
      const [entry] = await source.streamEntries(`${EVIDENCE}${id}`, 0, 1);
      if (entry !== undefined) found.set(id, entry);
    }
  }
  return [...found.values()].sort((one, other) => one.seq - other.seq);
}

/** The id of the evidence that a stream records; `undefined` for every other stream. */
export function evidenceIdOf(stream: string): string | undefined {
  return stream.startsWith(EVIDENCE) ? stream.slice(EVIDENCE.length) : undefined;
}
