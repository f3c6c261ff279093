/** Text as it was typed: the command's own code reads it. */
export function asTyped(text: string): string {
  return text;
}
