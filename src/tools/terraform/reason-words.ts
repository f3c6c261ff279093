/**
 * Terraform's reasons in words, beside its own token, so that a tired person reads why and an expert can look it up.
 *
 * @see https://github.com/hashicorp/terraform/blob/v1.11.4/internal/command/jsonplan/plan.go (`action_reason`)
 */

const WORDS: ReadonlyMap<string, string> = new Map([
  ['replace_because_tainted', 'it was left half made, or somebody marked it so'],
  ['replace_because_cannot_update', 'a changed attribute can not be changed in place'],
  ['replace_by_request', 'somebody asked for it with -replace'],
  ['replace_by_triggers', 'something in its replace_triggered_by changes'],
  ['delete_because_no_resource_config', 'its resource is no longer in the configuration'],
  ['delete_because_wrong_repetition', 'count or for_each was added to its resource, or taken away'],
  ['delete_because_count_index', 'its index is beyond count'],
  ['delete_because_each_key', 'its key is no longer in for_each'],
  ['delete_because_no_module', 'its module, or this instance of it, is no longer in the configuration'],
  ['delete_because_no_move_target', 'it was moved to a resource that is not in the configuration'],
  ['read_because_config_unknown', 'what it asks for is known only during the change'],
  ['read_because_dependency_pending', 'something that it depends on changes first'],
  ['read_because_check_nested', 'a check reads it at every run'],
]);

/** Writes a reason as words and token; a token that nobody knows stands alone. */
export function reasonWords(token: string): string {
  const words = WORDS.get(token);
  return words === undefined ? token : `${words}; ${token}`;
}
