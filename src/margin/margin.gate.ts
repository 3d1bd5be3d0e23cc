import { DateTime } from 'luxon';
import { type Finding, finding } from '../core/finding.js';
import type { TenantConfiguration } from '../catalogue/configuration.js';
import type { ApprovalNeed } from '../approval/approval.effects.js';
import { liveGrant } from '../approval/approval.rules.js';
import type { ApprovalGrant } from '../approval/vote.entity.js';
import type { NormalisedTerms } from '../deal/terms.rules.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { Role } from '../identity/roles.js';
import { evaluateMargin, type MarginGroup, type MarginVerdict } from './margin.rules.js';

/** The approval request's kind for a margin below its floor. */
export const MARGIN_EXCEPTION = 'MARGIN_EXCEPTION';

/** What of the handoff the margin is judged by. */
export type JudgedHandoff = Pick<Handoff, 'serviceTemplate' | 'dealType' | 'termsDigest' | 'termsRevision'>;

/** The terms, the policy that rules them, and when. Pure: everything comes from the caller. */
export interface MarginCase {
  readonly terms: NormalisedTerms;
  readonly configuration: TenantConfiguration;
  readonly handoff: JudgedHandoff;
  readonly now: Date;
}

/** How many people must approve an exception, and why. */
export interface ExceptionNeed {
  /** Whether a shortfall is above the materiality threshold. */
  readonly material: boolean;
  readonly need: ApprovalNeed;
  /** The most that the policy ever asks: what a round opened by a change of terms needs. */
  readonly strictest: ApprovalNeed;
  /** The parts below their floor. */
  readonly below: readonly MarginGroup[];
}

/** The margin of the handoff's terms against the floors in force on the day, in the tenant's time zone. */
export function judgeMargin({ terms, configuration, handoff, now }: MarginCase): MarginVerdict {
  const { serviceTemplate, dealType } = handoff;
  const on = DateTime.fromJSDate(now, { zone: configuration.tenant.timeZone }).toISODate()!;
  return evaluateMargin({ terms, floors: configuration.marginFloors, serviceTemplate, dealType, on });
}

/**
 * How many people must approve an exception for these terms, null when no part is below its floor (issue 2: below
 * materiality one, above it two different natural persons). Strictly above either number of the threshold is material.
 * So is what cannot be measured against it: a shortfall without a rate, and a deal in another currency than the tenant's.
 */
export function exceptionNeed(
  terms: NormalisedTerms,
  configuration: TenantConfiguration,
  handoff: JudgedHandoff,
  now: Date,
): ExceptionNeed | null {
  return needOf(judgeMargin({ terms, configuration, handoff, now }), configuration);
}

/** The same for a verdict that is known. */
export function needOf(verdict: MarginVerdict, configuration: TenantConfiguration): ExceptionNeed | null {
  const scopes = new Set(verdict.findings.filter(isBelowFloor).map(({ facts }) => facts.scope));
  const below = verdict.groups.filter(({ scope }) => scopes.has(scope));
  if (below.length === 0) return null;
  const { materiality, below: usual, above } = configuration.approvalPolicy.marginException;
  const measurable = verdict.currency === configuration.tenant.currency;
  const within = below.every(
    ({ shortfallMinor, shortfallBps }) =>
      shortfallMinor !== null &&
      shortfallMinor <= BigInt(materiality.shortfallMinor) &&
      shortfallBps !== null &&
      shortfallBps <= materiality.shortfallBps,
  );
  const strictest = levelOf(above);
  const material = !(measurable && within);
  return { material, need: material ? strictest : levelOf(usual), strictest, below };
}

/**
 * The findings of the margin gate (requirement 002 step 1). A part below its floor that a live grant covers becomes the
 * warning MARGIN_EXCEPTION_GRANTED. A grant covers exactly the handoff's terms (digest and revision), and only when at
 * least as many people reached it as the policy asks for these figures now: a floor that rose since, past the
 * materiality threshold, asks for more. `grants` are those whose quorum stands (standingGrants).
 */
export function marginFindings(question: MarginCase & { readonly grants: readonly ApprovalGrant[] }): Finding[] {
  const { handoff, grants, configuration, now } = question;
  const verdict = judgeMargin(question);
  const asked = needOf(verdict, configuration);
  const grant = liveGrant(grants, MARGIN_EXCEPTION, handoff.termsDigest, handoff.termsRevision, now);
  return verdict.findings.map((found) => {
    if (!asked || !isBelowFloor(found)) return found;
    return grant && grant.approvers >= asked.need.approvers ? granted(found, grant) : needed(found, asked);
  });
}

/** Whether a finding says that a part is below its floor: what an exception may cover. */
export function isBelowFloor(found: Finding): boolean {
  return found.code === 'MARGIN_BELOW_FLOOR';
}

function granted(found: Finding, { id, requestId, approvers, expiresAt }: ApprovalGrant): Finding {
  return finding({
    code: 'MARGIN_EXCEPTION_GRANTED',
    discloses: 'MARGIN',
    severity: 'WARNING',
    path: found.path,
    message: `${found.message} ${approvers} ${approvers === 1 ? 'person' : 'people'} approved an exception for exactly these terms.`,
    facts: { ...found.facts, requestId, grantId: id, approvers, expiresAt: expiresAt.toISOString() },
    remedy: `Go on before the exception lapses at ${expiresAt.toISOString()}; a change of the terms ends it.`,
  });
}

function needed(found: Finding, { need, material }: ExceptionNeed): Finding {
  const { approvers, roles } = need;
  const people = approvers === 1 ? 'one person' : `${approvers} different people`;
  return {
    ...found,
    facts: { ...found.facts, approversNeeded: approvers, approverRoles: [...roles], material },
    remedy: `${found.remedy} The exception (requestMarginException) needs the approval of ${people} with one of the roles ${roles.join(', ')}, neither the requester nor anyone who wrote the terms.`,
  };
}

function levelOf({ approvers, roles }: { approvers: number; roles: readonly string[] }): ApprovalNeed {
  return { approvers, roles: roles.map((role) => Role[role as keyof typeof Role]) };
}
