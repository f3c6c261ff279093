/** A record of a million events: pages, verification, heads: `node bench/record-million.ts [COUNT]`. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openSqliteStore, type Store, sha256, systemClock, systemRandom } from '../src/adapters/index.ts';
import { checkAgainstHead } from '../src/record/advance-head.ts';
import { isSignedBy } from '../src/record/examine-signatures.ts';
import { type VerificationAnswer, verifyRecord } from '../src/record/index.ts';
import { following, happened } from '../test/support/events.ts';
import { type LifeBlobs, lifeOf, RUNNER } from '../test/support/whole-life.ts';
import { printReport, quantile, type Timed, timed } from './report.ts';

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const digest = (name: string): string => sha256(name);

/** Whole lives of thirteen events, four of them signed; the signatures are made once, since making them is not measured. */
const blobs: LifeBlobs = {
  bundle: digest('bundle'),
  preview: digest('preview'),
  plan: digest('plan'),
  output: digest('output'),
  evidence: digest('evidence'),
  secret: digest('secret'),
};
const life = lifeOf('p', 'target', blobs);

async function fill(store: Store): Promise<number> {
  let index = 0;
  for (let done = 0; done < EVENTS; ) {
    const lives = Math.min(200, Math.ceil((EVENTS - done) / life.length));
    const batches = Array.from({ length: lives }, () => {
      const id = `p${String(index++).padStart(7, '0')}`;
      const target = `target-of-${id}`;
      const steps = life.map(([actor, body]) => ({ actor, body: renamed(body, id, target) }));
      const batch = following(id, target).next(...steps.map((step) => step.body));
      return { ...batch, happened: steps.map(({ actor, body }) => ({ ...happened(body), actor })) };
    });
    await Promise.all(batches.map((batch) => store.log.append(batch)));
    done += lives * life.length;
  }
  return (await store.log.head()).seq;
}

function renamed<Body extends (typeof life)[number][1]>(body: Body, proposal: string, target: string): Body {
  if (body.type === 'drafted') return { ...body, proposal, target };
  if (body.type !== 'approval-given') return body;
  return { ...body, approval: { ...body.approval, document: { ...body.approval.document, proposal, target } } };
}

async function pages(work: (at: number) => Promise<unknown>, times = 400): Promise<readonly number[]> {
  const spent: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const at = 1 + Math.floor((EVENTS / times) * time);
    spent.push((await timed(() => work(at))).ms);
  }
  return spent;
}

function open(path: string): Promise<Store> {
  return openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });
}

/** The other half of a verification, in a process of its own, as `countersign record verify` has it done. */
async function otherShare(path: string): Promise<readonly VerificationAnswer[]> {
  const child = spawn(process.execPath, [import.meta.filename, 'share', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return [JSON.parse(await text(child.stdout))];
}

const [command, sharedPath] = process.argv.slice(2);
if (command === 'share' && sharedPath !== undefined) {
  const { source } = await open(sharedPath);
  const share = { part: 2, of: 2 };
  const answer = await verifyRecord({ source, hash: sha256, depth: { kind: 'meaning' }, earlier: [], share });
  process.stdout.write(JSON.stringify(answer));
  process.exit(0);
}

const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
try {
  const path = join(directory, 'record.db');
  const store = await open(path);
  const filled = await timed(() => fill(store));
  const verify = (kind: 'links' | 'meaning'): Promise<Timed<VerificationAnswer>> =>
    timed(() => verifyRecord({ source: store.source, hash: sha256, depth: { kind }, earlier: [] }));
  const links = await verify('links');
  const alone = await verify('meaning');
  const meaning = await timed(() =>
    verifyRecord({
      source: store.source,
      hash: sha256,
      depth: { kind: 'meaning' },
      earlier: [],
      share: { part: 1, of: 2 },
      others: () => otherShare(path),
    }),
  );
  if (![links, alone, meaning].every(({ answer }) => answer.kind === 'whole'))
    throw new TypeError('the record is not whole');
  const tree = await timed(() => checkAgainstHead({ source: store.source, hash: sha256 }, undefined));
  const eventPages = await pages((at) => store.log.read({ afterSeq: at, limit: 50 }));
  const listPages = await pages((at) => store.projections.proposals({ beforeSeq: at, limit: 50 }));
  const typePages = await pages((at) => store.log.read({ afterSeq: at, types: ['executed'], limit: 50 }));
  const streams = await pages((at) => {
    const id = `p${String(Math.floor((at - 1) / life.length)).padStart(7, '0')}`;
    return store.log.read({ afterSeq: 0, stream: `proposal:${id}`, limit: 50 });
  });
  const signature = RUNNER.signNow('text');
  const signed = await timed(() => {
    for (let time = 0; time < 5_000; time += 1)
      if (!isSignedBy(RUNNER.key, 'text', signature)) throw new TypeError('unsigned');
  });
  const perSecond = (ms: number): number => filled.answer / (ms / 1000);
  printReport({
    title: `record: ${filled.answer.toLocaleString('en')} events, ${Math.round(statSync(path).size / 2 ** 20)} MB`,
    ratios: [
      { name: 'full verification over the chain alone', value: meaning.ms / links.ms },
      { name: 'full verification by one process over that by two', value: alone.ms / meaning.ms },
      { name: 'filling over full verification', value: filled.ms / meaning.ms },
    ],
    measures: [
      { name: 'fill (groups of 200 lives of 13 events)', value: perSecond(filled.ms), unit: 'events/s' },
      { name: 'verify the chain alone', value: perSecond(links.ms), unit: 'events/s' },
      {
        name: 'verify everything that is said (chain, shape, fold, projections)',
        value: perSecond(meaning.ms),
        unit: 'events/s',
      },
      { name: 'signatures, a pass of its own', value: 5_000 / (signed.ms / 1000), unit: 'signatures/s' },
      { name: 'full verification by one process', value: alone.ms, unit: 'ms' },
      { name: 'full verification by one process, computing alone', value: alone.cpuMs, unit: 'ms CPU' },
      { name: 'chain and Merkle tree from nothing (first head)', value: tree.ms, unit: 'ms' },
    ],
    bounds: [
      { name: 'page of 50 events, p95', value: quantile(eventPages, 0.95), most: 5, unit: 'ms' },
      { name: 'page of 50 proposals, p95', value: quantile(listPages, 0.95), most: 5, unit: 'ms' },
      { name: 'page of 50 events of one type, p95', value: quantile(typePages, 0.95), most: 5, unit: 'ms' },
      { name: 'all events of one proposal, p95', value: quantile(streams, 0.95), most: 5, unit: 'ms' },
      { name: 'verify the chain alone', value: links.ms, most: 10_000, unit: 'ms' },
      { name: 'full verification', value: meaning.ms, most: 10_000, unit: 'ms' },
    ],
  });
  await store.close();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
