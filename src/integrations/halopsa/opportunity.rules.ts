import { stringify } from 'lossless-json';
import { isTakenYear } from '../../core/local-day.js';
import { EDITABLE, Stage, targetOf } from '../../handoff/stage.rules.js';
import type { Handoff } from '../../handoff/handoff.entity.js';
import { FIELDS } from './project-content.rules.js';
import { type HaloRecord, idOf, listOf, numberOf, textOf } from './halopsa.record.js';
import type { HaloSettings } from './halopsa.settings.js';
import { PsaDealState } from './psa-sync.entity.js';

/** What an opportunity is by the tenant's mapping. */
export interface Judged {
  readonly state: PsaDealState;
  /** It has come so far that its handoff is opened before the win. */
  readonly isEarly: boolean;
}

/** HaloPSA writes dates long before any deal for none (facts 3.2). */
const NO_DATE = /^(0001|18\d\d)-/;

/**
 * Won, lost or open, by the vendor's present state alone (facts 3.3: won is configuration). A closure category or a
 * stage counts once the opportunity is closed, since one that is opened again may keep it. Null for a ticket that is
 * none of the tenant's opportunities.
 */
export function judge(record: HaloRecord, settings: HaloSettings): Judged | null {
  const type = idOf(record, 'tickettype_id');
  const types = settings.opportunityTypeIds;
  if (record.is_opportunity === false || (types.length > 0 && (type === null || !types.includes(type)))) return null;
  const closedAt = textOf(record, 'dateclosed');
  const isClosed = closedAt !== '' && !NO_DATE.test(closedAt);
  const within = (ids: readonly number[], name: string): boolean => ids.includes(idOf(record, name) ?? 0);
  const isWon =
    within(settings.wonStatusIds, 'status_id') ||
    (isClosed &&
      (within(settings.wonClosureCategoryIds, 'oppclosurecategory') ||
        within(settings.wonStageIds, 'pipeline_stage_id')));
  if (isWon) return { state: PsaDealState.WON, isEarly: false };
  if (isClosed) return { state: PsaDealState.LOST, isEarly: false };
  const probability = numberOf(record, 'oppconversionprobability') ?? 0;
  const isEarly =
    within(settings.earlyStageIds, 'pipeline_stage_id') ||
    (settings.earlyProbability !== null && probability >= settings.earlyProbability);
  return { state: PsaDealState.OPEN, isEarly };
}

/** HaloPSA's times have no zone: read as UTC, and compared with its own alone. */
export function timeOf(text: string): number {
  const time = Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? 0 : time;
}

/**
 * A time of HaloPSA as an instant, read as UTC like every other of its times; null for none, for what is none, and for
 * one of a year in which nothing is reckoned (9999-12-31 stands for never).
 */
export function instantOf(record: HaloRecord, name: string): Date | null {
  const text = textOf(record, name);
  const at = new Date(timeOf(text));
  const isNone = text === '' || NO_DATE.test(text) || at.getTime() === 0 || !isTakenYear(at.getUTCFullYear());
  return isNone ? null : at;
}

/** Whether an opportunity was closed before the connection began to look (`since`, by HaloPSA's own clock). */
export function isHistory(record: HaloRecord, since: string | null): boolean {
  const closedAt = textOf(record, 'dateclosed');
  return since !== null && closedAt !== '' && !NO_DATE.test(closedAt) && timeOf(closedAt) <= timeOf(since);
}

/** Whether the tenant has said what won means. */
export function mapsWon({ wonStatusIds, wonClosureCategoryIds, wonStageIds }: HaloSettings): boolean {
  return wonStatusIds.length + wonClosureCategoryIds.length + wonStageIds.length > 0;
}

/** What is to be done about an opportunity. */
export interface Steps {
  /** Why its handoff is to be withdrawn; null when it is not. */
  readonly withdraw: string | null;
  /** Import it: always, only when its terms have changed, or not at all. */
  readonly importing: 'ALWAYS' | 'CHANGED_TERMS' | null;
}

const REASONS: Readonly<Record<Exclude<PsaDealState, PsaDealState.WON>, string>> = {
  [PsaDealState.OPEN]: 'The opportunity was opened again in HaloPSA after it had been won.',
  [PsaDealState.LOST]: 'The opportunity is lost in HaloPSA.',
  [PsaDealState.GONE]: 'The opportunity was deleted in HaloPSA.',
};

/**
 * The one right state for what the vendor says now (issue 4: reopen, lost after won, duplicates, any order). A won
 * deal has a live handoff; a lost one has none; one that was opened again keeps its draft, and loses what was handed
 * over. After the submit gate only changed terms are news, so that a mere touch of the opportunity ends no sign-off.
 * `isReverting`: an action of ours that opens it again is under way, and may be why it is open.
 */
export function stepsFor(
  { state, isEarly }: Judged,
  before: PsaDealState | null,
  handoff: Handoff | null,
  isReverting = false,
): Steps {
  const stage = handoff?.stage ?? null;
  const canEnd = stage !== null && targetOf('withdraw', stage) !== null;
  // What waits for its contract is told of the win, though its terms are the same.
  const isOpen = stage === null || EDITABLE.includes(stage) || handoff?.pendingContract === true;
  const importing = isOpen ? 'ALWAYS' : 'CHANGED_TERMS';
  if (state === PsaDealState.WON) return { withdraw: null, importing };
  if (state !== PsaDealState.OPEN) return { withdraw: canEnd ? REASONS[state] : null, importing: null };
  // A review before the signature expects a deal that is open.
  const isOpenedAgain = before === PsaDealState.WON && !isReverting;
  if (isOpenedAgain && canEnd && stage !== Stage.DRAFT && handoff?.pendingContract !== true)
    return { withdraw: REASONS[state], importing: isEarly ? 'ALWAYS' : null };
  return { withdraw: null, importing: stage !== null || isEarly ? importing : null };
}

/** What of an opportunity is imported. Times of last changes and counters are no content of the deal. */
const CONTENT =
  'id summary details client_id client_name site_id site_name user_id user_name user_email agent_id agent_name ' +
  'status_id status_name tickettype_id pipeline_stage_id pipeline_stage_name oppclosurecategory oppvalue ' +
  'oppcompanyname oppcontactname oppemailaddress dateclosed oppconverteddate currency currency_code_name';

/**
 * The export that is imported, of the vendor's own figures to the digit. Fields that we write ourselves are left out:
 * our own echo is no news.
 */
export function exportOf(opportunity: HaloRecord, quotation: HaloRecord | null): string {
  const ours: readonly string[] = Object.values(FIELDS);
  const content = Object.fromEntries(
    CONTENT.split(' ').flatMap((name) => (opportunity[name] === undefined ? [] : [[name, opportunity[name]]])),
  );
  const customfields = listOf(opportunity, 'customfields').filter(({ name }) => !ours.includes(String(name)));
  return stringify({ opportunity: { ...content, customfields }, ...(quotation ? { quotation } : {}) }, null, 2)!;
}

/** The quotation that governs: the one that was accepted last, else the newest. */
export function governing(quotations: readonly HaloRecord[], opportunityId: number): number | null {
  const own = quotations.filter((one) => idOf(one, 'ticket_id') === opportunityId);
  const accepted = own.filter((one) => {
    const at = textOf(one, 'approvaldatetime');
    return at !== '' && !NO_DATE.test(at);
  });
  const by = (name: string) => (a: HaloRecord, b: HaloRecord) => textOf(a, name).localeCompare(textOf(b, name));
  const last = accepted.toSorted(by('approvaldatetime')).at(-1) ?? own.toSorted((a, b) => idOf(a)! - idOf(b)!).at(-1);
  return last ? idOf(last) : null;
}
