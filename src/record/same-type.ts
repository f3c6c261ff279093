/** Proves at compile time that a schema and a kernel type say the same, so that neither can grow a member alone. */

import type { z } from 'zod';

// Optional members are the blind spot of assignability: with every member required, a missing one shows.
type Required<T> = T extends readonly (infer Item)[]
  ? readonly Required<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]-?: Required<Exclude<T[Name], undefined>> }
    : T;

type Fits<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : false) : false;

/** `true` when both types have the same members, optional ones included, all the way down. */
export type Same<Left, Right> = Fits<Left, Right> extends true ? Fits<Required<Left>, Required<Right>> : false;

/**
 * Accepts a schema only when what it lets through is exactly `Type`.
 *
 * @returns a function that hands the schema back, typed by the kernel's word for it
 */
export function exactly<Type>(): <Schema extends z.ZodType<Type>>(
  schema: Same<Type, z.infer<Schema>> extends true ? Schema : never,
) => z.ZodType<Type> {
  return (schema) => schema;
}
