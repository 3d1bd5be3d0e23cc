import type { Moment } from '../core/command.js';
import { insertAll, remove, type Statement } from '../core/statement.js';
import type { DealSnapshot } from '../deal/deal.entity.js';
import type { ImportedDeal } from '../deal/halopsa-deal.rules.js';
import {
  HandoffStatement,
  Risk,
  RiskLevel,
  Side,
  Stakeholder,
  StakeholderRole,
  StatementKind,
} from './content.entity.js';

/** What the PSA already says of a handoff's content (document 001: prefill, so that nobody types twice). */
export interface Prefill {
  readonly handoffId: string;
  readonly snapshot: Pick<DealSnapshot, 'id' | 'revision'>;
  readonly deal: ImportedDeal;
}

/** Where a prefilled row comes from, for people. */
export function psaSource({ snapshot, deal }: Pick<Prefill, 'snapshot' | 'deal'>): string {
  const document = deal.quotationExternalId === null ? 'quotation' : `quotation ${deal.quotationExternalId}`;
  return `HaloPSA opportunity ${deal.externalId}, ${document}, deal revision ${snapshot.revision}`;
}

/**
 * The rows that the PSA can fill: the quotation's scope as IN_SCOPE statement, its risk text as a risk of MEDIUM level
 * (the PSA gives none), the opportunity's contact as the client's primary contact, its agent as account owner.
 */
export function prefill(prefill: Prefill, { now, newId }: Moment): Statement[] {
  const { handoffId, snapshot, deal } = prefill;
  const source = psaSource(prefill);
  const own = { handoffId, dealSnapshotId: snapshot.id };
  const statements: Omit<HandoffStatement, 'tenantId'>[] =
    deal.scope === null
      ? []
      : [{ id: newId(), ...own, kind: StatementKind.IN_SCOPE, text: deal.scope, source, dueOn: null, createdAt: now }];
  const risks: Omit<Risk, 'tenantId'>[] =
    deal.risk === null
      ? []
      : [{ id: newId(), ...own, text: deal.risk, level: RiskLevel.MEDIUM, mitigation: null, source, createdAt: now }];
  const nothing = { title: null, phone: null, notes: null };
  const stakeholders: Omit<Stakeholder, 'tenantId'>[] = [];
  if (deal.contactName !== null) {
    const role = StakeholderRole.PRIMARY_CONTACT;
    const { contactName: name, contactEmail: email } = deal;
    stakeholders.push({ id: newId(), ...own, ...nothing, side: Side.CLIENT, role, name, email });
  }
  if (deal.ownerName !== null) {
    const role = StakeholderRole.ACCOUNT_OWNER;
    stakeholders.push({
      id: newId(),
      ...own,
      ...nothing,
      side: Side.PROVIDER,
      role,
      name: deal.ownerName,
      email: null,
    });
  }
  return [
    ...insertAll(HandoffStatement, statements),
    ...insertAll(Risk, risks),
    ...insertAll(Stakeholder, stakeholders),
  ];
}

/**
 * The prefill of a later snapshot: rows that still stand as an earlier one filled them give way to those of this one.
 * A row that a person has written or revised stays, and rows of people are never touched.
 */
export function refill(formerSnapshotId: string, to: Prefill, moment: Moment): Statement[] {
  const former = { handoffId: to.handoffId, dealSnapshotId: formerSnapshotId };
  return [remove(HandoffStatement, former), remove(Risk, former), remove(Stakeholder, former), ...prefill(to, moment)];
}
