/** A proposal whose time ran out, in the words of everything that names its state. */

import { expect } from 'vitest';
import { compose } from '../../../../src/compose.ts';
import { inspectRecord } from '../../../../src/surfaces/cli/doctor/inspect-record.ts';
import { renderList } from '../../../../src/surfaces/cli/render/list.ts';
import { renderShow } from '../../../../src/surfaces/cli/render/show.ts';
import { paintFor } from '../../../../src/surfaces/cli/terminal.ts';
import { listedProposal } from '../../../../src/surfaces/cli/view/listed-proposal.ts';
import { proposalView } from '../../../../src/surfaces/cli/view/proposal-view.ts';
import { needs } from '../../../real/needs.ts';
import { realLoop } from '../../../support/real-loop.ts';

const signTest = needs('ssh-keygen');
const PLAIN = paintFor(false);
const HOUR_MS = 3_600_000;

signTest('[CLI-17] list, show and doctor agree on what ran out, as text and as JSON', async () => {
  const loop = await realLoop();
  const id = await loop.propose('argv');
  const countersign = compose(loop.environment);
  const reading = await countersign.reading();
  const surroundings = await countersign.surroundings();

  const words = async (nowMs: number): Promise<readonly unknown[]> => {
    const row = await reading.projections.proposal(id);
    const examined = await reading.examine(id, { kind: 'unchecked', why: 'not asked' });
    if (row === undefined || examined.state.kind === 'absent') throw new TypeError('it was proposed');
    const listed = listedProposal(row, { ...examined, executable: null, waitsFor: [] }, nowMs);
    const found = {
      ...examined,
      state: examined.state,
      preview: undefined,
      evidence: null,
      unchecked: null,
      executable: null,
      waitsFor: [],
    };
    const view = proposalView(found, nowMs);
    const clock = { ...surroundings.clock, nowMs: () => nowMs };
    const findings = await inspectRecord(countersign, { ...surroundings, clock });
    return [
      listed.ranOut,
      renderList({ listed: [listed], unchecked: null }, PLAIN, nowMs).split(/ {2,}/)[1],
      view.ranOut,
      renderShow(view, PLAIN, nowMs).split('\n')[0]?.split(/ {2,}/).at(-1),
      findings.find(({ what }) => what === 'proposals')?.detail,
    ];
  };

  const atMs = Date.now();
  expect(await words(atMs)).toEqual([null, 'open', null, 'open', '1 open']);
  const over = ['proposal', 'expired', 'proposal', 'expired', '1 expired'];
  expect(await words(atMs + 25 * HOUR_MS)).toEqual(over);
  await loop.approve(id);
  expect(await words(Date.now())).toEqual([null, 'approved', null, 'approved', '1 approved']);
  expect(await words(Date.now() + 2 * HOUR_MS)).toEqual(['approvals', 'lapsed', 'approvals', 'lapsed', '1 lapsed']);
  expect(await words(atMs + 25 * HOUR_MS)).toEqual(over);
});
