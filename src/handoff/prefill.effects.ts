import type { Moment } from '../core/command.js';
import { insert, type Statement } from '../core/statement.js';
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

/** One thing that the PSA can fill. */
interface Piece {
  /** What the PSA says of it, as one text; null when it says nothing. */
  readonly said: (deal: ImportedDeal) => string | null;
  readonly fill: (prefill: Prefill, moment: Moment) => Statement;
  /** Takes out what the PSA had filled and nobody has revised. */
  readonly clear: (handoffId: string) => Statement;
}

/** Where a prefilled row comes from, for people. */
export function psaSource({ snapshot, deal }: Pick<Prefill, 'snapshot' | 'deal'>): string {
  const document = deal.quotationExternalId === null ? 'quotation' : `quotation ${deal.quotationExternalId}`;
  return `HaloPSA opportunity ${deal.externalId}, ${document}, deal revision ${snapshot.revision}`;
}

const own = ({ handoffId, snapshot }: Prefill): { handoffId: string; dealSnapshotId: string } => ({
  handoffId,
  dealSnapshotId: snapshot.id,
});

const UNTOUCHED = 'where tenant_id = $1 and handoff_id = $2 and deal_snapshot_id is not null';

function stakeholder(
  side: Side,
  role: StakeholderRole,
  person: (deal: ImportedDeal) => { name: string | null; email: string | null },
): Piece {
  return {
    said: (deal) => {
      const { name, email } = person(deal);
      return name === null ? null : JSON.stringify([name, email]);
    },
    fill: (prefill, { newId }) => {
      const { name, email } = person(prefill.deal);
      return insert(Stakeholder, { id: newId(), ...own(prefill), side, role, name: name ?? '', email });
    },
    clear: (handoffId) => ({ text: `delete from stakeholder ${UNTOUCHED} and role = $3`, values: [handoffId, role] }),
  };
}

/**
 * The quotation's scope as IN_SCOPE statement, its risk text as a risk of MEDIUM level (the PSA gives none), the
 * opportunity's contact as the client's primary contact, its agent as account owner.
 */
const PIECES: readonly Piece[] = [
  {
    said: (deal) => deal.scope,
    fill: (prefill, { now, newId }) => {
      const row = { id: newId(), ...own(prefill), kind: StatementKind.IN_SCOPE, text: prefill.deal.scope ?? '' };
      return insert(HandoffStatement, { ...row, source: psaSource(prefill), createdAt: now });
    },
    clear: (handoffId) => ({
      text: `delete from handoff_statement ${UNTOUCHED} and kind = $3`,
      values: [handoffId, StatementKind.IN_SCOPE],
    }),
  },
  {
    said: (deal) => deal.risk,
    fill: (prefill, { now, newId }) => {
      const row = { id: newId(), ...own(prefill), text: prefill.deal.risk ?? '', level: RiskLevel.MEDIUM };
      return insert(Risk, { ...row, source: psaSource(prefill), createdAt: now });
    },
    clear: (handoffId) => ({ text: `delete from risk ${UNTOUCHED}`, values: [handoffId] }),
  },
  stakeholder(Side.CLIENT, StakeholderRole.PRIMARY_CONTACT, (deal) => ({
    name: deal.contactName,
    email: deal.contactEmail,
  })),
  stakeholder(Side.PROVIDER, StakeholderRole.ACCOUNT_OWNER, (deal) => ({ name: deal.ownerName, email: null })),
];

/** The rows of a new handoff that the PSA can fill. */
export function prefill(prefill: Prefill, moment: Moment): Statement[] {
  return PIECES.filter(({ said }) => said(prefill.deal) !== null).map(({ fill }) => fill(prefill, moment));
}

/**
 * The prefill of a later snapshot: only what the PSA says otherwise than in the adopted one. Rows that still stand as
 * the PSA filled them give way; what a person has written or revised stays, and what a person has taken out does not
 * come back until the PSA says something else.
 */
export function refill(former: ImportedDeal, to: Prefill, moment: Moment): Statement[] {
  return PIECES.filter(({ said }) => said(former) !== said(to.deal)).flatMap(({ said, fill, clear }) => [
    clear(to.handoffId),
    ...(said(to.deal) === null ? [] : [fill(to, moment)]),
  ]);
}
