import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TRANSITIONS } from '../../src/handoff/stage.rules.js';

const page = readFileSync(resolve('docs/transitions.md'), 'utf8');

/** The cells of the page's table, a line each, without head and rule. */
function tableRows(): string[][] {
  const lines = page.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** The arrows of the page's diagram that are somebody's step, as `FROM --> TO : step`. */
function arrows(): string[] {
  return [...page.matchAll(/^ {2}(\w+ --> \w+ : \w+)$/gm)].map((match) => match[1]!);
}

describe('the page of the stages', () => {
  it('has the table of the data, in its order', () => {
    const data = TRANSITIONS.map(({ transition, right, from, to }) => [transition, right, from.join(', '), to]);
    expect(tableRows()).toEqual(data);
  });

  it('draws every step of the data and no other', () => {
    const steps = TRANSITIONS.flatMap(({ transition, from, to }) =>
      from.map((stage) => `${stage} --> ${to} : ${transition}`),
    );
    expect(arrows().toSorted()).toEqual(steps.toSorted());
  });
});
