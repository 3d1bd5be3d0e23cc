import { DateTime } from 'luxon';
import type { BreakGlassTerms } from '../approval/break-glass.rules.js';
import type { ApprovalNeed } from '../approval/need.rules.js';
import { approversNeeded, rolesOf } from '../approval/need.rules.js';
import type { Cover } from '../approval/grant.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { RuledConfiguration } from '../catalogue/configuration.js';
import { type Finding, finding } from '../core/finding.js';
import type { NormalisedTerms } from '../deal/terms.rules.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { evaluateMargin, type MarginGroup, type MarginVerdict } from './margin.rules.js';
import {
  bothNeeds,
  breakGlassOf,
  needFor,
  type PriorException,
  strictestNeed,
  weigh,
  type Weighing,
} from './materiality.rules.js';

/** The approval request's kind for a margin below its floor. */
export const MARGIN_EXCEPTION = 'MARGIN_EXCEPTION';

/** What of the handoff the margin is judged by. */
export type JudgedHandoff = Pick<Handoff, 'serviceTemplate' | 'dealType' | 'termsDigest' | 'termsRevision'>;

/** The terms, the policies that rule them, and when. Pure: everything comes from the caller. */
export interface MarginCase {
  readonly terms: NormalisedTerms;
  /** The configuration that the handoff pinned. */
  readonly configuration: RuledConfiguration;
  /** The configuration that rules now: what it tightened holds, what it loosened does not (approvals rule 13). */
  readonly ruling: RuledConfiguration;
  readonly handoff: JudgedHandoff;
  readonly now: Date;
}

/** What the need of an exception depends on beside the margin. */
export interface ExceptionGround {
  /** Other exceptions of the client that were asked for before this one. */
  readonly priors: readonly PriorException[];
  /** Person ids by the keys that a policy names. */
  readonly handleIds: ReadonlyMap<string, string>;
}

/** How many people must approve an exception, and why. */
export interface ExceptionNeed {
  readonly need: ApprovalNeed;
  /** The most that the policy ever asks: what a round opened by a change of terms needs. */
  readonly strictest: ApprovalNeed;
  /** Who may pass it in an emergency; null is nobody. */
  readonly breakGlass: BreakGlassTerms | null;
  /** How the shortfall was weighed by the pinned policy. */
  readonly weighing: Weighing;
  /** The parts below their floor. */
  readonly below: readonly MarginGroup[];
}

/** The margin of the handoff's terms against the floors in force on the day, in the tenant's time zone. */
export function judgeMargin({ terms, configuration, ruling, handoff, now }: MarginCase): MarginVerdict {
  const { serviceTemplate, dealType } = handoff;
  const floors = [configuration.marginFloors, ruling.marginFloors];
  return evaluateMargin({ terms, floors, serviceTemplate, dealType, on: dayOf(configuration, now) });
}

/**
 * How many people must approve an exception for these terms, null when no part is below its floor (issue 2: below
 * materiality one, above it two different natural persons). Strictly above any number of a threshold is graver. So is
 * what cannot be measured against it: a shortfall without a rate, and another currency without an exchange rate. Where
 * the ruling policy asks for more than the pinned one, both hold.
 */
export function exceptionNeed(question: MarginCase & ExceptionGround): ExceptionNeed | null {
  return needOf(judgeMargin(question), question);
}

/** The same for a verdict that is known. */
export function needOf(
  verdict: MarginVerdict,
  question: Omit<MarginCase, 'terms'> & ExceptionGround,
): ExceptionNeed | null {
  const { configuration, ruling, handoff, now, priors, handleIds } = question;
  const scopes = new Set(verdict.findings.filter(isBelowFloor).map(({ facts }) => facts.scope));
  const below = verdict.groups.filter(({ scope }) => scopes.has(scope));
  if (below.length === 0) return null;
  const { dealType } = handoff;
  const weighed = { verdict, below, dealType, priors, on: dayOf(configuration, now), now };
  const weighing = weigh(configuration, weighed);
  const pinned = needFor(configuration, weighing.gravity, dealType, handleIds);
  const present = needFor(ruling, weigh(ruling, weighed).gravity, dealType, handleIds);
  return {
    need: bothNeeds(pinned, present)!,
    strictest: bothNeeds(strictestNeed(configuration, handleIds), strictestNeed(ruling, handleIds))!,
    breakGlass: breakGlassOf(configuration, ruling, handleIds),
    weighing,
    below,
  };
}

/**
 * What an exception on these terms would need, for whoever changes them: a function of the classification that they get.
 * Null when no part would be below its floor. The facts are marginFacts.
 */
export function needOnTerms(
  {
    version,
    ruling,
    priors,
    handleIds,
  }: { version: ConfigurationVersion; ruling: ConfigurationVersion } & ExceptionGround,
  terms: NormalisedTerms,
  { termsDigest, termsRevision }: JudgedHandoff,
  now: Date,
): (changed: Pick<Handoff, 'serviceTemplate' | 'dealType'>) => ApprovalNeed | null {
  return ({ serviceTemplate, dealType }) => {
    const handoff = { serviceTemplate, dealType, termsDigest, termsRevision };
    const policies = { configuration: configurationOf(version), ruling: configurationOf(ruling) };
    return exceptionNeed({ terms, ...policies, handoff, now, priors, handleIds })?.need ?? null;
  };
}

/** What the margin gate found, and the approval that it leaned on. */
export interface MarginJudgement {
  readonly findings: readonly Finding[];
  /** The exception that covers a shortfall; null when there is none, or none is needed. */
  readonly cover: Cover | null;
  readonly verdict: MarginVerdict;
}

/**
 * The margin gate (requirement 002 step 1). A part below its floor that a live grant covers becomes the warning
 * MARGIN_EXCEPTION_GRANTED. A grant covers exactly the handoff's terms (digest and revision), and only when those who
 * approved reach what both the pinned and the ruling policy ask for these figures now. `coverFor` is coveringGrant.
 */
export function judgeMarginGate(
  question: MarginCase & ExceptionGround & { readonly coverFor: (asked: ExceptionNeed) => Cover | null },
): MarginJudgement {
  const verdict = judgeMargin(question);
  const asked = needOf(verdict, question);
  const cover = asked ? question.coverFor(asked) : null;
  const findings = verdict.findings.map((found) => {
    if (!asked || !isBelowFloor(found)) return found;
    return cover ? granted(found, cover) : needed(found, asked);
  });
  return { findings, cover, verdict };
}

/** Whether a finding says that a part is below its floor: what an exception may cover. */
export function isBelowFloor(found: Finding): boolean {
  return found.code === 'MARGIN_BELOW_FLOOR';
}

/** The day of an instant in the tenant's time zone, as ISO date. */
export function dayOf({ tenant }: Pick<RuledConfiguration, 'tenant'>, now: Date): string {
  return DateTime.fromJSDate(now, { zone: tenant.timeZone }).toISODate()!;
}

function granted(found: Finding, { grant, used }: Cover): Finding {
  const { id, requestId, approvers, expiresAt, way } = grant;
  const until = expiresAt.toISOString();
  return finding({
    code: 'MARGIN_EXCEPTION_GRANTED',
    discloses: 'MARGIN',
    severity: 'WARNING',
    path: found.path,
    message: `${found.message} ${approvers} ${approvers === 1 ? 'person' : 'people'} approved an exception for exactly these terms.`,
    facts: { ...found.facts, requestId, grantId: id, approvers, way, used, expiresAt: until },
    remedy: used
      ? 'It was used for exactly these terms; a change of the terms ends it.'
      : `Go on before the exception lapses at ${until}; a change of the terms ends it.`,
  });
}

function needed(found: Finding, { need, weighing }: ExceptionNeed): Finding {
  const approvers = approversNeeded(need);
  const roles = rolesOf(need);
  const people = approvers === 1 ? 'one person' : `${approvers} different people`;
  const out = roles.length === 0 ? 'whom the policy names' : `with one of the roles ${roles.join(', ')}`;
  return {
    ...found,
    facts: {
      ...found.facts,
      approversNeeded: approvers,
      approverRoles: roles,
      material: weighing.gravity !== 'BELOW',
      gravity: weighing.gravity,
      priorMinor: weighing.priorMinor,
    },
    remedy: `${found.remedy} The exception (requestMarginException) needs the approval of ${people} ${out}, neither the requester nor anyone who wrote the terms.`,
  };
}
