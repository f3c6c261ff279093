/** What the record, the store, the blobs and the jobs promise. */

import type { Requirement } from './requirement.ts';

const NO_MEMORY = 'The agent has no memory of what actually happened.';
const HALF_WAY =
  'The apply fails halfway through — maybe a resource limit, maybe a provider timeout, maybe a race condition with another deployment.';
const NO_IDEA = 'when it does, you’ll have no idea what it did or why, and the self-report may be wrong.';
const SELF_REPORT = 'The problem is you gave it a task with destructive side effects and trusted its self-report.';
const LOUD = 'It did not fail loudly.';
const EVIDENCE = 'It reads, it reasons, it proposes.';
const READS = 'Reads everything: code, logs, metrics (via MCP tools), docs, test output.';
const LOOP = 'agent reads, proposes, human approves, human executes.';

export const RECORD_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'RECORD-01',
    behaviour:
      'Events are appended in order, without gaps, each chained to the one before; what was appended reads back the same.',
    source: NO_MEMORY,
  },
  {
    id: 'RECORD-02',
    behaviour: 'An append that rests on an old view of its proposal or target conflicts, alone, and appends nothing.',
    source: HALF_WAY,
  },
  {
    id: 'RECORD-03',
    behaviour: 'Several processes append at once: every one makes progress, and the chain stays whole.',
    source: HALF_WAY,
  },
  { id: 'RECORD-04', behaviour: 'What was acknowledged survives kill -9 of every writer.', source: NO_MEMORY },
  {
    id: 'RECORD-05',
    behaviour:
      'A full or failing disk is a failure that appends nothing; the store appends nothing more until it is opened again.',
    source: LOUD,
  },
  {
    id: 'RECORD-06',
    behaviour:
      'A store that is busy for too long, newer than this program, or no store at all is refused with what to do next.',
    source: LOUD,
  },
  {
    id: 'RECORD-07',
    behaviour: 'Lists and single proposals are read from projections that stand in the same transaction as the events.',
    source: NO_MEMORY,
  },
  { id: 'RECORD-08', behaviour: 'The files of the record belong to their owner alone.', source: NO_IDEA },
  {
    id: 'RECORD-09',
    behaviour: 'An event of an unknown type or shape is never believed and never gets into the record.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-10',
    behaviour:
      'Verification names the first bad entry and what is wrong with it: flipped, dropped, reordered, re-hashed or unreadable.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-11',
    behaviour:
      'Verification finds events that could not have happened, columns and projections that differ from the events.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-12',
    behaviour: 'Verification finds a forged signature of a runner, a verifier or an approver.',
    source: SELF_REPORT,
  },
  { id: 'RECORD-13', behaviour: 'Verification finds evidence that is missing or changed.', source: NO_IDEA },
  {
    id: 'RECORD-14',
    behaviour:
      'Whoever holds an earlier signed head finds that the record was rolled back or rewritten, and starts the next check there.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-15',
    behaviour: 'An export of everything or of one proposal verifies offline with nothing but the file and public keys.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-16',
    behaviour: 'An export that lacks, repeats or changes an event of its proposal is found out.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-17',
    behaviour: 'Secrets in text and streams are masked, in their common spellings too and across chunks.',
    source: NO_IDEA,
  },
  {
    id: 'RECORD-18',
    behaviour: 'A recorded read or run has an id and a digest that others can cite.',
    source: EVIDENCE,
  },
  {
    id: 'RECORD-20',
    behaviour: 'A long record is verified in shares by several processes, which together find all that one would.',
    source: NO_MEMORY,
  },
  {
    id: 'RECORD-22',
    behaviour:
      'A fold of one’s own looks at every entry once, agrees with a true store, and names the summary or entry that lies.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-21',
    behaviour:
      'A claim of a target that is not free, and a hold or close that nothing settled, could not have happened.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-25',
    behaviour:
      'An entry is judged by the trust file that was in force when it was recorded: honest old ones stay good, and what a removed key signs, dated back or not, is bad.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-26',
    behaviour:
      'What the signed trust file disowns by number and hash is named and counted instead of breaking the record, and is never believed; any other entry is not disowned.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-27',
    behaviour: 'Nobody can disown what holds: genuine words stay believed everywhere, and the attempt is named.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-28',
    behaviour:
      'What freed a target by disowned words frees nothing: the target is held until a verdict that holds settles it, or a person releases it.',
    source: SELF_REPORT,
  },
  { id: 'BLOBS-01', behaviour: 'Bytes are kept under their digest and checked when they are read.', source: READS },
  { id: 'BLOBS-02', behaviour: 'Destroyed bytes are overwritten and gone.', source: NO_IDEA },
  {
    id: 'BLOBS-03',
    behaviour: 'A blob that the disk did not take is a failure and leaves nothing behind.',
    source: LOUD,
  },
  {
    id: 'JOBS-01',
    behaviour: 'A job is handed out when it is due, oldest first, and is gone when its handler is done.',
    source: LOOP,
  },
  {
    id: 'JOBS-02',
    behaviour: 'A job asked for twice while it waits runs once; one asked for while it runs runs once more.',
    source: LOOP,
  },
  {
    id: 'JOBS-03',
    behaviour:
      'A job whose handler failed or whose worker died is tried again, and never by two live workers at a time.',
    source: HALF_WAY,
  },
  {
    id: 'RECORD-30',
    behaviour:
      'A signed word that releases a target or reviews a glass is examined: whose it is, what it is about, and whether its signature holds.',
    source: 'trusted its self-report',
  },
  {
    id: 'RECORD-31',
    behaviour:
      'The lock of a place is kept, appended, folded and verified beside the lock of a target’s name, by the place that the bundle tells.',
    source: HALF_WAY,
  },
  {
    id: 'RECORD-32',
    behaviour:
      'Whoever has an export and a trust file checks it without any home; without a trust file the answer is never whole.',
    source: SELF_REPORT,
  },
  {
    id: 'RECORD-33',
    behaviour:
      'Recorded evidence is read again by its id, its bytes checked; whoever looks at a proposal or approves it sees what each citation is about.',
    source: EVIDENCE,
  },
  {
    id: 'RECORD-34',
    behaviour:
      'An export of one proposal holds the evidence that it cites; only what verifies is exported, and for an agent nobody signs it, which is said.',
    source: SELF_REPORT,
  },
];
