import { registerEnumType } from 'type-graphql';

export enum Population {
  APPROVAL_REQUESTS = 'APPROVAL_REQUESTS',
  OVERRIDES = 'OVERRIDES',
}
registerEnumType(Population, {
  name: 'AuditPopulation',
  description: 'Of what an auditor takes everything in a period.',
  valuesConfig: {
    APPROVAL_REQUESTS: {
      description: 'Approval requests that were opened, approved, rejected, withdrawn or replaced in the period.',
    },
    OVERRIDES: {
      description: 'What let a rule be passed: granted exceptions, emergencies, items waived as N/A, votes taken back.',
    },
  },
});

/** What one row of a population is. Its id: of the request, the grant, the ledger entry, the revocation. */
export enum RowKind {
  APPROVAL_REQUEST = 'APPROVAL_REQUEST',
  EXCEPTION = 'EXCEPTION',
  BREAK_GLASS = 'BREAK_GLASS',
  NOT_APPLICABLE = 'NOT_APPLICABLE',
  VOTE_REVOKED = 'VOTE_REVOKED',
}
registerEnumType(RowKind, {
  name: 'AuditRowKind',
  description: 'What one row of a population is.',
  valuesConfig: {
    APPROVAL_REQUEST: { description: 'An approval request; the id is its own.' },
    EXCEPTION: { description: "An exception that was granted; the id is the grant's." },
    BREAK_GLASS: { description: "An emergency in which a request was passed; the id is the grant's." },
    NOT_APPLICABLE: { description: "A checklist item that was waived as N/A; the id is the ledger entry's." },
    VOTE_REVOKED: { description: "An approval that its voter took back; the id is the revocation's." },
  },
});

/** One row of a population as sampling and controls see it. */
export interface PopulationRow {
  readonly id: string;
  readonly kind: RowKind;
  /** The approval request behind it; null for a waived item. */
  readonly requestId: string | null;
  readonly subjectType: string;
  readonly subjectId: string;
  /** When it happened; of a request, when it was opened. */
  readonly at: Date;
  /** SHA-256 of the content that was asked about; null for a waived item. */
  readonly digest: string | null;
  /** Ids of who asked for it, approved or declared it, waived it, or took it back. */
  readonly by: readonly string[];
  /** Ids of everybody who had a hand in it: requester, owner, contributors, voters, declarers, who used it. */
  readonly actors: readonly string[];
}

/** From (inclusive) and to (exclusive). */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}
