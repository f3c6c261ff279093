/** A loop on this machine as its composition sees it: trust files that change, what was sealed, and checks to put. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import type { CheckSpec, Manifest, Preview, Proposer } from '../../src/kernel/index.ts';
import type { CheckErrand } from '../../src/loop/verify/index.ts';
import type { RealLoop } from './real-loop.ts';
import { sealErrand } from './sealed-errand.ts';

/** The homes of a loop, which lie beside each other. */
export const HOMES = ['', '-trust', '-runner', '-verifier'] as const;

/** Where the trust file of a loop lies. */
export function trustFileOf(loop: RealLoop): string {
  return join(`${loop.home}-trust`, 'trust.yaml');
}

/** Has every process forget what it believed, and lays another trust file there without a signature: a first use. */
export function trustAnew(loop: RealLoop, text: string): void {
  for (const home of HOMES) rmSync(join(`${loop.home}${home}`, 'trust-pin.json'), { force: true });
  rmSync(`${trustFileOf(loop)}.sig`, { force: true });
  writeFileSync(trustFileOf(loop), text);
}

/** Adds to the trust file, one version higher, and has its approver sign it. */
export async function addToTrust(loop: RealLoop, more: string): Promise<void> {
  const text = readFileSync(trustFileOf(loop), 'utf8');
  const version = Number(/^version: (\d+)$/m.exec(text)?.[1]);
  writeFileSync(trustFileOf(loop), `${text.replace(/^version: .*$/m, `version: ${version + 1}`)}\n${more}`);
  await signTrust(loop);
}

/** Signs the trust file as it lies there. */
export async function signTrust(loop: RealLoop): Promise<void> {
  const ran = await loop.run('trust', 'sign', '--ssh-key', loop.key);
  if (ran.code !== 0) throw new Error(`not signed: ${ran.stderr}`);
}

/** What was sealed of an admitted proposal. */
export type Sealed = { readonly manifest: Manifest; readonly preview: Preview; readonly proposer: Proposer };

/** Reads what was sealed. */
export async function sealedOf(loop: RealLoop, id: string): Promise<Sealed> {
  const { journal, blobs, readPreview } = await compose(loop.environment).reading();
  const { state } = await journal.standing(id);
  if (state.kind !== 'open' && state.kind !== 'approved') throw new Error(`it is ${state.kind}`);
  // A manifest of our own making: the loop has just sealed it.
  const manifest = JSON.parse(new TextDecoder().decode(await blobs.get(state.bundleDigest))) as Manifest;
  const preview = await readPreview(state.previewDigest);
  if (preview === undefined) throw new Error('there is no preview');
  return { manifest, preview, proposer: state.proposer };
}

/** One check to put, as it stands in a bundle. */
export async function errandOf(
  loop: RealLoop,
  check: Pick<CheckSpec, 'kind' | 'question'>,
  more: { readonly isApproved?: boolean; readonly origin?: CheckSpec['origin'] } = {},
): Promise<CheckErrand> {
  const { isApproved = true, origin = 'mandated' } = more;
  const spec: CheckSpec = { ...check, id: 'it', claim: 'it is so', origin, timeoutMs: 30_000 };
  const phase = isApproved ? 'after' : 'proposed';
  const isMandated = origin === 'mandated';
  return await sealErrand({ spec, phase, isApproved, isMandated, directory: loop.place });
}
