import type { ApprovalLevel, ApprovalRule, ApprovalStep, ExchangeRate, TenantConfiguration } from './configuration.js';
import type { DealType, MemberRole } from './configuration.words.js';

/** Hours for which a role must have been held before it approves, where a policy says nothing (attack A15). */
export const ROLE_COOL_DOWN_HOURS = 24;

/** Days within which a client's exceptions count together, where a policy says nothing (approvals rule 4). */
export const CLIENT_WINDOW_DAYS = 90;

/** A level's groups: its steps, or the one group that `approvers` and `roles` are. */
export function stepsOf({ steps, approvers = 1, roles = [] }: ApprovalLevel): Required<ApprovalStep>[] {
  if (!steps) return [{ name: 'approval', approvers, roles, people: [] }];
  return steps.map((step) => ({ ...step, roles: step.roles ?? [], people: step.people ?? [] }));
}

/** How many different people a level asks for. */
export function approversOf(level: ApprovalLevel): number {
  return stepsOf(level).reduce((sum, { approvers }) => sum + approvers, 0);
}

/** Every role out of which a level may be answered. */
export function rolesOf(level: ApprovalLevel): MemberRole[] {
  return [...new Set(stepsOf(level).flatMap(({ roles }) => roles))];
}

/** The rule as it is for a deal type. */
export function ruleFor(rule: ApprovalRule, dealType: DealType): ApprovalRule {
  return { ...rule, ...rule.byDealType?.[dealType] };
}

/** The rate of a currency on a date: the latest that holds; null when there is none. */
export function rateOn(
  { exchangeRates = [] }: TenantConfiguration['approvalPolicy'],
  currency: string,
  date: string,
): ExchangeRate | null {
  return exchangeRates
    .filter((rate) => rate.currency === currency && rate.from <= date)
    .reduce<ExchangeRate | null>((latest, rate) => (latest && latest.from > rate.from ? latest : rate), null);
}
