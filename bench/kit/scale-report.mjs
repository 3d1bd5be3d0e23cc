// What the growth benchmark promises, whether it was kept, and its report.

/** Growth of what an operation reads, from the smallest to the largest size. */
const MOST_PAGES = 1.35;
/** Requests a second that are left after a decade, and from end to end. */
const LEAST_A_DECADE = 0.7;
const LEAST_IN_ALL = 0.5;
/** Seconds from the start of an API process to its first answer. */
const MOST_START = 5;
/** Growth of the memory under load. */
const MOST_MEMORY = 1.15;

const NAMES = { page: 'List page of 50', one: 'One handoff in full', inbox: 'Approval inbox' };

/** Each promise with what was found of it; parts that did not run are left out. */
export function verdictsOf({ sizes = [], memory, processes }) {
  const verdicts = [];
  const add = (what, found, isKept) => verdicts.push({ what, found, isKept });
  if (sizes.length > 1)
    for (const name of Object.keys(sizes[0].operations)) {
      const of = sizes.map(({ operations }) => operations[name]);
      const pages = of.at(-1).pages / of[0].pages;
      add(
        `${NAMES[name]}: pages read, largest to smallest size, at most ${MOST_PAGES}`,
        pages.toFixed(2),
        pages <= MOST_PAGES,
      );
      const decades = of.slice(1).map(({ rate }, at) => rate / of[at].rate);
      const least = Math.min(...decades);
      add(
        `${NAMES[name]}: requests a second, a decade to the one before, at least ${LEAST_A_DECADE}`,
        decades.map((one) => one.toFixed(2)).join(', '),
        least >= LEAST_A_DECADE,
      );
      const all = of.at(-1).rate / of[0].rate;
      add(
        `${NAMES[name]}: requests a second, end to end, at least ${LEAST_IN_ALL}`,
        all.toFixed(2),
        all >= LEAST_IN_ALL,
      );
    }
  for (const { tenants, startSeconds } of sizes.slice(-1))
    add(
      `Start of an API process to its first answer with ${tenants} tenants, under ${MOST_START} s`,
      `${startSeconds.toFixed(1)} s`,
      startSeconds < MOST_START,
    );
  if (memory) {
    const ratio = memory.late / memory.early;
    add(
      `Memory of the API process over ${memory.minutes} minutes of load, late to early, at most ${MOST_MEMORY}`,
      `${ratio.toFixed(2)} (${memory.most} MB at most)`,
      ratio <= MOST_MEMORY,
    );
  }
  if (processes)
    add(
      'Two API processes and three workers answer alike, double nothing and share the load',
      processes.faults.length === 0 ? 'so it is' : processes.faults.join('; '),
      processes.faults.length === 0,
    );
  return verdicts;
}

const row = (cells) => `| ${cells.join(' | ')} |`;

/** The report as Markdown. */
export function reportOf(result) {
  const {
    machine,
    node,
    postgresql,
    takenAt,
    connections,
    seconds,
    each,
    sizes = [],
    memory,
    processes,
    verdicts,
  } = result;
  const lines = [
    '# How it grows',
    '',
    `Written by \`npm run bench -- --scale --report\` on ${takenAt.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; Node ${node}, PostgreSQL ${postgresql ?? ''}; ${connections} connections, ${seconds} s an operation and size.`,
    '',
    `One tenant is a seeded year of ${each} handoffs; the others are copies of it under other tenant ids, made by set-based SQL, of the tables that the measured operations read and of the tenant's own (people, roles, configuration). The pages are what one request's statements read, hits and reads, by EXPLAIN (ANALYZE, BUFFERS) as the application role.`,
    '',
    '| promise | found | kept |',
    '| --- | --- | --- |',
    ...verdicts.map(({ what, found, isKept }) => row([what, found, isKept ? 'yes' : 'no'])),
  ];
  if (sizes.length > 0) {
    lines.push(
      '',
      '| tenants | handoffs | operation | pages | statements | requests/s | p50 ms | p99 ms |',
      '| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |',
    );
    for (const { tenants, handoffs, operations } of sizes)
      for (const [name, { pages, statements, rate, p50, p99 }] of Object.entries(operations))
        lines.push(
          row([
            tenants,
            handoffs,
            NAMES[name],
            Math.round(pages),
            statements,
            Math.round(rate),
            p50.toFixed(1),
            p99.toFixed(1),
          ]),
        );
  }
  if (memory)
    lines.push(
      '',
      `${memory.minutes} minutes of all three reads on the largest size: ${memory.answered} answers; the process held ${Math.round(memory.early)} MB early, ${Math.round(memory.late)} MB late and ${memory.most} MB at most.`,
    );
  if (processes)
    lines.push(
      '',
      `Two API processes and three workers on one database: ${processes.answers} reads answered in the same bytes by both; ${processes.changes} changes sent three times each and made once; ${processes.effects} effects done by the workers (${Object.entries(
        processes.shares,
      )
        .map(([worker, share]) => `worker ${worker}: ${share}`)
        .join(
          ', ',
        )}); ${processes.sealed} entries of the ledgers sealed once each; the reports of ${processes.compared} handoffs compared row by row with a new projection.`,
    );
  return `${lines.join('\n')}\n`;
}
