import { type Finding, finding } from '../core/finding.js';
import { CauseItemType, ScopeChangeCause } from './scope-change.entity.js';

/** What a change is traced to. */
export interface TracedCause {
  readonly cause: ScopeChangeCause;
  readonly causeItemType: CauseItemType | null;
  readonly causeItemId: string | null;
}

/** Causes that lie in the handoff's own information. */
export const INCIDENT_CAUSES: readonly ScopeChangeCause[] = [
  ScopeChangeCause.MISSING,
  ScopeChangeCause.WRONG,
  ScopeChangeCause.AMBIGUOUS,
];

/**
 * Whether a change is a scope-change incident: traced to information missing or wrong in the handoff (requirements
 * section 8). What could be read in two ways was missing what would have made it clear, so it counts (choice).
 */
export const isIncident = ({ cause }: Pick<TracedCause, 'cause'>): boolean => INCIDENT_CAUSES.includes(cause);

/** Findings about how a cause is traced: what lies in the handoff names its item, what does not names none. */
export function causeFindings({ cause, causeItemType, causeItemId }: TracedCause): Finding[] {
  const facts = { cause, causeItemType, causeItemId };
  if (!isIncident({ cause })) {
    if (causeItemType === null && causeItemId === null) return [];
    return [
      finding({
        code: 'CAUSE_OUTSIDE_HANDOFF',
        path: 'causeItemType',
        message: `${cause} lies outside of the handoff, so that no item of it is the cause.`,
        facts,
        remedy: 'Leave the item out, or say MISSING, WRONG or AMBIGUOUS if the handoff caused it.',
      }),
    ];
  }
  const findings: Finding[] = [];
  if (causeItemType === null) {
    findings.push(
      finding({
        code: 'CAUSE_ITEM_MISSING',
        path: 'causeItemType',
        message: `${cause} is traced to an item of the handoff, and none is named.`,
        facts,
        remedy: 'Name the kind of item in causeItemType.',
      }),
    );
  }
  if (causeItemId === null && cause !== ScopeChangeCause.MISSING) {
    findings.push(
      finding({
        code: 'CAUSE_ITEM_MISSING',
        path: 'causeItemId',
        message: `An item that was ${cause} is there: its id is not named.`,
        facts,
        remedy: 'Name the item by its id in causeItemId; only what was MISSING may have none.',
      }),
    );
  }
  return findings;
}
