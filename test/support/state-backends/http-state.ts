/** A server that keeps one Terraform state, as the `http` backend asks for it, and that can fail on command. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterwards } from '../temporary.ts';

/** How requests that write the state are answered. */
export type Writing =
  | { readonly kind: 'kept' }
  /** The first `kept` are kept, the others get a 500 and change nothing. */
  | { readonly kind: 'refused'; readonly kept: number }
  /** The connection ends without an answer; `isKept` tells whether the state was written all the same. */
  | { readonly kind: 'dropped'; readonly isKept: boolean }
  /** Waits until told. */
  | { readonly kind: 'held'; readonly until: Promise<void> };

const REFUSED = 500;
const LOCKED = 423;

/** One state behind one address. It is gone when the test is over. */
export class HttpState {
  /** What was asked, in its order: `GET`, `LOCK`, `POST`, `UNLOCK`, each with the status of the answer, or `dropped`. */
  readonly asked: string[] = [];
  writing: Writing = { kind: 'kept' };
  state = '';
  /** What the holder of the lock said of itself. */
  lock:
    | { readonly ID: string; readonly Operation: string; readonly Who: string; readonly Created?: string }
    | undefined;
  #writes = 0;
  #address = '';

  /** Starts it on a free port of this machine. */
  static async start(): Promise<HttpState> {
    const backend = new HttpState();
    const server = createServer((request, response) => void backend.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('the server has no port');
    backend.#address = `http://127.0.0.1:${address.port}/state`;
    afterwards(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return backend;
  }

  /** The block that binds a configuration to it. Terraform's own repetitions are off: each takes seconds. */
  get configuration(): string {
    const [address, lock, unlock] = ['address', 'lock_address', 'unlock_address'].map(
      (name) => `    ${name} = "${this.#address}"`,
    );
    return `terraform {\n  backend "http" {\n${address}\n${lock}\n${unlock}\n    retry_max = 0\n  }\n}\n`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const [status, text] = await this.#take(request, body);
    if (status === undefined) {
      this.asked.push(`${request.method} dropped`);
      request.socket.destroy();
      return;
    }
    this.asked.push(`${request.method} ${status}`);
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  }

  async #take(request: IncomingMessage, body: string): Promise<readonly [status: number | undefined, text: string]> {
    switch (request.method) {
      case 'GET':
        return this.state === '' ? [404, ''] : [200, this.state];
      case 'LOCK':
        if (this.lock !== undefined) return [LOCKED, JSON.stringify(this.lock)];
        // Terraform writes its lock as JSON of this shape.
        this.lock = JSON.parse(body) as NonNullable<HttpState['lock']>;
        return [200, ''];
      case 'UNLOCK':
        // An unlocking by force has no body.
        if (body !== '' && JSON.parse(body).ID !== this.lock?.ID) return [LOCKED, JSON.stringify(this.lock)];
        this.lock = undefined;
        return [200, ''];
      case 'POST':
        return await this.#write(new URL(request.url ?? '', this.#address).searchParams.get('ID'), body);
      default:
        return [405, ''];
    }
  }

  async #write(holder: string | null, body: string): Promise<readonly [status: number | undefined, text: string]> {
    if (this.lock !== undefined && holder !== this.lock.ID) return [LOCKED, JSON.stringify(this.lock)];
    const { writing } = this;
    if (writing.kind === 'refused' && this.#writes >= writing.kept) return [REFUSED, 'the disk is full'];
    if (writing.kind === 'held') await writing.until;
    this.#writes += 1;
    if (writing.kind !== 'dropped' || writing.isKept) this.state = body;
    return writing.kind === 'dropped' ? [undefined, ''] : [200, ''];
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}
