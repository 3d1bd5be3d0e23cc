import { addBusinessDays, isBusinessDay } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { type Finding, finding } from '../core/finding.js';
import {
  type Assumption,
  type HandoffStatement,
  type Risk,
  Side,
  type Stakeholder,
  StakeholderRole,
} from './content.entity.js';
import { type ContentRequirement, requiredFor } from './content.requirements.js';
import type { Handoff, Tier } from './handoff.entity.js';

/** Everything that people wrote into a handoff, and what the import said of the adopted snapshot. */
export interface HandoffContent {
  readonly handoff: Handoff;
  readonly stakeholders: readonly Stakeholder[];
  readonly assumptions: readonly Assumption[];
  readonly risks: readonly Risk[];
  readonly statements: readonly HandoffStatement[];
  /** DealSnapshot.findings of the adopted snapshot. */
  readonly importFindings: readonly Finding[];
  readonly calendar: BusinessCalendar;
  /** The day on which it is judged, in the calendar's time zone (calendar.rules `dateOf`). */
  readonly today: string;
}

/** "None: <reason>": what a kind of content says when there is nothing to say; N/A only with a reason (issue 2). */
const NONE_WITH_REASON = /^\s*(?:none|n\/a)\s*[:–—-](.*)$/is;
const SHORTEST_REASON = 3;
/** What stands in for content and says nothing (document 004, quality: "N/A" explicit, no blanks). */
const EMPTY_WORDS =
  /^(none|n\/?a|nil|tb[acd]|todo|unknown|not applicable|to be (defined|confirmed|announced)|[-–—?.x]+)\s*[:.!–—-]*$/i;
/** Longer texts are never taken for empty words. */
const LONGEST_EMPTY = 40;

/** Whether a text says that there is nothing of its kind, and why; `None: TBD` does not say why. */
export function isNoneWithReason(text: string): boolean {
  const reason = NONE_WITH_REASON.exec(text)?.[1]?.trim() ?? '';
  return reason.length >= SHORTEST_REASON && isMeant(reason);
}

/** Whether a text is there and says something; `TBD`, a bare `None`, `None: TBD` and the like do not. */
export function saysSomething(text: string | null): boolean {
  const words = text?.trim() ?? '';
  return isMeant(words) && (!NONE_WITH_REASON.test(words) || isNoneWithReason(words));
}

function isMeant(words: string): boolean {
  return words.length > LONGEST_EMPTY || (words !== '' && !EMPTY_WORDS.test(words));
}

/**
 * What is missing of the content before a handoff may be submitted, by its tier (requirements 000, 002, 003, 004; the
 * table stands in content.requirements.ts). Everything at once, each with its remedy.
 */
export function contentFindings(content: HandoffContent, tier: Tier): Finding[] {
  return [
    ...requiredFor(tier).flatMap((requirement) => requirementFindings(content, requirement, tier)),
    ...emptyTextFindings(content),
    ...contactFindings(content),
    ...startFindings(content),
    ...importBlocks(content),
  ];
}

/** The texts that a requirement looks at. */
function textsOf(
  content: Pick<HandoffContent, 'handoff' | 'stakeholders' | 'statements' | 'risks' | 'assumptions'>,
  requirement: ContentRequirement,
): readonly string[] {
  if (requirement.in === 'FIELD') {
    const text = content.handoff[requirement.field];
    return text !== null && saysSomething(text) ? [text] : [];
  }
  if (requirement.in === 'STAKEHOLDER') {
    const { side, role } = requirement;
    const cast = content.stakeholders.filter((s) => s.side === side && s.role === role && saysSomething(s.name));
    return cast.map(({ name }) => name);
  }
  if (requirement.in === 'STATEMENT') {
    return content.statements.filter(({ kind }) => kind === requirement.kind).map(({ text }) => text);
  }
  return (requirement.in === 'RISK' ? content.risks : content.assumptions).map(({ text }) => text);
}

/** What a requirement lacks: nothing when it is met. */
export function requirementFindings(
  content: Pick<HandoffContent, 'handoff' | 'stakeholders' | 'statements' | 'risks' | 'assumptions'>,
  requirement: ContentRequirement,
  tier: Tier,
): Finding[] {
  const { id, source, path, label, allowsNone, remedy } = requirement;
  const texts = textsOf(content, requirement);
  const facts = { requirement: id, source, tier };
  const none = texts.filter(isNoneWithReason);
  if (texts.length === 0) {
    const instead = allowsNone ? ' When there is nothing of the kind, say "None: <reason>".' : '';
    return [
      finding({ code: 'CONTENT_MISSING', path, message: `${label} is missing.`, facts, remedy: remedy + instead }),
    ];
  }
  if (none.length > 0 && !allowsNone) {
    const message = `${label} cannot be none.`;
    return [finding({ code: 'NONE_NOT_ALLOWED', path, message, facts, remedy })];
  }
  if (none.length > 0 && none.length < texts.length) {
    const message = `${label} is said to be none, and yet there are entries.`;
    const both = 'Remove the entry that says none, or the others.';
    return [
      finding({ code: 'NONE_CONTRADICTED', path, message, facts: { ...facts, entries: texts.length }, remedy: both }),
    ];
  }
  return [];
}

/** Entries that say nothing, wherever they stand: a placeholder is a gap, in every tier. */
function emptyTextFindings({ assumptions, risks, statements }: HandoffContent): Finding[] {
  const entries = [
    ...statements.map(({ id, kind, text }) => ({ path: `statements.${kind}`, id, text })),
    ...assumptions.map(({ id, text }) => ({ path: 'assumptions', id, text })),
    ...risks.map(({ id, text }) => ({ path: 'risks', id, text })),
  ];
  return entries
    .filter(({ text }) => !saysSomething(text))
    .map(({ path, id }) =>
      finding({
        code: 'CONTENT_EMPTY',
        path,
        message: 'An entry says nothing.',
        facts: { id },
        remedy: 'Write what is meant, remove it, or say "None: <reason>".',
      }),
    );
}

/** A primary contact whom nobody can reach is none (requirement 003). */
function contactFindings({ stakeholders }: HandoffContent): Finding[] {
  const contacts = stakeholders.filter((s) => s.side === Side.CLIENT && s.role === StakeholderRole.PRIMARY_CONTACT);
  if (contacts.length === 0 || contacts.some(({ email, phone }) => email !== null || phone !== null)) return [];
  return [
    finding({
      code: 'PRIMARY_CONTACT_UNREACHABLE',
      path: 'stakeholders.PRIMARY_CONTACT',
      message: 'The primary contact has neither a mail address nor a telephone number.',
      facts: { stakeholderIds: contacts.map(({ id }) => id) },
      remedy: 'Add one of them with reviseStakeholder.',
    }),
  ];
}

/** Who delivers, and from when: two of the four questions of requirement 003. */
function startFindings({ handoff, calendar, today }: HandoffContent): Finding[] {
  const findings: Finding[] = [];
  if (handoff.deliveryManagerId === null) {
    findings.push(
      finding({
        code: 'DELIVERY_MANAGER_MISSING',
        path: 'handoff.deliveryManager',
        message: 'Nobody in delivery answers for the handoff.',
        facts: {},
        remedy: 'Name the delivery manager with assignDeliveryManager.',
      }),
    );
  }
  const { startOn } = handoff;
  const next = addBusinessDays(calendar, startOn !== null && startOn > today ? startOn : today, 0);
  const remedy = `Set startOn with editHandoff, such as ${next}.`;
  const path = 'handoff.startOn';
  if (startOn === null) {
    findings.push(
      finding({ code: 'START_MISSING', path, message: 'The project has no start date.', facts: { next }, remedy }),
    );
  } else if (startOn < today) {
    const message = `The project would start on ${startOn}, in the past.`;
    findings.push(finding({ code: 'START_IN_PAST', path, message, facts: { startOn, today, next }, remedy }));
  } else if (!isBusinessDay(calendar, startOn)) {
    const message = `${startOn} is no business day.`;
    findings.push(finding({ code: 'START_NOT_BUSINESS_DAY', path, message, facts: { startOn, next }, remedy }));
  }
  return findings;
}

/** What the import found and a gate must hold for, such as COST_MISSING: it stays until the PSA says better. */
function importBlocks({ importFindings }: HandoffContent): Finding[] {
  return importFindings
    .filter(({ severity }) => severity === 'BLOCKING')
    .map((found) => finding({ ...found, path: found.path.replace(/^\$/, 'deal.snapshot') }));
}
