/** What becomes of one change: the effect on the world, and the answer that Terraform gets of it, which need not agree. */

import type { Cloud, Thing, ThingAttributes } from './cloud.ts';
import { type Attributes, Unknown } from './wire-values.ts';

/** The ways in which a change can go. */
const MODES = ['ok', 'quota', 'partial', 'lost', 'crash', 'hang', 'slow', 'wrong-id'] as const;

/** One of them. */
export type Mode = (typeof MODES)[number];

/** What Terraform is told. `silence` means that no answer ever comes. */
export type ChangeAnswer =
  | { readonly kind: 'answered'; readonly state: Attributes; readonly error?: string }
  | { readonly kind: 'silence' };

/** The attributes that belong to the world; the others are the provider's. */
const COMPUTED: ReadonlySet<string> = new Set(['id', 'creation']);
const POLL_MS = 20;

/** One change, as Terraform asks for it. */
export type Change = { readonly cloud: Cloud; readonly prior: Attributes; readonly planned: Attributes };

/** Makes a change in the mode that the thing itself names: `mode` for creating and updating, `destroy_mode` for destroying. */
export async function applyChange(change: Change): Promise<ChangeAnswer> {
  const { cloud, prior, planned } = change;
  const name = String((planned ?? prior)?.['name']);
  const mode = modeOf(cloud.overruled(name) ?? (planned === null ? prior?.['destroy_mode'] : planned['mode']));
  if (mode === 'quota') return { kind: 'answered', state: prior, error: 'the quota of this account is used up' };
  if (mode === 'slow') await raised(cloud, name);
  const state = mode === 'partial' ? takeHalfEffect(change) : takeEffect(change);
  switch (mode) {
    case 'ok':
    case 'slow':
      return { kind: 'answered', state };
    case 'partial':
      return { kind: 'answered', state, error: 'it was made, and never became ready' };
    case 'lost':
      return { kind: 'answered', state: prior, error: 'the connection was lost before the answer came' };
    case 'wrong-id':
      return { kind: 'answered', state: state === null ? null : { ...state, id: 'thing-of-nobody' } };
    case 'crash':
      process.exit(1);
      break;
    case 'hang':
      cloud.raise(`stands-${name}`);
  }
  return { kind: 'silence' };
}

/** A thing as Terraform keeps it. */
export function stateOf(thing: Thing): Attributes {
  return { ...thing.attributes, id: thing.id, creation: thing.creation };
}

function takeEffect({ cloud, prior, planned }: Change): Attributes {
  if (planned === null) {
    cloud.delete(String(prior?.['id']), 'delete');
    return null;
  }
  if (prior === null) return stateOf(cloud.create(attributesOf(planned)));
  return stateOf(cloud.change(String(prior['id']), attributesOf(planned), 'update'));
}

/** A creation whose answer says so and yet is an error; an update of the name alone; a destruction that leaves a ruin. */
function takeHalfEffect(change: Change): Attributes {
  const { cloud, prior, planned } = change;
  if (prior === null) return takeEffect(change);
  const half = planned === null ? { size: null } : { name: String(planned['name']) };
  return stateOf(cloud.change(String(prior['id']), half, 'half-update'));
}

async function raised(cloud: Cloud, name: string): Promise<void> {
  cloud.raise(`waits-${name}`);
  while (!cloud.isRaised('go')) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

function attributesOf(planned: NonNullable<Attributes>): ThingAttributes {
  const own = Object.entries(planned).filter(([name]) => !COMPUTED.has(name));
  return Object.fromEntries(
    own.map(([name, value]) => {
      if (value instanceof Unknown || typeof value === 'object') return [name, null];
      return [name, value];
    }),
  );
}

function modeOf(value: unknown): Mode {
  const mode = MODES.find((known) => known === (value ?? 'ok'));
  if (mode === undefined) throw new TypeError(`there is no mode ${String(value)}`);
  return mode;
}
