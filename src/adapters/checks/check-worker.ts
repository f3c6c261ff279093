/**
 * The check worker: reads one order, puts one check to the world, writes one reply, ends.
 *
 * It runs with read-only credentials and what an agent may have written, so it holds no key and its word is only as good as its
 * form: whatever goes wrong in here, the verifier hears nothing, and nothing is never green.
 */

import { text } from 'node:stream/consumers';
import { isFailure } from '../../kernel/index.ts';
import { CHECK_QUESTIONS } from '../../tools/index.ts';
import { sha256 } from '../hash/sha256.ts';
import { type Reading, recordReading, unknownReading } from './answers/reading.ts';
import { askCommand } from './ask-command.ts';
import { askFile } from './ask-file.ts';
import { askHttp } from './ask-http.ts';
import { askPlan } from './ask-plan.ts';
import { askSqlite } from './ask-sqlite.ts';
import { readOrder, type WorkerOrder, writeReply } from './worker-protocol.ts';

const NO_ORDER = 2;

async function work(): Promise<void> {
  const order = readOrder(await text(process.stdin));
  if (order === undefined) {
    process.exitCode = NO_ORDER;
    return;
  }
  const secrets = order.secretVariables.flatMap((name) => process.env[name] ?? []);
  const manners = { hash: sha256, mask: await maskOf(secrets), mayExcerpt: order.mayExcerpt };
  process.stdout.write(writeReply(order, recordReading(await ask(order), manners)));
}

// Most workers have no secret, and start sooner without the record's code.
async function maskOf(secrets: readonly string[]): Promise<(text: string) => string> {
  if (secrets.length === 0) return (text) => text;
  const { maskSecrets } = await import('../../record/index.ts');
  return maskSecrets(secrets).text;
}

async function ask(order: WorkerOrder): Promise<Reading> {
  try {
    return await put(order);
  } catch (thrown) {
    // Anything else is a bug: the worker dies of it, and the verifier takes a dead worker for no answer.
    if (!isFailure(thrown)) throw thrown;
    return unknownReading(`${thrown.code}: ${thrown.message}`);
  }
}

async function put(order: WorkerOrder): Promise<Reading> {
  const { question, kind } = order.spec;
  switch (kind) {
    case 'command':
      return await askCommand(CHECK_QUESTIONS.command.parse(question), order);
    case 'http':
      return await askHttp(CHECK_QUESTIONS.http.parse(question), order.spec.timeoutMs);
    case 'file':
      return await askFile(CHECK_QUESTIONS.file.parse(question), order);
    case 'sqlite':
      return await askSqlite(CHECK_QUESTIONS.sqlite.parse(question), order);
    case 'terraform-plan':
      return await askPlan(CHECK_QUESTIONS['terraform-plan'].parse(question), order);
  }
}

await work();
