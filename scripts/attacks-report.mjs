// The report of a campaign of attacks, out of what each case kept of itself (test/attacks/attack.kit.ts).

const number = ({ name }) => Number(/^A(\d+)/.exec(name)?.[1] ?? 99);

/** The cases by number and name; those of one name, from several runs, as one with the sums of all. */
export function together(cases) {
  const byName = new Map();
  for (const { name, runs, breaks, seconds, outcomes } of cases) {
    const sum = byName.get(name) ?? { name, runs: 0, breaks: [], seconds: 0, outcomes: {} };
    for (const [code, times] of Object.entries(outcomes)) sum.outcomes[code] = (sum.outcomes[code] ?? 0) + times;
    const sums = { runs: sum.runs + runs, breaks: [...sum.breaks, ...breaks], seconds: sum.seconds + seconds };
    byName.set(name, { ...sum, ...sums });
  }
  return [...byName.values()].toSorted((a, b) => number(a) - number(b) || (a.name < b.name ? -1 : 1));
}

/** How a run was asked for, and what it ran on. */
const madeBy = ({ runs, seed, test, date, node, processors, seconds }) =>
  `\`npm run attacks -- --runs ${runs} --seed ${seed}${test ? ` -t '${test}'` : ''}\` on ${date}, Node ${node}, ` +
  `${processors} processors, ${seconds} s`;

const outcomesOf = ({ outcomes }) =>
  Object.entries(outcomes)
    .toSorted(([, a], [, b]) => b - a)
    .map(([code, times]) => `${code} ${times}`)
    .join(', ')
    .replaceAll('|', '/');

/** The report as Markdown: of one run, or of several whose cases are added up. */
export function reportText(campaigns) {
  const cases = together(campaigns.flatMap((one) => one.cases));
  const broken = cases.flatMap(({ name, breaks }) => breaks.map((text) => `${name}: ${text}`));
  const runs = cases.reduce((sum, one) => sum + one.runs, 0);
  const sound = campaigns.every((one) => one.sound);
  const total = `${cases.length} cases, ${runs} runs, ${broken.length} breaks${sound ? '.' : ': NOT SOUND.'}`;
  const head =
    campaigns.length === 1
      ? [`Made by ${madeBy(campaigns[0])}. ${total}`]
      : [
          `Added up of ${campaigns.length} runs. ${total}`,
          '',
          ...campaigns.map((one) => `- ${madeBy(one)}: ${one.cases.length} cases${one.sound ? '' : ', NOT SOUND'}`),
        ];
  return [
    '# Attacks on approvals',
    '',
    ...head,
    '',
    'Each run has a request of its own on a real PostgreSQL, several processes with pools of their own that are slow by chance',
    'between looking and writing, and random choices by the seed. After each run the invariant is asked of the tables alone',
    '(test/attacks/invariant.ts). A break is a row that it finds, an error without a code, a status of 500 or above, a request',
    'that can be neither decided nor taken back, or what the case itself forbids. Under kill -9 a run is a process that is',
    'killed with twenty votes on ten requests under way.',
    '',
    '| case | runs | breaks | seconds | what the calls came to |',
    '| --- | ---: | ---: | ---: | --- |',
    ...cases.map(
      (one) => `| ${one.name} | ${one.runs} | ${one.breaks.length} | ${one.seconds.toFixed(1)} | ${outcomesOf(one)} |`,
    ),
    ...(broken.length > 0 ? ['', '## Breaks', '', ...broken.slice(0, 100).map((one) => `- ${one}`)] : []),
    '',
  ].join('\n');
}
