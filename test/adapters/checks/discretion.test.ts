import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMachine, spawnedCheckWorkers } from '../../../src/adapters/index.ts';
import type { CheckKind, JsonObject } from '../../../src/kernel/index.ts';
import type { WorkerAnswer } from '../../../src/loop/verify/index.ts';
import { sealErrand } from '../../support/sealed-errand.ts';

const machine = openMachine();
const NOT_OPEN = 'until somebody approves this, it is looked at only where every account may read it';
const WITHHELD = 'what was seen is withheld until somebody approves';

let root = '';
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-discretion-')));
  chmodSync(root, 0o755);
  for (const [name, mode] of [
    ['open', 0o755],
    ['closed', 0o750],
  ] as const) {
    mkdirSync(join(root, name));
    const database = new DatabaseSync(join(root, name, 'shop.db'));
    database.exec('create table t (a); insert into t values (1)');
    database.close();
    writeFileSync(join(root, name, 'file'), 'v2');
    writeFileSync(join(root, name, 'private'), 'v2', { mode: 0o640 });
    for (const file of ['shop.db', 'file']) chmodSync(join(root, name, file), 0o644);
    chmodSync(join(root, name), mode);
  }
  symlinkSync(join(root, 'closed', 'file'), join(root, 'open', 'way'));
  symlinkSync(join(root, 'closed'), join(root, 'open', 'there'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Asking = { readonly isApproved?: boolean; readonly isMandated?: boolean; readonly mayOthersPropose?: boolean };

async function ask(kind: CheckKind, question: JsonObject, asking: Asking = {}): Promise<WorkerAnswer> {
  const { isApproved = false, isMandated = false, mayOthersPropose = true } = asking;
  const at = (name: string): string => join(root, 'home', name);
  const workers = spawnedCheckWorkers({
    ...machine,
    fencedProcesses: machine.processes,
    nodePath: process.execPath,
    environment: { PATH: process.env['PATH'] ?? '' },
    secretVariables: [],
    mayOthersPropose,
    keepOut: [],
    places: { scratch: at('errands'), fencedScratch: at('scratch'), programs: at('programs') },
  });
  const spec = { id: 'it', kind, claim: 'it holds', origin: 'proposal', question, timeoutMs: 20_000 } as const;
  return await workers.put(await sealErrand({ phase: 'proposed', isApproved, isMandated, directory: root, spec }));
}

const contains = (path: string, text = 'v2'): JsonObject => ({ path: `${root}/${path}`, expect: { contains: text } });
const unknown = { kind: 'replied', answer: 'unknown', observed: null, detail: NOT_OPEN };
const told = (answer: 'green' | 'red'): object => ({
  kind: 'replied',
  answer,
  observed: null,
  detail: `${answer}: ${WITHHELD}`,
});

test('[VERIFY-24, L1, L11] of what nobody approved a file is looked at only where every account may read it', async () => {
  expect(await ask('file', contains('open/file'))).toMatchObject(told('green'));
  expect(await ask('file', contains('open/file', 'v3'))).toMatchObject(told('red'));
  for (const path of [
    'closed/file',
    'open/private',
    'open/there/file',
    'closed/nowhere',
    'closed',
    'open/there/../closed/file',
  ]) {
    expect(await ask('file', contains(path))).toMatchObject(unknown);
    expect(await ask('file', { path: `${root}/${path}`, expect: { exists: false } })).toMatchObject(unknown);
  }
  expect(await ask('file', { path: join(root, 'open/nowhere/at'), expect: { exists: false } })).toMatchObject(
    told('green'),
  );
});

test('[VERIFY-24, L1, L11] of what nobody approved a database is looked at only where every account may read it', async () => {
  const count = (path: string): JsonObject => ({
    path: join(root, path),
    query: 'select count(*) from t',
    expect: { scalar: 1 },
  });
  expect(await ask('sqlite', count('open/shop.db'))).toMatchObject(told('green'));
  for (const path of ['closed/shop.db', 'open/there/shop.db', 'closed/nowhere.db']) {
    expect(await ask('sqlite', count(path))).toMatchObject(unknown);
  }
  const broken = { ...count('open/shop.db'), query: 'select secret from t' };
  expect(await ask('sqlite', broken)).toMatchObject({ answer: 'unknown', detail: `unknown: ${WITHHELD}` });
});

test('[VERIFY-24, L1, L11] of what nobody approved a command and a server tell their colour and no more', async () => {
  const prints = { argv: ['sh', '-c', 'echo secret; exit 3'], expect: { exitCode: 0 } };
  expect(await ask('command', prints)).toMatchObject(told('red'));
  expect(await ask('command', { ...prints, expect: { exitCode: 3 } })).toMatchObject(told('green'));
  writeFileSync(join(root, 'later.sh'), 'exit 0');
  const closed = { argv: ['sh', '/proc/1/environ'], expect: { exitCode: 0 } };
  expect(await ask('command', closed)).toEqual({
    kind: 'lost',
    why: 'what it would run is not what was sealed, or may not be read',
    isChanged: true,
  });
  const server = createServer((_, response) => response.writeHead(418).end('secret')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  // A listening TCP server has an address of this form.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect(await ask('http', { url, expect: { status: 200 } })).toMatchObject(told('red'));
  server.close();
});

test('[VERIFY-24] what somebody approved or mandates, and what an account of our own proposes, is told in full', async () => {
  const seen = { answer: 'green', detail: 'it is as expected', observed: { is: 'file', sizeBytes: 2 } };
  for (const asking of [{ isApproved: true }, { isMandated: true }, { mayOthersPropose: false }]) {
    expect(await ask('file', contains('closed/file'), asking)).toMatchObject(seen);
  }
});
