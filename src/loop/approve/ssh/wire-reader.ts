/** Reads SSH's binary wire form. It must never accept a length that lies or bytes that are left over. */

/** A cursor over SSH wire data. It breaks once and stays broken: a reader asks `isClean` at the end, and only then believes. */
export type WireReader = {
  /** `sizeBytes` raw bytes; empty once broken. */
  readonly bytes: (sizeBytes: number) => Uint8Array;
  /** An unsigned 32-bit number, big-endian; 0 once broken. */
  readonly number: () => number;
  /** A length-prefixed byte string; empty once broken. */
  readonly string: () => Uint8Array;
  /** A length-prefixed byte string of printable ASCII; anything else breaks the reader. */
  readonly text: () => string;
  /** Every read was within bounds and nothing is left over. */
  readonly isClean: () => boolean;
};

const PRINTABLE = /^[\x20-\x7e]*$/;

/** Opens a reader over bytes. @see https://www.rfc-editor.org/rfc/rfc4251#section-5 */
export function readWire(content: Uint8Array): WireReader {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let offset = 0;
  let isBroken = false;
  const bytes = (sizeBytes: number): Uint8Array => {
    if (isBroken || sizeBytes > content.length - offset) {
      isBroken = true;
      return new Uint8Array();
    }
    offset += sizeBytes;
    return content.subarray(offset - sizeBytes, offset);
  };
  const number = (): number => {
    const at = offset;
    return bytes(4).length === 4 ? view.getUint32(at) : 0;
  };
  const string = (): Uint8Array => bytes(number());
  const text = (): string => {
    const found = Buffer.from(string()).toString('latin1');
    if (PRINTABLE.test(found)) return found;
    isBroken = true;
    return '';
  };
  return { bytes, number, string, text, isClean: () => !isBroken && offset === content.length };
}

/** Writes a length-prefixed byte string. */
export function wireString(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/**
 * Reads a multiple-precision integer that must be positive and as short as it can be.
 *
 * @param sizeBytes  size to pad to on the left
 * @returns exactly `sizeBytes` big-endian bytes; `undefined` when it is zero, negative, padded or too large
 */
export function positiveInteger(content: Uint8Array, sizeBytes: number): Uint8Array | undefined {
  const first = content[0];
  if (first === undefined || first >= 0x80) return undefined;
  const isPadded = first === 0;
  const second = content[1] ?? 0;
  if (isPadded && second < 0x80) return undefined;
  const magnitude = isPadded ? content.subarray(1) : content;
  if (magnitude.length > sizeBytes) return undefined;
  const padded = new Uint8Array(sizeBytes);
  padded.set(magnitude, sizeBytes - magnitude.length);
  return padded;
}
