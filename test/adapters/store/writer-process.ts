/**
 * Appends until it is killed: `node writer-process.ts PATH NAME own|shared COUNT`.
 *
 * Prints `seq hash` for every event that the store acknowledged. `own`: proposals of its own. `shared`: comments on one proposal.
 */

import { openSqliteStore, sha256, systemClock, systemRandom } from '../../../src/adapters/index.ts';
import type { RecordedEvent } from '../../../src/record/index.ts';
import { commented, drafted, following, happened } from '../../support/events.ts';

const [path = '', name = '', mode, count = '0'] = process.argv.slice(2);
const store = await openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });

function acknowledge(events: readonly RecordedEvent[]): void {
  for (const event of events) process.stdout.write(`${event.seq} ${event.hash}\n`);
}

async function appendOwn(index: number): Promise<void> {
  const id = `${name}-${index}`;
  const answer = await store.log.append(following(id).next(drafted(id, `target-of-${id}`), commented(id)));
  if (answer.kind === 'appended') acknowledge(answer.events);
}

async function appendShared(index: number): Promise<void> {
  for (;;) {
    const row = await store.projections.proposal('shared');
    const target = await store.projections.target('target-of-shared');
    if (row === undefined) throw new TypeError('the shared proposal is missing');
    const answer = await store.log.append({
      proposal: 'shared',
      target: 'target-of-shared',
      seenStreamSeq: row.seq,
      seenTargetSeq: target.seq,
      happened: [happened(commented(`${name} ${index}`))],
      state: row.state,
      targetState: target.state,
    });
    if (answer.kind === 'conflict') continue;
    acknowledge(answer.events);
    return;
  }
}

for (let index = 0; index < Number(count); index += 1) {
  if (mode === 'shared') await appendShared(index);
  else await appendOwn(index);
}
await store.close();
