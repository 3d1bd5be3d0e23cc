import fc from 'fast-check';
import { newKey, sample, verified, written } from './ledger.kit.js';

const LINES = sample();
const FILE = written(LINES);
const OTHER = newKey();

describe('tampered with is', () => {
  it.each([
    {
      name: 'a cut file',
      text: () => FILE.slice(0, FILE.lastIndexOf('\n', FILE.length - 2) + 1),
      what: /its end is missing/,
    },
    { name: 'a file without its last byte', text: () => FILE.slice(0, -1), what: /last line has no end/ },
    { name: 'a line behind the end', text: () => `${FILE}{}\n`, what: /behind the end/ },
    { name: 'white space in a line', text: () => FILE.replace('\n{"chain"', '\n{ "chain"'), what: /canonical form/ },
    {
      name: 'bytes that are no text',
      text: () => Buffer.concat([Buffer.from(FILE.slice(0, -40)), Buffer.of(0xff, 10)]),
      what: /canonical form/,
    },
    { name: 'an end of another key', text: () => written(LINES, OTHER), what: /end is not to be trusted/ },
    {
      name: 'another time of the export',
      text: () => FILE.replace('"exportedAt":"2026', '"exportedAt":"2025'),
      what: /end signs other lines/,
    },
    {
      name: 'the end of another export',
      text: () => FILE.slice(0, FILE.lastIndexOf('{"lines"')) + lastLine(written(sample({ from: 2 }))),
      what: /end signs other lines/,
    },
  ])('$name', async ({ text, what }) => {
    expect(await verified(text())).toMatchObject({ kind: 'tampered', what: expect.stringMatching(what) });
  });

  it('any byte that is another', async () => {
    const bytes = Buffer.from(FILE, 'utf8');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= 1 << bit;
        expect((await verified(changed)).kind).not.toBe('sound');
      }),
      { numRuns: 300 },
    );
  });
});

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n', text.length - 2) + 1);
}
