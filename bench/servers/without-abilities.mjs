// A loader that gives everybody every right: one rule without conditions in place of all contributions, and no check of an
// operation's fields. A source that no longer reads as expected ends the run: the variant would measure nothing.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CHANGES = [
  {
    file: '/dist/src/abilities.js',
    change: () => "export const ABILITIES = [(grant, actor) => grant(actor.roles, 'manage', 'all')];",
  },
  {
    file: '/dist/src/core/graphql/rights.js',
    change: (source) => without(source, 'assertMayAsk', ''),
  },
  {
    // Who may do everything may also be recorded when reading, as auditors are: that is no price of abilities.
    file: '/dist/src/core/graphql/read-record.js',
    change: (source) => without(source, 'readsOnRecord', 'return false;'),
  },
];

/** A module's source with another body of one exported function. */
function without(source, name, body) {
  const declared = `export function ${name}(`;
  if (!source.includes(declared)) throw new Error(`There is no ${name} to leave out`);
  return `${source.replace(declared, `function former_${name}(`)}\nexport function ${name}() { void former_${name}; ${body} }\n`;
}

export async function load(url, context, next) {
  const found = CHANGES.find(({ file }) => url.endsWith(file));
  if (!found) return next(url, context);
  const source = found.change(readFileSync(fileURLToPath(url), 'utf8'));
  return { format: 'module', source, shortCircuit: true };
}
