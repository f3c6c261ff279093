/**
 * Reads the blocks of a Terraform file, as far as the preview needs them: which blocks there are, and the text of their settings.
 *
 * Nothing is evaluated. Terraform itself has read the file before; what this reader does not understand it says so, and the preview
 * then tells less, never something else.
 */

/** One block with what stands in it. Expressions are the text as it is written. */
export type HclBlock = {
  readonly type: string;
  readonly labels: readonly string[];
  readonly settings: ReadonlyMap<string, string>;
  readonly blocks: readonly HclBlock[];
};

type Body = Pick<HclBlock, 'settings' | 'blocks'>;

const SPACE = /(?:\s|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const NAME = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const QUOTED_LABEL = /"((?:[^"\\\n]|\\.)*)"/y;
const REMARK = /#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const HEREDOC = /<<-?([\p{L}_][\p{L}\p{N}_-]*)[ \t]*\r?\n/uy;
// A doubled sign is the sign itself: nothing is computed.
const QUOTED_PIECE = /[^"\\$%\n]+|\\.|\$\$\{|%%\{|[$%](?!\{)/y;
const TEMPLATE = /[$%]\{/y;
const QUOTE = /"/y;
const EQUALS = /=/y;
const CLOSE = /\}/y;
const BLANK = /[ \t]+/y;
const DEEPEST = 200;

/** Reads a file. @returns `undefined` when it is not understood, an unfinished block or string above all */
export function hclBlocks(text: string): readonly HclBlock[] | undefined {
  const reader = new Reader(text);
  const body = reader.body(0);
  return body === undefined || !reader.isAtEnd() ? undefined : body.blocks;
}

/** Walks through a text once. Every method leaves it behind what it read, or answers `undefined`. */
class Reader {
  readonly #text: string;
  #at = 0;
  /** How many quoted texts stand inside of each other. */
  #quotes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Settings and blocks up to the brace that ends them, which is left. */
  body(depth: number): Body | undefined {
    const settings = new Map<string, string>();
    const blocks: HclBlock[] = [];
    while (depth <= DEEPEST) {
      this.#take(SPACE);
      if (this.isAtEnd() || this.#sign() === '}') return { settings, blocks };
      const name = this.#take(NAME)?.[0];
      if (name === undefined) return undefined;
      this.#take(BLANK);
      const read = this.#take(EQUALS) === undefined ? this.#block(name, depth) : this.#expression();
      if (read === undefined) return undefined;
      if (typeof read === 'string') settings.set(name, read);
      else blocks.push(read);
    }
    return undefined;
  }

  #block(type: string, depth: number): HclBlock | undefined {
    const labels: string[] = [];
    for (;;) {
      this.#take(BLANK);
      if (this.#text[this.#at] === '{') break;
      const label = this.#take(QUOTED_LABEL)?.[1] ?? this.#take(NAME)?.[0];
      if (label === undefined) return undefined;
      labels.push(label);
    }
    this.#at += 1;
    const body = this.body(depth + 1);
    if (body === undefined || this.#text[this.#at] !== '}') return undefined;
    this.#at += 1;
    return { type, labels, ...body };
  }

  /** The text of an expression without remarks: up to the end of its line, or of the block when it stands on the block's own line. */
  #expression(): string | undefined {
    let text = '';
    let depth = 0;
    while (!this.isAtEnd() && !(depth === 0 && '\n}'.includes(this.#sign()))) {
      if (this.#take(REMARK) !== undefined) continue;
      const from = this.#at;
      const turn = this.#skipPiece();
      if (turn === undefined) return undefined;
      text += this.#text.slice(from, this.#at);
      depth += turn;
    }
    return depth === 0 ? text.trim() : undefined;
  }

  #sign(): string {
    return this.#text[this.#at] ?? '';
  }

  /** One sign, or one whole text. @returns by how many brackets it leads deeper */
  #skipPiece(): number | undefined {
    const sign = this.#sign();
    if (sign === '"') return this.#skipQuoted() ? 0 : undefined;
    if (sign === '<' && this.#text[this.#at + 1] === '<') return this.#skipHeredoc() ? 0 : undefined;
    this.#at += 1;
    if ('([{'.includes(sign)) return 1;
    return ')]}'.includes(sign) ? -1 : 0;
  }

  /** A quoted text with what is computed inside of it, where quotes may stand again. */
  #skipQuoted(): boolean {
    this.#at += 1;
    this.#quotes += 1;
    while (this.#quotes <= DEEPEST) {
      if (this.#take(QUOTED_PIECE) !== undefined) continue;
      if (this.#take(TEMPLATE) === undefined) break;
      if (!this.#skipTemplate()) return false;
    }
    this.#quotes -= 1;
    return this.#take(QUOTE) !== undefined;
  }

  #skipTemplate(): boolean {
    let depth = 0;
    while (!this.isAtEnd()) {
      if (depth === 0 && this.#take(CLOSE) !== undefined) return true;
      const turn = this.#skipPiece();
      if (turn === undefined) return false;
      depth += turn;
    }
    return false;
  }

  #skipHeredoc(): boolean {
    const mark = this.#take(HEREDOC)?.[1];
    if (mark === undefined) return false;
    while (!this.isAtEnd()) {
      const end = this.#text.indexOf('\n', this.#at);
      const line = this.#text.slice(this.#at, end === -1 ? undefined : end);
      // The line's end is left: it ends the expression too.
      this.#at = end === -1 ? this.#text.length : end;
      if (line.trim() === mark) return true;
      this.#at += 1;
    }
    return false;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }
}
