/** Values as Terraform sends them: msgpack, where a value that is not known yet is an extension of its own. */

import { decode, ExtensionCodec, encode } from '@msgpack/msgpack';

/** What one attribute holds. */
export type Value = string | number | null | Unknown | readonly string[];

/** An object of Terraform's, attribute by attribute; `null` where there is none. */
export type Attributes = Readonly<Record<string, Value>> | null;

/** A DynamicValue of the protocol. */
export type DynamicValue = { readonly msgpack: Uint8Array };

/** A value that only the apply will know. */
export class Unknown {
  readonly isUnknown = true;
}

const UNKNOWN = 0;
const REFINED_UNKNOWN = 12;
const codec = new ExtensionCodec();
codec.register({
  type: UNKNOWN,
  encode: (value) => (value instanceof Unknown ? new Uint8Array([0]) : null),
  decode: () => new Unknown(),
});
codec.register({ type: REFINED_UNKNOWN, encode: () => null, decode: () => new Unknown() });

/** Reads a value. */
export function fromWire(value: DynamicValue | null | undefined): Attributes {
  if (value === null || value === undefined || value.msgpack.byteLength === 0) return null;
  // Terraform sends what the schema says, and the schema knows these types only.
  return decode(value.msgpack, { extensionCodec: codec }) as Attributes;
}

/** Writes a value. */
export function toWire(value: Attributes): DynamicValue {
  return { msgpack: encode(value, { extensionCodec: codec }) };
}
