/** `--json`, on every command. */

/** Prints the result as JSON. */
export const JSON_FLAG: { readonly kind: 'boolean'; readonly brief: string; readonly default: false } = {
  kind: 'boolean',
  brief: 'Print the result as JSON (a stable, documented shape)',
  default: false,
};
