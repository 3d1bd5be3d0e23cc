import { readAnswers } from '../../src/core/flush.js';
import { answerText } from '../../src/core/graphql/before-executor.js';
import { PassingText } from '../../src/core/passing-text.js';
import type { Result } from '../../src/core/round-trip.js';
import { sql } from '../../src/core/statement.js';

const result = (...rows: Result['rows']): Result => ({ rows, rowCount: rows.length, command: 'SELECT' });

test('a text is taken once, and is not held any more', () => {
  const text = new PassingText('a page');
  expect(text.take()).toBe('a page');
  expect(JSON.stringify(text)).not.toContain('a page');
  expect(() => text.take()).toThrow('twice');
});

test('the answer takes the text of its data, and passes on as a text itself', () => {
  const data = new PassingText('{"handoff":null}');
  const answer = answerText({ data });
  expect(answer).toBeInstanceOf(PassingText);
  expect(() => data.take()).toThrow('twice');
  expect(answer.take()).toBe('{"data":{"handoff":null}}\n');
  expect(answerText({ errors: [{ message: 'no' }] }).take()).toBe('{"errors":[{"message":"no"}]}\n');
});

test('what was read of rows lets them go', () => {
  const results = [result({ code: 'a' }, { code: 'b' }), result({ count: 1 })];
  const answers = readAnswers(
    {
      codes: sql('', [], (rows) => rows.map(({ code }) => code)),
      count: sql('', [], (rows) => rows[0]?.count),
      none: sql('', [], (rows) => rows.length),
    },
    results,
  );
  expect(answers).toEqual({ codes: ['a', 'b'], count: 1, none: 0 });
  expect(results.map(({ rows, rowCount }) => [rows, rowCount])).toEqual([
    [[], 2],
    [[], 1],
  ]);
});
