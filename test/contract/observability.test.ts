import { readFileSync } from 'node:fs';
import { METRICS, type MetricSpec } from '../../src/core/telemetry/metrics.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] };
}

const SPECS: readonly MetricSpec[] = Object.values(METRICS);
const SERIES = new Map(
  SPECS.flatMap((spec) =>
    spec.kind === 'histogram'
      ? ['bucket', 'sum', 'count'].map((part) => [`${spec.name}_${part}`, spec] as const)
      : [[spec.name, spec] as const],
  ),
);
/** What Prometheus adds to every series, and the bound of a bucket. */
const ADDED = ['job', 'instance', 'le'];

const dashboard = JSON.parse(readFileSync('docs/grafana/countersign.json', 'utf8')) as Dashboard;
const manual = readFileSync('docs/observability.md', 'utf8');
const production = readFileSync('docs/production.md', 'utf8');
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));

describe('the dashboard', () => {
  it.each(queries)('$title asks for $expr, which is told', ({ expr, legendFormat }) => {
    const names = [...expr.matchAll(/countersign_\w+/g)].map(([name]) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !SERIES.has(name))).toEqual([]);
    const labels = names.flatMap((name) => SERIES.get(name)!.labels);
    const used = [
      ...[...expr.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label]) => label!),
      ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(',').map((label) => label.trim())),
      ...[...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!),
    ];
    expect(used.filter((label) => ![...labels, ...ADDED].includes(label))).toEqual([]);
    // A counter is looked at by its rate alone, a gauge never.
    for (const name of names) {
      const isRated = new RegExp(`rate\\(${name}\\{[^}]*\\}\\[`).test(expr);
      expect([name, isRated]).toEqual([name, SERIES.get(name)!.kind !== 'gauge']);
    }
    expect(balanced(expr)).toBe(true);
  });

  it('shows every metric that is told', () => {
    const shown = new Set(
      queries.flatMap(({ expr }) => [...expr.matchAll(/countersign_\w+/g)].map(([name]) => SERIES.get(name))),
    );
    expect(SPECS.filter((spec) => !shown.has(spec)).map(({ name }) => name)).toEqual([]);
  });

  it('is one that Grafana 11 and 12 import: ids, places and variables are sound', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    const variables = new Set(dashboard.templating.list.map(({ name }) => name));
    const named = [...JSON.stringify(dashboard).matchAll(/\$\{?([a-zA-Z]\w*)\}?/g)].map(([, name]) => name!);
    expect(named.filter((name) => !variables.has(name))).toEqual([]);
    expect(panels.filter(({ description }) => !description).map(({ title }) => title)).toEqual([]);
  });
});

describe('the manual', () => {
  it.each(SPECS)('has the row of $name', ({ name, kind, labels, description }) => {
    const row = manual.split('\n').find((line) => line.startsWith(`| \`${name}\``));
    const cells = row?.split('|').map((cell) => cell.trim());
    expect(cells?.slice(2, 5)).toEqual([kind, labels.map((label) => `\`${label}\``).join(', '), description]);
  });

  it('names no metric that is not told', () => {
    const named = [...manual.matchAll(/countersign_[a-z_]+/g)].map(([name]) => name);
    expect(named.filter((name) => !SERIES.has(name) && !SPECS.some((spec) => spec.name === name))).toEqual([]);
  });

  it.each(
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_HEADERS',
      'OTEL_SERVICE_NAME',
      'OTEL_TRACES_SAMPLER_ARG',
      'METRICS_PORT',
      'METRICS_HOST',
      'METRICS_TOKEN',
      'SLOW_OPERATION_MS',
    ].map((setting) => ({ setting })),
  )('of settings has $setting', ({ setting }) => {
    expect(production).toContain(`\`${setting}\``);
  });
});

/** Every bracket closes what was opened last. */
function balanced(text: string): boolean {
  const open: string[] = [];
  const pairs: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' };
  for (const sign of text.replaceAll(/"[^"]*"/g, '')) {
    if ('({['.includes(sign)) open.push(sign);
    else if (sign in pairs && open.pop() !== pairs[sign]) return false;
  }
  return open.length === 0;
}
