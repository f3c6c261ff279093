import { expect, test } from 'vitest';
import { optionNotes, shownOptions } from '../../../src/tools/terraform/option-words.ts';
import { reasonWords } from '../../../src/tools/terraform/reason-words.ts';

test('[TERRAFORM-13, TERRAFORM-05, L11] every option is told with what it leaves out of sight, and no value of a variable', () => {
  const planned = [
    '-target=a.b["x=y"]',
    '-replace=c.d',
    '-refresh=false',
    '-refresh=true',
    '-destroy',
    '-refresh-only',
    '-parallelism=2',
    '-var=password=hunter2=x\ny',
    '-var-file=a.tfvars',
  ];
  expect(shownOptions(planned)).toEqual([...planned.slice(0, 7), '-var=password=(sensitive)', '-var-file=a.tfvars']);
  expect(optionNotes(planned)).toEqual([
    'planned with -target=a.b["x=y"]: everything else was left out; dependencies may be missing',
    'planned with -replace=c.d: it is replaced because it was asked for, not because it has to be',
    'planned with -refresh=false: the world was not looked at; what it says of it is as old as the state',
    'planned with -refresh=true',
    'planned with -destroy: everything that this state manages is destroyed',
    'planned with -refresh-only: only the state is brought up to date; no object is changed',
    'planned with -parallelism=2: how many objects are worked on at the same time',
    'planned with -var=password=(sensitive)',
    'planned with -var-file=a.tfvars',
  ]);
});

test.each([
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
])('[TERRAFORM-05] %s stands beside its words', (token, words) => {
  expect(reasonWords(token)).toBe(`${words}; ${token}`);
});

test('[TERRAFORM-05] a reason that nobody knows stands alone', () => {
  expect(reasonWords('replace_because_moon')).toBe('replace_because_moon');
});
