/** Parameters that many commands share, declared once. */

/** `--json` on every command. */
export const JSON_FLAG: { readonly kind: 'boolean'; readonly brief: string; readonly default: false } = {
  kind: 'boolean',
  brief: 'Print the result as JSON (a stable, documented shape)',
  default: false,
};

/** Text as it was typed. */
export function asTyped(text: string): string {
  return text;
}

/** The proposal that a command is about. */
export const PROPOSAL_POSITIONAL: {
  readonly kind: 'tuple';
  readonly parameters: readonly [
    { readonly brief: string; readonly placeholder: string; readonly parse: (text: string) => string },
  ];
} = {
  kind: 'tuple',
  parameters: [{ brief: 'A proposal, by its id or the beginning of it', placeholder: 'id', parse: asTyped }],
};
