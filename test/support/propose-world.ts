/** A planner's world for tests: a real store, real files and real encryption; driver, policy and verifier are told what to say. */

import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ageSealer,
  openBlobs,
  openMachine,
  openSqliteStore,
  programFinder,
  thisPlanner,
} from '../../src/adapters/index.ts';
import { makeAgePair } from '../../src/adapters/sealing/age.ts';
import type { CheckSpec, Command, Preview, ProposalState, Requirement } from '../../src/kernel/index.ts';
import type {
  AdmissionAnswer,
  LookAnswer,
  ProposeParts,
  ProposeRequest,
  ResolvedTarget,
  SealedChange,
  TargetPolicy,
} from '../../src/loop/propose/index.ts';
import { type JournalAnswer, openJournal } from '../../src/record/index.ts';
import type { ChangeIdentity, Driver, PlanAnswer, PlanRequest } from '../../src/tools/index.ts';

const machine = openMachine();

/** A preview with one unpredictable command. */
export const PREVIEW: Preview = {
  schema: 'countersign.preview/1',
  driver: 'argv',
  counts: { destroys: 1, replaces: 0, creates: 2, updates: 3, runs: 4, others: 5 },
  resources: [],
  unpredictable: [{ address: 'command', what: 'command', text: 'make it so' }],
  text: 'make it so',
  notes: [],
};

/** A check of the proposal. */
export const CHECK: CheckSpec = {
  id: 'file',
  kind: 'file',
  claim: 'it is there',
  origin: 'proposal',
  question: { path: '/nowhere', expect: { exists: true } },
  timeoutMs: 1_000,
};

/** What the policy demands when nobody says otherwise. */
export const REQUIREMENT: Requirement = {
  approvals: 1,
  eligible: ['ann'],
  fourEyes: false,
  plainKeys: true,
  openForMs: 3_600_000,
  approvalForMs: 600_000,
  breakGlass: [],
  because: [],
  policyDigest: 'f'.repeat(64),
};

/** What a test tells the fakes to say. */
export type Script = {
  source: string;
  plan: (request: PlanRequest) => Promise<PlanAnswer>;
  admit: (change: SealedChange) => AdmissionAnswer;
  look: (proposal: string) => Promise<LookAnswer>;
  resolved: Partial<ResolvedTarget> | { readonly kind: 'refused' };
};

/** The world, with notes of who was asked what. */
export type ProposeWorld = {
  readonly directory: string;
  readonly work: string;
  readonly parts: ProposeParts;
  readonly script: Script;
  readonly plans: PlanRequest[];
  readonly looks: string[];
  readonly sweeps: string[];
  readonly admissions: SealedChange[];
  readonly runner: { readonly identity: string; readonly recipient: string };
  readonly verifier: { readonly identity: string; readonly recipient: string };
  readonly request: (more?: Partial<ProposeRequest>) => ProposeRequest;
  readonly state: (id: string) => Promise<ProposalState>;
  readonly rows: () => Promise<readonly (readonly [id: string, state: string])[]>;
  readonly scratch: () => readonly string[];
  readonly close: () => Promise<void>;
};

/** The same parts, where somebody acts right before a kind of command is asked for, or the journal answers otherwise. */
export function interfering(
  parts: ProposeParts,
  kind: Command['kind'],
  act: (proposal: string, command: Command) => Promise<JournalAnswer | undefined>,
): ProposeParts {
  const { journal } = parts;
  const ask: typeof journal.ask = async (proposal, command, actor) => {
    const instead = command.kind === kind ? await act(proposal, command) : undefined;
    return instead ?? (await journal.ask(proposal, command, actor));
  };
  return { ...parts, journal: { ask, standing: (id) => journal.standing(id) } };
}

/** A plan that went well. */
export function planned(more: Partial<Extract<PlanAnswer, { readonly kind: 'planned' }>> = {}): PlanAnswer {
  return {
    kind: 'planned',
    tool: { path: '/bin/true', digest: 'a'.repeat(64), version: '' },
    argv: ['sealed'],
    environmentVariables: { LANG: 'C' },
    facts: [{ name: 'argv.host', role: 'binding', value: 'here' }],
    preview: PREVIEW,
    checks: [],
    blobs: [],
    sourceDigest: 'b'.repeat(64),
    ...more,
  };
}

export async function openProposeWorld(): Promise<ProposeWorld> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-propose-')));
  const work = join(directory, 'work');
  mkdirSync(work);
  const { clock, random, files, hash } = machine;
  const store = await openSqliteStore({ path: join(directory, 'home', 'record.db'), clock, random, hash });
  const [runner, verifier] = [await makeAgePair(), await makeAgePair()];
  const [plans, looks, sweeps, admissions]: [PlanRequest[], string[], string[], SealedChange[]] = [[], [], [], []];
  const script: Script = {
    source: 'first source',
    plan: async () => planned(),
    admit: () => ({ kind: 'admitted', requirement: REQUIREMENT }),
    look: async () => ({ kind: 'looked' }),
    resolved: {},
  };
  const driver: Driver = {
    name: 'argv',
    identify: async ({ argv }): Promise<ChangeIdentity> => ({ argv, sourceDigest: hash(script.source) }),
    plan: async (request) => {
      plans.push(request);
      return await script.plan(request);
    },
    probe: async () => [],
    drift: async () => [],
    materialise: async () => undefined,
    preview: async () => PREVIEW,
    command: () => ({ file: '', args: [], directory: '', environment: {} }),
    observe: async (_bundle, { end }) => ({ kind: 'indeterminate', resources: [], end, because: [], evidence: [] }),
    secrets: () => [],
  };
  const policy: TargetPolicy = {
    resolve: () =>
      script.resolved.kind === 'refused'
        ? {
            kind: 'refused',
            code: 'POLICY',
            what: 'the target web',
            where: 'trust.yaml:3:5',
            why: 'its facts are those of the target db',
            next: 'propose it for the target db',
          }
        : {
            kind: 'resolved',
            environment: 'staging',
            mandatedChecks: [],
            runner: { name: 'prod-runner', key: 'key', account: 'run' },
            runnerRecipient: runner.recipient,
            verifierRecipients: [verifier.recipient],
            notes: [],
            ...script.resolved,
          },
    admit: (change) => {
      admissions.push(change);
      return script.admit(change);
    },
  };
  const parts: ProposeParts = {
    journal: openJournal({ log: store.log, projections: store.projections, clock }),
    log: store.log,
    projections: store.projections,
    blobs: openBlobs({ directory: join(directory, 'blobs') }),
    drivers: { argv: driver, terraform: driver, sqlite: driver },
    policyFor: async () => policy,
    disownedReleases: async () => [],
    sealer: ageSealer(),
    firstLook: {
      look: async (proposal) => {
        looks.push(proposal);
        return await script.look(proposal);
      },
    },
    planner: thisPlanner(),
    sweep: async (proposal) => {
      sweeps.push(proposal);
      return true;
    },
    programs: programFinder({ searchPath: '/usr/bin:/bin', keepOut: [join(directory, 'home')] }),
    files,
    hash,
    clock,
    random,
    scratchDirectory: join(directory, 'scratch'),
  };
  return {
    directory,
    work,
    parts,
    script,
    plans,
    looks,
    sweeps,
    admissions,
    runner,
    verifier,
    request: (more = {}) => ({
      proposer: { kind: 'agent', name: 'claude', person: 'ann', session: 's-1' },
      target: 'web',
      driver: 'argv',
      directory: work,
      argv: ['make', 'it', 'so'],
      intent: 'make it so',
      checks: [CHECK],
      evidence: [],
      inherited: { PATH: '/usr/bin:/bin', SECRET: 'hunter2-hunter2' },
      variables: [],
      secretVariables: [],
      ...more,
    }),
    state: async (id) => (await parts.journal.standing(id)).state,
    rows: async () =>
      (await store.projections.proposals({ limit: 1_000 })).map((row) => [row.proposal, row.state.kind] as const),
    scratch: () => readdirSync(join(directory, 'scratch')),
    close: async () => {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
