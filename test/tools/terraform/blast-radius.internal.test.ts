import { expect, test } from 'vitest';
import type { Json } from '../../../src/kernel/index.ts';
import { blastRadius } from '../../../src/tools/terraform/blast-radius.ts';
import { readPlan } from '../../../src/tools/terraform/read-plan.ts';

type Members = { readonly [name: string]: Json };

const said = (document: Members): string =>
  blastRadius(readPlan(new TextEncoder().encode(JSON.stringify({ format_version: '1.2', ...document }))));

function planned(address: string, provider: string, actions: readonly string[], more: Members = {}): Json {
  const { importing = null, ...members } = more;
  const change = { actions, before: null, after: null, ...(importing === null ? {} : { importing }) };
  return { address, mode: 'managed', type: 't', name: 'n', provider_name: provider, change, ...members };
}

const thing = (address: string, provider_name: string, mode = 'managed'): Json => ({ address, mode, provider_name });

test('[TERRAFORM-26] a plan says how many it destroys, and of how many objects, providers and modules it touches how many', () => {
  expect(
    said({
      resource_changes: [
        planned('a.gone', 'p1', ['delete']),
        planned('a.gone', 'p1', ['delete'], { deposed: 'abc' }),
        planned('module.m["x.y"].a.anew', 'p1', ['delete', 'create']),
        planned('module.m["z"].a.new', 'p2', ['create']),
        planned('module.m["z"].module.n.a.same', 'p3', ['no-op']),
        { ...Object(planned('data.d.read', 'p5', ['read'])), mode: 'data' },
      ],
      prior_state: {
        values: {
          root_module: {
            resources: [
              thing('a.gone', 'p1'),
              thing('data.d.x', 'p6', 'data'),
              thing('a.untouched[0]', 'p4'),
              thing('a.untouched[1]', 'p4'),
            ],
            child_modules: [{ child_modules: [{ resources: [thing('module.o.module.p.a.b', 'p4')] }] }],
          },
        },
      },
      planned_values: { root_module: { resources: [thing('a.untouched[0]', 'p4'), thing('a.planned', 'p1')] } },
    }),
  ).toBe('destroys 2 and touches 3 of 8 objects, 2 of 4 providers, 2 of 4 modules');
});

test('[TERRAFORM-26] what is moved, imported or no longer managed is touched; what stays is not', () => {
  expect(
    said({
      resource_changes: [
        planned('a.b', 'p', ['no-op'], { previous_address: 'a.c' }),
        planned('a.d', 'p', ['no-op'], { importing: { id: 'i' } }),
        planned('a.e', 'p', ['forget']),
        planned('a.f', 'p', ['no-op']),
      ],
    }),
  ).toBe('destroys 0 and touches 3 of 4 objects, 1 of 1 providers, 1 of 1 modules');
});
