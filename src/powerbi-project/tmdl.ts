import { v5 } from 'uuid';

/**
 * One object of TMDL, the text form of a semantic model: `heading` opens it, an expression follows its `=`, properties
 * and children stand one tab deeper (learn.microsoft.com/analysis-services/tmdl/tmdl-overview).
 */
export interface TmdlNode {
  readonly heading: string;
  readonly description?: string;
  /** What follows `=`: one line stands in the heading's, several below it, two tabs deeper. */
  readonly expression?: readonly string[];
  /** Complete lines such as `dataType: string` or `isHidden`. */
  readonly properties?: readonly string[];
  readonly children?: readonly TmdlNode[];
}

const PLAIN = /^[A-Za-z_]\w*$/;

/** A name as TMDL writes it: in single quotes unless it is a plain word. */
export const quoted = (name: string): string => (PLAIN.test(name) ? name : `'${name.replaceAll("'", "''")}'`);

/** The text of a file: objects with a blank line between them, tabs and line feeds only. */
export const tmdlFile = (nodes: readonly TmdlNode[]): string =>
  `${nodes.map((node) => written(node, 0).join('\n')).join('\n\n')}\n`;

function written({ heading, description, expression = [], properties = [], children = [] }: TmdlNode, depth: number) {
  const at = (deeper: number, line: string): string => (line === '' ? '' : '\t'.repeat(depth + deeper) + line);
  const lines = description === undefined ? [] : [at(0, `/// ${description}`)];
  if (expression.length === 1) lines.push(at(0, `${heading} = ${expression[0]!}`));
  else if (expression.length > 1) lines.push(at(0, `${heading} =`), ...expression.map((line) => at(2, line)));
  else lines.push(at(0, heading));
  lines.push(...properties.map((line) => at(1, line)));
  for (const child of children) lines.push('', ...written(child, depth + 1));
  return lines;
}

/** The namespace of every tag here: a UUID that means this product's Power BI project and nothing else. */
const NAMESPACE = 'a7b1d3c4-6f0e-5a52-9c38-2f4e8d1b7c60';

/**
 * A UUID version 5 (RFC 9562, section 5.5) of a path such as `KpiCases.Numerator`: the same in every build, so that the
 * service takes a regenerated model for the same one and keeps what reports say of its columns.
 */
export const stableId = (path: string): string => v5(path, NAMESPACE);

/** The property that carries it. */
export const lineageTag = (path: string): string => `lineageTag: ${stableId(path)}`;
