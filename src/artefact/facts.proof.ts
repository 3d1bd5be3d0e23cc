import type { LedgerRead } from '../core/ledger/export.js';
import { type Proofs, proveEntries } from '../core/ledger/entry-proofs.js';
import { type Query, sql } from '../core/statement.js';
import type { Edition } from './edition.js';

/** Approvals that a proof brief shows; everything is in the audit's exports. */
const SAMPLED_REQUESTS = 5;

/** An approval that was granted, with the votes that made it. */
export interface ProvenApproval {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly requesterId: string;
  readonly digest: string;
  readonly round: number;
  readonly openedAt: Date;
  readonly decidedAt: Date | null;
  readonly votes: readonly ProvenVote[];
  /** Entries of the ledger about it, oldest first. */
  readonly entryIds: readonly string[];
}

/** A vote as it was cast, with the entry that tells of it. */
export interface ProvenVote {
  readonly voterId: string;
  readonly decision: string;
  readonly digest: string;
  readonly castAt: Date;
}

/** The newest approvals and the proofs of every entry about them, under the newest checkpoint. */
export interface ProofFacts {
  readonly approvals: readonly ProvenApproval[];
  readonly proofs: Proofs;
  /** How many approvals there are in all. */
  readonly total: number;
}

/** Reads and proves them. */
export async function proofFacts(read: LedgerRead, { tenantId, checkpoint }: Edition): Promise<ProofFacts> {
  const { approvals, total } = await read({
    approvals: newestApprovals(),
    total: sql(
      "select count(*)::int as total from approval_request where tenant_id = $1 and state in ('APPROVED', 'USED')",
      [],
      (rows) => rows[0]!.total as number,
    ),
  });
  const entryIds = approvals.flatMap((approval) => approval.entryIds);
  return { approvals, proofs: await proveEntries(tenantId, read, entryIds, checkpoint), total };
}

function newestApprovals(): Query<ProvenApproval[]> {
  const text = `select r.*,
      (select coalesce(json_agg(json_build_object('voterId', v.voter_id, 'decision', v.decision, 'digest', v.digest,
          'castAt', to_char(v.cast_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by v.cast_at, v.id), '[]')
        from approval_vote v where v.tenant_id = $1 and v.request_id = r.id and v.round = r.round
          and not exists (select 1 from approval_revocation k where k.tenant_id = $1 and k.vote_id = v.id)) as votes,
      array(select e.id::text from ledger_entry e where e.tenant_id = $1 and e.subject_id = r.id::text order by e.id) as entries
    from approval_request r where r.tenant_id = $1 and r.state in ('APPROVED', 'USED') order by r.decided_at desc, r.id limit ${SAMPLED_REQUESTS}`;
  return sql(text, [], (rows) =>
    rows.map((row) => ({
      id: row.id as string,
      kind: row.kind as string,
      state: row.state as string,
      subjectType: row.subject_type as string,
      subjectId: row.subject_id as string,
      requesterId: row.requester_id as string,
      digest: row.digest as string,
      round: row.round as number,
      openedAt: row.opened_at as Date,
      decidedAt: row.decided_at as Date | null,
      votes: (row.votes as (Omit<ProvenVote, 'castAt'> & { castAt: string })[]).map((vote) => ({
        ...vote,
        castAt: new Date(vote.castAt),
      })),
      entryIds: row.entries as string[],
    })),
  );
}
