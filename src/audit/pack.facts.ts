import { AfterReview } from '../approval/after-review.entity.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { ChecklistItem } from '../checklist/checklist.entity.js';
import { Evidence } from '../checklist/evidence.entity.js';
import type { LedgerRead } from '../core/ledger/export.js';
import { canonicalJson, sha256Hex } from '../core/canonical.js';
import { mapQuery, type Query, select, sql } from '../core/statement.js';
import { DealSnapshot } from '../deal/deal.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { handoffSubject } from '../handoff/handoff.rules.js';
import { versionSubject } from '../governance/proposal.rules.js';
import { Person } from '../identity/person.entity.js';
import { governedTermsOf } from '../margin/governed-terms.rules.js';
import { MarginException } from '../margin/margin.entity.js';
import { scopeChangeSubject, votedContent } from '../scope-change/content.rules.js';
import { ScopeChange } from '../scope-change/scope-change.entity.js';
import { baselineOfScopeChange, scopeChangeLines } from '../scope-change/scope-change.queries.js';
import { peopleAt, requestHistory, type RequestHistory } from './eligibility.queries.js';
import { type Eligibility, eligibilityAt } from './eligibility.rules.js';
import { NOBODY } from './given.js';
import { proveEntries, type Proofs } from '../core/ledger/entry-proofs.js';

/** What a round asked about, as text whose SHA-256 is the round's digest; null when nothing kept has that digest. */
export interface RoundContent {
  readonly round: number;
  readonly content: string | null;
  /** The deal's terms that the content names by digest; null for content that is no deal. */
  readonly terms: string | null;
}

/** Who could have approved at a moment that mattered. */
export interface EligibilityMoment {
  /** `opening of round 1`, `vote <id>`. */
  readonly moment: string;
  readonly eligibility: Eligibility;
}

/** Everything about one request that its pack tells. */
export interface RequestEvidence {
  readonly history: RequestHistory;
  readonly policy: ConfigurationVersion | null;
  readonly contents: readonly RoundContent[];
  readonly figures: readonly MarginException[];
  readonly eligibility: readonly EligibilityMoment[];
  readonly reviews: readonly AfterReview[];
  readonly proofs: Proofs;
  readonly documents: SubjectDocuments;
}

/** The evidence of the checklist of a handoff. */
export interface SubjectDocuments {
  readonly items: readonly ChecklistItem[];
  readonly evidence: readonly Evidence[];
}

/** Everything about one request. NOT_FOUND when there is none here. */
export async function requestEvidence(tenantId: string, read: LedgerRead, requestId: string): Promise<RequestEvidence> {
  const history = await read(requestHistory(requestId));
  const { request, rounds } = history;
  // By the database's clock: an id is made by a process whose own clock may be wrong.
  const votes = history.votes.toSorted((a, b) => a.castAt.getTime() - b.castAt.getTime() || (a.id < b.id ? -1 : 1));
  const { policy, reviews, figures, entries } = await read({
    policy: mapQuery(select(ConfigurationVersion, { id: request.configurationVersionId }), (rows) => rows[0] ?? null),
    reviews: select(AfterReview, { requestId }, { orderBy: ['id'] }),
    figures: select(MarginException, { requestId }, { orderBy: ['contentRevision', 'position'] }),
    entries: entriesAbout(history),
  });
  const eligibility: EligibilityMoment[] = [];
  for (const round of rounds) {
    const then = { at: round.openedAt, round, votes: votes.filter((vote) => vote.round < round.round) };
    const people = await read(peopleAt(then.at));
    eligibility.push({ moment: `opening of round ${round.round}`, eligibility: eligibilityAt(history, people, then) });
  }
  for (const [index, vote] of votes.entries()) {
    const round = rounds.find((one) => one.round === vote.round)!;
    const then = { at: vote.castAt, round, votes: votes.slice(0, index) };
    const people = await read(peopleAt(then.at));
    eligibility.push({ moment: `vote ${vote.id}`, eligibility: eligibilityAt(history, people, then) });
  }
  return {
    history,
    policy,
    reviews,
    figures,
    eligibility,
    contents: await contentsOf(read, history),
    proofs: await proveEntries(tenantId, read, entries),
    documents: await documentsOf(read, request.subjectType, request.subjectId),
  };
}

/** The evidence of a handoff's checklist; none for another kind of subject. */
export async function documentsOf(read: LedgerRead, type: string, id: string): Promise<SubjectDocuments> {
  const handoffId = type === handoffSubject(id).type ? id : NOBODY;
  return read({
    items: select(ChecklistItem, { handoffId }, { orderBy: ['position'] }),
    evidence: select(Evidence, { handoffId }, { orderBy: ['itemId', 'sequence'] }),
  });
}

/** What a scope change was voted on, as canonical text; null when it is not there, or its description was erased. */
async function scopeChangeContent(read: LedgerRead, id: string): Promise<string | null> {
  const { changes, lines, baselines } = await read({
    changes: select(ScopeChange, { id }),
    lines: scopeChangeLines(id),
    baselines: baselineOfScopeChange(id),
  });
  const [change, baseline] = [changes[0], baselines[0]];
  return change && baseline ? canonicalJson(votedContent({ ...change, baseline, lines })) : null;
}

async function contentsOf(read: LedgerRead, { request, rounds }: RequestHistory): Promise<RoundContent[]> {
  const { subjectType, subjectId } = request;
  const { handoff, version } = await read({
    handoff: mapQuery(select(Handoff, { id: subjectId }), (rows) => rows[0] ?? null),
    version: mapQuery(select(ConfigurationVersion, { id: subjectId }), (rows) => rows[0] ?? null),
  });
  if (subjectType === versionSubject(subjectId).type && version)
    return rounds.map(({ round, digest }) => ({
      round,
      content: version.digest === digest ? version.content : null,
      terms: null,
    }));
  if (subjectType === scopeChangeSubject(subjectId).type) {
    const content = await scopeChangeContent(read, subjectId);
    return rounds.map(({ round, digest }) => ({
      round,
      content: content !== null && sha256Hex(content) === digest ? content : null,
      terms: null,
    }));
  }
  if (subjectType !== handoffSubject(subjectId).type || !handoff)
    return rounds.map(({ round }) => ({ round, content: null, terms: null }));
  const { snapshots, pinned } = await read({
    snapshots: select(DealSnapshot, { dealId: handoff.dealId }, { orderBy: ['-revision'] }),
    pinned: select(ConfigurationVersion, { id: handoff.configurationVersionId }),
  });
  const templates = new Set([
    handoff.serviceTemplate,
    ...pinned.flatMap((one) => Object.keys(configurationOf(one).serviceTemplates)),
  ]);
  return rounds.map(({ round, digest }) => {
    const found = governedTermsOf(digest, snapshots, [...templates]);
    if (!found) return { round, content: null, terms: null };
    const { snapshot, serviceTemplate, dealType } = found;
    const { termsDigest: dealTermsDigest, terms } = snapshot;
    return { round, content: canonicalJson({ dealTermsDigest, serviceTemplate, dealType }), terms };
  });
}

/**
 * The entries about a request: every attempt at it, and those of its subject that name it or one of its grants, such as
 * how it was asked for and what it was used for.
 */
function entriesAbout({ request, grants, uses }: RequestHistory): Query<string[]> {
  const text = `select e.id from ledger_entry e where e.tenant_id = $1 and (e.subject_id = $2
      or e.subject_id in (select w.id::text from after_review w where w.tenant_id = $1 and w.request_id = $2::uuid)
      or (e.subject_id = $3 and (e.at = any($5::timestamptz[]) and e.action = any($6::text[])
        or exists (select 1 from unnest($4::text[]) as named where strpos(e.content, named) > 0))))
    order by e.id`;
  const named = [request.id, ...grants.map(({ id }) => id)];
  const values = [
    request.id,
    request.subjectId,
    named,
    uses.map(({ usedAt }) => usedAt),
    uses.map(({ effect }) => effect),
  ];
  return sql(text, values, (rows) => rows.map((row) => row.id as string));
}

/** How people are called in a pack: by handle, and by name for whoever may see names. */
export interface Called {
  readonly id: string;
  readonly handle: string;
  readonly name?: string;
}

/** Calls people by id; a job keeps its name. */
export type Caller = (id: string) => Called;

/** How to call everybody who is or ever was a member. */
export async function callerFor(read: LedgerRead, names: boolean): Promise<Caller> {
  const { people } = await read({ people: select(Person) });
  const known = new Map(people.map((person) => [person.id, person]));
  return (id) => {
    const person = known.get(id);
    return { id, handle: person?.handle ?? id, ...(names && person ? { name: person.name } : {}) };
  };
}
