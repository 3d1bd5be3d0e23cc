import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { command, done, refused } from '../core/command.js';
import { type Finding, finding } from '../core/finding.js';
import type { LedgerSubject } from '../core/ledger/entry.js';
import { insert, update } from '../core/statement.js';
import { alreadyFrozen, frozen } from '../kpi/kpi.commands.js';
import { baselinesOf } from '../kpi/kpi.queries.js';
import { baselineFindings } from '../kpi/kpi.rules.js';
import { Backtest, BacktestDeal } from './backtest.entity.js';
import { BACKTESTED, figureOf, periodOf, sourceDigest } from './backtest.figures.js';
import type { BacktestDealsInput, FreezeBaselineFromBacktestInput, StartBacktestInput } from './backtest.input.js';
import { backtestReadMessage } from './backtest.message.js';
import { configurationOfBacktest, type KnownDeal, lockBacktest, outcomesOf } from './backtest.queries.js';
import { judgeDeal, type JudgedDeal } from './backtest.rules.js';

/** So many deals a back-test holds: the last two years of a busy sales team. */
const MOST_DEALS = 1_000;

/** Begins a back-test under the configuration that rules now; with `lastWon` the worker reads the deals from HaloPSA. */
export const startBacktest = command({
  name: 'startBacktest',
  action: 'run',
  subject: 'Backtest',
  services: false,
  facts: (_input: StartBacktestInput) => ({ ruling: rulingConfiguration() }),
  decide: ({ ruling }, { lastWon = null }, { actor, now, newId }) => {
    const id = newId();
    return done({
      id,
      subject: subjectOf(id),
      body: { lastWon, configurationVersion: ruling.version },
      sources: [configurationSource(ruling)],
      messages: lastWon === null ? [] : [backtestReadMessage(id)],
      writes: [
        insert(Backtest, {
          id,
          configurationVersionId: ruling.id,
          lastWon,
          found: null,
          problem: null,
          remedy: null,
          startedBy: actor.id,
          startedAt: now,
          frozenAt: null,
        }),
      ],
    });
  },
});

/**
 * Judges won deals in audit mode (document 002, "capture baselines"): rows of the back-test and nothing else. A deal that
 * cannot be judged becomes a row that says why; the same deal twice is refused, since it would count twice. While the
 * worker reads, the deals are its alone: it has read all when there are as many as it found.
 */
export const backtestDeals = command({
  name: 'backtestDeals',
  action: 'run',
  subject: 'Backtest',
  facts: ({ backtestId }: BacktestDealsInput) => ({
    backtest: lockBacktest(backtestId),
    version: configurationOfBacktest(backtestId),
    known: outcomesOf(backtestId),
  }),
  target: ({ backtest }) => backtest,
  decide: ({ backtest, version, known }, { deals }, { actor, now, newId }) => {
    const subject = subjectOf(backtest.id);
    const configuration = configurationOf(version);
    const today = dateOf(configuration.calendar, now);
    const judged = deals.map((deal) => judgeDeal(deal, configuration, today));
    const findings = [
      ...(backtest.frozenAt === null ? [] : [isFrozen(backtest.frozenAt)]),
      ...(actor.kind === 'SYSTEM' ? [] : unfinishedFindings(backtest, known.length)),
      ...(known.length + deals.length > MOST_DEALS ? [isFull(known.length)] : []),
      ...repeatedFindings(judged, known),
    ];
    if (findings.length > 0) return refused(findings, { subject });
    const rows = judged.map((deal) => ({ id: newId(), backtestId: backtest.id, ...deal, judgedAt: now }));
    return done({
      id: backtest.id,
      subject,
      body: { deals: rows.length, judged: rows.filter((row) => row.judged).length },
      sources: [configurationSource(version)],
      writes: [insert(BacktestDeal, rows)],
    });
  },
});

/** Freezes the figures of a back-test as the baseline of a KPI, with its cohort and the digest of what it was measured from. */
export const freezeBaselineFromBacktest = command({
  name: 'freezeBaselineFromBacktest',
  action: 'freeze',
  subject: 'KpiBaseline',
  services: false,
  facts: ({ backtestId, kpi }: FreezeBaselineFromBacktestInput) => ({
    backtest: lockBacktest(backtestId),
    version: configurationOfBacktest(backtestId),
    outcomes: outcomesOf(backtestId),
    before: baselinesOf(kpi),
  }),
  decide: ({ backtest, version, outcomes, before }, { kpi }, moment) => {
    const today = dateOf(configurationOf(version).calendar, moment.now);
    const figures = figureOf(kpi, outcomes);
    const period = periodOf(outcomes);
    const findings = [
      ...(BACKTESTED.includes(kpi) ? [] : [notBacktested(kpi)]),
      ...unfinishedFindings(backtest, outcomes.length),
      ...(figures.judged === 0 && BACKTESTED.includes(kpi) ? [nothingJudged(outcomes.length)] : []),
      ...(period === null ? [] : baselineFindings({ ...figures, ...period }, moment.actor.roles, today)),
      ...(before[0] ? [alreadyFrozen(kpi, before[0])] : []),
    ];
    if (period === null || findings.length > 0) return refused(findings, { subject: subjectOf(backtest.id) });
    const { judged, notJudged, numerator, denominator } = figures;
    const baseline = frozen(
      kpi,
      {
        ...period,
        numerator: String(numerator),
        denominator: String(denominator),
        cohort: `Back-test: ${judged} won deals; ${notJudged} of ${outcomes.length} could not be judged.`,
        sourceUrl: `urn:countersign:backtest:${backtest.id}`,
        sourceSha256: sourceDigest(outcomes, version.digest),
      },
      { supersedesId: null, reason: null },
      moment,
    );
    const first = backtest.frozenAt === null;
    return {
      ...baseline,
      body: { ...baseline.body, backtestId: backtest.id, judged, notJudged },
      sources: [configurationSource(version)],
      writes: [...baseline.writes, ...(first ? [update(Backtest, { id: backtest.id }, { frozenAt: moment.now })] : [])],
    };
  },
});

const subjectOf = (id: string): LedgerSubject => ({ type: 'Backtest', id });

const isFrozen = (frozenAt: Date): Finding =>
  finding({
    code: 'BACKTEST_FROZEN',
    path: 'backtestId',
    message: 'A baseline was frozen from this back-test: another deal would make its figures others.',
    facts: { frozenAt: frozenAt.toISOString() },
    remedy: 'Start another back-test (startBacktest).',
  });

const isFull = (known: number): Finding =>
  finding({
    code: 'BACKTEST_FULL',
    path: 'deals',
    message: `A back-test holds ${MOST_DEALS} deals; this one has ${known}.`,
    facts: { known, limit: MOST_DEALS },
    remedy: 'Give fewer deals: the last two quarters tell enough.',
  });

/** A finding for each deal that the back-test has, or that stands twice in the call. */
function repeatedFindings(judged: readonly JudgedDeal[], known: readonly KnownDeal[]): Finding[] {
  const seen = new Set(known.flatMap(keysOf));
  return judged.flatMap((deal, index) => {
    const keys = keysOf(deal);
    const isRepeated = keys.some((key) => seen.has(key));
    for (const key of keys) seen.add(key);
    if (!isRepeated) return [];
    return [
      finding({
        code: 'DEAL_REPEATED',
        path: `deals[${index}]`,
        message: 'This deal is in the back-test already; twice it would count twice.',
        facts: { externalId: deal.externalId, rawDigest: deal.rawDigest },
        remedy: 'Leave it out.',
      }),
    ];
  });
}

const keysOf = ({ externalId, rawDigest }: Pick<KnownDeal, 'externalId' | 'rawDigest'>): string[] => [
  `digest ${rawDigest}`,
  ...(externalId === null ? [] : [`opportunity ${externalId}`]),
];

const notBacktested = (kpi: string): Finding =>
  finding({
    code: 'KPI_NOT_BACKTESTED',
    path: 'kpi',
    message: `An export of a won deal does not tell of ${kpi}: it needs what happened afterwards.`,
    facts: { known: [...BACKTESTED] },
    remedy: 'Freeze it with freezeKpiBaseline from figures that you have elsewhere, with their source.',
  });

function unfinishedFindings({ lastWon, found, problem }: Backtest, read: number): Finding[] {
  if (lastWon === null || problem !== null || (found !== null && read >= found)) return [];
  return [
    finding({
      code: 'BACKTEST_UNFINISHED',
      path: 'backtestId',
      message: 'The worker is still reading deals from HaloPSA.',
      facts: { found, read },
      remedy: 'Wait until backtest.summary.reading is false; outboxEffects shows what keeps it.',
    }),
  ];
}

const nothingJudged = (deals: number): Finding =>
  finding({
    code: 'NOTHING_JUDGED',
    path: 'backtestId',
    message: 'No deal of this back-test could be judged for this KPI.',
    facts: { deals },
    remedy: 'Read the findings of its deals; give exports that can be read and say when the deal was won.',
  });
