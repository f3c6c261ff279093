/** Who holds a lock is asked with the credentials of the backend, and no word about it holds them. */

import { createServer, type Server } from 'node:http';
import { expect, test } from 'vitest';
import { httpStateLocks } from '../../../src/adapters/locks/http-state-locks.ts';
import { isFailure } from '../../../src/kernel/index.ts';
import type { LockPlace } from '../../../src/tools/index.ts';
import { afterwards } from '../../support/temporary.ts';

const SECRET = 'hunter2%40secret';
const locks = httpStateLocks({
  random: { bytes: (count) => new Uint8Array(count), fraction: () => 0 },
  who: 'ann@here',
});

type Asked = { readonly method: string; readonly path: string; readonly authorization: string | undefined };

/** A server that answers each method with a status and a text, and keeps what it was asked. */
async function serve(
  answers: Readonly<Record<string, readonly [number, string]>>,
): Promise<{ readonly host: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push({ method, path: url, authorization: headers.authorization });
    const [status, text] = answers[method] ?? [405, ''];
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterwards(async () => await ended(server));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port');
  return { host: `127.0.0.1:${address.port}`, asked };
}

async function ended(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function placeAt(url: string, over: Partial<LockPlace> = {}): LockPlace {
  return { url, method: 'LOCK', unlockUrl: url, unlockMethod: 'UNLOCK', ...over };
}

const basic = (user: string): string => `Basic ${Buffer.from(user).toString('base64')}`;
const HELD = JSON.stringify({ ID: 'l1', Who: 'x@y', Operation: 'OperationTypeApply', Created: '2026-03-01T10:20:30Z' });

test('[L11, TERRAFORM-23] a user in the address is sent as a header, and what is configured beside it goes first', async () => {
  const { host, asked } = await serve({ LOCK: [423, HELD] });
  const url = `http://bob:${SECRET}@${host}/state?key=one`;
  const lock = {
    id: 'l1',
    who: 'x@y',
    operation: 'OperationTypeApply',
    createdAtMs: Date.parse('2026-03-01T10:20:30Z'),
  };
  expect(await locks.ask(placeAt(url))).toEqual({ kind: 'held', lock });
  await locks.ask(placeAt(url, { username: 'ann', password: 'other' }));
  await locks.ask(placeAt(`http://${host}/state`));
  await locks.ask(placeAt(`http://bob%:x@${host}/state`));
  expect(asked).toEqual([
    { method: 'LOCK', path: '/state?key=one', authorization: basic('bob:hunter2@secret') },
    { method: 'LOCK', path: '/state?key=one', authorization: basic('ann:other') },
    { method: 'LOCK', path: '/state', authorization: undefined },
    { method: 'LOCK', path: '/state', authorization: basic('bob%:x') },
  ]);
});

test('[L11] a lock that can not be given back is named by its server and path alone', async () => {
  const { host } = await serve({ LOCK: [200, ''], UNLOCK: [500, ''] });
  const asking = locks.ask(placeAt(`http://bob:${SECRET}@${host}/state?token=${SECRET}`));
  const failure: unknown = await asking.catch((thrown: unknown) => thrown);
  expect(isFailure(failure) ? { ...failure, message: failure.message } : failure).toMatchObject({
    code: 'TOOL_FAILED',
    where: `http://${host}/state`,
    hint: `remove the lock that names the operation "a look at the lock" at http://${host}/state`,
  });
});

test('[L11] whatever goes wrong with a request, no word of its address comes back but server and path', async () => {
  const nobody = await serve({});
  const why = async (place: LockPlace): Promise<string> => {
    const answer = await locks.ask(place);
    const said = answer.kind === 'unknown' ? answer.why : answer.kind;
    expect(said).not.toContain('hunter2');
    return said;
  };
  expect(await why(placeAt(`http://bob:${SECRET}@127.0.0.1:1/state?t=${SECRET}`))).toBe(
    "its server at http://127.0.0.1:1/state can't be asked: the connection or the request failed",
  );
  expect(await why(placeAt(`http://bob:${SECRET}@${nobody.host}/state`, { method: 'NO WORD' }))).toBe(
    `its server at http://${nobody.host}/state can't be asked: the connection or the request failed`,
  );
  const unread = "its server can't be asked: its address can't be read";
  expect(await why(placeAt(`http://bob:${SECRET}@[broken/state`))).toBe(unread);
  expect(await why(placeAt(`ftp://bob:${SECRET}@${nobody.host}/state`))).toBe(unread);
  expect(await why(placeAt(`http://bob:${SECRET}@${nobody.host}/state`))).toBe('its server answers 405');
});
