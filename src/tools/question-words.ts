/** What a check asks, in words: the claim where its proposer said nothing, and what people read beside a claim of theirs. */

import type { CheckKind, JsonObject } from '../kernel/index.ts';
import { CHECK_QUESTIONS } from './check-question.ts';

/**
 * Words a question as what it puts to the test. One line; shown through `visibleLine`.
 *
 * @param question  of the kind's shape; any other is worded as the JSON that it is
 */
export function questionWords(kind: CheckKind, question: JsonObject): string {
  return wordsOf(kind, question) ?? JSON.stringify(question);
}

function wordsOf(kind: CheckKind, question: JsonObject): string | undefined {
  switch (kind) {
    case 'command': {
      const command = CHECK_QUESTIONS.command.safeParse(question).data;
      return command && `${command.argv.join(' ')} ${expected(command.expect)}`;
    }
    case 'http': {
      const http = CHECK_QUESTIONS.http.safeParse(question).data;
      return http && `${http.method} ${http.url} ${expected(http.expect)}`;
    }
    case 'file': {
      const file = CHECK_QUESTIONS.file.safeParse(question).data;
      return file && `${file.path} ${expected(file.expect)}`;
    }
    case 'sqlite': {
      const sqlite = CHECK_QUESTIONS.sqlite.safeParse(question).data;
      return sqlite && `${sqlite.path}: ${'query' in sqlite ? sqlite.query : 'its shape'} ${expected(sqlite.expect)}`;
    }
    case 'terraform-plan':
      return 'a fresh plan has nothing left to change';
  }
}

function expected(expect: object): string {
  return `gives ${JSON.stringify(expect)}`;
}
