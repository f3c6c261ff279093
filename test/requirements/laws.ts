/** The laws, each with the sentence of the founding essay that it comes from. */

import type { Requirement } from './requirement.ts';

export const LAWS: readonly Requirement[] = [
  {
    id: 'L1',
    behaviour:
      'An agent can read, propose, comment and withdraw its own proposal; it can never approve, execute or verify, and what runs without a person looking is only what a person signed beforehand for a sandbox.',
    source: 'Never give agents the ability to execute destructive actions autonomously.',
  },
  {
    id: 'L2',
    behaviour:
      'A person approves; under four eyes it is not the person behind the proposal, and n approvals are n distinct people; the verifier is neither the proposer nor the executor.',
    source:
      'destructive actions require verification, and the entity doing the verification shouldn’t be the same entity that took the action.',
  },
  {
    id: 'L3',
    behaviour:
      'What runs is exactly the sealed bundle that was approved; a difference found before the start is stale, and nothing runs.',
    source:
      'the third run where it confidently applied changes to the wrong environment because the context window didn’t fit all the state it needed.',
  },
  {
    id: 'L4',
    behaviour:
      'An approval is a signature over a canonical document that names exactly what was seen, and it is used once.',
    source: 'The pattern that works every single time: agent reads, proposes, human approves, human executes.',
  },
  {
    id: 'L5',
    behaviour: 'An execution that began and has no terminal record is indeterminate, and nothing ever runs it again.',
    source: 'The state is now partially modified.',
  },
  {
    id: 'L6',
    behaviour:
      "The outcome is what the actor observed in the tool's own event stream and state, never an exit code alone and never anybody's words.",
    source:
      'It synthesized the conclusion that was most consistent with its task (“apply the changes”) and hallucinated completion.',
  },
  {
    id: 'L7',
    behaviour:
      'A check can confirm only what it could also have refuted; inconclusive never counts as confirmed; outcome and verdict stand side by side.',
    source: 'This is 2 == 2. The test passes. The CI pipeline is green.',
  },
  {
    id: 'L8',
    behaviour: "A read tool's every request is proven to be a read, and what can't be proven is refused.",
    source:
      'The moment you add write endpoints to that config — restart pods, silence alerts, apply changes — you’ve crossed the line.',
  },
  {
    id: 'L9',
    behaviour: 'A gate that did not run, or looked at nothing, has failed.',
    source: 'CI green means tests pass. It doesn’t mean the tests test what you think they test.',
  },
  {
    id: 'L10',
    behaviour:
      'What was acknowledged survives kill -9, and whoever holds an earlier signed head finds any rewriting of the record.',
    source: 'The agent has no memory of what actually happened.',
  },
  {
    id: 'L11',
    behaviour: 'Secrets reach neither the record, the screen, the logs nor an agent.',
    source:
      'a lot of people experimenting with agentic infrastructure workflows aren’t using frontier models — they’re running local open-source models to avoid cost, latency, or data privacy concerns.',
  },
  {
    id: 'L12',
    behaviour:
      'Text from outside is data: control, bidi and zero-width characters are made visible, and nothing in it is followed.',
    source: 'the model is good enough to hide its failures behind plausible output.',
  },
  {
    id: 'L13',
    behaviour: 'Every refusal says what, where, why, and what to do next.',
    source: 'It did not fail loudly.',
  },
  {
    id: 'L14',
    behaviour: 'Clearance limits what a model may do; an unknown model may read and propose.',
    source: 'Run those tests before you point it at anything real.',
  },
  {
    id: 'L15',
    behaviour:
      "The rules are not the agent's to write: the environment follows from facts, unknown means production, and a repository can only tighten.",
    source:
      'If you want it to find the right path, you need to close off the wrong ones structurally, not just through prompting.',
  },
];
