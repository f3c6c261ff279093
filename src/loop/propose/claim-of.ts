/** What a check's green answer means, in words, where its proposer said nothing. */

import type { CheckKind, JsonObject } from '../../kernel/index.ts';
import { CHECK_QUESTIONS } from '../../tools/index.ts';

/** Words a question as the claim that it puts to the test. One line; shown through `visibleLine`. */
export function claimOf(kind: CheckKind, question: JsonObject): string {
  switch (kind) {
    case 'command': {
      const { argv, expect } = CHECK_QUESTIONS.command.parse(question);
      return `${argv.join(' ')} ${expected(expect)}`;
    }
    case 'http': {
      const { method, url, expect } = CHECK_QUESTIONS.http.parse(question);
      return `${method} ${url} ${expected(expect)}`;
    }
    case 'file': {
      const { path, expect } = CHECK_QUESTIONS.file.parse(question);
      return `${path} ${expected(expect)}`;
    }
    case 'sqlite': {
      const sqlite = CHECK_QUESTIONS.sqlite.parse(question);
      return `${sqlite.path}: ${'query' in sqlite ? sqlite.query : 'its shape'} ${expected(sqlite.expect)}`;
    }
    case 'terraform-plan':
      return 'a fresh plan has nothing left to change';
  }
}

function expected(expect: object): string {
  return `gives ${JSON.stringify(expect)}`;
}
