import { type Finding, finding } from '../core/finding.js';
import { Role, SEES_MARGIN } from '../identity/roles.js';
import { KPI_DEFINITIONS, KPI_DIGEST, KPI_SET_VERSION, kpiByKey } from './kpi.definitions.js';
import { type KpiBaseline, type KpiBaselineConfirmation, KpiSide, type KpiSignOff } from './kpi.entity.js';
import { type KpiDefinition, KpiForm } from './kpi.words.js';

/** Which role signs for a side. */
export const SIDE_ROLES: Readonly<Record<KpiSide, Role>> = {
  [KpiSide.SALES]: Role.SALES_MANAGER,
  [KpiSide.DELIVERY]: Role.SERVICE_DELIVERY_LEAD,
};

/** Who acts, as far as these rules ask. */
export interface Signer {
  readonly id: string;
  readonly roles: readonly string[];
}

/**
 * What keeps somebody from signing the definitions: other definitions than those in force, a side that is not theirs, a
 * side that has signed, or the same person on both sides (document 001, gate of phase 1).
 */
export function signOffFindings(
  { digest, side }: { readonly digest: string; readonly side: KpiSide },
  signOffs: readonly KpiSignOff[],
  signer: Signer,
): Finding[] {
  const findings: Finding[] = [];
  if (digest !== KPI_DIGEST) {
    findings.push(
      finding({
        code: 'DEFINITIONS_CHANGED',
        path: 'digest',
        message: 'These are not the definitions that are in force.',
        facts: { digest: KPI_DIGEST, version: KPI_SET_VERSION },
        remedy: 'Read kpiDefinitions again and sign with its digest.',
      }),
    );
  }
  if (!signer.roles.includes(SIDE_ROLES[side])) {
    findings.push(
      finding({
        code: 'NOT_ELIGIBLE',
        path: 'side',
        message: `For ${side} a ${SIDE_ROLES[side]} signs.`,
        facts: { side, role: SIDE_ROLES[side] },
        remedy: 'Sign for your own side, or ask somebody with that role.',
      }),
    );
  }
  const signed = currentSignOffs(signOffs);
  if (signed.some((one) => one.side === side)) {
    findings.push(
      finding({
        code: 'ALREADY_SIGNED',
        path: 'side',
        message: `${side} has signed these definitions.`,
        facts: { side },
        remedy: 'There is nothing to do for this side.',
      }),
    );
  }
  if (signed.some((one) => one.signedBy === signer.id)) {
    findings.push(
      finding({
        code: 'SAME_PERSON',
        path: 'side',
        message: 'You have signed these definitions for the other side.',
        facts: {},
        remedy: `Somebody else signs for ${side}.`,
      }),
    );
  }
  return findings;
}

/** The signatures under the definitions that are in force. */
export const currentSignOffs = (signOffs: readonly KpiSignOff[]): readonly KpiSignOff[] =>
  signOffs.filter(({ digest }) => digest === KPI_DIGEST);

/** The sides that have not signed the definitions in force. */
export function unsignedSides(signOffs: readonly KpiSignOff[]): KpiSide[] {
  const signed = currentSignOffs(signOffs).map(({ side }) => side);
  return Object.values(KpiSide).filter((side) => !signed.includes(side));
}

/** A baseline as it is given. */
export interface BaselineDraft {
  readonly kpi: string;
  readonly fromOn: string;
  readonly toOn: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Everything that is wrong with a baseline; `today` is the tenant's day. */
export function baselineFindings(draft: BaselineDraft, roles: readonly string[], today: string): Finding[] {
  const { kpi, fromOn, toOn, numerator, denominator } = draft;
  const definition = kpiByKey(kpi);
  const findings: Finding[] = [];
  if (!definition) {
    findings.push(
      finding({
        code: 'KPI_UNKNOWN',
        path: 'kpi',
        message: 'There is no KPI with this key.',
        facts: { known: KPI_DEFINITIONS.map(({ key }) => key) },
        remedy: 'Use a key of kpiDefinitions.',
      }),
    );
  }
  if (toOn < fromOn || toOn > today) {
    findings.push(
      finding({
        code: 'PERIOD_INVALID',
        path: 'toOn',
        message: 'A baseline is of a period that has begun before it ended, and has ended.',
        facts: { fromOn, toOn, today },
        remedy: 'Give a first and a last day, neither in the future.',
      }),
    );
  }
  if (definition)
    findings.push(...figureFindings(definition, numerator, denominator), ...marginFindings(definition, roles));
  return findings;
}

function figureFindings({ form, isMargin }: KpiDefinition, numerator: bigint, denominator: bigint): Finding[] {
  const isSound =
    denominator >= 0n &&
    (isMargin || numerator >= 0n) &&
    (form !== KpiForm.SHARE || numerator <= denominator) &&
    (denominator > 0n || numerator === 0n);
  if (isSound) return [];
  return [
    finding({
      code: 'FIGURES_IMPOSSIBLE',
      path: 'numerator',
      message: 'Numerator and denominator cannot both be right.',
      facts: { form },
      remedy:
        'Give whole numbers that are not negative, of a SHARE a numerator that is part of the denominator, and 0 of 0 when there was no case.',
    }),
  ];
}

/** Whoever may not see margin neither freezes nor confirms its figures. */
export function marginFindings({ isMargin }: Pick<KpiDefinition, 'isMargin'>, roles: readonly string[]): Finding[] {
  if (!isMargin || SEES_MARGIN.some((role) => roles.includes(role))) return [];
  return [
    finding({
      code: 'NOT_ELIGIBLE',
      path: 'kpi',
      message: 'These figures tell of margin, which your role does not see.',
      facts: { roles: [...SEES_MARGIN] },
      remedy: 'A finance approver freezes them.',
    }),
  ];
}

/** The baseline of a KPI that counts: the first, or the last correction that was confirmed; null before the first. */
export function currentBaseline<T extends Pick<KpiBaseline, 'id' | 'supersedesId'>>(
  baselines: readonly T[],
  confirmations: readonly Pick<KpiBaselineConfirmation, 'baselineId' | 'supersedesId'>[],
): T | null {
  let current = baselines.find(({ supersedesId }) => supersedesId === null) ?? null;
  for (;;) {
    const next = confirmations.find(({ supersedesId }) => supersedesId === current?.id);
    const corrected = next && baselines.find(({ id }) => id === next.baselineId);
    if (!corrected) return current;
    current = corrected;
  }
}

const SCALE = 10_000n;

/**
 * The value of figures as a decimal with four places, half away from zero: `0.8125` is 81.25 %. Null when there was no
 * case, which is not 0.
 */
export function valueOf(form: KpiForm, numerator: bigint, denominator: bigint): string | null {
  if (denominator === 0n) return null;
  const divisor = form === KpiForm.SHARE || form === KpiForm.MEAN ? denominator : 1n;
  const twice = 2n * numerator * SCALE;
  const sign = twice < 0n ? -1n : 1n;
  const scaled = ((sign * twice + divisor) / (2n * divisor)) * sign;
  const size = scaled < 0n ? -scaled : scaled;
  const decimals = String(size % SCALE)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${size / SCALE}${decimals === '' ? '' : `.${decimals}`}`;
}
