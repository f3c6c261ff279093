/** Composed for proposing: a planner that holds no key and no production credential. */

import { join } from 'node:path';
import { ageSealer, programFinder, thisPlanner } from '../adapters/index.ts';
import type { ProposeParts } from '../loop/propose/index.ts';
import { type Base, openRecord } from './base.ts';
import { keptOut, searchPath } from './check-places.ts';
import { countGrants } from './count-grants.ts';
import { findDisownedReleases } from './disowned-releases.ts';
import { composeDrivers } from './drivers.ts';
import { fencedProcesses } from './fence.ts';
import { composeLook } from './look.ts';
import { readPolicy } from './read-policy.ts';
import { believeTrust } from './read-trust.ts';
import { sweepProposal } from './sweep.ts';

/** A planner, and whether what it plans runs behind a fence. */
export type Proposing = { readonly parts: ProposeParts; readonly isFenced: boolean };

/** Composes a planner. */
export async function composeProposing(base: Base): Promise<Proposing> {
  const { store, blobs, journal } = await openRecord(base);
  const scratchDirectory = join(base.homes.state, 'scratch');
  const { trust } = await believeTrust(base, base.homes.state);
  const allowedDomains = trust.document.planner?.domains ?? [];
  const fenced = await fencedProcesses(base, { writable: scratchDirectory, isPlanning: true, allowedDomains });
  const { projections } = store;
  const parts: ProposeParts = {
    ...base.machine,
    journal,
    log: store.log,
    projections,
    blobs,
    drivers: composeDrivers(base, fenced ?? base.machine.processes),
    disownedReleases: findDisownedReleases(base, base.homes.state),
    policyFor: async (directory) => {
      const policy = await readPolicy(base, base.homes.state, directory);
      const grantsUsed = await countGrants(projections, undefined);
      return { resolve: policy.resolve, admit: (change) => policy.admit({ ...change, grantsUsed }) };
    },
    sealer: ageSealer(),
    firstLook: { look: composeLook(base, projections) },
    planner: thisPlanner(),
    programs: programFinder({ searchPath: searchPath(base), keepOut: keptOut(base.homes) }),
    sweep: async (proposal) => await sweepProposal(base, proposal),
    scratchDirectory,
  };
  return { parts, isFenced: fenced !== undefined };
}
