import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse, validate } from 'graphql';
import { buildApiSchema } from '../../src/schema.js';

const folder = resolve('schema/operations');
const schema = buildApiSchema();

describe('the operations of schema/operations', () => {
  it.each(readdirSync(folder))('%s is valid', (name) => {
    expect(validate(schema, parse(readFileSync(resolve(folder, name), 'utf8'))).map((error) => error.message)).toEqual(
      [],
    );
  });

  it('has one for every mutation', () => {
    const texts = readdirSync(folder)
      .map((name) => readFileSync(resolve(folder, name), 'utf8'))
      .join('\n');
    const missing = Object.keys(schema.getMutationType()!.getFields()).filter(
      (field) => !texts.includes(` ${field}(input: $input)`),
    );
    expect(missing).toEqual([]);
  });
});
