/** Composed for recoveries: what the runner of this machine still knows of what it began. Read only; nothing is opened before it is asked for. */

import { join } from 'node:path';
import { z } from 'zod';
import { mayUse, openBlobs, openHolds, openLedger } from '../adapters/index.ts';
import { Failure, type Json, visibleLine } from '../kernel/index.ts';
import type { LedgerEntry } from '../loop/execute/index.ts';
import type { PastExecutions, SealedExecution } from '../tools/index.ts';
import type { Base } from './base.ts';

const LARGEST_BYTES = 256 * 1024 * 1024;
/** A path inside of a run directory: down, never up. */
const DOWNWARD = /^(?!.*(?:^|\/)\.\.(?:\/|$))[^/]/;

const json: z.ZodType<Json> = z.json();
const MANIFEST = z.object({ proposal: z.string(), facts: z.array(z.object({ name: z.string(), value: json })) });

/** Asks the runner's own ledger and run directories. */
export function composePastExecutions(base: Base): PastExecutions {
  return {
    find: async (bundleDigest) => {
      if (!(await mayUse(base.homes.runner))) {
        const why =
          "the runner's directory belongs to another account, and only that may look at what an execution left";
        return { kind: 'unknown', why, next: "run it as the runner's account, where the execution ran" };
      }
      const entry = await findEntry(base, bundleDigest);
      if (entry === undefined) {
        const why = 'no runner of this machine began that execution';
        return { kind: 'unknown', why, next: 'ask on the machine of the runner that executed it' };
      }
      const { claim, atMs } = entry.intent;
      return {
        kind: 'known',
        claim,
        who: `${base.account}@${base.machine.host}`,
        startedAtMs: atMs,
        aliveCount: (await base.machine.countMarked(claim)) + ((await isHeld(base, claim)) ? 1 : 0),
      };
    },
    sealed: async (bundleDigest) => readSealed(base, bundleDigest),
    read: async (bundleDigest, path) => {
      const entry = (await mayUse(base.homes.runner)) ? await findEntry(base, bundleDigest) : undefined;
      if (entry === undefined || !DOWNWARD.test(path)) return undefined;
      return await base.machine.files.read(join(entry.intent.runDirectory, path), LARGEST_BYTES);
    },
  };
}

/** The store gives bytes only under the digest that is theirs: nobody can lay another manifest beneath it. */
async function readSealed({ homes }: Base, bundleDigest: string): Promise<SealedExecution> {
  const content = await openBlobs({ directory: join(homes.state, 'blobs') }).get(bundleDigest);
  const manifest = MANIFEST.safeParse(parseJson(content)).data;
  if (manifest !== undefined) return manifest;
  throw new Failure('BLOB_CORRUPT', `the bundle ${visibleLine(bundleDigest.slice(0, 12))} is no manifest`, {
    hint: 'countersign record verify says what was changed',
    where: visibleLine(bundleDigest),
  });
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    // No JSON has the shape of a manifest: the caller says so.
    return undefined;
  }
}

async function findEntry({ homes, machine }: Base, bundleDigest: string): Promise<LedgerEntry | undefined> {
  const directory = homes.runner;
  if ((await machine.files.stat(join(directory, 'ledger.sqlite'))) === undefined) return undefined;
  const { clock, random } = machine;
  const ledger = await openLedger({ directory, clock, random });
  try {
    return await ledger.find(bundleDigest);
  } finally {
    ledger.close();
  }
}

/** A runner that is alive holds the claim of what it watches. */
async function isHeld({ homes }: Base, claim: string): Promise<boolean> {
  const hold = await openHolds({ directory: homes.runner }).take(claim);
  await hold?.release();
  return hold === undefined;
}
