/** Composed for verification: the verifier's key, its pinned trust, and workers without any key. Nothing here can execute. */

import { join } from 'node:path';
import { openKeys, openSealed, othersMayPropose, spawnedCheckWorkers } from '../adapters/index.ts';
import { Failure } from '../kernel/index.ts';
import { policyOf } from '../loop/approve/index.ts';
import type { CheckWorkers, VerifierLoopParts, VerifierTrust } from '../loop/verify/index.ts';
import type { Projections } from '../record/index.ts';
import { type Base, openRecord } from './base.ts';
import { keptOut, searchPath } from './check-places.ts';
import { checkRecordFor } from './check-record.ts';
import { fencedProcesses } from './fence.ts';
import { LOCAL_VERIFIER } from './local-names.ts';
import { believeTrust } from './read-trust.ts';

const POLL_MS = 500;
const RETRY_AFTER_MS = 2_000;
const MOST_CREDENTIAL_BYTES = 64 * 1024;
/** Names that a program needs to find its way; none of them is a credential. */
const PLAIN_VARIABLES: readonly string[] = ['HOME', 'LANG', 'TZ', 'TF_CLI_CONFIG_FILE', 'SSL_CERT_FILE'];

/** A verifier, with the whole list of proposals. */
export type Verifying = Omit<VerifierLoopParts, 'notice'> & { readonly projections: Projections };

/** Composes a verifier. */
export async function composeVerifying(base: Base): Promise<Verifying> {
  const { clock, hash } = base.machine;
  const { store, blobs, journal } = await openRecord(base);
  const home = base.homes.verifier;
  const keys = await openKeys(join(home, 'keys'), LOCAL_VERIFIER);
  return {
    journal,
    log: store.log,
    projections: store.projections,
    blobs,
    trust: verifierTrust(base),
    workers: await workers(base),
    opener: openSealed(keys.ageIdentity),
    hash,
    clock,
    signer: keys.signer,
    checkRecord: checkRecordFor(base, { store, signer: keys.signer, home }),
    pollEveryMs: POLL_MS,
    retryAfterMs: RETRY_AFTER_MS,
  };
}

function verifierTrust(base: Base): VerifierTrust {
  return {
    mandated: async ({ target }) => {
      const { trust } = await believeTrust(base, base.homes.verifier);
      return trust.targets.get(target)?.checks ?? [];
    },
    knowsApproval: async (approval) => {
      const { trust, isSigned } = await believeTrust(base, base.homes.verifier);
      return 'fingerprint' in policyOf(trust, { isSigned }).checkApproval(approval);
    },
    parties: async () => {
      const { trust } = await believeTrust(base, base.homes.verifier);
      return { runners: trust.runners, verifiers: trust.verifiers };
    },
  };
}

async function workers(base: Base): Promise<CheckWorkers> {
  const { processes, files, random } = base.machine;
  const { homes } = base;
  const credentials = await readCredentials(base);
  const plain = Object.fromEntries(
    PLAIN_VARIABLES.flatMap((name) => {
      const value = base.environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const places = {
    scratch: join(homes.verifier, 'errands'),
    fencedScratch: join(homes.verifier, 'scratch'),
    programs: join(homes.verifier, 'programs'),
  };
  const wish = { writable: places.fencedScratch, readable: [places.programs], isPlanning: false, allowedDomains: [] };
  return spawnedCheckWorkers({
    processes,
    fencedProcesses: await fencedProcesses(base, wish),
    files,
    random,
    nodePath: base.machine.nodePath,
    environment: { PATH: searchPath(base), ...plain, ...credentials },
    secretVariables: Object.keys(credentials),
    mayOthersPropose: await othersMayPropose(homes.state),
    keepOut: keptOut(homes),
    places,
  });
}

/** The verifier's own read-only credentials: `credentials.env` in its home, one `NAME=VALUE` a line. */
async function readCredentials(base: Base): Promise<Readonly<Record<string, string>>> {
  const path = join(base.homes.verifier, 'credentials.env');
  const content = await base.machine.files.read(path, MOST_CREDENTIAL_BYTES);
  if (content === undefined) return {};
  const lines = new TextDecoder().decode(content).split('\n');
  return Object.fromEntries(
    lines.flatMap((line, index) => {
      if (line.trim() === '' || line.startsWith('#')) return [];
      const at = line.indexOf('=');
      if (at > 0) return [[line.slice(0, at).trim(), line.slice(at + 1)]];
      throw new Failure('CONFIG_INVALID', 'a line of the credentials is not NAME=VALUE', {
        hint: 'write one NAME=VALUE a line',
        where: `${path}:${index + 1}:1`,
      });
    }),
  );
}
