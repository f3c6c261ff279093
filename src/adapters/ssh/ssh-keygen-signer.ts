/** Signs with `ssh-keygen -Y sign`, from stdin to stdout: with a file it may leave an old signature in place and end with 0. */

import { type ChildProcess, spawn } from 'node:child_process';
import { Failure, visibleLine, visibleText } from '../../kernel/index.ts';
import type { ApprovalSigner, SigningRequest } from '../../loop/approve/index.ts';

/** What the program may use, and where it may talk to the person. */
export type SshKeygenParts = {
  /** The whole environment: `PATH`, and for agents and prompts `HOME`, `SSH_AUTH_SOCK`, `SSH_ASKPASS`, `DISPLAY`, `TERM`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Receives what ssh-keygen says while it waits: "Confirm user presence …". Passphrases are asked on the terminal itself. */
  readonly tell: (text: string) => void;
};

const MOST_CHARACTERS = 64 * 1024;
const STOPPING = ['SIGINT', 'SIGTERM'] as const;
const AGAIN_MS = 200;
/** Said at every signature from standard input; a request for a passphrase or a touch is not. */
const NOISE = /^Signing data on standard input\n?/m;

/** Makes a signer over the `ssh-keygen` of this machine. A key that the ssh-agent holds is used from there. */
export function sshKeygenSigner(parts: SshKeygenParts): ApprovalSigner {
  return { sign: (request) => sign(parts, request) };
}

async function sign(parts: SshKeygenParts, request: SigningRequest): Promise<string> {
  const { keyFile, namespace } = request;
  // Without `-U` it asks the agent first and then looks for the private key beside a `.pub` file.
  const ended = await run(parts, ['-Y', 'sign', '-n', namespace, '-f', keyFile], request.text);
  if (ended.code === 0 && ended.stdout.startsWith('-----BEGIN SSH SIGNATURE-----')) return ended.stdout;
  const said = visibleLine(ended.stderr.trim().split('\n').at(-1) ?? '');
  const isKey = /invalid format|No such file|incorrect passphrase|bad permissions|not found/i.test(said);
  throw new Failure(
    isKey ? 'KEY_UNREADABLE' : 'SIGNING_FAILED',
    `ssh-keygen did not sign: ${said || 'it said nothing'}`,
    {
      where: visibleLine(keyFile),
      hint: 'nothing was approved; check the key file, the passphrase and, for a .pub file, that `ssh-add -l` lists the key',
    },
  );
}

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

function run(parts: SshKeygenParts, args: readonly string[], stdin: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // In the same session, so that it can ask for the passphrase on the terminal; a person's time has no limit.
    const child = spawn('ssh-keygen', [...args], { env: { ...parts.environment }, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout = `${stdout}${chunk}`.slice(0, MOST_CHARACTERS);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = `${stderr}${chunk}`.slice(-MOST_CHARACTERS);
      const words = chunk.replace(NOISE, '');
      if (words !== '') parts.tell(visibleText(words));
    });
    const leave = endWithUs(child);
    child.on('error', (cause) => {
      leave();
      reject(missing(cause));
    });
    child.on('close', (code) => {
      leave();
      resolve({ code, stdout, stderr });
    });
    // A key that can't be read ends the program before it has read the text; its exit code says so.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
  });
}

/**
 * Stops the program when this process is told to stop.
 *
 * A Ctrl-C reaches the whole group, but one that comes after ssh-keygen asked for the passphrase and before it reads is noted there and
 * ends nothing: it would wait for ever, and we for it. A later signal interrupts the reading, and the terminal gets its echo back.
 */
function endWithUs(child: ChildProcess): () => void {
  let again: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    again ??= setInterval(() => child.kill('SIGTERM'), AGAIN_MS);
  };
  for (const signal of STOPPING) process.on(signal, stop);
  return () => {
    clearInterval(again);
    for (const signal of STOPPING) process.off(signal, stop);
  };
}

function missing(cause: Error): Failure {
  return new Failure('TOOL_MISSING', `ssh-keygen could not be started: ${visibleLine(cause.message)}`, {
    hint: 'install the OpenSSH client',
    cause,
  });
}
