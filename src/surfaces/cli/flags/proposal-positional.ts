/** The proposal that a command is about. */

import { asTyped } from './as-typed.ts';

/** One proposal, by its id or the beginning of it. */
export const PROPOSAL_POSITIONAL: {
  readonly kind: 'tuple';
  readonly parameters: readonly [
    { readonly brief: string; readonly placeholder: string; readonly parse: (text: string) => string },
  ];
} = {
  kind: 'tuple',
  parameters: [{ brief: 'A proposal, by its id or the beginning of it', placeholder: 'id', parse: asTyped }],
};
