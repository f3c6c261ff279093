/** Lines as `terraform apply -json` prints them, for tests of their readers. */

import type { PlannedChange } from '../../../src/tools/terraform/read-plan.ts';

type Line = Readonly<Record<string, unknown>>;

const line = (content: Line): string =>
  `${JSON.stringify({ '@level': 'info', '@module': 'terraform.ui', ...content })}\n`;
const hook = (type: string, address: string, action: string, more: Line = {}): string =>
  line({ type, hook: { resource: { addr: address, module: '' }, action, ...more } });

export const VERSION: string = line({ type: 'version', terraform: '1.11.4', ui: '1.2' });
export const started = (address: string, action = 'create'): string => hook('apply_start', address, action);
export const completed = (address: string, action = 'create', id = 'id-1'): string =>
  hook('apply_complete', address, action, { id_key: 'id', id_value: id, elapsed_seconds: 0 });
export const errored = (address: string, action = 'create'): string =>
  hook('apply_errored', address, action, { elapsed_seconds: 0 });
export const whole = (address: string, action = 'create'): string =>
  started(address, action) + completed(address, action);
export const summary = (add: number, change = 0, remove = 0, imported = 0, operation = 'apply'): string =>
  line({ type: 'change_summary', changes: { add, change, import: imported, remove, operation } });
export const diagnostic = (text: string, address?: string, severity = 'error'): string =>
  line({
    type: 'diagnostic',
    diagnostic: {
      severity,
      summary: text,
      detail: 'a detail',
      ...(address === undefined ? {} : { address }),
      range: { filename: 'main.tf', start: { line: 3, column: 5 }, end: { line: 3, column: 6 } },
    },
  });

export const bytes = (...lines: readonly string[]): Uint8Array => new TextEncoder().encode(lines.join(''));

/** One planned change; everything but address and actions is empty. */
export function change(address: string, actions: readonly string[], more: Partial<PlannedChange> = {}): PlannedChange {
  return {
    address,
    previousAddress: undefined,
    deposed: undefined,
    mode: 'managed',
    type: 'terraform_data',
    provider: 'terraform.io/builtin/terraform',
    actions,
    reason: undefined,
    importId: undefined,
    before: null,
    after: null,
    afterUnknown: false,
    beforeSensitive: false,
    afterSensitive: false,
    replacePaths: [],
    ...more,
  };
}
