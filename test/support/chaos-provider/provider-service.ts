/** The chaos provider's answers to Terraform, call by call. */

import type { handleUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { applyChange, stateOf } from './apply-change.ts';
import type { Cloud } from './cloud.ts';
import { FORCES_REPLACEMENT, SCHEMAS } from './thing-schema.ts';
import { type Attributes, type DynamicValue, fromWire, toWire, Unknown } from './wire-values.ts';

type Sent = Readonly<Record<string, DynamicValue & { readonly json?: Uint8Array } & string>> & {
  readonly raw_state?: { readonly json: Uint8Array };
  readonly source_state?: { readonly json: Uint8Array };
};
type Answer = Readonly<Record<string, unknown>>;

/** Answers from a world. */
export function providerService(cloud: Cloud): UntypedServiceImplementation {
  const calls: Readonly<Record<string, (sent: Sent) => Answer | Promise<Answer>>> = {
    GetProviderSchema: () => SCHEMAS,
    ValidateProviderConfig: () => ({}),
    ValidateResourceConfig: () => ({}),
    ValidateDataResourceConfig: () => ({}),
    ConfigureProvider: () => ({}),
    StopProvider: () => ({}),
    UpgradeResourceState: ({ raw_state }) => ({ upgraded_state: toWire(readJson(raw_state)) }),
    MoveResourceState: ({ source_state }) => ({ target_state: toWire(readJson(source_state)) }),
    ReadResource: (sent) => readResource(cloud, fromWire(sent['current_state'])),
    ReadDataSource: () => {
      if (cloud.isRaised('reads-fail')) return failed('the world does not answer');
      return { state: toWire({ names: cloud.things().map(({ attributes }) => String(attributes['name'])) }) };
    },
    PlanResourceChange: (sent) => planChange(fromWire(sent['prior_state']), fromWire(sent['proposed_new_state'])),
    ApplyResourceChange: async (sent) => await apply(cloud, sent),
    ImportResourceState: (sent) => importThing(cloud, String(sent['type_name']), String(sent['id'])),
  };
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, unary(call)]));
}

function unary(call: (sent: Sent) => Answer | Promise<Answer>): handleUnaryCall<Sent, Answer> {
  return ({ request }, reply) => {
    Promise.resolve()
      .then(async () => await call(request))
      .then((answer) => reply(null, answer))
      .catch((thrown: unknown) => reply(null, failed(String(thrown))));
  };
}

function readResource(cloud: Cloud, current: Attributes): Answer {
  if (cloud.isRaised('reads-fail')) return { new_state: toWire(current), ...failed('the world does not answer') };
  const found = cloud.find(current?.['id']);
  return { new_state: toWire(found === undefined ? null : stateOf(found)) };
}

function planChange(prior: Attributes, proposed: Attributes): Answer {
  if (proposed === null) return { planned_state: toWire(null) };
  if (prior === null) {
    return { planned_state: toWire({ ...proposed, id: new Unknown(), creation: new Unknown() }) };
  }
  const isMoving = prior[FORCES_REPLACEMENT] !== proposed[FORCES_REPLACEMENT];
  return {
    planned_state: toWire(proposed),
    requires_replace: isMoving ? [{ steps: [{ attribute_name: FORCES_REPLACEMENT }] }] : [],
  };
}

async function apply(cloud: Cloud, sent: Sent): Promise<Answer> {
  const change = { cloud, prior: fromWire(sent['prior_state']), planned: fromWire(sent['planned_state']) };
  const answer = await applyChange(change);
  if (answer.kind === 'silence') return await new Promise(() => undefined);
  return { new_state: toWire(answer.state), ...(answer.error === undefined ? {} : failed(answer.error)) };
}

function importThing(cloud: Cloud, type: string, id: string): Answer {
  const found = cloud.find(id);
  if (found === undefined) return failed(`there is no ${id} in this world`);
  return { imported_resources: [{ type_name: type, state: toWire(stateOf(found)) }] };
}

function failed(summary: string): Answer {
  return { diagnostics: [{ severity: 'ERROR', summary, detail: 'the chaos provider was told to' }] };
}

function readJson(raw: { readonly json: Uint8Array } | undefined): Attributes {
  // The state was written from this very schema.
  return JSON.parse(new TextDecoder().decode(raw?.json)) as Attributes;
}
