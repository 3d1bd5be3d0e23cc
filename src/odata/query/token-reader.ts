import { badRequest, type ODataError } from '../odata.error.js';
import { type Token, tokensOf } from './tokens.js';

/** The tokens of one option, taken one after another. */
export class TokenReader {
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(
    text: string,
    /** The option's name, for messages. */
    readonly option: string,
  ) {
    this.tokens = tokensOf(text, option);
  }

  /** The token `ahead` of the next one, which is not taken. */
  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.next + ahead, this.tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.next++;
    return token;
  }

  /** Takes white space where there may be some; answers whether there was. */
  skipSpace(): boolean {
    if (this.peek().kind !== 'space') return false;
    this.take();
    return true;
  }

  isMark(mark: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'mark' && token.text === mark;
  }

  /** Takes this mark if it comes next. */
  takeMark(mark: string): boolean {
    if (!this.isMark(mark)) return false;
    this.take();
    return true;
  }

  /** Takes this mark, or 400. */
  expectMark(mark: string): void {
    if (!this.takeMark(mark)) throw this.unexpected(`"${mark}"`);
  }

  /** Takes a name, or 400. */
  expectName(what: string): { readonly text: string; readonly at: number } {
    const token = this.peek();
    if (token.kind !== 'name') throw this.unexpected(what);
    this.take();
    return token;
  }

  /** Ends the reading; 400 when something is left over. */
  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.unexpected('the end');
  }

  /** 400: something else was expected where the reader stands. */
  unexpected(what: string): ODataError {
    const token = this.peek();
    return badRequest(`${this.option}: expected ${what}, found ${shown(token)}`, this.option, token.at);
  }
}

function shown(token: Token): string {
  if (token.kind === 'end') return 'the end';
  return token.kind === 'space' ? 'a space' : `"${token.text.slice(0, 40)}"`;
}
