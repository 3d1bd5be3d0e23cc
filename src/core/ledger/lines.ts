import { isUtf8 } from 'node:buffer';
import { CanonicalError, canonicalJson } from '../canonical.js';

/** Longer lines are none of ours: an entry has some kilobytes. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** One line of a file, without its line break. */
export interface RawLine {
  readonly bytes: Buffer;
  /** Whether a line break follows; the last line of a file that was cut has none. */
  readonly isEnded: boolean;
}

/** Lines of a stream in flat memory. Throws a RangeError over a line that is longer than any of ours. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<RawLine> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const part = chunk.subarray(start, end);
      yield { bytes: rest.length === 0 ? part : Buffer.concat([...rest, part]), isEnded: true };
      rest = [];
      length = 0;
      start = end + 1;
    }
    if (start < chunk.length) {
      rest.push(chunk.subarray(start));
      length += chunk.length - start;
      if (length > LONGEST_LINE) throw new RangeError('a line is longer than 16 MiB');
    }
  }
  if (rest.length > 0) yield { bytes: Buffer.concat(rest), isEnded: false };
}

/** The value of a text in canonical JSON, or undefined when it is anything else. */
export function canonicalValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return canonicalJson(value) === text ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof CanonicalError) return undefined;
    throw error;
  }
}

/** The value of a line: UTF-8, canonical JSON; undefined when it is anything else. */
export function lineValue(bytes: Buffer): unknown {
  return isUtf8(bytes) ? canonicalValue(bytes.toString('utf8')) : undefined;
}

/** A value as a line of a file. */
export function lineText(value: object): string {
  return `${canonicalJson(value)}\n`;
}
