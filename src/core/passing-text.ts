/**
 * A text on its way to whoever asked, taken out by who sends it. The promises of a request are older than its answer, and
 * those that V8 has moved to the old part of its heap keep what they hold until all of the heap is collected, even when
 * nobody holds them: so they hold this, and not the hundred kilobytes of a page (decision 66).
 */
export class PassingText {
  private text: string | null;

  constructor(text: string) {
    this.text = text;
  }

  /** The text, once. */
  take(): string {
    const { text } = this;
    if (text === null) throw new Error('A text was taken twice');
    this.text = null;
    return text;
  }
}
