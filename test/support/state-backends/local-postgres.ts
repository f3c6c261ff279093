/** A real PostgreSQL of the test's own: a fresh directory, a Unix socket in it and no port at all. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { afterwards, temporaryDirectory } from '../temporary.ts';
import { postgresPrograms } from './postgres-programs.ts';

const DEADLINE_MS = 60_000;
const USER = 'terraform';

type Account = { readonly uid?: number; readonly gid?: number };

/** A server that is ready; it is stopped and removed when the test is over. */
export class LocalPostgres {
  readonly #programs: string;
  readonly #directory: string;

  private constructor(programs: string, directory: string) {
    this.#programs = programs;
    this.#directory = directory;
  }

  static async start(): Promise<LocalPostgres> {
    const programs = postgresPrograms();
    if (programs === undefined) throw new TypeError('there is no PostgreSQL: the test must say that it needs one');
    const directory = temporaryDirectory();
    const account = humbleAccount();
    if (account.uid !== undefined && account.gid !== undefined) chownSync(directory, account.uid, account.gid);
    // A plan behind the fence has no rights beyond those of everybody; the data lie in a private directory of their own.
    chmodSync(directory, 0o755);
    const data = join(directory, 'data');
    const initial = ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    execFileSync(join(programs, 'initdb'), initial, { cwd: '/', stdio: 'pipe', env: {}, ...account });
    const settings = ['listen_addresses=', `unix_socket_directories=${directory}`, 'fsync=off'];
    const child = spawn(join(programs, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
      cwd: '/',
      env: {},
      stdio: ['ignore', 'ignore', 'pipe'],
      ...account,
    });
    await readiness(child);
    return new LocalPostgres(programs, directory);
  }

  /** The block that binds a configuration to it. */
  get configuration(): string {
    const connection = `host=${this.#directory} user=${USER} dbname=postgres sslmode=disable`;
    return `terraform {\n  backend "pg" {\n    conn_str = "${connection}"\n  }\n}\n`;
  }

  /** Asks one question; rows are lines, columns are parted by `|`. */
  ask(sql: string): string {
    const args = ['-h', this.#directory, '-U', USER, '-d', 'postgres', '-X', '-A', '-t', '-c', sql];
    return execFileSync(join(this.#programs, 'psql'), args, { encoding: 'utf8', env: {} }).trim();
  }
}

/** PostgreSQL refuses to run as root: then it runs as the user that Debian made for it, or as nobody. */
function humbleAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  try {
    return accountOf('postgres');
  } catch {
    // A PostgreSQL that came another way has no user of its own.
    return accountOf('nobody');
  }
}

function accountOf(name: string): Account {
  const number = (flag: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  return { uid: number('-u'), gid: number('-g') };
}

async function readiness(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  // SIGQUIT: stop at once, nothing in it will be needed again.
  afterwards(async () => {
    child.kill('SIGQUIT');
    await ended;
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new TypeError(`PostgreSQL never became ready: ${said}`)), DEADLINE_MS);
    child.stderr?.on('data', (piece: Buffer) => {
      said += piece.toString();
      if (said.includes('database system is ready to accept connections')) resolve();
    });
    void ended.then(() => reject(new TypeError(`PostgreSQL ended: ${said}`)));
    afterwards(() => clearTimeout(late));
  });
}
