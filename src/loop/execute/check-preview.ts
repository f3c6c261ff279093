/** Computes the preview anew from the bytes that will run: what people read must be what they get. */

import { digestJson, type Preview } from '../../kernel/index.ts';
import type { OpenedBundle } from '../../tools/index.ts';
import type { Stop } from './execution-answer.ts';
import type { ExecutionParts } from './execution-parts.ts';

/** The preview of the bundle, or the reason to stop: somebody was shown something else. */
export async function checkPreview(
  parts: ExecutionParts,
  bundle: OpenedBundle,
): Promise<{ readonly kind: 'previewed'; readonly preview: Preview } | Stop> {
  const { manifest } = bundle;
  const preview = await parts.drivers[manifest.driver].preview(bundle);
  const found = digestJson(parts.hash, preview);
  if (found === manifest.previewDigest) return { kind: 'previewed', preview };
  return {
    kind: 'stop-stale',
    differences: [{ name: 'preview', sealed: manifest.previewDigest, found }],
    refusal: {
      kind: 'refused',
      code: 'PREVIEW_MISMATCH',
      what: 'this execution',
      where: manifest.proposal,
      why: `the bundle shows the preview ${found}, the approvers signed ${manifest.previewDigest}`,
      next: 'treat it as a forgery until it is explained: look at the record, then propose the change again',
    },
  };
}
