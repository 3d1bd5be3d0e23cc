/** One sample of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric of a scrape. */
export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const VALUE = /^(?:NaN|[+-]?Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/**
 * Reads Prometheus' text format 0.0.4 strictly, by https://prometheus.io/docs/instrumenting/exposition_formats: what
 * promtool would refuse is thrown. Stricter than the format in two things that a scraper relies on: every sample has a
 * TYPE before it, and a counter's name ends in `_total`.
 */
export function readExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line has no line feed');
  const families = new Map<string, { type: string; help: string; samples: Sample[] }>();
  const closed = new Set<string>();
  const seen = new Set<string>();
  let current = '';
  const help = new Map<string, string>();
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const [, word, named = '', rest = ''] = new RegExp(`^# (HELP|TYPE) (${NAME})(?: (.*))?$`).exec(line) ?? [];
    if (word === 'HELP') {
      if (help.has(named)) throw new Error(`A second HELP of ${named}`);
      if (!/^(?:[^\\]|\\[\\n])*$/.test(rest)) throw new Error(`An escape in the HELP of ${named}`);
      help.set(named, rest);
      continue;
    }
    if (word === 'TYPE') {
      if (!TYPES.includes(rest)) throw new Error(`No type: ${line}`);
      if (families.has(named)) throw new Error(`A second TYPE of ${named}`);
      if (rest === 'counter' && !named.endsWith('_total')) throw new Error(`A counter without _total: ${named}`);
      if (current) closed.add(current);
      current = named;
      families.set(named, { type: rest, help: help.get(named) ?? '', samples: [] });
      continue;
    }
    if (line.startsWith('#')) continue;
    const sample = readSample(line);
    const owner = ownerOf(sample.name, families);
    if (owner !== current || closed.has(owner)) throw new Error(`A sample that is not in its group: ${line}`);
    const key = `${sample.name}${keyOf(sample.labels)}`;
    if (seen.has(key)) throw new Error(`A series twice: ${line}`);
    seen.add(key);
    families.get(owner)!.samples.push(sample);
  }
  for (const [name, family] of families) if (family.type === 'histogram') assertHistogram(name, family.samples);
  return families;
}

function ownerOf(name: string, families: ReadonlyMap<string, { readonly type: string }>): string {
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  if (base !== name && families.get(base)?.type === 'histogram') return base;
  if (!families.has(name)) throw new Error(`No TYPE before ${name}`);
  return name;
}

function readSample(line: string): Sample {
  const [, name, , inner, value] =
    new RegExp(`^(${NAME})(\\{((?:[^"}]|"(?:[^"\\\\]|\\\\.)*")*)\\})? (\\S+)(?: -?\\d+)?$`).exec(line) ?? [];
  if (!name || !value || !VALUE.test(value)) throw new Error(`No sample: ${line}`);
  const labels: Record<string, string> = {};
  let left = inner ?? '';
  while (left !== '') {
    const [whole, label, quoted] = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\n"])*)"(?:,|$)/.exec(left) ?? [];
    if (!whole || !label || label in labels) throw new Error(`Labels: ${line}`);
    labels[label] = quoted!.replaceAll(/\\([\\n"])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    left = left.slice(whole.length);
  }
  return { name, labels, value: Number(value.replace(/^([+-]?)Inf$/i, '$1Infinity')) };
}

/** The same for the same labels in any order. */
const keyOf = (labels: Sample['labels']): string =>
  JSON.stringify(
    Object.keys(labels)
      .toSorted()
      .map((name) => [name, labels[name]]),
  );

/** Buckets grow with `le` and end with +Inf, which is the count. */
function assertHistogram(name: string, samples: readonly Sample[]): void {
  const series = new Map<string, { buckets: [number, number][]; count?: number; sum?: number }>();
  for (const { name: part, labels, value } of samples) {
    const { le, ...others } = labels;
    const key = keyOf(others);
    const one = series.get(key) ?? { buckets: [] };
    series.set(key, one);
    if (part.endsWith('_bucket')) one.buckets.push([le === '+Inf' ? Infinity : Number(le), value]);
    else if (part.endsWith('_count')) one.count = value;
    else one.sum = value;
  }
  for (const [key, { buckets, count, sum }] of series) {
    const isSound =
      count !== undefined &&
      sum !== undefined &&
      buckets.at(-1)?.[0] === Infinity &&
      buckets.at(-1)?.[1] === count &&
      buckets.every(
        ([le, value], index) => index === 0 || (le > buckets[index - 1]![0] && value >= buckets[index - 1]![1]),
      );
    if (!isSound) throw new Error(`No histogram: ${name} ${key}`);
  }
}
