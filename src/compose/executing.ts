/** Composed for execution: the runner's keys, ledger and pinned trust. No verifier's key comes near it. */

import { join } from 'node:path';
import {
  assessLevel,
  nodeLauncher,
  nodeProgramPlaces,
  openHolds,
  openKeys,
  openLedger,
  openRecordMemory,
  openSealed,
  type Store,
} from '../adapters/index.ts';
import { policyOf, type TargetPolicy } from '../loop/approve/index.ts';
import { type Authority, type ExecutionParts, type Progress, USUAL_PACE } from '../loop/execute/index.ts';
import {
  type OwnProjections,
  openJournal,
  ownProjections,
  type Projections,
  type TrustQuestions,
} from '../record/index.ts';
import { type Base, openRecord } from './base.ts';
import { checkRecordFor, headMemory } from './check-record.ts';
import { countGrants, mostUsed } from './count-grants.ts';
import { findDisownedReleases } from './disowned-releases.ts';
import { composeDrivers } from './drivers.ts';
import { LOCAL_RUNNER } from './local-names.ts';
import { composeLook } from './look.ts';
import { readPolicy } from './read-policy.ts';
import { believeTrust } from './read-trust.ts';
import { readTrustWords } from './trust-questions.ts';

/** Composes a runner. */
export async function composeExecuting(base: Base, progress: Progress): Promise<ExecutionParts> {
  const { clock, random, files, hash } = base.machine;
  const { store, blobs } = await openRecord(base);
  const home = base.homes.runner;
  const keys = await openKeys(join(home, 'keys'), LOCAL_RUNNER);
  const own = await foldHere(base, store);
  return {
    journal: openJournal({ log: store.log, projections: own.projections, clock }),
    log: store.log,
    projections: own.projections,
    blobs,
    drivers: composeDrivers(base, base.machine.processes),
    authority: authority(base, own.projections),
    baseline: { look: composeLook(base, store.projections) },
    opener: openSealed(keys.ageIdentity),
    ledger: await openLedger({ directory: home, clock, random }),
    holds: openHolds({ directory: home }),
    launcher: nodeLauncher({ clock }),
    files,
    programs: nodeProgramPlaces(),
    clock,
    random,
    hash,
    progress,
    signer: keys.signer,
    account: base.account,
    level: await levelOf(base),
    runsDirectory: join(home, 'runs'),
    checkRecord: checkRecordFor(base, {
      store,
      signer: keys.signer,
      home,
      trust: () => processWords(base),
      follow: own.follow,
    }),
    disownedReleases: findDisownedReleases(base, home),
    pace: USUAL_PACE,
  };
}

/** The record as this runner folds it for itself: it decides on nobody else's summary. */
async function foldHere(base: Base, { source, projections }: Store): Promise<OwnProjections> {
  const { clock, random, hash } = base.machine;
  const directory = base.homes.runner;
  const memory = await openRecordMemory({ directory, clock, random });
  const disowned = async (): Promise<TrustQuestions['disowned']> => (await processWords(base)).disowned;
  return ownProjections({ source, projections, hash, memory, heads: headMemory(base, directory), disowned });
}

// Runners and verifiers only: whose approvals count for a change is asked anew when it is executed.
async function processWords(base: Base): Promise<TrustQuestions> {
  const { questions } = await readTrustWords(base, base.homes.runner, 'store');
  return { actor: questions.actor, disowned: questions.disowned };
}

async function levelOf(base: Base): Promise<string> {
  const { kind, because } = await assessLevel(base.homes);
  return `${kind}: ${because.join('; ')}`;
}

function authority(base: Base, projections: Projections): Authority {
  const home = base.homes.runner;
  const believed = async (): Promise<TargetPolicy> => {
    const { trust, isSigned } = await believeTrust(base, home);
    return policyOf(trust, { isSigned });
  };
  return {
    accountsOf: async () => (await believed()).accountsOf,
    checkApproval: async (signed) => (await believed()).checkApproval(signed),
    checkStatement: async (signed) => (await believed()).checkStatement(signed),
    signatureDemand: async ({ manifest, preview, proposer }) => {
      const policy = await readPolicy(base, home, manifest.directory);
      return policy.signatureDemand({ ...manifest, preview, proposer, atMs: base.machine.clock.nowMs() });
    },
    demand: async ({ manifest, preview, proposer, grantsUsed: ownCount }) => {
      const policy = await readPolicy(base, home, manifest.directory);
      const grantsUsed = mostUsed(ownCount, await countGrants(projections, manifest.proposal));
      return policy.demand({ ...manifest, preview, proposer, atMs: base.machine.clock.nowMs(), grantsUsed });
    },
  };
}
