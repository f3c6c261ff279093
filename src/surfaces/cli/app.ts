/** The command line: every command, by its name. Commands load their code when they are called. */

import { type Application, buildApplication, buildRouteMap } from '@stricli/core';
import { approveCommand, rejectCommand } from './commands/decide.ts';
import { driftCommand } from './commands/drift.ts';
import { evidenceRoutes } from './commands/evidence.ts';
import { executeCommand, runnerCommand, sweepCommand } from './commands/execute.ts';
import { listCommand } from './commands/list.ts';
import { proposeRoutes } from './commands/propose.ts';
import { recordRoutes } from './commands/record.ts';
import { recoverCommand } from './commands/recover.ts';
import { reconcileCommand, reviewCommand } from './commands/release.ts';
import { showCommand } from './commands/show.ts';
import { commentCommand, withdrawCommand } from './commands/speak.ts';
import { doctorCommand, practiceCommand } from './commands/tend.ts';
import { approverRoutes, trustRoutes } from './commands/trust.ts';
import { lookCommand, verifierCommand, verifyCommand } from './commands/verify.ts';
import type { CliContext } from './context.ts';

const DESCRIPTION = `Agents read and propose. People countersign. Somebody else checks.

  propose ──▶ approve ──▶ execute ──▶ verify
  (agent)     (person)    (runner)    (verifier)

Start:  countersign approver add NAME --ssh-key FILE.pub
        countersign propose terraform --dir DIR --target NAME --intent TEXT

Exit codes: 0 done, confirmed or clean · 1 refused, blocked or stale: nothing was done · 2 usage or configuration
  3 waiting for a person · 4 partial · 5 indeterminate or inconclusive · 6 record integrity broken · 7 refuted
  70 a bug · 130 interrupted`;

/** Builds the application. */
export function buildApp(readVersion: () => Promise<string>): Application<CliContext> {
  const root = buildRouteMap<string, CliContext>({
    routes: {
      propose: proposeRoutes,
      approve: approveCommand,
      reject: rejectCommand,
      execute: executeCommand,
      verify: verifyCommand,
      recover: recoverCommand,
      drift: driftCommand,
      reconcile: reconcileCommand,
      list: listCommand,
      show: showCommand,
      comment: commentCommand,
      withdraw: withdrawCommand,
      review: reviewCommand,
      evidence: evidenceRoutes,
      runner: runnerCommand,
      verifier: verifierCommand,
      look: lookCommand,
      sweep: sweepCommand,
      approver: approverRoutes,
      trust: trustRoutes,
      record: recordRoutes,
      doctor: doctorCommand,
      practice: practiceCommand,
    },
    docs: {
      brief: 'Propose, countersign, execute, verify',
      fullDescription: DESCRIPTION,
      hideRoute: { look: true, sweep: true },
    },
  });
  return buildApplication(root, {
    name: 'countersign',
    versionInfo: { getCurrentVersion: readVersion },
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    documentation: { caseStyle: 'convert-camel-to-kebab', disableAnsiColor: true },
  });
}
