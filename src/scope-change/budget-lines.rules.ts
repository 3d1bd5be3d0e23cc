import type { BudgetType } from '../catalogue/configuration.js';
import { compareDecimals, decimalText, parseDecimal } from '../core/decimal.js';
import { type Finding, finding } from '../core/finding.js';
import { parseMoney } from '../core/money.js';
import type { BudgetBaselineLine } from '../project/baseline.entity.js';
import { plannedLine, type PlannedBudgetLine } from '../project/budget.rules.js';
import type { ScopeChangeLine } from './scope-change.entity.js';

/** No budget is larger than this many minor units, so that sums and rates stay within what a column holds. */
const MOST_MINOR = 10n ** 15n;
const MOST_HOURS = { unscaled: 10_000_000n, scale: 0 };

/** A line as somebody asks for it; decimals in hours and in major units of the baseline's currency. */
export interface AskedLine {
  readonly budgetType: string;
  readonly hours: string;
  readonly cost: string;
  readonly price: string;
}

/** What a baseline has in a line. */
export type StandingLine = Pick<
  BudgetBaselineLine,
  'position' | 'budgetType' | 'label' | 'hours' | 'costMinor' | 'priceMinor'
>;

/** A line as it is kept with the request. */
export type ChangedLine = Omit<ScopeChangeLine, 'id' | 'tenantId' | 'scopeChangeId'>;

/** A line whose cost is known. */
export type CostedLine = PlannedBudgetLine & { readonly costMinor: bigint };

/**
 * The lines that are asked for against those that stand: a budget type of the baseline is changed, another one of the
 * service template is added behind them. All that is wrong with them is found at once.
 */
export function changedLines(
  standing: readonly StandingLine[],
  types: readonly BudgetType[],
  asked: readonly AskedLine[],
  currency: string,
): { readonly lines: readonly ChangedLine[]; readonly findings: readonly Finding[] } {
  let last = Math.max(0, ...standing.map(({ position }) => position));
  const findings: Finding[] = [];
  const lines = asked.flatMap((line, index): ChangedLine[] => {
    const path = `lines[${index}]`;
    const former = standing.find(({ budgetType }) => budgetType === line.budgetType) ?? null;
    const type = types.find(({ key }) => key === line.budgetType) ?? null;
    const amounts = amountsOf(line, currency, path, findings);
    if (asked.findIndex(({ budgetType }) => budgetType === line.budgetType) < index)
      findings.push(twice(path, line.budgetType));
    if (!former && !type) findings.push(unknownType(path, types));
    if (!amounts || (!former && !type)) return [];
    if (former && isSame(former, amounts)) findings.push(unchanged(path, line.budgetType));
    return [
      {
        position: former?.position ?? ++last,
        budgetType: line.budgetType,
        label: former?.label ?? type!.label,
        formerHours: former?.hours ?? null,
        formerCostMinor: former?.costMinor ?? null,
        formerPriceMinor: former?.priceMinor ?? null,
        ...amounts,
      },
    ];
  });
  return { lines, findings };
}

/** The baseline's lines with the changed ones in their places and the added ones behind them. */
export function withChanges(
  standing: readonly StandingLine[],
  changed: readonly Pick<ChangedLine, 'position' | 'budgetType' | 'label' | 'hours' | 'costMinor' | 'priceMinor'>[],
): PlannedBudgetLine[] {
  const byType = new Map(changed.map((line) => [line.budgetType, line]));
  const kept = standing.map((line) => byType.get(line.budgetType) ?? line);
  const added = changed.filter((line) => !standing.some(({ budgetType }) => budgetType === line.budgetType));
  return [...kept, ...added.toSorted((a, b) => a.position - b.position)].map(plannedLine);
}

/** A finding for each of these lines whose cost is unknown: without it there is no margin to compare. */
export function costFindings(lines: readonly Pick<StandingLine, 'budgetType' | 'costMinor'>[]): Finding[] {
  return lines
    .filter(({ costMinor }) => costMinor === null)
    .map(({ budgetType }) =>
      finding({
        code: 'BASELINE_COST_UNKNOWN',
        path: `baseline.${budgetType}`,
        message: `The baseline does not know the cost of ${budgetType}, so that no effect on the margin can be computed.`,
        facts: { budgetType },
        remedy: 'Return the handoff; sales enters the cost in the PSA and submits it again.',
      }),
    );
}

/** The lines as lines whose cost is known; ask costFindings first. */
export function costed(lines: readonly PlannedBudgetLine[]): CostedLine[] {
  return lines.filter((line): line is CostedLine => line.costMinor !== null);
}

type Amounts = Pick<ChangedLine, 'hours' | 'costMinor' | 'priceMinor'>;

function amountsOf(line: AskedLine, currency: string, path: string, findings: Finding[]): Amounts | null {
  const hours = parseDecimal(line.hours);
  const costMinor = minorOf(line.cost, currency, `${path}.cost`, findings);
  const priceMinor = minorOf(line.price, currency, `${path}.price`, findings);
  if (hours.unscaled < 0n) findings.push(negative(`${path}.hours`, 'hours'));
  if (compareDecimals(hours, MOST_HOURS) > 0) findings.push(tooLarge(`${path}.hours`));
  if (costMinor !== null && costMinor < 0n) findings.push(negative(`${path}.cost`, 'the cost'));
  return costMinor === null || priceMinor === null ? null : { hours: decimalText(hours), costMinor, priceMinor };
}

function minorOf(text: string, currency: string, path: string, findings: Finding[]): bigint | null {
  let minor: bigint;
  try {
    ({ minor } = parseMoney(text, currency));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    findings.push(
      finding({
        code: 'AMOUNT_INVALID',
        path,
        message: `The amount has more decimals than ${currency} has.`,
        facts: { currency },
        remedy: `Give an amount in ${currency} with its own decimals, such as 1250.00.`,
      }),
    );
    return null;
  }
  if (minor > MOST_MINOR || minor < -MOST_MINOR) findings.push(tooLarge(path));
  return minor;
}

function isSame({ hours, costMinor, priceMinor }: StandingLine, amounts: Amounts): boolean {
  return (
    decimalText(parseDecimal(hours)) === amounts.hours &&
    costMinor === amounts.costMinor &&
    priceMinor === amounts.priceMinor
  );
}

function twice(path: string, budgetType: string): Finding {
  return finding({
    code: 'BUDGET_TYPE_TWICE',
    path: `${path}.budgetType`,
    message: `The budget type ${budgetType} is named twice.`,
    facts: { budgetType },
    remedy: 'Give each budget type one line, with all that it is to have.',
  });
}

function unknownType(path: string, types: readonly BudgetType[]): Finding {
  return finding({
    code: 'BUDGET_TYPE_UNKNOWN',
    path: `${path}.budgetType`,
    message: 'Neither the baseline nor the service template has this budget type.',
    facts: { known: types.map(({ key }) => key) },
    remedy: `Use one of ${types.map(({ key }) => key).join(', ')}.`,
  });
}

function unchanged(path: string, budgetType: string): Finding {
  return finding({
    code: 'LINE_UNCHANGED',
    path,
    message: `The line of ${budgetType} says what the baseline says.`,
    facts: { budgetType },
    remedy: 'Leave the line out, or give what changes.',
  });
}

function negative(path: string, what: string): Finding {
  return finding({
    code: 'AMOUNT_NEGATIVE',
    path,
    message: `A budget is never below zero: ${what} would be.`,
    facts: {},
    remedy: 'Give what is to stand in the baseline, not the difference; 0 takes it out.',
  });
}

function tooLarge(path: string): Finding {
  return finding({
    code: 'AMOUNT_TOO_LARGE',
    path,
    message: 'The figure is larger than any budget.',
    facts: {},
    remedy: 'Check the figure: amounts are in major units, such as 1250.00.',
  });
}
