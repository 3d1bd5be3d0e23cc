import { IsOptional, IsUUID, Length } from 'class-validator';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Actor } from '../core/actor.js';
import { badInput } from '../core/error.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { PageInfoType } from '../core/graphql/types.js';
import type { PageArguments } from '../core/page.js';
import type { Reader } from '../core/reader.js';
import { votingFactsFor } from './approval.view.js';
import { isExpired } from './deadline.rules.js';
import {
  countsOf,
  type InboxCounts,
  type InboxEntry,
  type InboxFilterValues,
  matches,
  placeOf,
} from './inbox.rules.js';
import { ApprovalRequest, ApprovalState } from './request.entity.js';
import { authoritiesOf } from './vote-findings.rules.js';

@InputType({ description: 'What an approval inbox is narrowed to; every condition that is given must hold.' })
export class ApprovalInboxFilter implements InboxFilterValues {
  @Field(() => Boolean, {
    nullable: true,
    description:
      'true: only what you may answer now, for yourself or for whom you stand in for; false: only what you may not.',
  })
  canVote: boolean | null;

  @IsOptional()
  @Length(1, 60)
  @Field(() => String, { nullable: true, description: 'Only requests of this kind, such as MARGIN_EXCEPTION.' })
  kind: string | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'Only requests about the record with this id, such as a handoff.' })
  subjectId: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Only requests that must be decided before this instant.',
  })
  dueBefore: Date | null;

  @Field(() => Boolean, { nullable: true, description: 'true: only what you asked for; false: only what others did.' })
  requestedByMe: boolean | null;
}

@ObjectType({ description: 'How many open requests are of one kind.' })
export class ApprovalKindCount {
  @Field(() => String, { description: 'The kind, such as MARGIN_EXCEPTION.' })
  kind: string;

  @Field(() => Int, { description: 'How many.' })
  count: number;
}

@ObjectType({ description: 'Figures over all open requests, whatever a page is narrowed to.' })
export class ApprovalInboxCounts {
  @Field(() => Int, { description: 'Requests that are undecided and in time.' })
  total: number;

  @Field(() => Int, { description: 'Those that you may answer now, for yourself or for whom you stand in for.' })
  awaitingMe: number;

  @Field(() => Int, { description: 'Those whose time runs out within the next 24 hours, by the clock.' })
  dueWithin24h: number;

  @Field(() => [ApprovalKindCount], { description: 'The same by kind, in the order of their names.' })
  byKind: ApprovalKindCount[];

  @Field(() => Int, { description: 'Those that you asked for.' })
  requestedByMe: number;
}

@ObjectType({ description: 'One open request of an inbox and its cursor.' })
export class ApprovalInboxEdge {
  @Field(() => ApprovalRequest, { description: 'The request.' })
  node: ApprovalRequest;

  @Field(() => String, { description: 'Its cursor.' })
  cursor: string;

  @Field(() => Boolean, { description: 'Whether you may answer it now, for yourself or for whom you stand in for.' })
  canVote: boolean;

  /** For whom the one who looks may answer it, by person. */
  forWhomIds: readonly string[];
}

@ObjectType({ description: 'A page of open requests, the one due first at the top (Relay), with figures.' })
export class ApprovalInboxConnection {
  @Field(() => [ApprovalInboxEdge], { description: 'The requests with their cursors.' })
  edges: ApprovalInboxEdge[];

  @Field(() => PageInfoType, { description: 'Where the page stands.' })
  pageInfo: PageInfoType;

  @Field(() => ApprovalInboxCounts, { description: 'Figures over all open requests, not only those of the page.' })
  counts: ApprovalInboxCounts;
}

/**
 * Every request that is undecided and in time, in the order of the inbox. Who may answer is a matter of rules, not of
 * columns, so all of them are read and judged: a number of statements that no page, filter or row changes.
 */
export async function inboxOf(
  reader: Reader,
  actor: Actor,
): Promise<{ readonly entries: readonly InboxEntry[]; readonly now: Date }> {
  const [pending, now] = await Promise.all([
    reader.many(ApprovalRequest, 'state', ApprovalState.PENDING, ['expiresAt', 'id']),
    reader.now(),
  ]);
  const open = pending.filter((request) => !isExpired(request, now));
  const entries = await Promise.all(
    open.map(async (request) => {
      const facts = await votingFactsFor(reader, request);
      const { canonicalOf } = facts.standing;
      const authorities = authoritiesOf(facts, actor, now);
      return {
        request,
        canVote: authorities.length > 0,
        forWhom: authorities.filter((person) => person !== null),
        isRequestedByMe: canonicalOf(actor.id) === canonicalOf(request.requesterId),
      };
    }),
  );
  return { entries, now };
}

/** One page of an inbox. */
export function inboxPage(
  entries: readonly InboxEntry[],
  filter: InboxFilterValues,
  { first, after }: PageArguments,
): Pick<ApprovalInboxConnection, 'edges' | 'pageInfo'> {
  const from = after === null ? '' : placeIn(after);
  const found = entries.filter((entry) => matches(entry, filter) && placeOf(entry.request) > from);
  const edges = found.slice(0, first).map(({ request, canVote, forWhom }) => {
    const parts = { node: request, cursor: cursorOf(request), canVote, forWhomIds: forWhom };
    return Object.assign(new ApprovalInboxEdge(), parts);
  });
  return {
    edges,
    pageInfo: {
      hasNextPage: found.length > first,
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The figures as the API shows them. */
export function inboxCounts(entries: readonly InboxEntry[], now: Date): ApprovalInboxCounts {
  const counts: InboxCounts = countsOf(entries, now);
  return Object.assign(new ApprovalInboxCounts(), counts);
}

/** A cursor is the place of the last row, so that it holds when rows before it are decided. */
function cursorOf(request: ApprovalRequest): string {
  return Buffer.from(`due:${placeOf(request)}`).toString('base64url');
}

const PLACE = /^due:(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function placeIn(cursor: string): string {
  const place = PLACE.exec(Buffer.from(cursor, 'base64url').toString('utf8'))?.[1];
  if (place === undefined)
    throw badInput('after', 'is not a cursor of this list', 'Pass pageInfo.endCursor of the page before.');
  return place;
}
