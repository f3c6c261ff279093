/** Compares an object before and after, attribute by attribute, without ever copying a sensitive value. */

import type { AttributeChange, Json } from '../../kernel/index.ts';
import { SENSITIVE } from './mask-text.ts';
import type { PlannedChange } from './read-plan.ts';
import { isObject } from './sensitive-values.ts';

/** The two sides of one place in an object, with Terraform's masks for it. */
type Place = {
  readonly path: readonly (string | number)[];
  readonly before: Json;
  readonly after: Json;
  readonly unknown: Json;
  readonly beforeSensitive: Json;
  readonly afterSensitive: Json;
};

/** Lists every attribute that differs, in the order of the objects; one that becomes known only later differs too. */
export function attributeChanges(change: PlannedChange): readonly AttributeChange[] {
  const places = differingPlaces({
    path: [],
    before: change.before,
    after: change.after,
    unknown: change.afterUnknown,
    beforeSensitive: change.beforeSensitive,
    afterSensitive: change.afterSensitive,
  });
  return places.map((place) => describe(place, change.replacePaths));
}

function differingPlaces(place: Place): readonly Place[] {
  const isHidden = place.beforeSensitive === true || place.afterSensitive === true;
  if (isHidden || place.unknown === true || !canDescend(place)) return isSame(place) ? [] : [place];
  return childNames(place).flatMap((name) => differingPlaces(childOf(place, name)));
}

function canDescend({ before, after, unknown }: Place): boolean {
  const sides = [before, after].filter((side) => side !== null);
  const holdsUnknown = isObject(unknown) || Array.isArray(unknown);
  if (sides.length === 0) return holdsUnknown;
  return sides.every(isObject) || sides.every((side) => Array.isArray(side));
}

function childNames({ before, after, unknown }: Place): readonly (string | number)[] {
  const sides = [before, after, unknown];
  if (sides.some((side) => Array.isArray(side))) {
    const length = Math.max(...sides.map((side) => (Array.isArray(side) ? side.length : 0)));
    return Array.from({ length }, (_, index) => index);
  }
  return [...new Set(sides.flatMap((side) => (isObject(side) ? Object.keys(side) : [])))].sort();
}

function childOf(place: Place, name: string | number): Place {
  return {
    path: [...place.path, name],
    before: member(place.before, name),
    after: member(place.after, name),
    unknown: member(place.unknown, name),
    beforeSensitive: member(place.beforeSensitive, name),
    afterSensitive: member(place.afterSensitive, name),
  };
}

function member(value: Json, name: string | number): Json {
  if (Array.isArray(value) && typeof name === 'number') return value[name] ?? null;
  return isObject(value) ? (value[String(name)] ?? null) : null;
}

function isSame({ before, after, unknown }: Place): boolean {
  return !holdsTrue(unknown) && JSON.stringify(before) === JSON.stringify(after);
}

function holdsTrue(mask: Json): boolean {
  if (mask === true) return true;
  if (Array.isArray(mask)) return mask.some(holdsTrue);
  return isObject(mask) && Object.values(mask).some((child) => holdsTrue(child ?? null));
}

function describe(place: Place, replacePaths: readonly Json[]): AttributeChange {
  const isSensitive = holdsTrue(place.beforeSensitive) || holdsTrue(place.afterSensitive);
  const isUnknownAfter = holdsTrue(place.unknown);
  return {
    path: pathText(place.path),
    before: isSensitive ? SENSITIVE : place.before,
    after: isSensitive ? SENSITIVE : isUnknownAfter ? null : place.after,
    isUnknownAfter,
    isSensitive,
    forcesReplacement: replacePaths.some((replacePath) => overlaps(place.path, replacePath)),
  };
}

function overlaps(path: readonly (string | number)[], replacePath: Json): boolean {
  if (!Array.isArray(replacePath)) return false;
  return path.slice(0, replacePath.length).every((segment, index) => segment === replacePath[index]);
}

function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    if (/^[A-Za-z_][\w-]*$/.test(segment)) return text === '' ? segment : `${text}.${segment}`;
    return `${text}[${JSON.stringify(segment)}]`;
  }, '');
}
