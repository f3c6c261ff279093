/** Notes of a preview on where an apply would run, with which program and environment: from the plan's world, or from its bundle. */

import { canonicalJson, type Fact, type ToolIdentity } from '../../kernel/index.ts';
import { identityNotes } from '../identity/identity-facts.ts';
import { environmentNotes, programNote, type SealedEnvironment } from '../sealed-notes.ts';
import { untoldPlaceNotes } from './backend-place.ts';
import type { Backend, WorkingDirectory } from './working-directory.ts';

/** A place, as the planner reads it and as the manifest has it. */
export type SealedPlace = SealedEnvironment & {
  readonly tool: Pick<ToolIdentity, 'path' | 'digest'>;
  readonly facts: readonly Fact[];
  readonly working: Pick<WorkingDirectory, 'directory' | 'workspace' | 'backend'>;
};

/** Writes the notes; the same place always gives the same ones. Paths stand as they are: masking and making visible comes after. */
export function placeNotes(place: SealedPlace): readonly string[] {
  const { directory, workspace, backend } = place.working;
  return [
    `directory ${directory}`,
    `state ${stateText(backend)}`,
    `workspace ${workspace}`,
    ...identityNotes(place.facts),
    ...untoldPlaceNotes(place.facts, backend),
    programNote(place.tool),
    ...environmentNotes(place),
  ];
}

function stateText(backend: Backend): string {
  return backend.kind === 'local'
    ? backend.statePath
    : `in the ${backend.type} backend ${canonicalJson(backend.identity)}`;
}
