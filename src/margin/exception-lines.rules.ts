import { floorDivide, WHOLE_BPS } from '../core/basis-points.js';
import type { TermsLine } from '../deal/terms.rules.js';
import { lineMargin, type LineMargin } from './margin.rules.js';

/** What of a judged part its lines are held against. */
export interface JudgedPart {
  /** TOTAL, a billing, a line kind, or a kind of a billing. */
  readonly scope: string;
  readonly floorBps: number | null;
  readonly shortfallMinor: bigint | null;
}

/** One line of the quotation against the floors; amounts in minor units over the contract. */
export interface LineAgainstFloor extends LineMargin {
  readonly description: string;
  /** The part whose floor applies to the line: the narrowest that has one; null when none does. */
  readonly floorScope: string | null;
  readonly floorBps: number | null;
  /** What the line adds to the shortfall of the worst part; below zero it makes up for others; null outside of it. */
  readonly contributionMinor: bigint | null;
}

/** The part that misses most in money, the first of equals; null when no part misses anything. */
export function worstPart<T extends JudgedPart>(parts: readonly T[]): T | null {
  return parts
    .filter(({ shortfallMinor }) => shortfallMinor !== null && shortfallMinor > 0n)
    .reduce<T | null>((most, part) => (most && most.shortfallMinor! >= part.shortfallMinor! ? most : part), null);
}

/**
 * Each line against the floor that applies to it, and what it adds to the shortfall of the worst part: its cost less
 * what that part's floor allows at its price, rounded up, so that the lines' sum is never below the part's shortfall and
 * above it by less than a minor unit a line.
 */
export function linesAgainstFloors(lines: readonly TermsLine[], parts: readonly JudgedPart[]): LineAgainstFloor[] {
  const worst = worstPart(parts);
  return lines.map((line) => {
    const figures = lineMargin(line);
    const narrowest = scopesOf(line)
      .map((scope) => parts.find((part) => part.scope === scope && part.floorBps !== null))
      .find((part) => part !== undefined);
    return {
      ...figures,
      description: line.description,
      floorScope: narrowest?.scope ?? null,
      floorBps: narrowest?.floorBps ?? null,
      contributionMinor: worst && scopesOf(line).includes(worst.scope) ? contribution(figures, worst) : null,
    };
  });
}

/** The parts that a line belongs to, the narrowest first. */
function scopesOf({ kind, billing }: TermsLine): string[] {
  return [`${kind}_${billing}`, kind, billing, 'TOTAL'];
}

function contribution({ revenueMinor, costMinor }: LineMargin, { floorBps }: JudgedPart): bigint | null {
  if (costMinor === null || floorBps === null) return null;
  return costMinor - floorDivide(revenueMinor * BigInt(WHOLE_BPS - floorBps), BigInt(WHOLE_BPS));
}
