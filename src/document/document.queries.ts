import { briefFacts } from '../brief/brief.queries.js';
import { words } from '../brief/brief.sources.js';
import { draftFactsOf } from '../brief/brief.view.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { MeetingPlan } from '../catalogue/meeting.rules.js';
import { digestOf } from '../core/canonical.js';
import { notFound } from '../core/error.js';
import { localDay } from '../core/local-day.js';
import { type Answers, type Queries, type Query, select, sql } from '../core/statement.js';
import type { PersonalKey } from '../core/vault.js';
import { latestSignOff } from '../feasibility/feasibility.queries.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { introductionFacts, introductionsOf } from '../introduction/introduction.queries.js';
import {
  approvalOf,
  INTRODUCTION_TEMPLATE,
  introductionFindings,
  introductionText,
} from '../introduction/introduction.rules.js';
import { MeetingState } from '../meeting/meeting.entity.js';
import { actionItemsOf, checksOf, meetingsOf, participantsOf, segmentsOf } from '../meeting/meeting.queries.js';
import { IssuedDocument } from './document.entity.js';
import type { DocumentFacts, IntroductionFact, MeetingFact } from './document.facts.js';

/** Every issue of a handoff's documents, oldest first. */
export const documentsOf = (handoffId: string): Query<IssuedDocument[]> =>
  select(IssuedDocument, { handoffId }, { orderBy: ['id'] });

/** The number of the handoff that a document is of, or NOT_FOUND. */
export const handoffNumberOfDocument = (documentId: string): Query<string> =>
  sql(
    `select h.number from issued_document d join handoff h on h.tenant_id = $1 and h.id = d.handoff_id
      where d.tenant_id = $1 and d.id = $2`,
    [documentId],
    (rows) => {
      if (!rows[0]) throw notFound('IssuedDocument', documentId);
      return rows[0].number as string;
    },
  );

/** Everything that the documents of one handoff are made from, beside its own row, in one flush. */
export function documentGround(handoffId: string) {
  return {
    ...briefFacts(handoffId),
    meetings: meetingsOf(handoffId),
    participants: participantsOf(handoffId),
    segments: segmentsOf(handoffId),
    checks: checksOf(handoffId),
    actionItems: actionItemsOf(handoffId),
    introductions: introductionsOf(handoffId),
    introductionFacts: introductionFacts([handoffId]),
    signOff: latestSignOff(handoffId),
    documents: documentsOf(handoffId),
  } satisfies Queries;
}

/** The answers of documentGround with the handoff as it stands. */
export type DocumentGround = Answers<ReturnType<typeof documentGround>> & { readonly handoff: Handoff };

/** The rows as plain facts, with the keys of the stakeholders. */
export function documentFactsOf(
  ground: DocumentGround,
  now: Date,
): DocumentFacts & { readonly stakeholderKeys: readonly PersonalKey[] } {
  const { facts, sources, stakeholderKeys } = draftFactsOf(ground, now);
  const handleOf = (id: string): string => ground.handles.get(id) ?? id;
  return {
    brief: facts,
    briefSources: sources,
    stakeholderKeys,
    meeting: meetingFact(ground, handleOf),
    actions: ground.actionItems.map(({ number, text, ownerId, dueOn, state }) => {
      return { number, text, owner: handleOf(ownerId), dueOn, state };
    }),
    introduction: introductionFact(ground, handleOf),
  };
}

type HandleOf = (id: string) => string;

function meetingFact(ground: DocumentGround, handleOf: HandleOf): MeetingFact | null {
  const held = ground.meetings
    .filter(({ state }) => state === MeetingState.HELD)
    .toSorted((a, b) => a.heldAt!.getTime() - b.heldAt!.getTime())
    .at(-1);
  if (!held) return null;
  const { id, heldAt, plan, notes, recordingUrl, recordedBy } = held;
  const of = <T extends { meetingId: string }>(rows: readonly T[]): T[] => rows.filter((row) => row.meetingId === id);
  const people = of(ground.participants);
  const segments = of(ground.segments);
  const checks = of(ground.checks);
  const handles = (attended: boolean): string[] =>
    people.filter((one) => one.attended === attended).map(({ personId }) => handleOf(personId));
  return {
    id,
    heldOn: localDay(configurationOf(ground.version).tenant.timeZone, heldAt!),
    present: handles(true),
    absent: handles(false),
    recordedBy: handleOf(recordedBy!),
    notes,
    recordingUrl,
    segments: segments.map(({ segment, covered, answered, remark }) => ({
      label: segmentTitle(plan, segment),
      found: covered ? `gone through, ${answered.length} questions answered` : 'left out',
      remark,
    })),
    checks: checks.map(({ item, answer, remark }) => ({
      label: plan.checklist.find(({ key }) => key === item)?.label ?? item,
      found: words(answer),
      remark,
    })),
    digest: digestOf({
      id,
      heldAt: heldAt!.toISOString(),
      people: people.map(({ personId, attended }) => ({ personId, attended })),
      segments: segments.map(({ segment, covered, answered }) => ({ segment, covered, answered })),
      checks: checks.map(({ item, answer }) => ({ item, answer })),
    }),
  };
}

const segmentTitle = ({ segments }: Pick<MeetingPlan, 'segments'>, key: string): string =>
  segments.find((segment) => segment.key === key)?.title ?? key;

function introductionFact(ground: DocumentGround, handleOf: HandleOf): IntroductionFact {
  const { handoff, introductions } = ground;
  const facts = ground.introductionFacts.get(handoff.id)!;
  const text = introductionText(facts);
  const sent = introductions.find(({ introducedAt }) => introducedAt !== null);
  const approval = sent ?? approvalOf(introductions, text);
  return {
    handoffId: handoff.id,
    state: sent ? 'SENT' : approval ? 'APPROVED' : 'DRAFT',
    templateVersion: approval?.templateVersion ?? INTRODUCTION_TEMPLATE,
    textSha256: sent?.textSha256 ?? text.textSha256,
    text: `${text.subject}: ${text.body}`,
    approvedBy: approval ? handleOf(approval.approvedBy) : null,
    threadUrl: sent?.threadUrl ?? null,
    gaps: introductionFindings(facts).map(({ message }) => message),
  };
}
