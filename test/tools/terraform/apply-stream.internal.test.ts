import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readApplyStream } from '../../../src/tools/terraform/apply-stream.ts';
import { bytes, completed, diagnostic, errored, started, summary, VERSION } from './apply-events.ts';

const plain = (text: string): string => text;

test('[TERRAFORM-04] the events that say something are read in order, the others passed over', () => {
  const stream = readApplyStream(
    bytes(
      VERSION,
      summary(1, 0, 0, 0, 'plan'),
      started('a'),
      '{"type":"provision_progress","hook":{}}\n',
      '\n',
      completed('a'),
      started('b', 'delete'),
      errored('b', 'delete'),
      diagnostic('it broke', 'b'),
      summary(1, 2, 3, 4),
    ),
    plain,
  );
  expect(stream).toEqual({
    events: [
      { kind: 'start', address: 'a', action: 'create' },
      { kind: 'complete', address: 'a', action: 'create', id: 'id-1' },
      { kind: 'start', address: 'b', action: 'delete' },
      { kind: 'error', address: 'b', action: 'delete' },
      {
        kind: 'diagnostic',
        severity: 'error',
        summary: 'it broke',
        detail: 'a detail',
        address: 'b',
        where: 'main.tf:3:5',
      },
      { kind: 'summary', counts: { add: 1, change: 2, remove: 3, import: 4 } },
    ],
    unreadable: [],
    unreadableCount: 0,
  });
});

test.each([
  ['crash output', 'panic: runtime error\n'],
  ['a cut line', started('a').slice(0, 40)],
  ['an array', '[1]\n'],
  ['a text', '"apply_complete"\n'],
  ['an object without a type', '{"hook":{}}\n'],
  ['a type that is no text', '{"type":7}\n'],
  ['an empty type', '{"type":""}\n'],
  ['a start without a resource', '{"type":"apply_start","hook":{"action":"create"}}\n'],
  ['a start without an action', '{"type":"apply_start","hook":{"resource":{"addr":"a"}}}\n'],
  ['an end without an address', '{"type":"apply_complete","hook":{"resource":{"addr":""},"action":"create"}}\n'],
  ['an error without a hook', '{"type":"apply_errored"}\n'],
  ['a summary without counts', '{"type":"change_summary","changes":{"operation":"apply"}}\n'],
  ['a negative count', '{"type":"change_summary","changes":{"add":-1,"change":0,"remove":0,"operation":"apply"}}\n'],
  ['a diagnostic without words', '{"type":"diagnostic","diagnostic":{}}\n'],
])('[TERRAFORM-04] %s counts as unreadable', (_what, line) => {
  expect(readApplyStream(bytes(line), plain)).toMatchObject({ events: [], unreadableCount: 1 });
});

test('[TERRAFORM-04, L11, L12] what could not be read is kept masked, visible, cut short and bounded', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `secret-${index} \u202e\u001b[2J ${'x'.repeat(500)}\n`);
  const stream = readApplyStream(bytes(...lines), (text) => text.replaceAll('secret', '(sensitive)'));
  expect(stream.unreadableCount).toBe(30);
  expect(stream.unreadable).toHaveLength(20);
  expect(stream.unreadable[0]).toMatch(/^\(sensitive\)-0 ⟨U\+202E⟩⟨U\+001B⟩\[2J x{100,200}$/);
});

test('[TERRAFORM-07, L11] ids and diagnostics are masked before anybody cuts them', () => {
  const mask = (text: string): string => text.replaceAll('hunter2', '(sensitive)');
  const stream = readApplyStream(bytes(completed('a', 'create', 'x-hunter2'), diagnostic('bad hunter2')), mask);
  expect(JSON.stringify(stream)).not.toContain('hunter2');
  expect(stream.events[0]).toMatchObject({ id: 'x-(sensitive)' });
});

test('[TERRAFORM-04] any bytes are read without a throw, and no event is made of noise', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
      const stream = readApplyStream(noise, plain);
      const lines = new TextDecoder()
        .decode(noise)
        .split('\n')
        .filter((line) => line.trim() !== '');
      expect(stream.unreadableCount).toBeLessThanOrEqual(lines.length);
    }),
    { numRuns: 500 },
  );
});

const aLine = fc.constantFrom(
  VERSION,
  started('a'),
  completed('a'),
  errored('b'),
  diagnostic('d'),
  summary(1),
  'noise\n',
);

test('[TERRAFORM-04] wherever a stream is cut, what came before is read and the torn line is counted', () => {
  fc.assert(
    fc.property(
      fc.array(aLine, { minLength: 1, maxLength: 8 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (lines, where) => {
        const all = bytes(...lines);
        const cut = all.subarray(0, Math.floor(all.length * where));
        const read = readApplyStream(cut, plain);
        const full = readApplyStream(all, plain);
        expect(full.events.slice(0, read.events.length)).toEqual(read.events);
        const text = new TextDecoder().decode(cut);
        const isTorn = text !== '' && !text.endsWith('\n') && !text.endsWith('}');
        const wholeLines = text
          .split('\n')
          .slice(0, -1)
          .filter((line) => line === 'noise').length;
        expect(read.unreadableCount).toBe(wholeLines + (isTorn ? 1 : 0));
      },
    ),
    { numRuns: 300 },
  );
});
