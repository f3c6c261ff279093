/**
 * Helper programs in a sandbox: they read what the planner reads but for the hidden directories, write to the scratch only, and
 * reach no server but the allowed ones. Where the machine has no sandbox they run without one, and the level says so.
 */

import type { SandboxRuntimeConfig } from '@anthropic-ai/sandbox-runtime';
import { Failure, type Processes, type ProcessResult, type ProcessSpec } from '../../kernel/index.ts';
import type { SandboxProbe } from './probe-sandbox.ts';
import { sharedRuntime } from './shared-runtime.ts';
import { shellCommand } from './shell-command.ts';

/** What a sandbox is made of. */
export type SandboxParts = {
  readonly processes: Processes;
  readonly probe: SandboxProbe;
  /** Existing directories that programs may write to; one at least, the first also holds their temporary files. */
  readonly writable: readonly string[];
  /** Directories and files that programs must not see: keys, trust files, ledgers, credentials. What is not there stays so. */
  readonly hidden: readonly string[];
  /** Existing directories within the hidden ones that programs may read all the same. */
  readonly readable?: readonly string[] | undefined;
  /** Servers that may be reached, as `example.com` or `*.example.com`; none means no network at all. */
  readonly allowedDomains: readonly string[];
};

/** `sandboxed`: the machine confines what runs. `advisory`: nothing does, and whoever plans must say so. */
export type SandboxLevel = 'sandboxed' | 'advisory';

/** Helper programs, and how well they are confined. */
export type SandboxedProcesses = Processes & { readonly level: SandboxLevel };

/** Sockets of daemons that would do outside what the sandbox forbids inside. */
const DAEMON_SOCKETS = '/run';

/** Confines helper programs where the probe found that it can be done. @throws Failure `SANDBOX_UNAVAILABLE` from `run` when it can't be done after all */
export function sandboxedProcesses(parts: SandboxParts): SandboxedProcesses {
  if (parts.probe.kind === 'unavailable') return { ...parts.processes, level: 'advisory' };
  return {
    level: 'sandboxed',
    locate: parts.processes.locate,
    run: async (spec) => {
      try {
        return await runConfined(parts, spec);
      } catch (cause) {
        throw new Failure('SANDBOX_UNAVAILABLE', `the sandbox can't be made: ${String(cause)}`, {
          hint: 'run `countersign doctor` to see what is missing',
          cause,
        });
      }
    },
  };
}

async function runConfined(parts: SandboxParts, spec: ProcessSpec): Promise<ProcessResult> {
  return await sharedRuntime.use(configOf(parts), async (wrap) => {
    const [file, ...args] = await wrap(shellCommand(spec, parts.writable[0] ?? spec.directory), spec.directory);
    return await parts.processes.run({ ...spec, file, args });
  });
}

function configOf({ writable, hidden, readable = [], allowedDomains }: SandboxParts): SandboxRuntimeConfig {
  const sockets = process.platform === 'linux' ? [DAEMON_SOCKETS] : [];
  return {
    // Terraform talks to its providers through Unix sockets in its temporary directory.
    network: { allowedDomains: [...allowedDomains], deniedDomains: [], allowAllUnixSockets: true },
    filesystem: {
      denyRead: [...hidden, ...sockets],
      allowRead: [...readable],
      allowWrite: [...writable],
      denyWrite: [],
    },
    // The runtime looks for shell and tool settings below the caller's own directory, to protect them. Nothing there is writable
    // anyway, and in / or a large repository the search takes seconds.
    mandatoryDenySearchDepth: 1,
  };
}
