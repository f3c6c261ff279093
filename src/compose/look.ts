/** The look at the world, composed: a verifier of our own in another process, or the verifier service of another user. */

import { type LookAnswer, mayUse, ownCommand, spawnedLook } from '../adapters/index.ts';
import type { ProposalState } from '../kernel/index.ts';
import type { Projections } from '../record/index.ts';
import { type Base, setVariables } from './base.ts';

/** Composes the look: it resolves when the verifier's answers stand in the record, or says why they do not. */
export function composeLook(base: Base, projections: Projections): (proposal: string) => Promise<LookAnswer> {
  const { processes, clock } = base.machine;
  return (proposal) =>
    spawnedLook(
      {
        processes,
        clock,
        command: ownCommand(),
        environment: setVariables(base.environment),
        directory: base.homes.state,
        maySpawn: () => mayUse(base.homes.verifier),
        isLooked: async (id) => isLooked((await projections.proposal(id))?.state),
      },
      proposal,
    );
}

function isLooked(state: ProposalState | undefined): boolean {
  if (state === undefined) return false;
  if (state.kind === 'executing') return state.stage !== 'claimed';
  return 'lookedAt' in state && state.lookedAt.length > 0;
}
