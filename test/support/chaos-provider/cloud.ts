/**
 * The world of the chaos provider: one JSON file in a directory. Providers change it, tests and checks read it: it is the truth
 * beside whatever Terraform says.
 */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a thing is made of, beside its identity. */
export type ThingAttributes = Readonly<Record<string, string | number | null>>;

/** One thing that really exists. */
export type Thing = {
  readonly id: string;
  /** The how-manieth creation in this world made it: a second execution shows. */
  readonly creation: number;
  /** Something stopped in the middle of changing it. */
  readonly isHalf: boolean;
  readonly attributes: ThingAttributes;
};

/** The whole world. */
export type World = {
  readonly creations: number;
  readonly things: readonly Thing[];
  /** Every effect in its order, as `create one`. */
  readonly effects: readonly string[];
};

const OVERRULING = 'mode';

/** A world on disk. */
export class Cloud {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
    if (!existsSync(this.path)) this.#write({ creations: 0, things: [], effects: [] });
  }

  /** The file: what a check of kind `file` or a verifying command looks at. */
  get path(): string {
    return join(this.directory, 'cloud.json');
  }

  read(): World {
    // Nobody but this class writes the file, and it writes whole worlds.
    return JSON.parse(readFileSync(this.path, 'utf8')) as World;
  }

  things(): readonly Thing[] {
    return this.read().things;
  }

  effects(): readonly string[] {
    return this.read().effects;
  }

  find(id: unknown): Thing | undefined {
    return this.things().find((thing) => thing.id === id);
  }

  create(attributes: ThingAttributes): Thing {
    const world = this.read();
    const creation = world.creations + 1;
    const made: Thing = { id: `thing-${creation}`, creation, isHalf: false, attributes };
    this.#write({
      creations: creation,
      things: [...world.things, made],
      effects: [...world.effects, effect('create', made)],
    });
    return made;
  }

  /** Changes some attributes. Also how a test makes the world drift: then nothing is noted as an effect. */
  change(id: string, attributes: ThingAttributes, how: 'update' | 'half-update' | 'drift' = 'drift'): Thing {
    const world = this.read();
    const before = world.things.find((thing) => thing.id === id);
    if (before === undefined) throw new TypeError(`there is no ${id} in ${this.path}`);
    const after = { ...before, isHalf: how === 'half-update', attributes: { ...before.attributes, ...attributes } };
    const things = world.things.map((thing) => (thing.id === id ? after : thing));
    this.#write({
      ...world,
      things,
      effects: how === 'drift' ? world.effects : [...world.effects, effect(how, after)],
    });
    return after;
  }

  delete(id: string, how: 'delete' | 'drift' = 'drift'): void {
    const world = this.read();
    const gone = world.things.filter((thing) => thing.id === id);
    const things = world.things.filter((thing) => thing.id !== id);
    const noted = how === 'drift' ? [] : gone.map((thing) => effect('delete', thing));
    this.#write({ ...world, things, effects: [...world.effects, ...noted] });
  }

  /**
   * Says how changes from now on go, whatever the things themselves name; `undefined` leaves it to them again.
   *
   * @param name  only of things with this name
   */
  overrule(mode: string | undefined, name?: string): void {
    const path = join(this.directory, OVERRULING);
    if (mode === undefined) rmSync(path, { force: true });
    else writeFileSync(path, name === undefined ? mode : `${mode} ${name}`);
  }

  overruled(name: string): string | undefined {
    if (!this.isRaised(OVERRULING)) return undefined;
    const [mode, only] = this.note(OVERRULING).split(' ', 2);
    return only === undefined || only === name ? mode : undefined;
  }

  /** Makes a switch stand, or a note: `go`, `reads-fail`, `waits-NAME`, `stands-NAME`. */
  raise(flag: string): void {
    writeFileSync(join(this.directory, flag), String(process.pid));
  }

  lower(flag: string): void {
    rmSync(join(this.directory, flag), { force: true });
  }

  /** What a flag holds: the number of the process that raised it. */
  note(flag: string): string {
    return readFileSync(join(this.directory, flag), 'utf8');
  }

  isRaised(flag: string): boolean {
    return existsSync(join(this.directory, flag));
  }

  #write(world: World): void {
    const draft = `${this.path}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(world, undefined, 2)}\n`);
    renameSync(draft, this.path);
  }
}

function effect(what: string, thing: Thing): string {
  return `${what} ${thing.attributes['name']}`;
}
