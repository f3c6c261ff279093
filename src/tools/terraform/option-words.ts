/** The options that a plan was made with, for people and for policy: what each of them leaves out of sight is said in words. */

import { SENSITIVE } from './mask-text.ts';
import type { PlanArguments } from './plan-arguments.ts';

/** The options as a preview may hold them. A variable given on the command line may be a secret that nothing marks as one. */
export function shownOptions(planned: PlanArguments): readonly string[] {
  return planned.map((argument) =>
    /^-var=/.test(argument) ? argument.replace(/^(-var=[^=]*)=[\s\S]*$/, `$1=${SENSITIVE}`) : argument,
  );
}

/** A note on every option: what it is, and what it means for whoever relies on the plan. */
export function optionNotes(planned: PlanArguments): readonly string[] {
  return shownOptions(planned).map((option) => {
    const meaning = meaningOf(option);
    return `planned with ${option}${meaning === undefined ? '' : `: ${meaning}`}`;
  });
}

function meaningOf(option: string): string | undefined {
  const [name, value] = option.split('=', 2);
  switch (name) {
    case '-target':
      return 'everything else was left out; dependencies may be missing';
    case '-replace':
      return 'it is replaced because it was asked for, not because it has to be';
    case '-refresh':
      return value === 'false' ? 'the world was not looked at; what it says of it is as old as the state' : undefined;
    case '-destroy':
      return 'everything that this state manages is destroyed';
    case '-refresh-only':
      return 'only the state is brought up to date; no object is changed';
    case '-parallelism':
      return 'how many objects are worked on at the same time';
    default:
      return undefined;
  }
}
