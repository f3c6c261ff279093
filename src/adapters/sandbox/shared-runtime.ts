/**
 * The sandbox runtime is one per process, with one configuration at a time: users of the same configuration share it, others
 * wait until it is idle, and it is put down when nobody needs it, since its proxies would keep the process alive.
 */

import type { SandboxRuntimeConfig } from '@anthropic-ai/sandbox-runtime';

/** Wraps a shell command so that it runs in the sandbox. @returns the command line to spawn */
export type WrapCommand = (command: string, directory: string) => Promise<readonly [string, ...string[]]>;

/** A POSIX shell that reads no start-up files, whatever its standard input is. */
const SHELL = '/bin/sh';
/** How long an idle sandbox keeps its proxies: the next step of a plan follows at once, a finished command must not wait long. */
const IDLE_MS = 150;

class SharedRuntime {
  #key = '';
  #running = 0;
  /** Resolves when the change in progress has ended, however it ended. */
  #changing: Promise<void> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  /** Runs an action while the sandbox has this configuration. */
  async use<T>(config: SandboxRuntimeConfig, action: (wrap: WrapCommand) => Promise<T>): Promise<T> {
    await this.#take(config);
    try {
      return await action(wrapCommand);
    } finally {
      this.#release();
    }
  }

  async #take(config: SandboxRuntimeConfig): Promise<void> {
    const key = JSON.stringify(config);
    clearTimeout(this.#idle);
    for (;;) {
      if (this.#changing !== undefined) {
        await this.#changing;
      } else if (this.#key === key) {
        this.#running += 1;
        return;
      } else if (this.#running === 0) {
        await this.#change(key, config);
      } else {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    }
  }

  #release(): void {
    this.#running -= 1;
    if (this.#running > 0) return;
    for (const wake of this.#waiting.splice(0)) wake();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#rest(), IDLE_MS);
  }

  async #rest(): Promise<void> {
    const isBusy = this.#running > 0 || this.#changing !== undefined;
    if (!isBusy && this.#key !== '') await this.#change('', undefined);
  }

  async #change(key: string, config: SandboxRuntimeConfig | undefined): Promise<void> {
    const ended = Promise.withResolvers<void>();
    this.#changing = ended.promise;
    try {
      const { SandboxManager } = await import('@anthropic-ai/sandbox-runtime');
      if (this.#key !== '') await SandboxManager.reset();
      this.#key = '';
      if (config !== undefined) await SandboxManager.initialize(config);
      this.#key = key;
    } finally {
      this.#changing = undefined;
      ended.resolve();
    }
  }
}

async function wrapCommand(command: string, directory: string): Promise<readonly [string, ...string[]]> {
  const { SandboxManager } = await import('@anthropic-ai/sandbox-runtime');
  const { argv } = await SandboxManager.wrapWithSandboxArgv(command, SHELL, undefined, undefined, directory);
  const [file = SHELL, ...args] = argv;
  return [file, ...args];
}

/** The one runtime of this process. */
export const sharedRuntime: SharedRuntime = new SharedRuntime();
