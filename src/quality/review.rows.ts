import { standingOf } from '../approval/standing.rules.js';
import { due } from '../catalogue/calendar.rules.js';
import type { TenantConfiguration } from '../catalogue/configuration.js';
import { reviewSetting, spotCheckSetting } from '../catalogue/quality.rules.js';
import type { Moment } from '../core/command.js';
import { insert, insertAll, type Statement } from '../core/statement.js';
import type { Eligible } from '../identity/identity.queries.js';
import { Role } from '../identity/roles.js';
import { RedFlag } from './flag.entity.js';
import type { RaisedFlag } from './flag.rules.js';
import type { Item } from './item.rules.js';
import { firstActive, type People } from './people.queries.js';
import { type DuePeriod, heldBy } from './period.rules.js';
import { QualityReview, ReviewItem, ReviewState } from './review.entity.js';
import type { CountedScore } from './score.queries.js';
import { SpotCheck, SpotCheckDraw, SpotCheckState } from './spot-check.entity.js';
import { drawForReps } from './spot-check.rules.js';

/** Business days within which a red flag is acknowledged (choice). */
const FLAG_DAYS = 3;
/** Who holds a review when nobody whom the configuration names is active. */
const STAND_INS: readonly Role[] = [Role.SERVICE_DELIVERY_LEAD, Role.REVOPS_ADMIN];

type Settings = Pick<TenantConfiguration, 'calendar' | 'quality' | 'escalationContacts'>;

/** A new review. */
export type MadeReview = Omit<QualityReview, 'tenantId'>;

/** The row of a new review: who holds it, and by when. Due counts from when it was to be made. */
export function reviewRow(
  { kind, period, from, to, openedAt }: DuePeriod,
  facts: {
    readonly configuration: Settings;
    readonly idByKey: ReadonlyMap<string, string>;
    readonly people: readonly Eligible[];
  },
  { now, newId }: Moment,
): MadeReview {
  const { configuration, idByKey, people } = facts;
  const setting = reviewSetting(configuration, kind);
  const standIn = STAND_INS.flatMap((role) => people.filter((person) => person.role === role))[0]?.personId ?? null;
  const ownerId = firstActive(setting.owners, idByKey, people) ?? standIn;
  return {
    id: newId(),
    kind,
    period,
    fromAt: from,
    toAt: to,
    ownerId,
    deputyId: firstActive(setting.deputies, idByKey, people, [ownerId]),
    state: ReviewState.OPEN,
    openedAt,
    madeAt: now,
    dueAt: heldBy(openedAt, setting, configuration.calendar),
    attendeeIds: [],
    notes: null,
    conclusions: null,
    heldBy: null,
    heldAt: null,
    revision: 1,
  };
}

/** The statements of a review and its items, in their order. */
export function reviewWrites(review: MadeReview, items: readonly Item[], { newId }: Moment): Statement[] {
  const rows = items.map((item, index) => ({ id: newId(), reviewId: review.id, position: index + 1, ...item }));
  return [insert(QualityReview, review), ...insertAll(ReviewItem, rows)];
}

/** Flags as rows, given to whoever holds the review. */
export function flagRows(
  flags: readonly RaisedFlag[],
  { id: reviewId, ownerId, openedAt: raisedAt }: MadeReview,
  { calendar }: Pick<TenantConfiguration, 'calendar'>,
  { newId }: Moment,
): { readonly rows: readonly Omit<RedFlag, 'tenantId'>[]; readonly statements: readonly Statement[] } {
  const dueAt = due({ amount: FLAG_DAYS, unit: 'BUSINESS_DAYS' }, raisedAt, calendar);
  const rows = flags.map(({ subjectIds, ...flag }) => ({
    id: newId(),
    ...flag,
    subjectIds: [...subjectIds],
    reviewId,
    ownerId,
    raisedAt,
    dueAt,
    action: null,
    acknowledgedBy: null,
    acknowledgedAt: null,
    revision: 1,
  }));
  return { rows, statements: insertAll(RedFlag, rows) };
}

/** The spot checks of a month: each rep's share of the handoffs that were accepted in it. */
export function spotCheckRows(
  scores: readonly CountedScore[],
  { id: reviewId, period, openedAt }: MadeReview,
  { configuration, people, merged }: { readonly configuration: Settings } & People,
  seed: () => string,
  { now, newId }: Moment,
): { readonly statements: readonly Statement[]; readonly body: Readonly<Record<string, unknown>> } {
  const { shareBps, businessDays } = spotCheckSetting(configuration);
  const dueAt = due({ amount: businessDays, unit: 'BUSINESS_DAYS' }, openedAt, configuration.calendar);
  const draws = drawForReps(scores, shareBps, people, standingOf(people, merged), seed).map((draw) => ({
    id: newId(),
    ...draw,
  }));
  const drawRows = draws.map(({ id, ownerId, seed: used, rows, idsSha256, drawn }) => {
    const of = { id, period, ownerId, reviewId, seed: used, shareBps, rows, size: drawn.length, idsSha256 };
    return { ...of, drawnAt: now };
  });
  const checks = draws.flatMap(({ id: drawId, drawn }) =>
    drawn.map(({ handoffId, ownerId, deliveryManagerId, reviewerId }) => ({
      id: newId(),
      drawId,
      handoffId,
      ownerId,
      deliveryManagerId,
      reviewerId,
      state: reviewerId === null ? SpotCheckState.UNASSIGNED : SpotCheckState.OPEN,
      openedAt,
      dueAt,
      verdicts: {},
      found: null,
      checkedBy: null,
      checkedAt: null,
      revision: 1,
    })),
  );
  const body = {
    spotChecks: drawRows.map(({ ownerId, seed: used, rows, size, idsSha256 }) => ({
      ownerId,
      seed: used,
      rows,
      size,
      idsSha256,
    })),
  };
  return { statements: [...insertAll(SpotCheckDraw, drawRows), ...insertAll(SpotCheck, checks)], body };
}
