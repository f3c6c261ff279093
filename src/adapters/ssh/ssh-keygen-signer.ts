/** Signs with `ssh-keygen -Y sign`, from stdin to stdout: with a file it may leave an old signature in place and end with 0. */

import { spawn } from 'node:child_process';
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
    child.on('error', (cause) => reject(missing(cause)));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    // A key that can't be read ends the program before it has read the text; its exit code says so.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
  });
}

function missing(cause: Error): Failure {
  return new Failure('TOOL_MISSING', `ssh-keygen could not be started: ${visibleLine(cause.message)}`, {
    hint: 'install the OpenSSH client',
    cause,
  });
}
