/** What is promised of the identities that a change is planned as and executed as. */

import type { Requirement } from './requirement.ts';

const WRONG_PLACE =
  'the third run where it confidently applied changes to the wrong environment because the context window didn’t fit all the state it needed.';

export const IDENTITY_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'IDENTITY-01',
    behaviour:
      'Whom the credentials in a change’s environment belong to is asked of the cloud’s own command line, with that very environment, and sealed as binding facts that people read and the trust file binds to.',
    source: WRONG_PLACE,
  },
  {
    id: 'IDENTITY-02',
    behaviour:
      'Whom a change would run as is asked again right before it runs: another answer, or none where there was one, is stale and names both.',
    source: WRONG_PLACE,
  },
  {
    id: 'IDENTITY-03',
    behaviour:
      'What nobody could tell is a fact without a value, and the preview says for what reason; a runner that knows more does not make it stale.',
    source: 'They will fill gaps with plausible-sounding completions.',
  },
  {
    id: 'IDENTITY-04',
    behaviour:
      'An answer about other credentials than those of the change is none: options and provider settings that name others, sign-ins that the command line does not answer for, servers and certificates of the change’s choosing.',
    source: 'The boundary between those two is where you put your guardrails.',
  },
  {
    id: 'IDENTITY-05',
    behaviour:
      'A command line that is missing, fails, hangs, prints without end or says anything but an identity tells nothing, and nothing that it printed is recorded.',
    source: 'Does it fail loudly or quietly?',
  },
];
