/** Plays one cell of the crash matrix: the fault, what everybody says of it, and the way back to its end. */

import type { BackendKind, WayBack } from './fault-names.ts';
import type { Fault } from './faults.ts';
import { CHAIN, MatrixStage } from './matrix-stage.ts';

/** What a cell came to. */
export type CrashRow = {
  /** How Terraform ended, and its first error. */
  readonly terraform: string;
  readonly outcome: string | null;
  readonly verdict: string | null;
  readonly state: string;
  /** Each planned object, as `a unknown`. */
  readonly resources: readonly string[];
  /** What Terraform's state holds. */
  readonly remembered: readonly string[];
  /** What really stands, by name. */
  readonly truth: readonly string[];
  readonly isLocked: boolean;
};

/** A cell that was played to its end. */
export type PlayedCell = {
  readonly row: CrashRow;
  /** Names that were created more than once before anybody recovered: must be empty. */
  readonly twice: readonly string[];
  /** Events that were there before the fault and are not there any more: must be empty. */
  readonly lost: readonly string[];
  /** Exit codes of one more `execute`, and of `record verify`. */
  readonly afterwards: readonly (number | null)[];
  readonly stage: MatrixStage;
  readonly id: string;
};

/** Plays the fault. */
export async function playFault(fault: Fault, kind: BackendKind): Promise<PlayedCell> {
  const stage = await MatrixStage.make(kind);
  await stage.configure(fault.configuration ?? CHAIN);
  const id = await stage.approved();
  // Only the object in the middle goes wrong: the others are made as they come.
  stage.cloud.overrule(fault.mode, 'one');
  const acknowledged = await eventsOf(stage, id);
  await fault.play(stage, id);
  const terraform = terraformWords(stage.toolSaid()).replace(`${stage.directory}/`, '');
  stage.cloud.overrule(undefined);
  await fault.mend?.(stage);
  await stage.loop.run('verify', id);
  const shown = await stage.loop.show(id);
  const row: CrashRow = {
    terraform,
    outcome: shown.outcome,
    verdict: shown.verdict,
    state: shown.state,
    resources: shown.resources.map(({ address, status }) => `${address.replace('chaos_thing.', '')} ${status}`),
    remembered: stage.backend.rows().map((line) => line.replace('chaos_thing.', '')),
    truth: stage.cloud.things().map(({ attributes }) => String(attributes['name'])),
    isLocked: stage.backend.isLocked(),
  };
  const kept = await eventsOf(stage, id);
  const afterwards = [(await stage.loop.run('execute', id)).code, (await stage.loop.run('record', 'verify')).code];
  const created = stage.cloud.effects().filter((effect) => effect.startsWith('create '));
  const twice = created.filter((effect, index) => created.indexOf(effect) !== index);
  return { row, twice, lost: acknowledged.filter((event, index) => kept[index] !== event), afterwards, stage, id };
}

async function eventsOf(stage: MatrixStage, id: string): Promise<readonly string[]> {
  return (await stage.loop.show(id)).events.map((event) => JSON.stringify(event));
}

/** What is left when every way back was gone. */
export type Recovered = {
  /** What really stands, by name, sorted. */
  readonly truth: readonly string[];
  /** Exit code of a plan of the whole configuration: 0 is "No changes". */
  readonly plan: number;
  readonly held: number;
  readonly isLocked: boolean;
};

/** Goes the ways back, each round the whole loop, and releases the target. */
export async function recover({ stage, id }: PlayedCell, ways: readonly WayBack[]): Promise<Recovered> {
  const proposals: string[] = [];
  for (const way of ways) if (way !== 'look') proposals.push(await goBack(stage, id, way));
  const last = proposals.at(-1);
  if (ways.length > 0) {
    const through = last === undefined ? [] : ['--through', last];
    const released = await stage.loop.run('reconcile', id, ...through, '--note', 'it is as it should be');
    if (released.code !== 0) throw new TypeError(`not released: ${released.stdout}${released.stderr}`);
  }
  const plan = await stage.terraform('plan', '-input=false', '-detailed-exitcode');
  // The shape is documented as countersign.list/1; a test of its own holds it.
  const { proposals: held } = (await stage.loop.json('list', '--state', 'held')) as { readonly proposals: unknown[] };
  const truth = stage.cloud.things().map(({ attributes }) => String(attributes['name']));
  return { truth: truth.toSorted(), plan, held: held.length, isLocked: stage.backend.isLocked() };
}

/** Goes one way back. @returns the proposal's id */
async function goBack(stage: MatrixStage, id: string, way: WayBack): Promise<string> {
  const subjects = way === 'import' ? orphans(stage) : [];
  const proposed = await stage.loop.run('recover', id, '--with', way, '--json', ...subjects);
  if (proposed.code !== 0) throw new TypeError(`not proposed: ${way}: ${proposed.stdout}${proposed.stderr}`);
  const { id: recovery } = JSON.parse(proposed.stdout) as { readonly id: string };
  await stage.loop.approve(recovery);
  const ran = await stage.loop.run('execute', recovery);
  await stage.loop.run('verify', recovery);
  const { state, outcome, verdict } = await stage.loop.show(recovery);
  if (state !== 'closed' || verdict !== 'confirmed') {
    throw new TypeError(`${way} ended ${state} ${outcome} ${verdict}: ${ran.stdout}${ran.stderr}`);
  }
  return recovery;
}

/** What stands in the world and in no state, as `ADDRESS=ID`. */
function orphans(stage: MatrixStage): readonly string[] {
  const known = stage.backend.rows().map((row) => row.split(' ')[1]);
  return stage.cloud
    .things()
    .filter(({ id }) => !known.includes(id))
    .map(({ id, attributes }) => `chaos_thing.${ADDRESSES[String(attributes['name'])]}=${id}`);
}

/** Which object of the configuration has which name in the world. */
const ADDRESSES: Readonly<Record<string, string>> = { before: 'before', one: 'a', after: 'after' };

/** Terraform's first error; what it printed last where there is none. */
function terraformWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
  const events = lines.map((line) => JSON.parse(line) as { readonly '@message': string; readonly '@level': string });
  const error = events.find((event) => event['@level'] === 'error');
  return (error ?? events.at(-1))?.['@message'].split('\n')[0] ?? '';
}
