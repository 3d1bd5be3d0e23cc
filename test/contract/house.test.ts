import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** The layers of the house (design 3): a folder imports only from lower ones. Folders of one layer are strangers. */
const LAYERS: readonly (readonly string[])[] = [
  ['core'],
  ['identity'],
  ['catalogue', 'approval'],
  ['deal'],
  ['handoff'],
  ['checklist', 'margin', 'commitment', 'decision'],
  ['project'],
  ['feasibility', 'meeting', 'conflict'],
  ['brief', 'phase'],
  ['passage'],
  ['kickoff', 'governance', 'actuals', 'notice', 'introduction', 'escalation', 'scope-change'],
  ['document', 'feedback'],
  ['quality'],
  ['kpi'],
  ['rollout'],
  ['reporting'],
  ['odata', 'artefact', 'backtest', 'powerbi-project'],
  ['erasure'],
  ['audit'],
  ['integrations'],
  ['sandbox', 'tenant-life'],
  ['cli', '.'],
];

const SRC = resolve('src');

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesUnder(path);
    return path.endsWith('.ts') && !path.endsWith('.d.ts') ? [path] : [];
  });
}

function folderOf(path: string): string {
  const [first, ...rest] = relative(SRC, path).split(sep);
  return rest.length === 0 ? '.' : first!;
}

function layerOf(folder: string): number {
  return LAYERS.findIndex((layer) => layer.includes(folder));
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function importsOf(path: string): Edge[] {
  const text = readFileSync(path, 'utf8');
  const pattern =
    /^(?:import|export)\s+(type\s)?[^'";]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)|^import\s+'(\.[^']+)'/gm;
  return [...text.matchAll(pattern)].map((match) => ({
    from: path,
    to: resolve(dirname(path), (match[2] ?? match[3] ?? match[4])!.replace(/\.js$/, '.ts')),
    typeOnly: Boolean(match[1]),
  }));
}

const files = filesUnder(SRC);
const edges = files.flatMap(importsOf).filter((edge) => edge.to.startsWith(SRC));

describe('the house', () => {
  it('lists every folder of src', () => {
    const unlisted = [...new Set(files.map(folderOf))].filter((folder) => layerOf(folder) === -1);
    expect(unlisted).toEqual([]);
  });

  it('imports only from lower layers', () => {
    const upward = edges
      .filter(
        (edge) =>
          folderOf(edge.from) !== folderOf(edge.to) && layerOf(folderOf(edge.to)) >= layerOf(folderOf(edge.from)),
      )
      .map((edge) => `${relative(SRC, edge.from)} -> ${relative(SRC, edge.to)}`);
    // The command line and the composition stand on one storey: they may know each other.
    expect(upward.filter((line) => !/^(cli\/|[a-z]+\.ts)/.test(line))).toEqual([]);
  });

  it('has no circle, not even inside a folder', () => {
    const next = new Map<string, string[]>();
    for (const edge of edges) if (!edge.typeOnly) next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (path: string, trail: readonly string[]): void => {
      const at = trail.indexOf(path);
      if (at !== -1) {
        circles.push([...trail.slice(at), path].map((p) => relative(SRC, p)).join(' -> '));
        return;
      }
      if (done.has(path)) return;
      for (const to of next.get(path) ?? []) walk(to, [...trail, path]);
      done.add(path);
    };
    for (const path of files) walk(path, []);
    expect(circles).toEqual([]);
  });

  it('holds the connection pool in the gateway alone', () => {
    const holders = files
      .filter((path) => /from 'pg'/.test(readFileSync(path, 'utf8')))
      .map((path) => relative(SRC, path));
    // Beside it, what is done with a connection that it hands on, and single connections: of the embedded server's
    // set-up, and to tell why a database cannot be used.
    const single = [
      'core/lane.ts',
      'core/gateway.ts',
      'core/flush.ts',
      'core/round-trip.ts',
      'core/replica/replica.ts',
      'core/reachable.ts',
      'core/changes.ts',
      'core/outbox/hints.ts',
      'cli/database.ts',
    ];
    const allowed = holders.filter((path) => single.includes(path) || path.startsWith('sandbox/postgres/'));
    expect(holders).toEqual(allowed);
  });

  it('reads no clock, makes no id and sends no statement in rules, entities and commands', () => {
    const pure = files.filter((path) => /\.(rules|commands|effects|entity|input)\.ts$/.test(path));
    const impure = pure.filter((path) =>
      /new Date\(\)|Date\.now\(|Math\.random\(|randomUUID|\bv7\(|process\.env|from 'node:(fs|http|net)/.test(
        readFileSync(path, 'utf8'),
      ),
    );
    expect(impure.map((path) => relative(SRC, path))).toEqual([]);
  });

  it('rounds no money by float', () => {
    const floats = files.filter((path) => /Math\.round|parseFloat\(|toFixed\(/.test(readFileSync(path, 'utf8')));
    expect(floats.map((path) => relative(SRC, path))).toEqual([]);
  });

  it('reads no time of the database in a domain statement', () => {
    const domain = files.filter(
      (path) =>
        !['core', 'sandbox', 'cli', 'identity', 'catalogue', 'integrations', 'tenant-life'].includes(folderOf(path)),
    );
    const clocks = domain.filter((path) =>
      /\b(now\(\)|clock_timestamp|current_timestamp|set_config)/i.test(
        readFileSync(path, 'utf8').replaceAll(/(reader|performance)\.now\(\)/g, ''),
      ),
    );
    expect(clocks.map((path) => relative(SRC, path))).toEqual([]);
  });
});
