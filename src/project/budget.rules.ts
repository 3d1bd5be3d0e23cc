import type { BudgetType } from '../catalogue/configuration.js';
import { digestOf } from '../core/canonical.js';
import { addDecimals, type Decimal, decimalText, multiplyDecimals, parseDecimal } from '../core/decimal.js';
import { type Finding, finding } from '../core/finding.js';
import { contractPeriods, contractValue, type TermsLine } from '../deal/terms.rules.js';

/** The budget of one budget type as planned; amounts are minor units of the terms' currency. */
export interface PlannedBudgetLine {
  /** From 1. */
  readonly position: number;
  readonly budgetType: string;
  readonly label: string;
  /** A decimal text. */
  readonly hours: string;
  /** Null as soon as the cost of one of its quote lines is unknown: never a guess. */
  readonly costMinor: bigint | null;
  readonly priceMinor: bigint;
}

/** The planned line within a row that holds more. */
export function plannedLine(line: PlannedBudgetLine): PlannedBudgetLine {
  const { position, budgetType, label, hours, costMinor, priceMinor } = line;
  return { position, budgetType, label, hours, costMinor, priceMinor };
}

/** A task as far as the budget asks. */
export interface BudgetedTask {
  readonly budgetType: string;
  readonly estimateHours: string;
}

/**
 * The budget by budget type. Every quote line falls into the one type that names its kind; a line that none names is
 * the finding BUDGET_TYPE_MISSING, one that several name BUDGET_TYPE_AMBIGUOUS. Cost and price are those of the type's
 * lines over the contract (recurring lines times their billing periods), so that the prices of all types add up to the
 * contract value of the terms.
 *
 * Hours are what was sold: the quantities of the type's LABOUR lines, counted as hours, over the contract. A type that
 * holds no labour line has the estimates of its tasks instead (choice: the two are never added, since a task uses the
 * hours that a labour line sold). A type without lines and hours is left out.
 */
export function budgetLines(
  types: readonly BudgetType[],
  lines: readonly TermsLine[],
  tasks: readonly BudgetedTask[],
): { readonly lines: readonly PlannedBudgetLine[]; readonly findings: readonly Finding[] } {
  const byType = new Map<string, TermsLine[]>(types.map(({ key }) => [key, []]));
  const findings: Finding[] = [];
  for (const line of lines) {
    const matching = types.filter(({ lineKinds }) => lineKinds.includes(line.kind)).map(({ key }) => key);
    if (matching.length === 1) byType.get(matching[0]!)!.push(line);
    else findings.push(unplaced(line, matching));
  }
  const planned = types.flatMap(({ key, label }) => {
    const own = byType.get(key)!;
    const hours = hoursOf(
      own,
      tasks.filter(({ budgetType }) => budgetType === key),
    );
    if (own.length === 0 && hours === '0') return [];
    const { revenueMinor: priceMinor, costMinor } = contractValue(own);
    return [{ budgetType: key, label, hours, costMinor, priceMinor }];
  });
  return { lines: planned.map((line, index) => ({ position: index + 1, ...line })), findings };
}

/** SHA-256 over the lines of a baseline (RFC 8785); amounts travel as text. */
export function budgetDigest(currency: string, lines: readonly PlannedBudgetLine[]): string {
  return digestOf({
    currency,
    lines: lines.map(({ budgetType, label, hours, costMinor, priceMinor }) => ({
      budgetType,
      label,
      hours,
      costMinor: costMinor === null ? null : costMinor.toString(),
      priceMinor: priceMinor.toString(),
    })),
  });
}

function hoursOf(lines: readonly TermsLine[], tasks: readonly BudgetedTask[]): string {
  const labour = lines.filter(({ kind }) => kind === 'LABOUR');
  const parts =
    labour.length > 0
      ? labour.map((line) => multiplyDecimals(parseDecimal(line.quantity), whole(contractPeriods(line))))
      : tasks.map(({ estimateHours }) => parseDecimal(estimateHours));
  return decimalText(parts.reduce(addDecimals, whole(0n)));
}

const whole = (unscaled: bigint): Decimal => ({ unscaled, scale: 0 });

function unplaced(line: TermsLine, matching: readonly string[]): Finding {
  const facts = { position: line.position, kind: line.kind, budgetTypes: [...matching] };
  const path = `deal.lines[${line.position}]`;
  if (matching.length === 0) {
    return finding({
      code: 'BUDGET_TYPE_MISSING',
      path,
      message: `No budget type of the service template takes quote line ${line.position}, which is ${line.kind}.`,
      facts,
      remedy: `Give the kind ${line.kind} to a budget type of the service template, or correct the line's kind in the PSA.`,
    });
  }
  return finding({
    code: 'BUDGET_TYPE_AMBIGUOUS',
    path,
    message: `Several budget types of the service template take quote line ${line.position}, which is ${line.kind}.`,
    facts,
    remedy: `Give the kind ${line.kind} to exactly one budget type of the service template.`,
  });
}
