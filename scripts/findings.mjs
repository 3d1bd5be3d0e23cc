// Prints docs/findings.md: every finding code of the sources, with its path and the file that raises it.
// Usage: node scripts/findings.mjs > docs/findings.md
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const CODE = /^('[A-Z0-9_]+'|`\$\{code\}_[A-Z_]+`)$/;
const SEVERITY = /^'(BLOCKING|WARNING|FATAL|NOTE)'$/;
// Helpers that raise a finding with its code first, and those of them that take the path next.
const WITH_PATH = ['refusal', 'say', 'note', 'fatal'];
// Core (but for files that are handed out once), the command line and the sandbox raise no findings; faults of a tenant's file all become BAD_CONFIGURATION.
const WITHOUT =
  /^src\/(core\/(?!download-address)|cli\/|sandbox\/)|^src\/[^/]+$|\.faults?\.ts$|^src\/catalogue\/configuration/;
const OPEN = { '(': ')', '{': '}', '[': ']' };

const filesUnder = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesUnder(path);
    return name.endsWith('.ts') ? [path] : [];
  });

/** Splits the text inside a bracket at its top level, from just after the bracket to its end. */
function partsFrom(text, start) {
  const parts = [''];
  const closing = [];
  let quote = null;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quote) {
      if (char === quote && text[at - 1] !== '\\') quote = null;
    } else if (char === "'" || char === '`' || char === '"') quote = char;
    else if (OPEN[char]) closing.push(OPEN[char]);
    else if (char === closing.at(-1)) closing.pop();
    else if (closing.length === 0 && ')}]'.includes(char)) break;
    if (char === ',' && closing.length === 0 && !quote) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim());
}

/** The members of the object around a position. */
function partsAround(text, at) {
  for (let depth = 0, i = at - 1; i >= 0; i--) {
    if (')}]'.includes(text[i])) depth++;
    else if (OPEN[text[i]] && depth-- === 0) return partsFrom(text, i + 1);
  }
  return [];
}

/** A path as people read it: `checklist.${item.code}` becomes checklist.<code>. */
function readable(path) {
  const plain = path.replaceAll(/\$\{(?:[^{}]*\.)?(\w+)(?:\([^{}]*\))?\}/g, '<$1>');
  return plain.replaceAll(/\$\{[^{}]*\}/g, '<...>').replaceAll(/^[`'"]|[`'"]$/g, '');
}

/** What the constant `path` above a place holds, from `start` on; `<path>` when only the run knows. */
function constantPath(text, at, start = 0) {
  const known = [...text.slice(start, at).matchAll(/\bconst path = ([`'][^\n]*[`']);/g)].at(-1);
  return known ? readable(known[1]) : '<path>';
}

/** What a helper such as about(item) says of the path. */
function helperPath(name, text) {
  const body = text.slice(text.search(new RegExp(`(const|function) ${name}\\b`)));
  const known = /\bpath: ([`'][^\n]*?[`']),/.exec(body);
  return known ? readable(known[1]) : '<path>';
}

function pathOf(part, text, at) {
  if (part && /^[`'"]/.test(part)) return readable(part);
  return part === undefined || part === 'path' ? constantPath(text, at, text.lastIndexOf('\n}\n', at)) : '<path>';
}

function pathIn(parts, text, at) {
  const own = parts.find((part) => /^path(:|$)/.test(part));
  if (own) return pathOf(own.replace(/^path:\s*/, ''), text, at);
  const spread = parts.map((part) => /^\.\.\.(\w+)\(/.exec(part)?.[1]).find(Boolean);
  return spread ? helperPath(spread, text) : tablePath(text);
}

/** A table of codes (`{ code, message }`) is used further down with one path. */
function tablePath(text) {
  return /\bpath: `checklist\./.test(text) ? 'checklist.<code>' : '<path>';
}

const rows = [];
for (const file of filesUnder(join(root, 'src'))) {
  const text = readFileSync(file, 'utf8');
  const place = relative(root, file).split(sep).join('/');
  if (WITHOUT.test(place)) continue;
  const add = (code, path) => rows.push({ domain: place.split('/')[1], code: readable(code), path, place });
  // A table of names with the code of their mismatch.
  for (const { 1: code } of text.matchAll(/\['\w+', '\w+', ('[A-Z_]+')\]/g)) add(code, '<path>');
  for (const { 1: code, index } of text.matchAll(/\bcode: ('[A-Z0-9_]+')/g))
    add(code, pathIn(partsAround(text, index), text, index));
  for (const { 0: call, 1: helper, index } of text.matchAll(
    /\b(?<!function )(refusal|refused|lacks|say|missing|note|mismatch|fault|fatal)\(/g,
  )) {
    const parts = partsFrom(text, index + call.length).filter((part) => !SEVERITY.test(part));
    const code = parts.find((part) => CODE.test(part));
    if (!code) continue;
    add(
      code,
      WITH_PATH.includes(helper) ? pathOf(parts[parts.indexOf(code) + 1], text, index) : constantPath(text, index),
    );
  }
}

const byName = (a, b) => a.localeCompare(b);
const domains = [...new Set(rows.map(({ domain }) => domain))].toSorted(byName);
console.log(`# Finding codes

Printed from the sources by \`node scripts/findings.mjs > docs/findings.md\`. A finding is one reason of a refusal (\`Refused.findings\`), of a dry run (\`readiness\`) or of an import. Code and path are for programs; message, facts and remedy come with them. \`<...>\` is filled in when it is raised: under \`deal\`, \`<path>\` is the JSONPath of the object in the export. Errors of a request (\`extensions.code\`) are another thing: see [error.ts](../src/core/error.ts). Every fault of a tenant's file comes as \`BAD_CONFIGURATION\` with its line.

<!-- prettier-ignore-start -->
`);
for (const domain of domains) {
  const own = rows.filter((row) => row.domain === domain);
  const lines = [
    ...new Set(
      own.map(
        ({ code, path, place }) =>
          `| \`${code}\` | \`${path}\` | [${place.replace(`src/${domain}/`, '')}](../${place}) |`,
      ),
    ),
  ].toSorted(byName);
  console.log(`## ${domain}\n\n| code | path | raised in |\n| --- | --- | --- |\n${lines.join('\n')}\n`);
}
console.log('<!-- prettier-ignore-end -->');
