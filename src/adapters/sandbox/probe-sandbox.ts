/** Finds out whether this machine can confine the programs that planning runs: providers and `external` data are foreign code. */

import type { Processes } from '../../kernel/index.ts';

/** What the machine can do. */
export type SandboxProbe =
  | { readonly kind: 'available' }
  | {
      readonly kind: 'unavailable';
      readonly why: string;
      /** What a person can do about it. */
      readonly hint: string;
    };

const TIMEOUT_MS = 10_000;

/** Asks the sandbox's own parts, and really makes one: an installed bubblewrap may lack the right to. Never throws. */
export async function probeSandbox(processes: Processes, searchPath: string): Promise<SandboxProbe> {
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    return unavailable(`there is no sandbox for ${process.platform}`, 'plan on Linux, macOS or WSL');
  }
  if (process.platform === 'darwin') return { kind: 'available' };
  const lacking = await missingParts(processes, searchPath);
  if (lacking.length > 0) {
    return unavailable(
      `${lacking.join(', ')} not found`,
      'install them; Debian: apt-get install bubblewrap ripgrep socat',
    );
  }
  const args = [
    '--ro-bind',
    '/',
    '/',
    '--dev',
    '/dev',
    '--unshare-user',
    '--unshare-net',
    '--unshare-pid',
    '--',
    '/bin/true',
  ];
  const tried = await processes.run({
    file: 'bwrap',
    args,
    directory: '/',
    environment: { PATH: searchPath },
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: 4096,
  });
  if (tried.end.kind === 'exited' && tried.end.code === 0) return { kind: 'available' };
  const said = new TextDecoder().decode(tried.stderr).trim().split('\n', 1).join('');
  return unavailable(
    `bubblewrap can't make a sandbox here: ${said === '' ? 'it did not end well' : said}`,
    'allow unprivileged user namespaces (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns)',
  );
}

async function missingParts(processes: Processes, searchPath: string): Promise<readonly string[]> {
  const lacking: string[] = [];
  for (const part of ['bwrap', 'rg', 'socat']) {
    if ((await processes.locate(part, searchPath)) === undefined) lacking.push(part);
  }
  return lacking;
}

function unavailable(why: string, hint: string): SandboxProbe {
  return { kind: 'unavailable', why, hint };
}
