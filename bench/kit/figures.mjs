// What the benchmark works out of what it has measured: ratios of neighbouring slices, quartiles, targets, the table.

/** The value below which this share of the sorted values lies, between two of them in proportion. */
export function quantile(values, share) {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/** Median and quartiles. */
export const spread = (values) => ({
  q1: quantile(values, 0.25),
  median: quantile(values, 0.5),
  q3: quantile(values, 0.75),
});

/**
 * How a server stands to another one, slice by slice. A machine's own speed moves by a quarter within minutes, so each slice
 * is held against the other's slices of the same round: the last one before it and the first one after it, where there are
 * both. `slices` are those of one operation in the order in which they were taken, each `{ round, server, rate }`.
 */
export function pairedRatios(slices, server, against) {
  const others = slices.flatMap((slice, at) => (slice.server === against && slice.rate > 0 ? [{ ...slice, at }] : []));
  return slices.flatMap((slice, at) => {
    if (slice.server !== server) return [];
    const same = others.filter((other) => other.round === slice.round && other.at !== at);
    const near = [same.findLast((other) => other.at < at), same.find((other) => other.at > at)].filter(Boolean);
    if (near.length === 0) return [];
    return [slice.rate / (near.reduce((sum, { rate }) => sum + rate, 0) / near.length)];
  });
}

/** What is promised: of an operation, how a server stands to another one, at least. */
export const TARGETS = [
  { operation: 'page', server: 'ours', against: 'limit', atLeast: 0.85 },
  { operation: 'page', server: 'ours', against: 'postgraphile', atLeast: 3 },
  { operation: 'one', server: 'ours', against: 'limit', atLeast: 0.7 },
  { operation: 'one', server: 'ours', against: 'postgraphile', atLeast: 4 },
  { operation: 'submit-evidence', server: 'ours', against: 'limit', atLeast: 0.9 },
  { operation: 'submit-evidence', server: 'ours', against: 'postgraphile', atLeast: 3 },
  { operation: 'submit-handoff', server: 'ours', against: 'limit', atLeast: 0.6 },
  { operation: 'cast-vote', server: 'ours', against: 'limit', atLeast: 0.6 },
  { operation: 'page', server: 'ours', against: 'tenancy-off', atLeast: 0.9 },
  { operation: 'one', server: 'ours', against: 'tenancy-off', atLeast: 0.9 },
  { operation: 'page', server: 'ours', against: 'abilities-off', atLeast: 0.95 },
  { operation: 'one', server: 'ours', against: 'abilities-off', atLeast: 0.95 },
  { operation: 'page', server: 'compile-off', against: 'dataloader', atLeast: 1 },
  { operation: 'one', server: 'compile-off', against: 'dataloader', atLeast: 1 },
];

/** The most memory that the API process may hold, in MB (10^6 bytes), and how much it may grow from its first slice on. */
export const MEMORY = { most: 200, growth: 1.15 };

/** Whether the ratios keep a promise: a single run is noisy, so that only the upper quartile can break it. */
export const isKept = ({ atLeast }, ratio) => ratio.q3 !== null && ratio.q3 >= atLeast;

/** Every target with what was measured of it; those whose servers did not run are left out. */
export function judged(slicesOf) {
  return TARGETS.flatMap((target) => {
    const ratio = spread(pairedRatios(slicesOf[target.operation] ?? [], target.server, target.against));
    return ratio.median === null ? [] : [{ ...target, ratio, kept: isKept(target, ratio) }];
  });
}

const SERVERS = {
  ours: 'Countersign',
  'tenancy-off': 'without tenancy',
  'abilities-off': 'without abilities',
  'compile-off': 'without compiled operations',
  limit: 'limit: plain http + pg',
  postgraphile: 'PostGraphile 5',
  dataloader: 'Apollo + type-graphql + DataLoader',
  typeorm: 'Apollo + type-graphql + TypeORM',
};

const OPERATIONS = {
  page: 'List page of 50',
  'page-computed': 'List page of 50, computed fields',
  one: 'One handoff in full',
  inbox: 'Approval inbox',
  'submit-evidence': 'submitEvidence',
  'submit-handoff': 'submitHandoff',
  'cast-vote': 'castVote',
};

const round = (value, digits) => (value === null || value === undefined ? '' : value.toFixed(digits));
const ratioText = ({ q1, median, q3 }) =>
  median === null ? '' : `${round(median, 2)} (${round(q1, 2)}-${round(q3, 2)})`;
const rowText = (cells) => `| ${cells.join(' | ')} |`;

/** The results as Markdown: a line a server of each operation, then the targets. */
export function tableOf({ machine, versions, takenAt, rounds, seconds, connections, data, results, targets, memory }) {
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; Node ${versions.node}, PostgreSQL ${versions.postgresql}; ${data.tenants} tenants with ${data.each} handoffs each; ${connections} connections; ${rounds} rounds of ${seconds} s slices; ${takenAt.slice(0, 10)}.`,
    '',
    '| operation | server | ratio to the limit (quartiles) | requests/s | p50 ms | p99 ms | CPU server ms | CPU PostgreSQL ms | statements |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  for (const { operation, servers } of results)
    for (const { server, ratio, rate, p50, p99, serverCpu, databaseCpu, statements } of servers)
      lines.push(
        rowText([
          OPERATIONS[operation],
          SERVERS[server],
          ratioText(ratio),
          round(rate, 0),
          round(p50, 1),
          round(p99, 1),
          round(serverCpu, 2),
          round(databaseCpu, 2),
          statements ?? '',
        ]),
      );
  lines.push('', '| target | promised | measured (quartiles) | kept |', '| --- | ---: | ---: | --- |');
  for (const { operation, server, against, atLeast, ratio, kept } of targets)
    lines.push(
      rowText([
        `${OPERATIONS[operation]}: ${SERVERS[server]} to ${SERVERS[against]}`,
        `>= ${atLeast}`,
        ratioText(ratio),
        kept ? 'yes' : 'no',
      ]),
    );
  const isFlat = memory.end <= memory.start * MEMORY.growth;
  lines.push(
    rowText([
      `Memory of the API process at ${connections} connections, MB`,
      `< ${MEMORY.most}, flat`,
      `${memory.start} at first, ${memory.end} at last, ${memory.most} at most`,
      memory.most < MEMORY.most && isFlat ? 'yes' : 'no',
    ]),
  );
  return lines.join('\n');
}

const FIRST = '<!-- bench: written by npm run bench -- --readme -->';
const LAST = '<!-- /bench -->';
// The table is compared with the results as it was written: no formatter widens its columns.
const AS_WRITTEN = ['<!-- prettier-ignore-start -->', '<!-- prettier-ignore-end -->'];

/** The part of a README between the benchmark's two marks; null when it has none. */
export function tableIn(readme) {
  const from = readme.indexOf(FIRST);
  const to = readme.indexOf(LAST);
  if (from === -1 || to < from) return null;
  const between = readme.slice(from + FIRST.length, to);
  return AS_WRITTEN.reduce((text, mark) => text.replace(mark, ''), between).trim();
}

/** The README with another table between its marks. */
export function withTable(readme, table) {
  if (tableIn(readme) === null) throw new Error(`README.md has no line ${FIRST} with ${LAST} after it.`);
  const from = readme.indexOf(FIRST) + FIRST.length;
  const [start, end] = AS_WRITTEN;
  return `${readme.slice(0, from)}\n\n${start}\n${table}\n${end}\n\n${readme.slice(readme.indexOf(LAST))}`;
}
