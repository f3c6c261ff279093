/**
 * Splits a SQL text into its statements, as SQLite itself would, so that each can be named by line and column.
 *
 * It is never what keeps a migration safe: SQLite's own compiler does that. It must lose no byte of the text and never cut a string,
 * a name, a comment or a trigger's body.
 *
 * @see https://www.sqlite.org/c3ref/complete.html for where a trigger ends
 */

/** One statement, with the comments before it. */
export type SqlStatement = {
  /** Its text without the closing semicolon. */
  readonly sql: string;
  /** Where its first word stands, from 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** Its bare words in upper case, strings and quoted names left out: `CREATE`, `TABLE`, `T`. */
  readonly words: readonly string[];
};

/** The statements, or where a string or name is never closed, or where SQLite would stop reading. */
export type SplitAnswer =
  | { readonly kind: 'statements'; readonly statements: readonly SqlStatement[] }
  | { readonly kind: 'unterminated'; readonly what: string; readonly line: number; readonly column: number };

type Token = {
  readonly kind: 'space' | 'word' | 'quoted' | 'symbol' | 'open-end';
  readonly start: number;
  readonly end: number;
};

const CLOSING: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' };
const SPACE = /[\t-\r \uFEFF]+/uy;
// SQLite takes every character beyond ASCII as part of a name.
const WORD = /[\w$\u0080-\u{10FFFF}]+/uy;

/** Splits a text into statements. Empty ones (a stray semicolon, a comment at the end) are left out. */
export function splitStatements(text: string): SplitAnswer {
  const statements: SqlStatement[] = [];
  const lines = lineStartsOf(text);
  let tokens: Token[] = [];
  const close = (): void => {
    const statement = statementOf(text, lines, tokens);
    if (statement !== undefined) statements.push(statement);
    tokens = [];
  };
  for (const token of tokensOf(text)) {
    if (token.kind === 'open-end') return unterminated(text, lines, token);
    if (isSemicolon(text, token) && !isInsideTrigger(text, tokens)) close();
    else tokens.push(token);
  }
  close();
  return { kind: 'statements', statements };
}

function* tokensOf(text: string): Generator<Token> {
  for (let start = 0; start < text.length; ) {
    const token = tokenAt(text, start);
    yield token;
    start = token.end;
  }
}

function tokenAt(text: string, start: number): Token {
  const character = text.charAt(start);
  if (text.startsWith('--', start)) return { kind: 'space', start, end: after(text, '\n', start) };
  // SQLite stops at a NUL as if the text ended there.
  if (character === '\0') return { kind: 'open-end', start, end: text.length };
  // SQLite lets a block comment run to the end of the text.
  if (text.startsWith('/*', start)) return { kind: 'space', start, end: after(text, '*/', start + 2) };
  const closing = CLOSING[character];
  if (closing !== undefined) return quotedAt(text, start, closing);
  const space = endOf(SPACE, text, start);
  if (space !== undefined) return { kind: 'space', start, end: space };
  const word = endOf(WORD, text, start);
  if (word !== undefined) return { kind: 'word', start, end: word };
  return { kind: 'symbol', start, end: start + 1 };
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + mark.length;
}

function endOf(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

// A doubled quotation mark stands for itself, except between square brackets.
function quotedAt(text: string, start: number, closing: string): Token {
  for (let end = text.indexOf(closing, start + 1); end !== -1; end = text.indexOf(closing, end + 2)) {
    if (closing === ']' || text[end + 1] !== closing) return { kind: 'quoted', start, end: end + 1 };
  }
  return { kind: 'open-end', start, end: text.length };
}

function isSemicolon(text: string, token: Token): boolean {
  return token.kind === 'symbol' && text[token.start] === ';';
}

// A trigger's body holds semicolons; it ends with a semicolon, the word END, and the semicolon that is asked about.
function isInsideTrigger(text: string, tokens: readonly Token[]): boolean {
  const solid = tokens.filter((token) => token.kind !== 'space');
  if (!startsTrigger(solid.slice(0, 6).map((token) => wordOf(text, token)))) return false;
  const last = solid.at(-1);
  const beforeLast = solid.at(-2);
  const isEnd = last !== undefined && wordOf(text, last) === 'END';
  return !(isEnd && beforeLast !== undefined && isSemicolon(text, beforeLast));
}

function startsTrigger(words: readonly string[]): boolean {
  const [first, ...rest] = words[0] === 'EXPLAIN' ? words.slice(words[1] === 'QUERY' ? 3 : 1) : words;
  const kind = rest[0] === 'TEMP' || rest[0] === 'TEMPORARY' ? rest[1] : rest[0];
  return first === 'CREATE' && kind === 'TRIGGER';
}

function wordOf(text: string, token: Token): string {
  return token.kind === 'word' ? text.slice(token.start, token.end).toUpperCase() : '';
}

function statementOf(text: string, lines: readonly number[], tokens: readonly Token[]): SqlStatement | undefined {
  const solid = tokens.filter((token) => token.kind !== 'space');
  const [first] = solid;
  const [start, end] = [tokens[0]?.start, tokens.at(-1)?.end];
  if (first === undefined || start === undefined) return undefined;
  return {
    sql: text.slice(start, end),
    ...positionOf(text, lines, first.start),
    words: solid.filter((token) => token.kind === 'word').map((token) => wordOf(text, token)),
  };
}

function unterminated(text: string, lines: readonly number[], token: Token): SplitAnswer {
  const first = text[token.start];
  const what = first === '\0' ? 'a NUL character' : first === `'` ? 'a string' : 'a quoted name';
  return { kind: 'unterminated', what, ...positionOf(text, lines, token.start) };
}

function lineStartsOf(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\n/g)].map((newline) => newline.index + 1)];
}

function positionOf(
  text: string,
  lines: readonly number[],
  offset: number,
): { readonly line: number; readonly column: number } {
  let [low, high] = [0, lines.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: [...text.slice(lines[low], offset)].length + 1 };
}
