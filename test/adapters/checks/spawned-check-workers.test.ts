import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openMachine, spawnedCheckWorkers } from '../../../src/adapters/index.ts';
import {
  type CheckKind,
  type CheckOrigin,
  canonicalJson,
  Failure,
  type JsonObject,
} from '../../../src/kernel/index.ts';
import type { CheckErrand, WorkerAnswer } from '../../../src/loop/verify/index.ts';
import { sealErrand } from '../../support/sealed-errand.ts';

type Parts = Parameters<typeof spawnedCheckWorkers>[0];

const machine = openMachine();
const TOKEN = 'hunter2-and/some+more';

let directory = '';
let home = '';
beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-checks-')));
  home = join(directory, 'home');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function workersWith(more: Partial<Parts> = {}): ReturnType<typeof spawnedCheckWorkers> {
  return spawnedCheckWorkers({
    processes: machine.processes,
    fencedProcesses: undefined,
    files: machine.files,
    random: machine.random,
    nodePath: process.execPath,
    environment: { PATH: process.env['PATH'] ?? '', TOKEN },
    secretVariables: ['TOKEN'],
    mayOthersPropose: false,
    keepOut: [join(directory, 'keys')],
    places: { scratch: join(home, 'errands'), fencedScratch: join(home, 'scratch'), programs: join(home, 'programs') },
    ...more,
  });
}

type Asking = {
  readonly origin?: CheckOrigin;
  readonly isApproved?: boolean;
  readonly isMandated?: boolean;
  readonly timeoutMs?: number;
};

async function errand(kind: CheckKind, question: JsonObject, asking: Asking = {}): Promise<CheckErrand> {
  const { origin = 'proposal', isApproved = true, isMandated = false, timeoutMs = 20_000 } = asking;
  return await sealErrand({
    phase: 'after',
    isApproved,
    isMandated,
    directory,
    spec: { id: 'it', kind, claim: 'it holds', origin, question, timeoutMs },
  });
}

async function ask(kind: CheckKind, question: JsonObject, asking: Asking = {}): Promise<WorkerAnswer> {
  return await workersWith().put(await errand(kind, question, asking));
}

function digestOf(answer: WorkerAnswer): string {
  return answer.kind === 'replied' ? answer.observedDigest : 'none';
}

/** What errands left behind. */
function leftovers(): readonly string[] {
  return readdirSync(home).flatMap((place) => readdirSync(join(home, place)));
}

/** Waits for a condition, and fails by its own deadline. */
async function until(holds: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadlineMs) throw new TypeError('it never came');
    await machine.clock.wait(20);
  }
}

const node = process.execPath;
const prints = (text: string): readonly string[] => [node, '-e', `process.stdout.write(${JSON.stringify(text)})`];

test('[VERIFY-12, L7] a command is green when its end and its output are as expected, and red when one is not', async () => {
  const both = (exitCode: number, text: string): JsonObject => ({
    argv: ['sh', '-c', `echo ready; exit ${exitCode}`],
    expect: { exitCode: 0, stdout: { equals: text } },
  });
  expect(await ask('command', both(0, 'ready'))).toMatchObject({
    kind: 'replied',
    answer: 'green',
    detail: 'exit code 0, as expected',
    observed: { exitCode: 0, stdoutBytes: 6, stdout: 'ready\n', stderr: '' },
  });
  expect(await ask('command', both(0, 'ready\n'))).toMatchObject({ answer: 'green' });
  expect(await ask('command', both(3, 'ready'))).toMatchObject({ answer: 'red', detail: 'the exit code is 3, not 0' });
  expect(await ask('command', both(0, 'read'))).toMatchObject({
    answer: 'red',
    detail: 'stdout is not the expected text',
  });
});

test('[VERIFY-12] a command gets its arguments as they are, the directory of the change, and no variable that nobody named', async () => {
  const program =
    'console.log(JSON.stringify([process.argv.slice(1), process.cwd(), Object.keys(process.env).sort()]))';
  const answer = await ask('command', { argv: [node, '-e', program, '$(id)', '*'], expect: { exitCode: 0 } });
  expect(answer).toMatchObject({
    observed: { stdout: `${JSON.stringify([['$(id)', '*'], directory, ['COUNTERSIGN_RUN', 'PATH', 'TOKEN']])}\n` },
  });
  const there = await ask('command', { argv: ['pwd'], directory: '/', expect: { stdout: { equals: '/' } } });
  expect(there).toMatchObject({ answer: 'green' });
});

test.each([
  ['is ended by a signal', [node, '-e', 'process.kill(process.pid, "SIGKILL")'], /^it was ended by SIGKILL$/],
  [
    'prints more than is kept',
    [node, '-e', 'process.stdout.write("x".repeat(10_000_000))'],
    /^it printed more than is kept$/,
  ],
  ['does not end in time', [node, '-e', 'setInterval(() => 0, 1000)'], /^it did not answer in time$/],
])('[VERIFY-12, L7] a command that %s answers nothing', async (_, argv, detail) => {
  const answer = await ask('command', { argv, expect: { exitCode: 0 } }, { timeoutMs: 1500 });
  expect(answer).toMatchObject({ kind: 'replied', answer: 'unknown', detail: expect.stringMatching(detail) });
});

test('[VERIFY-12] a pattern that never comes to an end answers nothing', async () => {
  const argv = prints(`${'a'.repeat(60)}!`);
  const question = { argv, expect: { stdout: { matches: '^(a+)+$' } } };
  const answer = await ask('command', question, { timeoutMs: 300 });
  expect(answer).toEqual({ kind: 'lost', why: 'the check worker did not answer in time' });
}, 30_000);

test('[VERIFY-11, L11, L12] secrets are masked, hidden characters shown, long output cut; the digest is of the whole', async () => {
  const text = `${TOKEN} ${Buffer.from(TOKEN).toString('base64')} ${encodeURIComponent(TOKEN)} \u001b[2J\u202e${'long '.repeat(4000)}`;
  const answer = await ask('command', { argv: prints(text), expect: { stdout: { contains: 'long' } } });
  if (answer.kind !== 'replied') throw new TypeError(answer.why);
  const recorded = canonicalJson(answer.observed);
  expect(Buffer.byteLength(recorded)).toBeLessThanOrEqual(4096);
  expect(recorded).toContain('(sensitive) (sensitive) (sensitive) ⟨U+001B⟩[2J⟨U+202E⟩long long');
  expect(recorded).toMatch(/… \(and \d+ more characters\)/);
  const other = await ask('command', { argv: prints(`${text}.`), expect: { stdout: { contains: 'long' } } });
  expect(other).toMatchObject({ answer: 'green' });
  expect(digestOf(other)).not.toBe(answer.observedDigest);
  const same = await ask('command', { argv: prints(text), expect: { stdout: { contains: 'long' } } });
  expect(digestOf(same)).toBe(answer.observedDigest);
});

test('[VERIFY-11, RECORD-17, L11] a secret inside a longer value in base64, as a header carries it, is masked by the record’s own mask', async () => {
  const header = `basic ${Buffer.from(`user:${TOKEN}`).toString('base64')}`;
  const answer = await ask('command', { argv: prints(header), expect: { stdout: { contains: 'basic' } } });
  if (answer.kind !== 'replied') throw new TypeError(answer.why);
  const recorded = canonicalJson(answer.observed);
  expect(recorded).toMatch(/basic [^ ]*\(sensitive\)/);
  expect(recorded).not.toContain(Buffer.from(`user:${TOKEN}`).toString('base64').slice(8, -4));
});

test('[VERIFY-11] output that the question does not look at is no part of the digest', async () => {
  const one = await ask('command', { argv: prints('at 10:00'), expect: { exitCode: 0 } });
  const two = await ask('command', { argv: prints('at 10:01'), expect: { exitCode: 0 } });
  expect(digestOf(one)).toBe(digestOf(two));
});

let requests: string[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers['x-asked'] ?? ''}`.trim());
    if (request.url === '/away') response.writeHead(302, { location: '/health' }).end();
    else if (request.url === '/broken') response.writeHead(503).end('down');
    else if (request.url === '/huge') response.end('x'.repeat(2 * 1024 * 1024));
    else if (request.url === '/json')
      response.end(JSON.stringify({ data: { result: [{ value: 3 }] }, at: requests.length }));
    else if (request.url === '/never') response.writeHead(200).write('and then');
    else if (request.url === '/cut')
      response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
    else response.end('ready');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests = [];
});

function at(path: string): string {
  // A listening TCP server has an address of this form.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
}

test('[VERIFY-13, L7] a server is green or red by its status and its body', async () => {
  const health = { url: at('/health'), expect: { status: 200, body: { equals: 'ready' } } };
  expect(await ask('http', health)).toMatchObject({
    answer: 'green',
    detail: 'status 200, as expected',
    observed: { isReachable: true, status: 200, bodyBytes: 5, body: 'ready' },
  });
  expect(await ask('http', { url: at('/broken'), expect: { status: 200 } })).toMatchObject({
    answer: 'red',
    detail: 'the status is 503, not 200',
  });
  expect(await ask('http', { ...health, expect: { body: { contains: 'done' } } })).toMatchObject({
    answer: 'red',
    detail: 'the body does not contain the expected text',
  });
  const byName = { ...health, url: at('/health').replace('127.0.0.1', 'localhost') };
  expect(await ask('http', byName)).toMatchObject({ answer: 'green' });
  const head = { url: at('/health'), method: 'HEAD', headers: { 'X-Asked': 'yes' }, expect: { status: 200 } };
  expect(await ask('http', head)).toMatchObject({ answer: 'green' });
  expect(requests.at(-1)).toBe('HEAD /health yes');
});

test('[VERIFY-13] a member of a JSON body is looked at alone, also by the digest', async () => {
  const value = (equals: number): JsonObject => ({
    url: at('/json'),
    expect: { body: { jsonPath: 'data.result.0.value', equals } },
  });
  const one = await ask('http', value(3));
  expect(one).toMatchObject({ answer: 'green', observed: { value: '3' } });
  const two = await ask('http', value(4));
  expect(two).toMatchObject({ answer: 'red', detail: 'the member of the body is not the expected value' });
  expect(digestOf(two)).toBe(digestOf(one));
});

test('[VERIFY-13] a redirect is an answer and is not followed', async () => {
  expect(await ask('http', { url: at('/away'), expect: { status: 302 } })).toMatchObject({ answer: 'green' });
  expect(await ask('http', { url: at('/away'), expect: { status: 200 } })).toMatchObject({ answer: 'red' });
  expect(requests).toEqual(['GET /away', 'GET /away']);
});

test('[VERIFY-13, L7] a body that is too long, never ends or breaks off answers nothing', async () => {
  const body = { contains: 'x' };
  expect(await ask('http', { url: at('/huge'), expect: { body } })).toMatchObject({
    answer: 'unknown',
    detail: 'the body is longer than is read',
    observed: { status: 200 },
  });
  expect(await ask('http', { url: at('/huge'), expect: { status: 200 } })).toMatchObject({ answer: 'green' });
  expect(await ask('http', { url: at('/never'), expect: { body } }, { timeoutMs: 700 })).toMatchObject({
    answer: 'unknown',
    detail: 'no answer: nothing came in 0.7 s',
  });
  expect(await ask('http', { url: at('/cut'), expect: { body } })).toMatchObject({
    answer: 'unknown',
    detail: 'no answer: ECONNRESET',
  });
});

test('[VERIFY-13, L7] a server that is not reached answers nothing, unless that was the question', async () => {
  const nobody = createTcpServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  // A listening TCP server has an address of this form.
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  await once(nobody, 'close');
  const url = `http://127.0.0.1:${port}/`;
  expect(await ask('http', { url, expect: { status: 200 } })).toMatchObject({
    answer: 'unknown',
    detail: 'the connection was refused: nobody answered',
  });
  expect(await ask('http', { url, expect: { reachable: false } })).toMatchObject({ answer: 'green' });
  expect(await ask('http', { url, expect: { reachable: true } })).toMatchObject({ answer: 'red' });
  expect(await ask('http', { url: at('/'), expect: { reachable: false } })).toMatchObject({
    answer: 'red',
    detail: 'a server answers',
  });
  expect(await ask('http', { url: 'http://no.such.name.invalid/', expect: { reachable: false } })).toMatchObject({
    answer: 'unknown',
  });
});

test.each([
  'http://169.254.169.254/latest/meta-data/',
  'http://[fe80::1]/',
  'http://[fd00:ec2::254]/',
  'http://0xa9fea9fe/',
  'http://[::ffff:169.254.169.254]/',
  'http://[64:ff9b::169.254.169.254]/',
  'http://[fd00:ec2::23]/',
  'http://[fd20:ce::254]/',
  'http://168.63.129.16/',
  'http://100.100.100.200/',
  'http://192.0.0.192/',
  'https://2852039166/',
])('[VERIFY-20, L11] %s hands out credentials and is not asked', async (url) => {
  expect(await ask('http', { url, expect: { reachable: false } })).toMatchObject({
    answer: 'unknown',
    detail: 'no answer: addresses that hand out credentials are not asked',
  });
});

test('[VERIFY-14, L7] a file answers by its existence and its content', async () => {
  const path = join(directory, 'release');
  expect(await ask('file', { path, expect: { exists: true } })).toMatchObject({
    answer: 'red',
    detail: 'it does not exist',
    observed: { is: 'absent', sha256: null },
  });
  expect(await ask('file', { path, expect: { exists: false } })).toMatchObject({ answer: 'green' });
  writeFileSync(path, 'v2\n');
  const sha256 = machine.hash('v2\n');
  const all = { exists: true, sha256, contains: 'v2', equals: 'v2\n' };
  expect(await ask('file', { path, expect: all })).toMatchObject({
    answer: 'green',
    observed: { is: 'file', sha256, sizeBytes: 3 },
  });
  expect(await ask('file', { path, expect: { ...all, equals: 'v2' } })).toMatchObject({ answer: 'red' });
  expect(await ask('file', { path: `${path}/below`, expect: { exists: false } })).toMatchObject({ answer: 'green' });
});

test('[VERIFY-14, VERIFY-20, L11] a link, a closed place and what is no file are not looked into', async () => {
  const keys = join(directory, 'keys');
  mkdirSync(keys);
  writeFileSync(join(keys, 'key'), 'secret');
  symlinkSync(join(keys, 'key'), join(directory, 'link'));
  symlinkSync(keys, join(directory, 'way'));
  mkdirSync(join(keys, 'below'));
  symlinkSync(join(keys, 'below'), join(directory, 'below'));
  writeFileSync(join(directory, 'key'), 'no secret');
  mkdirSync(join(directory, 'real'));
  writeFileSync(join(directory, 'real', 'file'), 'x');
  symlinkSync(join(directory, 'real'), join(directory, 'current'));
  const looked = (path: string): Promise<WorkerAnswer> => ask('file', { path, expect: { exists: true } });
  expect(await looked(join(directory, 'current', 'file'))).toMatchObject({ answer: 'green' });
  const link = join(directory, 'real', 'link');
  symlinkSync('file', link);
  expect(await looked(link)).toMatchObject({ answer: 'unknown', detail: 'it is a link: name what it points to' });
  for (const path of [
    join(keys, 'key'),
    keys,
    join(keys, 'not-there'),
    join(directory, 'link'),
    join(directory, 'way', 'key'),
    `${directory}/real/../keys/key`,
    // `..` after a link is the parent of where the link leads, whatever the text looks like.
    `${directory}/below/../key`,
    '/proc/self/environ',
    '/dev/zero',
  ]) {
    expect(await looked(path)).toMatchObject({ answer: 'unknown', detail: 'no check may look there' });
  }
  expect(await looked(directory)).toMatchObject({ answer: 'green', observed: { is: 'directory', sha256: null } });
  expect(await ask('file', { path: directory, expect: { contains: 'x' } })).toMatchObject({ answer: 'red' });
});

test('[VERIFY-14, L7] a path that can not be looked at answers nothing', async () => {
  const path = `/${'x'.repeat(300)}`;
  expect(await ask('file', { path, expect: { exists: false } })).toMatchObject({
    answer: 'unknown',
    detail: "it can't be read: ENAMETOOLONG",
  });
});

test('[VERIFY-15, L7] a database answers by rows, by one value, and by its shape', async () => {
  const path = join(directory, 'shop.db');
  const database = new DatabaseSync(path);
  database.exec('create table orders (id integer, paid integer); insert into orders values (1, 0), (2, 1)');
  const rows = (expected: JsonObject, query = 'select id, paid from orders order by id'): Promise<WorkerAnswer> =>
    ask('sqlite', { path, query, expect: expected });
  expect(
    await rows({
      rows: [
        [1, 0],
        [2, 1],
      ],
    }),
  ).toMatchObject({
    answer: 'green',
    observed: { rows: 2, values: '[[1,0],[2,1]]' },
  });
  expect(
    await rows({
      rows: [
        [2, 1],
        [1, 0],
      ],
    }),
  ).toMatchObject({ answer: 'red' });
  expect(await rows({ scalar: 2 }, 'select count(*) from orders')).toMatchObject({ answer: 'green' });
  expect(await rows({ scalar: 2 })).toMatchObject({ answer: 'red' });
  expect(await rows({ scalar: 1 }, 'select 1 where 0')).toMatchObject({ answer: 'red' });
  expect(await rows({ scalar: 1 }, 'select missing from orders')).toMatchObject({
    answer: 'unknown',
    detail: expect.stringContaining('no such column'),
  });
  const endless = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n';
  expect(await rows({ scalar: 1 }, endless)).toMatchObject({
    answer: 'unknown',
    detail: 'the query yields more rows than are read',
  });
  const shape = (expected: JsonObject): Promise<WorkerAnswer> => ask('sqlite', { path, expect: expected });
  const green = await shape({ rowCounts: { orders: 2 } });
  expect(green).toMatchObject({ answer: 'green' });
  expect(await shape({ rowCounts: { orders: 3 } })).toMatchObject({
    answer: 'red',
    detail: 'orders has 2 rows, not 3 rows',
  });
  expect(await shape({ rowCounts: { refunds: 0 } })).toMatchObject({
    answer: 'red',
    detail: expect.stringContaining('refunds'),
  });
  if (green.kind !== 'replied') throw new TypeError(green.why);
  const { schemaDigest } = green.observed as { readonly schemaDigest: string };
  expect(await shape({ schemaDigest })).toMatchObject({ answer: 'green' });
  database.exec('alter table orders add column note text');
  expect(await shape({ schemaDigest })).toMatchObject({ answer: 'red', detail: 'the schema is not as expected' });
  database.close();
});

test('[VERIFY-15, VERIFY-20, L11] a database that is a pipe, a circle of links, or really a closed one is not opened', async () => {
  const asked = (path: string): Promise<WorkerAnswer> =>
    ask('sqlite', { path, query: 'select count(*) from t', expect: { scalar: 0 } }, { timeoutMs: 5_000 });
  const made = (path: string): string => {
    const database = new DatabaseSync(path);
    database.exec('create table t (a)');
    database.close();
    return path;
  };
  const closed = join(directory, 'keys', 'inner');
  mkdirSync(closed, { recursive: true });
  made(join(directory, 'keys', 'closed.db'));
  made(join(directory, 'closed.db'));
  symlinkSync(closed, join(directory, 'inner'));
  symlinkSync(join(directory, 'keys', 'closed.db'), join(directory, 'link.db'));
  symlinkSync('circle.db', join(directory, 'circle.db'));
  spawnSync('mkfifo', [join(directory, 'pipe.db')]);
  const answers: readonly (readonly [string, string])[] = [
    [join(directory, 'pipe.db'), 'it is no file'],
    [directory, 'it is no file'],
    [join(directory, 'circle.db'), "it can't be read: ELOOP"],
    [join(directory, 'nowhere.db'), 'there is no database'],
    [join(directory, 'link.db'), 'no check may look there'],
    [`${directory}/inner/../closed.db`, 'no check may look there'],
  ];
  for (const [path, detail] of answers) expect(await asked(path)).toMatchObject({ answer: 'unknown', detail });
  symlinkSync(made(join(directory, 'real.db')), join(directory, 'alias.db'));
  expect(await asked(join(directory, 'alias.db'))).toMatchObject({ answer: 'green' });
});

test('[VERIFY-15, VERIFY-25] a query that takes all the memory it can get answers nothing', async () => {
  const path = join(directory, 'greedy.db');
  const database = new DatabaseSync(path);
  database.exec('create table t (a)');
  database.close();
  const asked = (query: string): Promise<WorkerAnswer> => ask('sqlite', { path, query, expect: { scalar: 1 } });
  expect(await asked('select length(hex(zeroblob(400000000)))')).toMatchObject({
    answer: 'unknown',
    detail: expect.stringContaining('string or blob too big'),
  });
  const many =
    'with recursive n(i) as (select 1 union all select i + 1 from n where i < 900) select hex(zeroblob(50000)) from n';
  expect(await asked(many)).toMatchObject({
    answer: 'unknown',
    detail: 'the query yields more rows than are read',
  });
});

test('[VERIFY-25, VERIFY-12] nothing that a check started outlives it', async () => {
  const pidFile = join(directory, 'left.pid');
  const left = (how: string): string => `${how} sh -c 'echo $$ >> ${pidFile}; exec sleep 300' >/dev/null 2>&1 &`;
  const script = `${left('')} ${left('setsid')} while [ "$(cat ${pidFile} 2>/dev/null | wc -l)" -lt 2 ]; do sleep 0.02; done`;
  const answer = await ask('command', { argv: ['sh', '-c', script], expect: { exitCode: 0 } });
  expect(answer).toMatchObject({ kind: 'replied', answer: 'green' });
  const pids = readFileSync(pidFile, 'utf8').trim().split('\n').map(Number);
  expect(pids).toHaveLength(2);
  await until(() => pids.every((pid) => !isRunning(pid)));
});

function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

test('[VERIFY-15] asking a database changes nothing and makes none', async () => {
  const path = join(directory, 'still.db');
  const database = new DatabaseSync(path);
  database.exec('create table t (a); insert into t values (1)');
  database.close();
  const before = machine.hash(new Uint8Array(await fileBytes(path)));
  const sneaky = 'with a as (select 1) delete from t';
  expect(await ask('sqlite', { path, query: sneaky, expect: { scalar: 1 } })).toMatchObject({ answer: 'unknown' });
  expect(await ask('sqlite', { path, query: 'select 1; delete from t', expect: { scalar: 1 } })).toMatchObject({
    kind: 'replied',
  });
  expect(machine.hash(new Uint8Array(await fileBytes(path)))).toBe(before);
  const none = join(directory, 'none.db');
  expect(await ask('sqlite', { path: none, query: 'select 1', expect: { scalar: 1 } })).toMatchObject({
    answer: 'unknown',
  });
  expect(existsSync(none)).toBe(false);
  const closed = join(directory, 'keys', 'ledger.db');
  expect(await ask('sqlite', { path: closed, query: 'select 1', expect: { scalar: 1 } })).toMatchObject({
    answer: 'unknown',
    detail: 'no check may look there',
  });
});

async function fileBytes(path: string): Promise<Uint8Array> {
  return (await machine.files.read(path, 1024 * 1024)) ?? new Uint8Array();
}

/** A worker of our own making: it gets the order as `order`, and may say what it likes. */
function liar(name: string, body: string): string {
  const path = join(directory, `${name}.mjs`);
  const head = "import { text } from 'node:stream/consumers';\nconst order = JSON.parse(await text(process.stdin));";
  const reply =
    "const reply = (more) => JSON.stringify({ ticket: order.ticket, id: order.spec.id, answer: 'green', observed: 'x', observedDigest: 'a'.repeat(64), detail: 'd', ...more });";
  writeFileSync(path, `${head}\n${reply}\n${body}\n`);
  return path;
}

const GREEN = { path: '/', expect: { exists: true } };

test.each([
  ['says nothing', '', 'the check worker said something that is no reply'],
  ['says no JSON', 'console.log("green")', 'the check worker said something that is no reply'],
  [
    'replies to another order',
    'console.log(reply({ ticket: "0".repeat(32) }))',
    'the check worker replied to something else',
  ],
  ['replies to another check', 'console.log(reply({ id: "other" }))', 'the check worker replied to something else'],
  ['replies twice', 'console.log(reply()); console.log(reply())', 'the check worker said something that is no reply'],
  [
    'confirms by itself',
    'console.log(reply({ answer: "confirmed" }))',
    'the check worker said something that is no reply',
  ],
  [
    'adds a verdict',
    'console.log(reply({ verdict: "confirmed" }))',
    'the check worker said something that is no reply',
  ],
  [
    'names no digest',
    'console.log(reply({ observedDigest: "x" }))',
    'the check worker said something that is no reply',
  ],
  [
    'says too much',
    'console.log(reply({ observed: "x".repeat(5000) }))',
    'the check worker said something that is no reply',
  ],
  [
    'talks without end',
    'for (let i = 0; i < 3000; i++) console.log(reply())',
    'the check worker said more than one reply',
  ],
  [
    'says what no record can hold',
    'console.log(reply({ observed: "\\ud800" }))',
    'the check worker said something that is no reply',
  ],
  ['replies and fails', 'console.log(reply()); process.exitCode = 3', 'the check worker ended with exit code 3'],
  ['replies and is killed', 'console.log(reply()); process.kill(process.pid, "SIGKILL")', 'the check worker died'],
])('[VERIFY-10, L7] a worker that %s has said nothing', async (name, body, why) => {
  const workers = workersWith({ workerPath: liar(name.replaceAll(' ', '-'), body) });
  expect(await workers.put(await errand('file', GREEN))).toEqual({ kind: 'lost', why });
});

test('[VERIFY-10] a worker that says the one thing that it may is heard, and one that is not there is lost', async () => {
  const honest = workersWith({ workerPath: liar('honest', 'console.log(reply())') });
  expect(await honest.put(await errand('file', GREEN))).toEqual({
    kind: 'replied',
    answer: 'green',
    observed: 'x',
    observedDigest: 'a'.repeat(64),
    detail: 'd',
  });
  const nowhere = workersWith({ nodePath: '/nowhere/node' });
  expect(await nowhere.put(await errand('file', GREEN))).toMatchObject({
    kind: 'lost',
    why: expect.stringMatching(/^the check worker could not be started: /),
  });
  const late = workersWith({ workerPath: liar('late', 'setInterval(() => 0, 1000)') });
  expect(await late.put(await errand('file', GREEN, { timeoutMs: 1 }))).toEqual({
    kind: 'lost',
    why: 'the check worker did not answer in time',
  });
}, 30_000);

test('[VERIFY-10] what a check prints can not pass for a reply, wherever it prints it', async () => {
  const body = `const stuff = JSON.stringify({ id: 'it', answer: 'green', observed: 'x', observedDigest: '${'a'.repeat(64)}', detail: 'd' });
    try { require('node:fs').writeFileSync('/proc/' + process.ppid + '/fd/1', stuff) } catch {}
    console.log(stuff); process.exit(1)`;
  const answer = await ask('command', { argv: [node, '-e', body], expect: { exitCode: 0 } });
  expect(answer.kind === 'lost' || answer.answer === 'red').toBe(true);
});

test('[VERIFY-10] nothing is left of an errand, and a worker finds neither keys nor the parent’s variables', async () => {
  process.env['COUNTERSIGN_TEST_SECRET'] = 'x';
  const path = liar(
    'env',
    'console.log(reply({ observed: [Object.keys(process.env).sort(), Object.keys(order).sort()] }))',
  );
  const answer = await workersWith({ workerPath: path }).put(await errand('file', GREEN));
  delete process.env['COUNTERSIGN_TEST_SECRET'];
  expect(answer).toMatchObject({
    observed: [
      ['COUNTERSIGN_RUN', 'PATH', 'TOKEN'],
      ['directory', 'keepOut', 'mayExcerpt', 'mustBeOpen', 'scratch', 'secretVariables', 'spec', 'ticket'],
    ],
  });
  expect(leftovers()).toEqual([]);
});

test('[VERIFY-10] a worker without an order says nothing and ends', async () => {
  const worker = join(import.meta.dirname, '../../../src/adapters/checks/check-worker.ts');
  const child = spawn(node, [worker], { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdin.end('{"ticket":"short"}');
  await until(() => child.exitCode !== null);
  expect([child.exitCode, said]).toEqual([2, '']);
});

test('[VERIFY-18, L1] what an agent wrote does not run before an approval where there is no sandbox', async () => {
  const mark = join(directory, 'mark');
  const question = { argv: ['touch', mark], reads: [mark], expect: { exitCode: 0 } };
  const lost = {
    kind: 'lost',
    why: 'it runs code that nobody has approved, and there is no sandbox to run it in',
  };
  expect(await ask('command', question, { isApproved: false })).toEqual(lost);
  expect(await ask('terraform-plan', {}, { isApproved: false, origin: 'driver' })).toEqual(lost);
  expect(existsSync(mark)).toBe(false);
  // Not by what the bundle calls it, and not where the proposer's own files lie.
  expect(await ask('command', { ...question, directory: '/' }, { isApproved: false, origin: 'mandated' })).toEqual(
    lost,
  );
  expect(await ask('command', question, { isApproved: false, isMandated: true })).toEqual(lost);
  expect(existsSync(mark)).toBe(false);
  const there = await ask('command', { ...question, directory: '/' }, { isApproved: false, isMandated: true });
  expect(there).toMatchObject({ answer: 'green', observed: { stdout: '' } });
  expect(existsSync(mark)).toBe(true);
  expect(await ask('command', question, { isApproved: true })).toMatchObject({ answer: 'green' });
});

test('[VERIFY-18, L1, L11] in the sandbox it gets no secret, and what could be read is withheld until somebody approves', async () => {
  const fenced: unknown[] = [];
  const fencedProcesses: Parts['fencedProcesses'] = {
    ...machine.processes,
    run: async (spec) => {
      fenced.push(spec.environment);
      return await machine.processes.run(spec);
    },
  };
  const workers = workersWith({ fencedProcesses });
  const asked = await errand('command', { argv: ['env'], expect: { exitCode: 0 } }, { isApproved: false });
  expect(await workers.put(asked)).toMatchObject({
    answer: 'green',
    observed: { exitCode: 0, stdout: '(withheld until somebody approves)' },
  });
  expect(fenced).toEqual([{ PATH: process.env['PATH'], COUNTERSIGN_RUN: expect.stringMatching(/^check-/) }]);
  const http = await errand(
    'http',
    { url: at('/json'), expect: { status: 200, body: { contains: '3' } } },
    { isApproved: false },
  );
  expect(await workers.put(http)).toMatchObject({
    answer: 'green',
    observed: { status: 200, body: '(withheld until somebody approves)' },
  });
  expect(fenced.length).toBe(1);
});

test('[VERIFY-18, VERIFY-10] a sandbox that can not be made after all leaves the check unasked', async () => {
  const fencedProcesses: Parts['fencedProcesses'] = {
    ...machine.processes,
    run: () => Promise.reject(new Failure('SANDBOX_UNAVAILABLE', 'the sandbox can not be made', { hint: 'none' })),
  };
  const workers = workersWith({ fencedProcesses });
  const asked = await errand('command', { argv: ['env'], expect: { exitCode: 0 } }, { isApproved: false });
  expect(await workers.put(asked)).toEqual({ kind: 'lost', why: 'the sandbox can not be made' });
  expect(leftovers()).toEqual([]);
});

test('[VERIFY-23, L3, L7] a command whose files are not the sealed ones, before or while it runs, answers nothing', async () => {
  const script = join(directory, 'ask.sh');
  const mark = join(directory, 'asked');
  writeFileSync(script, `touch '${mark}'; exit 3\n`);
  const asked = await errand('command', { argv: ['sh', script], expect: { exitCode: 0 } });
  expect(await workersWith().put(asked)).toMatchObject({ answer: 'red', detail: 'the exit code is 3, not 0' });
  rmSync(mark);
  const swapping: Parts['processes'] = {
    ...machine.processes,
    run: async (spec) => {
      writeFileSync(script, 'exit 0\n');
      return await machine.processes.run(spec);
    },
  };
  const why = `${script} changed since it was approved`;
  expect(await workersWith({ processes: swapping }).put(asked)).toEqual({
    kind: 'lost',
    why: `${why}, while it ran`,
    isChanged: true,
  });
  expect(existsSync(mark)).toBe(true);
  rmSync(mark);
  expect(await workersWith().put(asked)).toEqual({ kind: 'lost', why, isChanged: true });
  expect(await workersWith().put({ ...asked, programs: [] })).toMatchObject({
    kind: 'lost',
    why: expect.stringMatching(/ was not sealed with what was approved$/),
  });
  expect(existsSync(mark)).toBe(false);
  expect(leftovers()).toEqual([]);
});
