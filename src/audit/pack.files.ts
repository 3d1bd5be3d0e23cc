import { sha256Hex } from '../core/canonical.js';
import { lineText } from '../core/ledger/lines.js';
import { approversNeeded } from '../approval/need.rules.js';
import { csvFile } from './csv.js';
import type { MemberEligibility } from './eligibility.rules.js';
import type { Proofs } from '../core/ledger/entry-proofs.js';
import type { Caller, EligibilityMoment, RequestEvidence, SubjectDocuments } from './pack.facts.js';

/** Files by their path in the pack. */
export type Files = Readonly<Record<string, string>>;

/** A value as a person reads it: JSON, indented, with a line feed at the end. */
export const jsonFile = (value: unknown): string =>
  `${JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner), 2)}\n`;

/** The files about one request, in a folder named by its id. */
export function requestFiles(found: RequestEvidence, call: Caller): Files {
  const folder = `requests/${found.history.request.id}`;
  const { policy, contents } = found;
  const files: Record<string, string> = {
    'request.json': jsonFile(requestOf(found, call)),
    'votes.json': jsonFile(votesOf(found, call)),
    'effect.json': jsonFile(effectOf(found, call)),
    'policy-applied.json': jsonFile(appliedOf(found, call)),
    'eligibility.json': jsonFile(found.eligibility.map((one) => momentOf(one, call))),
    'eligibility.csv': eligibilityCsv(found.eligibility),
    'evidence.json': jsonFile(documentsFile(found.documents, call)),
    ...ledgerFiles(found.proofs),
    // Byte for byte what the digest is of, without a line feed.
    ...(policy ? { 'policy.json': policy.content } : {}),
    ...(found.figures.length > 0 ? { 'figures.json': jsonFile(figuresOf(found)) } : {}),
  };
  for (const { round, content, terms } of contents) {
    if (content !== null) files[`round-${round}/content.json`] = content;
    if (terms !== null) files[`round-${round}/terms.json`] = terms;
  }
  return inFolder(folder, files);
}

/** The same files in a folder. */
export const inFolder = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

/** The proofs as `countersign ledger check-proof` reads them, and the entries that have none yet. */
export function ledgerFiles({ lines, unproven }: Proofs): Files {
  return {
    ...(lines.length > 0 ? { 'ledger-proofs.ndjson': lines.map(lineText).join('') } : {}),
    'ledger.json': jsonFile({
      entries: lines.map(({ seq, leaf, content }) => ({ seq, leaf, ...(JSON.parse(content) as object) })),
      notYetSigned: unproven.map(({ leafHash, content }) => ({ leaf: leafHash, ...(JSON.parse(content) as object) })),
    }),
  };
}

function requestOf({ history, contents }: RequestEvidence, call: Caller): unknown {
  const { request, rounds, participants, contributions } = history;
  const { id, kind, subjectType, subjectId, state, reason, openedAt, decideBy, decidedAt, expiresAt, round } = request;
  return {
    id,
    kind,
    subject: { type: subjectType, id: subjectId },
    state,
    requester: call(request.requesterId),
    reason,
    openedAt,
    decideBy,
    decidedAt,
    expiresAt,
    round,
    digest: request.digest,
    contentRevision: request.contentRevision,
    sources: request.sources,
    contributors: contributions.map(({ personId, contributedAt }) => ({
      person: call(personId),
      since: contributedAt,
    })),
    rounds: rounds.map((one) => ({
      round: one.round,
      openedAt: one.openedAt,
      openedBy: call(one.openedBy),
      digest: one.digest,
      contentRevision: one.contentRevision,
      approversNeeded: approversNeeded(one.need),
      content: contents.find((content) => content.round === one.round)?.content
        ? `round-${one.round}/content.json`
        : null,
      barred: participants
        .filter((part) => part.round === one.round && part.part === 'CONTRIBUTOR')
        .map(({ personId }) => call(personId)),
    })),
  };
}

function votesOf({ history }: RequestEvidence, call: Caller): unknown {
  const { votes, revocations } = history;
  return votes.map((vote) => {
    const revoked = revocations.find(({ voteId }) => voteId === vote.id);
    const { id, round, decision, castAt, signedInAt, digest, contentRevision, reason, ticket } = vote;
    return {
      id,
      round,
      voter: call(vote.voterId),
      onBehalfOf: vote.onBehalfOf === null ? null : call(vote.onBehalfOf),
      delegationId: vote.delegationId,
      accountId: vote.accountId,
      decision,
      castAt,
      signedInAt,
      digest,
      contentRevision,
      reason,
      ticket,
      revoked: revoked
        ? { at: revoked.revokedAt, by: call(revoked.revokedBy), reason: revoked.reason, id: revoked.id }
        : null,
    };
  });
}

function effectOf({ history, reviews }: RequestEvidence, call: Caller): unknown {
  return {
    grants: history.grants.map(({ id, round, way, approvers, digest, contentRevision, grantedAt, expiresAt }) => ({
      id,
      round,
      way,
      approvers,
      digest,
      contentRevision,
      grantedAt,
      expiresAt,
    })),
    uses: history.uses.map(({ id, round, grantId, effect, usedBy, usedAt }) => ({
      id,
      round,
      grantId,
      effect,
      usedBy: call(usedBy),
      usedAt,
      approvedBeforeEffect: history.grants.some((grant) => grant.id === grantId && grant.grantedAt <= usedAt),
    })),
    emergencyReviews: reviews.map((review) => ({
      id: review.id,
      grantId: review.grantId,
      declaredBy: review.declaredBy.map(call),
      roles: review.roles,
      state: review.state,
      openedAt: review.openedAt,
      dueAt: review.dueAt,
      reviewedBy: review.reviewedBy === null ? null : call(review.reviewedBy),
      reviewedAt: review.reviewedAt,
      note: review.note,
    })),
  };
}

/** The version, what of it applied, and what it was weighed by when the request opened. */
function appliedOf({ history, policy }: RequestEvidence, call: Caller): unknown {
  const { request } = history;
  const named = (need: typeof request.need): unknown => ({
    ...need,
    quorums: need.quorums.map((quorum) => quorum.map((step) => ({ ...step, people: step.people.map(call) }))),
  });
  return {
    configuration: policy
      ? { id: policy.id, version: policy.version, digest: policy.digest, effectiveFrom: policy.effectiveFrom }
      : { id: request.configurationVersionId },
    ruleAndWeighing: JSON.parse(request.policy) as unknown,
    need: named(request.need),
    needByRound: history.rounds.map(({ round, need }) => ({ round, need: named(need) })),
    tightenedAt: history.tightenedAt,
    breakGlass: request.breakGlass && { ...request.breakGlass, people: request.breakGlass.people.map(call) },
  };
}

function momentOf({ moment, eligibility }: EligibilityMoment, call: Caller): unknown {
  const { at, round, digest, contentRevision, state, members } = eligibility;
  return { moment, at, round, digest, contentRevision, state, members: members.map((one) => memberOf(one, call)) };
}

function memberOf({ member, roles, insteadOf, ...rest }: MemberEligibility, call: Caller): unknown {
  return {
    person: call(member.personId),
    ...rest,
    mergedInto: member.mergedInto === null ? null : call(member.mergedInto),
    roles: roles.map(({ grantedBy, confirmedBy, ...role }) => ({
      ...role,
      grantedBy: call(grantedBy),
      confirmedBy: confirmedBy === null ? null : call(confirmedBy),
    })),
    insteadOf: insteadOf.map(call),
  };
}

const ELIGIBILITY_COLUMNS = [
  'moment',
  'at',
  'round',
  'request_state',
  'person_id',
  'handle',
  'could_approve',
  'reasons',
  'barred_as',
  'steps',
  'named_by_policy',
  'roles_since',
  'could_for_ids',
];

function eligibilityCsv(moments: readonly EligibilityMoment[]): string {
  return csvFile(
    ELIGIBILITY_COLUMNS,
    moments.flatMap(({ moment, eligibility: { at, round, state, members } }) =>
      members.map(({ member, could, reasons, barredAs, steps, isNamed, roles, insteadOf }) => [
        moment,
        at,
        round,
        state,
        member.personId,
        member.handle,
        could ? 'YES' : 'NO',
        reasons.join(' '),
        barredAs,
        steps.join(' '),
        isNamed ? 'YES' : 'NO',
        roles.map(({ role, since, counts }) => `${role} ${since.toISOString()}${counts ? '' : ' too new'}`).join('; '),
        insteadOf.join(' '),
      ]),
    ),
  );
}

/** Floor, actual and shortfall of each judged part, as they were kept for each content version. */
function figuresOf({ figures }: RequestEvidence): unknown {
  return figures.map(({ tenantId: _tenant, id: _id, handoffId: _handoff, requestId: _request, ...figure }) => figure);
}

/** The links of a handoff's evidence with their hashes; signers by side and day, since names are personal data. */
export function documentsFile({ items, evidence }: SubjectDocuments, call: Caller): unknown {
  return items.map(({ id, code, state, required, naClaimedBy, naClaimedAt, naAcceptedBy, naAcceptedAt }) => ({
    item: code,
    state,
    required,
    notApplicable:
      naClaimedBy === null
        ? null
        : {
            claimedBy: call(naClaimedBy),
            claimedAt: naClaimedAt,
            acceptedBy: naAcceptedBy && call(naAcceptedBy),
            acceptedAt: naAcceptedAt,
          },
    evidence: evidence
      .filter(({ itemId }) => itemId === id)
      .map((one) => ({
        id: one.id,
        sequence: one.sequence,
        kind: one.kind,
        documentUrl: one.documentUrl,
        documentId: one.documentId,
        documentVersion: one.documentVersion,
        certificateUrl: one.certificateUrl,
        contentSha256: one.contentHash,
        documentDate: one.documentDate,
        signers: one.signers.map(({ side, signedOn }) => ({ side, signedOn })),
        state: one.state,
        submittedBy: call(one.submittedBy),
        submittedAt: one.submittedAt,
        verifiedBy: one.verifiedBy === null ? null : call(one.verifiedBy),
        verifiedAt: one.verifiedAt,
        termsDigest: one.termsDigest,
        termsRevision: one.termsRevision,
      })),
  }));
}

/** SHA-256 of every file, sorted by path, as `sha256sum -c` reads it. */
export const checksums = (files: Files): string =>
  Object.keys(files)
    .toSorted()
    .map((name) => `${sha256Hex(files[name]!)}  ${name}\n`)
    .join('');
