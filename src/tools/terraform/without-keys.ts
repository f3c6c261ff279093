/** Addresses as the configuration has them. */

/** An address without its instance keys: a key is a number, or a quoted string in which `"` and `\` are escaped. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}
