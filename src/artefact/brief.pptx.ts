import { ENDED } from '../handoff/stage.rules.js';
import { KpiTargetState } from '../reporting/kpi-figure.js';
import { type Box, Deck, type DeckCell, type Tile } from './deck.js';
import { type Edition, nameOf, WITHHELD } from './edition.js';
import type { BusinessFacts, ExceptionLine } from './facts.business.js';
import type { KpiLine } from './facts.kpi.js';
import { amount, change, fromBps, plotted, plottedUnit, shownValue, STATE_WORDS, targetText } from './figure.format.js';
import { nextDecisions } from './next-decisions.js';
import { count, erosionTitle, exceptionTitle, gateTitle, riskSentence, trackerTitle } from './sentences.js';
import { COLOUR, plain } from './theme.js';

/** What the brief is made of. */
export interface BriefFacts {
  readonly kpis: readonly KpiLine[];
  readonly business: BusinessFacts;
}

/** The KPIs whose trend a board looks at: the three of document 002 and the rubric. */
const TRENDS = ['COMPLETENESS_SCORE', 'KICKOFF_DELAY_RATE', 'SCOPE_CHANGE_FREQUENCY', 'QUALITY_SCORE'] as const;

/** exec-brief.pptx: eight slides for a board, each title a finding. */
export function execBrief(edition: Edition, facts: BriefFacts): Promise<Uint8Array> {
  const deck = new Deck(edition);
  opening(deck, edition, facts);
  gates(deck, facts.business);
  targets(deck, edition, facts.kpis);
  trends(deck, edition, facts.kpis);
  exceptions(deck, edition, facts.business);
  margin(deck, facts.business);
  risks(deck, facts.business);
  decisions(deck, edition, facts);
  return deck.bytes();
}

const HALF: Box = { x: 0.6, y: 1.55, w: 5.9, h: 5.3 };
const OTHER_HALF: Box = { ...HALF, x: 6.83 };

/** `MARGIN_BELOW_FLOOR` as `Margin below floor`. */
const words = (code: string): string => {
  const text = code.toLowerCase().replaceAll('_', ' ').replaceAll('.', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

function opening(deck: Deck, edition: Edition, { kpis, business }: BriefFacts): void {
  const { fromOn, toOn } = edition.period;
  const slide = deck.slide(
    `${plain(edition.tenantName)}: executive brief, ${fromOn} to ${toOn}`,
    `${gateTitle(business.gate)}. ${trackerTitle(kpis)}.`,
  );
  const open = business.stages.reduce((sum, { stage, handoffs }) => (isEnded(stage) ? sum : sum + handoffs), 0);
  const met = kpis.filter(({ now }) => now.target === KpiTargetState.MET).length;
  const judged = met + kpis.filter(({ now }) => now.target === KpiTargetState.MISSED).length;
  const grave = business.risks.filter(({ level }) => level === 'CRITICAL' || level === 'HIGH').length;
  const tiles: Tile[] = [
    { figure: String(open), label: 'handoffs on their way today' },
    { figure: String(business.gate.handoffsStopped), label: 'handoffs stopped by a gate in 90 days' },
    { figure: judged === 0 ? '–' : `${met} of ${judged}`, label: 'targets met, of those that can be judged' },
    { figure: String(business.exceptions.length), label: 'approvals asked for in 90 days: exceptions, rebaselines' },
    { figure: String(grave), label: 'high or critical risks open', colour: grave > 0 ? COLOUR.bad : COLOUR.good },
  ];
  deck.tiles(slide, tiles);
  const stages = business.stages.filter(({ handoffs }) => handoffs > 0);
  if (stages.length > 0) {
    const bars = stages.map(({ stage, handoffs }) => ({ label: words(stage), value: handoffs }));
    deck.bars(slide, 'Handoffs by stage today', bars, { x: 0.6, y: 3.6, w: 6.4, h: 3.3 });
  }
  deck.note(
    slide,
    'Countersign stands between closed-won and kickoff: a deal becomes a project when its evidence is complete, its margin holds or two people have countersigned, its budget is frozen, delivery has signed off, and every promise has a home. Handoffs by stage are shown as they stand today.',
    { x: 7.3, y: 3.7, w: 5.4, h: 2.2 },
  );
}

const isEnded = (stage: string): boolean => (ENDED as readonly string[]).includes(stage);

function gates(deck: Deck, { gate }: BusinessFacts): void {
  const slide = deck.slide('What the gates stopped', gateTitle(gate));
  if (gate.reasons.length === 0) {
    deck.note(slide, 'No attempt was refused in these days.', HALF);
    return;
  }
  const bars = gate.reasons.map(({ code, handoffs }) => ({ label: words(code), value: handoffs }));
  deck.bars(slide, 'Handoffs stopped, by reason', bars, { ...HALF, w: 7.4 });
  deck.table(
    slide,
    [
      { title: 'Gate', share: 0.44 },
      { title: 'Attempts refused', share: 0.3, align: 'right' },
      { title: 'Handoffs', share: 0.26, align: 'right' },
    ],
    gate.refused.map(({ gate: name, attempts, handoffs }) => [words(name), String(attempts), String(handoffs)]),
    { x: 8.3, y: 1.7, w: 4.43 },
  );
  deck.note(
    slide,
    'A handoff counts once for each reason. Every refusal is an entry of the ledger with all its findings.',
    { x: 8.3, y: 5.6, w: 4.43, h: 1 },
  );
}

const STATE_COLOUR: Partial<Record<KpiTargetState, string>> = {
  [KpiTargetState.MET]: COLOUR.good,
  [KpiTargetState.MISSED]: COLOUR.bad,
};

function targets(deck: Deck, { currency }: Edition, kpis: readonly KpiLine[]): void {
  const slide = deck.slide('KPIs against baseline and target', trackerTitle(kpis));
  const rows = kpis
    .filter(({ definition }) => definition.target !== null)
    .map(({ definition, now, comparison }): DeckCell[] => {
      const colour = STATE_COLOUR[now.target];
      const state = STATE_WORDS[now.target];
      return [
        definition.name,
        shownValue(comparison.baseline?.value ?? null, definition.unit, currency).replace('no case', '–'),
        shownValue(now.value, definition.unit, currency),
        `${now.numerator} / ${now.denominator}`,
        now.improvementBps === null ? '–' : change(now.improvementBps),
        targetText(definition, currency),
        colour ? { text: state, colour } : state,
      ];
    });
  deck.table(
    slide,
    [
      { title: 'KPI', share: 0.23 },
      { title: 'Baseline', share: 0.1, align: 'right' },
      { title: 'Last 90 days', share: 0.11, align: 'right' },
      { title: 'Of', share: 0.11, align: 'right' },
      { title: 'Improvement', share: 0.11, align: 'right' },
      { title: 'Target', share: 0.24, lines: 2 },
      { title: 'State', share: 0.1 },
    ],
    rows,
  );
}

function trends(deck: Deck, { currency }: Edition, kpis: readonly KpiLine[]): void {
  const shown = TRENDS.flatMap((key) => kpis.filter(({ definition }) => definition.key === key));
  const better = shown.filter(({ now }) => (now.improvementBps ?? 0) > 0).length;
  const compared = shown.filter(({ now }) => now.improvementBps !== null).length;
  const slide = deck.slide(
    'Trend, month by month',
    compared === 0
      ? 'The trend starts; there is no baseline to hold it against yet'
      : `${better} of ${compared} headline KPIs are better than their frozen baseline`,
  );
  shown.forEach(({ definition, trend, comparison: { baseline } }, index) => {
    const months = trend.filter(({ value }) => value !== null);
    const value = baseline?.value ?? null;
    deck.lines(
      slide,
      {
        title: `${definition.name} (${plottedUnit(definition.unit, currency)})`,
        labels: months.map(({ fromOn }) => fromOn.slice(0, 7)),
        values: months.map((month) => plotted(month.value!, definition.unit, currency)),
        baseline: value === null ? null : plotted(value, definition.unit, currency),
      },
      { x: index % 2 === 0 ? HALF.x : OTHER_HALF.x, y: index < 2 ? 1.5 : 4.3, w: 5.9, h: 2.7 },
    );
  });
}

function exceptions(deck: Deck, edition: Edition, { exceptions: lines }: BusinessFacts): void {
  const slide = deck.slide('Exceptions and who approved them', exceptionTitle(lines));
  const seesMargin = edition.sees.has('MARGIN');
  const shortfall = ({ shortfallMinor, currency }: ExceptionLine): string => {
    if (!seesMargin) return 'withheld';
    return shortfallMinor === null ? '–' : amount(shortfallMinor, currency);
  };
  deck.table(
    slide,
    [
      { title: 'Handoff', share: 0.09 },
      { title: 'Client', share: 0.19 },
      { title: 'What', share: 0.14 },
      { title: 'Shortfall', share: 0.13, align: 'right' },
      { title: 'Asked by', share: 0.13 },
      { title: 'Approved by', share: 0.2, lines: 2 },
      { title: 'State', share: 0.12 },
    ],
    lines.map((line): DeckCell[] => [
      line.handoff,
      line.client,
      words(line.kind),
      shortfall(line),
      nameOf(edition, line.requesterId),
      line.approverIds.length === 0 ? '–' : line.approverIds.map((id) => nameOf(edition, id)).join(', '),
      line.emergency ? { text: `${words(line.state)}, emergency`, colour: COLOUR.bad } : words(line.state),
    ]),
  );
  if (lines.length === 0) deck.note(slide, 'There is nothing to list.', { ...HALF, y: 2.2 });
}

function margin(deck: Deck, { erosion }: BusinessFacts): void {
  if (erosion === null) {
    const slide = deck.slide('Margin erosion', 'Margin is withheld from this copy');
    deck.note(slide, WITHHELD, HALF);
    return;
  }
  const slide = deck.slide('Margin erosion', erosionTitle(erosion));
  const lost = erosion.filter(({ erosionMinor }) => erosionMinor > 0n);
  if (lost.length === 0) {
    deck.note(slide, 'Erosion is baseline margin less forecast margin, against the frozen baseline in force.', HALF);
    return;
  }
  const points = lost
    .filter(({ erosionBps }) => erosionBps !== null)
    .toSorted((a, b) => b.erosionBps! - a.erosionBps!)
    .map(({ handoff, erosionBps }) => ({ label: handoff, value: Number(fromBps(erosionBps!)) }));
  deck.bars(slide, 'Lost points of margin, by handoff', points, { ...HALF, w: 4.6 });
  deck.table(
    slide,
    [
      { title: 'Handoff', share: 0.14 },
      { title: 'Client', share: 0.32 },
      { title: 'Baseline', share: 0.14, align: 'right' },
      { title: 'Lost points', share: 0.16, align: 'right' },
      { title: 'Lost margin', share: 0.24, align: 'right' },
    ],
    lost.map(({ handoff, client, plannedBps, erosionBps, erosionMinor, currency }): DeckCell[] => [
      handoff,
      client,
      plannedBps === null ? '–' : `${fromBps(plannedBps)} %`,
      erosionBps === null ? '–' : fromBps(erosionBps),
      amount(erosionMinor, currency),
    ]),
    { x: 5.5, w: 7.23 },
  );
}

const LEVEL_COLOUR: Readonly<Record<string, string>> = { CRITICAL: COLOUR.bad, HIGH: COLOUR.warn };

function risks(deck: Deck, { risks: lines }: BusinessFacts): void {
  const slide = deck.slide('Risks', riskSentence(lines));
  deck.table(
    slide,
    [
      { title: 'Level', share: 0.09 },
      { title: 'Handoff', share: 0.09 },
      { title: 'Client', share: 0.17 },
      { title: 'Risk', share: 0.36, lines: 2 },
      { title: 'Mitigation', share: 0.29, lines: 2 },
    ],
    lines.map(({ level, handoff, client, text, mitigation }): DeckCell[] => [
      { text: words(level), colour: LEVEL_COLOUR[level] ?? COLOUR.muted },
      handoff,
      client,
      text,
      mitigation ?? { text: 'none named', colour: COLOUR.bad },
    ]),
  );
}

function decisions(deck: Deck, edition: Edition, facts: BriefFacts): void {
  const next = nextDecisions(edition, facts);
  const slide = deck.slide(
    'Next decisions',
    next.length === 0 ? 'Nothing waits for the board' : `${count(next.length, 'decision')} for the board`,
  );
  if (next.length === 0) deck.note(slide, 'No target is missed, nothing is overdue, no exception is undecided.', HALF);
  deck.list(slide, next);
}
