/**
 * Asks a cloud's command line whom the credentials of a change belong to. It only reads; nothing of its answer is kept but the
 * members of an identity, and a command line that is not there, fails, hangs or says anything else is an answer that nobody can give.
 */

import { type Files, type Json, type Processes, type ProcessResult, visibleLine } from '../../kernel/index.ts';
import { type Cloud, type CloudQuestion, type Told, untold, type Variables } from './cloud.ts';

/** What asking works with. `searchPath` is the asker's own: the program that answers must not be the change's to choose. */
export type IdentityParts = { readonly processes: Processes; readonly files: Files; readonly searchPath: string };

const TIMEOUT_MS = 10_000;
const LARGEST_ANSWER_BYTES = 256 * 1024;
const LONGEST_MEMBER = 512;
/** The change's relative paths mean nothing here: a command line must find no file of the change beside it. */
const NOWHERE = '/';
/** Certificates of the change's choosing would let any server answer for the cloud. */
const TRUST_OF_THE_CHANGE: ReadonlySet<string> = new Set([
  'AWS_CA_BUNDLE',
  'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
]);

/** Asks every question of a cloud. @param variables  the whole environment of the change, secret values among it */
export async function askCloud(parts: IdentityParts, cloud: Cloud, variables: Variables): Promise<Told> {
  const questions = await cloud.questions(variables, parts.files);
  if (!isQuestions(questions)) return readable(questions, cloud.members);
  const searchPath = absoluteEntries(parts.searchPath);
  if ((await parts.processes.locate(cloud.program, searchPath)) === undefined) {
    return untold(cloud.members, `${cloud.program} is not on the PATH`);
  }
  const kept = Object.entries(cloud.variables(variables)).filter(([name]) => !TRUST_OF_THE_CHANGE.has(name));
  const environment = { ...Object.fromEntries(kept), PATH: searchPath };
  const told: Told[] = [];
  for (const question of questions) told.push(await ask(parts, { cloud, question, environment }));
  return {
    members: Object.assign({}, ...told.map(({ members }) => members)),
    why: told.find(({ why }) => why !== undefined)?.why,
  };
}

function isQuestions(answer: readonly CloudQuestion[] | Told): answer is readonly CloudQuestion[] {
  return Array.isArray(answer);
}

type Asked = { readonly cloud: Cloud; readonly question: CloudQuestion; readonly environment: Variables };

async function ask(parts: IdentityParts, { cloud, question, environment }: Asked): Promise<Told> {
  const result = await parts.processes.run({
    file: cloud.program,
    args: question.args,
    directory: NOWHERE,
    environment,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: LARGEST_ANSWER_BYTES,
  });
  const trouble = troubleOf(result);
  if (trouble !== undefined) return untold(question.members, `${cloud.program} ${trouble}`);
  const answer = parseJson(result.stdout);
  if (answer === undefined) return untold(question.members, `${cloud.program} did not answer in JSON`);
  return readable(question.read(answer), question.members);
}

// What it printed may hold secrets, so that not even its complaint is kept.
function troubleOf({ end, isTimedOut, isTruncated }: ProcessResult): string | undefined {
  if (isTimedOut) return `did not answer within ${TIMEOUT_MS / 1000} seconds`;
  if (isTruncated) return `printed more than ${LARGEST_ANSWER_BYTES} bytes`;
  if (end.kind === 'not-started') return 'did not start';
  if (end.kind !== 'exited') return 'was killed';
  return end.code === 0 ? undefined : `ended with exit code ${end.code}`;
}

// A member is a name. One that hides something in it, or is endless, is no answer: it would be shown to people, and compared.
function readable(told: Told, members: readonly string[]): Told {
  const isName = (text: string): boolean =>
    text !== '' && text.length <= LONGEST_MEMBER && text === visibleLine(text.toWellFormed());
  const broken = Object.entries(told.members).find(([, text]) => text !== null && !isName(text))?.[0];
  return broken === undefined ? told : untold(members, `the ${broken} in its answer is no name`);
}

function absoluteEntries(searchPath: string): string {
  return searchPath
    .split(':')
    .filter((entry) => entry.startsWith('/'))
    .join(':');
}

function parseJson(bytes: Uint8Array): Json | undefined {
  try {
    // What JSON.parse returns is JSON.
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch {
    // The caller says that it is no JSON.
    return undefined;
  }
}
