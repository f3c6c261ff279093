import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../../scripts/reference-pages.ts';

test.each(Object.entries(referencePages()))('[CLI-13] docs/reference/%s says what the code does', (name, text) => {
  expect(text.length).toBeGreaterThan(500);
  expect(readFileSync(join(import.meta.dirname, '../../docs/reference', name), 'utf8')).toBe(text);
});
