import { MoneyType } from '../core/graphql/types.js';
import { formatMoney } from '../core/money.js';
import type { Reader } from '../core/reader.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { ApprovalRequest } from '../approval/request.entity.js';
import { DealSnapshot } from '../deal/deal.entity.js';
import { termsOf } from '../deal/deal.queries.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { MarginException, MarginPart, MarginSummary } from './margin.entity.js';
import { judgeMargin, MARGIN_EXCEPTION } from './margin.gate.js';

/** The figures of one part, from a verdict or from a kept row. */
export type PartFigures = Pick<
  MarginException,
  'scope' | 'revenueMinor' | 'marginBps' | 'floorBps' | 'shortfallMinor' | 'shortfallBps' | 'meetsFloor'
> & {
  readonly costMinor: bigint | null;
  readonly marginMinor: bigint | null;
};

/** The judged parts of some terms, the whole contract first. */
export interface JudgedParts {
  readonly parts: readonly PartFigures[];
  readonly currency: string;
}

/** The margin of the handoff's terms today; null when its snapshot or configuration is not for this reader. */
export async function marginOf(reader: Reader, handoff: Handoff): Promise<MarginSummary | null> {
  const judged = await judgedToday(reader, handoff);
  return judged && summaryOf(judged);
}

/** Floor, actual margin and shortfall of judgedPartsOf, as the API shows them. */
export async function exceptionFiguresOf(reader: Reader, request: ApprovalRequest): Promise<MarginSummary | null> {
  const judged = await judgedPartsOf(reader, request);
  return judged && summaryOf(judged);
}

/**
 * What the approvers of a margin exception must see of the content that the current round asks about: as kept when it was
 * requested; after a change of the terms, as the handoff's terms say today; null for another kind of request, and when
 * the handoff has moved on past the content of a request that has ended.
 */
export async function judgedPartsOf(reader: Reader, request: ApprovalRequest): Promise<JudgedParts | null> {
  if (request.kind !== MARGIN_EXCEPTION) return null;
  const rows = await reader.many(MarginException, 'requestId', request.id, ['position']);
  const kept = rows.filter((row) => row.contentRevision === request.contentRevision);
  if (kept[0]) return { parts: kept, currency: kept[0].currency };
  const handoff = await reader.one(Handoff, request.subjectId);
  const current = handoff?.termsRevision === request.contentRevision && handoff.termsDigest === request.digest;
  return handoff && current ? judgedToday(reader, handoff) : null;
}

async function judgedToday(reader: Reader, handoff: Handoff): Promise<JudgedParts | null> {
  const [snapshot, version, ruling, now] = await Promise.all([
    reader.one(DealSnapshot, handoff.dealSnapshotId),
    reader.one(ConfigurationVersion, handoff.configurationVersionId),
    reader.once('rulingConfiguration', rulingConfiguration),
    reader.now(),
  ]);
  if (!snapshot || !version) return null;
  const { groups, currency } = judgeMargin({
    terms: termsOf(snapshot),
    configuration: configurationOf(version),
    ruling: configurationOf(ruling),
    handoff,
    now,
  });
  return { parts: groups.map((group) => ({ ...group, meetsFloor: group.ok })), currency };
}

function summaryOf({ parts: figures, currency }: JudgedParts): MarginSummary {
  const parts = figures.map((part) => partOf(part, currency));
  return Object.assign(new MarginSummary(), {
    total: parts[0]!,
    parts,
    meetsFloor: parts.every((part) => part.meetsFloor),
  });
}

/** One part as the API shows it. */
export function partOf(part: PartFigures, currency: string): MarginPart {
  const { scope, revenueMinor, costMinor, marginMinor, shortfallMinor, marginBps, floorBps, shortfallBps, meetsFloor } =
    part;
  return Object.assign(new MarginPart(), {
    scope,
    revenue: moneyOf(revenueMinor, currency),
    cost: costMinor === null ? null : moneyOf(costMinor, currency),
    margin: marginMinor === null ? null : moneyOf(marginMinor, currency),
    shortfall: shortfallMinor === null ? null : moneyOf(shortfallMinor, currency),
    marginBps,
    floorBps,
    shortfallBps,
    meetsFloor,
  });
}

/** Minor units as the API shows them. */
export function moneyOf(minor: bigint, currency: string): MoneyType {
  return Object.assign(new MoneyType(), { amount: formatMoney({ minor, currency }), currency });
}
