/** The life of a proposal as two tables: what may be asked in which state, and by whom. API, CLI, web and tests read these. */

import type { CommandKind } from './command.ts';
import type { PrincipalKind } from './principal.ts';
import type { StateKind } from './proposal.ts';

/** In which states each command is legal. Everything that is not listed is refused. */
export const LEGAL_IN: Readonly<Record<CommandKind, readonly StateKind[]>> = {
  draft: ['absent'],
  'mark-unplannable': ['drafted'],
  seal: ['drafted'],
  admit: ['proposed'],
  refuse: ['proposed'],
  look: ['proposed', 'open', 'approved', 'executing'],
  comment: [
    'drafted',
    'unplannable',
    'proposed',
    'refused',
    'open',
    'rejected',
    'withdrawn',
    'superseded',
    'expired',
    'approved',
    'stale',
    'executing',
    'executed',
    'held',
    'closed',
  ],
  approve: ['open', 'approved'],
  reject: ['open', 'approved'],
  'review-glass': ['approved', 'stale', 'expired', 'rejected', 'executing', 'executed', 'held', 'closed'],
  withdraw: ['drafted', 'proposed', 'open', 'approved'],
  supersede: ['drafted', 'proposed', 'open', 'approved'],
  expire: ['open', 'approved'],
  claim: ['approved'],
  release: ['executing'],
  'find-stale': ['executing'],
  start: ['executing'],
  'see-output': ['executing'],
  finish: ['executing'],
  verify: ['executed', 'held', 'closed'],
  reconcile: ['held'],
  'destroy-secrets': ['refused', 'rejected', 'withdrawn', 'superseded', 'expired', 'stale', 'closed'],
};

/** Which kinds of principal may ask for each command. An agent reads, proposes, comments and withdraws; nothing else (L1). */
export const MAY_ASK: Readonly<Record<CommandKind, readonly PrincipalKind[]>> = {
  draft: ['person', 'agent'],
  'mark-unplannable': ['control'],
  seal: ['control'],
  admit: ['control'],
  refuse: ['control'],
  look: ['verifier'],
  comment: ['person', 'agent'],
  approve: ['person'],
  reject: ['person'],
  'review-glass': ['person'],
  withdraw: ['person', 'agent'],
  supersede: ['control'],
  expire: ['control'],
  claim: ['runner'],
  release: ['runner'],
  'find-stale': ['runner'],
  start: ['runner'],
  'see-output': ['runner'],
  finish: ['runner'],
  verify: ['verifier'],
  reconcile: ['person'],
  'destroy-secrets': ['runner', 'control'],
};
