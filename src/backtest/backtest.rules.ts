import { DateTime } from 'luxon';
import type { RuledConfiguration } from '../catalogue/configuration.js';
import { chooseTier } from '../catalogue/selection.rules.js';
import { sha256Hex } from '../core/canonical.js';
import { blocks, type Finding, finding } from '../core/finding.js';
import type { ReadableImport } from '../deal/deal.effects.js';
import type { ImportedDeal } from '../deal/halopsa-deal.rules.js';
import { identifyHaloExport, normaliseHaloExport } from '../deal/halopsa.rules.js';
import { contractValue } from '../deal/terms.rules.js';
import { classificationFindings } from '../handoff/classification.rules.js';
import {
  Assumption,
  HandoffStatement,
  Risk,
  Side,
  Stakeholder,
  StakeholderRole,
  StatementKind,
} from '../handoff/content.entity.js';
import { requirementFindings } from '../handoff/content.rules.js';
import { requiredFor } from '../handoff/content.requirements.js';
import { DealType, Handoff, Tier } from '../handoff/handoff.entity.js';
import { isBelowFloor } from '../margin/margin.gate.js';
import { evaluateMargin, type MarginVerdict } from '../margin/margin.rules.js';
import type { BacktestDeal } from './backtest.entity.js';
import { itemFindings, judgeItems } from './backtest.items.js';

/** A deal that is to be judged: HaloPSA's own JSON, and what a person knows of it beside. */
export interface GivenDeal {
  readonly payload: string;
  /** The tenant's first one when null. */
  readonly serviceTemplate?: string | null;
  /** NEW_BUSINESS when null. */
  readonly dealType?: DealType | null;
  readonly segment?: string | null;
}

/** What a deal came to, without its keys. */
export type JudgedDeal = Omit<BacktestDeal, 'tenantId' | 'id' | 'backtestId' | 'judgedAt'>;

const UNKNOWN = {
  judged: false,
  wonOn: null,
  serviceTemplate: null,
  dealType: null,
  tier: null,
  currency: null,
  revenueMinor: null,
  marginMinor: null,
  marginBps: null,
  belowFloor: null,
  requiredWeight: 0,
  provenWeight: 0,
  complete: false,
  items: [],
} satisfies Partial<JudgedDeal>;

/**
 * Judges one won deal as the submit gate would, from its export alone and by one configuration: which items it could have
 * proven, the margin against the floors of `today`, what of the content is there. What is not there is missing, never 0 and
 * never guessed: a deal that cannot be read, classified or dated is not judged, and says why. Pure; never throws.
 */
export function judgeDeal(given: GivenDeal, configuration: RuledConfiguration, today: string): JudgedDeal {
  const { payload } = given;
  const parsed = normaliseHaloExport(payload, {
    defaultCurrency: configuration.tenant.currency,
    ...configuration.dealImport?.halopsa,
  });
  const rawDigest = sha256Hex(payload);
  if (!parsed.ok) {
    const externalId = identifyHaloExport(payload)?.externalId ?? null;
    return { ...UNKNOWN, externalId, rawDigest, findings: [...parsed.findings] };
  }
  const serviceTemplate = given.serviceTemplate ?? Object.keys(configuration.serviceTemplates)[0]!;
  const dealType = given.dealType ?? DealType.NEW_BUSINESS;
  const { externalId } = parsed.deal;
  const wonOn = wonDay(parsed.deal, configuration);
  const known = { ...UNKNOWN, externalId, rawDigest, wonOn, currency: parsed.terms.currency };
  const unclassified = classificationFindings(configuration, { serviceTemplate, dealType });
  if (unclassified.length > 0) return { ...known, findings: [...parsed.findings, ...unclassified] };
  const chosen = { serviceTemplate, dealType, segment: given.segment ?? null };
  return { ...known, ...judgeTerms(parsed, chosen, configuration, today, wonOn) };
}

interface Chosen {
  readonly serviceTemplate: string;
  readonly dealType: DealType;
  readonly segment: string | null;
}

function judgeTerms(
  { deal, terms, findings: importFindings }: ReadableImport,
  chosen: Chosen,
  configuration: RuledConfiguration,
  today: string,
  wonOn: string | null,
): Omit<JudgedDeal, 'externalId' | 'rawDigest' | 'wonOn' | 'currency'> {
  const { serviceTemplate, dealType, segment } = chosen;
  const isOwnCurrency = terms.currency === configuration.tenant.currency;
  const valueMinor = isOwnCurrency ? contractValue(terms.lines).revenueMinor : null;
  const { tier: word, checklistTemplate: template } = chooseTier(configuration, { dealType, valueMinor, segment });
  const tier = Tier[word];
  const verdict = evaluateMargin({
    terms,
    floors: [configuration.marginFloors],
    serviceTemplate,
    dealType,
    on: today,
  });
  const items = judgeItems(configuration, { template, tier }, { deal, meetsFloor: verdict.ok });
  const required = items.filter((item) => item.required);
  const undated = dateFindings(wonOn, today);
  const findings = [
    ...undated,
    ...importFindings,
    ...itemFindings(items),
    ...verdict.findings,
    ...contentOf(deal, tier),
  ];
  const weigh = (list: readonly { readonly weight: number }[]): number =>
    list.reduce((sum, { weight }) => sum + weight, 0);
  const judged = undated.length === 0;
  return {
    judged,
    serviceTemplate,
    dealType,
    tier,
    ...marginOf(verdict),
    requiredWeight: weigh(required),
    provenWeight: weigh(required.filter(({ proven }) => proven)),
    complete: judged && !blocks(findings),
    items,
    findings,
  };
}

/** The figures of the whole deal; whether it is below a floor is unknown while a cost or a floor is. */
function marginOf(
  verdict: MarginVerdict,
): Pick<JudgedDeal, 'revenueMinor' | 'marginMinor' | 'marginBps' | 'belowFloor'> {
  const total = verdict.groups[0];
  const isBelow = verdict.findings.some(isBelowFloor);
  return {
    revenueMinor: total?.revenueMinor ?? null,
    marginMinor: total?.marginMinor ?? null,
    marginBps: total?.marginBps ?? null,
    belowFloor: isBelow ? true : verdict.ok ? false : null,
  };
}

function wonDay({ wonAt }: ImportedDeal, { tenant }: Pick<RuledConfiguration, 'tenant'>): string | null {
  return wonAt === null ? null : DateTime.fromISO(wonAt, { zone: tenant.timeZone }).toISODate();
}

function dateFindings(wonOn: string | null, today: string): Finding[] {
  const path = 'deal.wonAt';
  if (wonOn === null)
    return [
      finding({
        code: 'WON_DATE_MISSING',
        path,
        message: 'The export does not say when the deal was won: it belongs to no period.',
        facts: {},
        remedy: 'Close the opportunity in HaloPSA, so that it has dateclosed, and export it again.',
      }),
    ];
  if (wonOn <= today) return [];
  return [
    finding({
      code: 'WON_IN_FUTURE',
      path,
      message: `The deal would be won on ${wonOn}, in the future.`,
      facts: { wonOn, today },
      remedy: 'Correct the date in HaloPSA and export it again.',
    }),
  ];
}

/** What the tier asks of the content, of which HaloPSA prefills four things (prefill.effects.ts says the same). */
function contentOf(deal: ImportedDeal, tier: Tier): Finding[] {
  const person = (side: Side, role: StakeholderRole, name: string | null): Stakeholder[] =>
    name === null ? [] : [Object.assign(new Stakeholder(), { side, role, name })];
  const content = {
    handoff: Object.assign(new Handoff(), {
      context: null,
      communicationPreferences: null,
      billingTerms: null,
      paymentSchedule: null,
    }),
    stakeholders: [
      ...person(Side.CLIENT, StakeholderRole.PRIMARY_CONTACT, deal.contactName),
      ...person(Side.PROVIDER, StakeholderRole.ACCOUNT_OWNER, deal.ownerName),
    ],
    statements:
      deal.scope === null
        ? []
        : [Object.assign(new HandoffStatement(), { kind: StatementKind.IN_SCOPE, text: deal.scope })],
    risks: deal.risk === null ? [] : [Object.assign(new Risk(), { text: deal.risk })],
    assumptions: [] as Assumption[],
  };
  return requiredFor(tier).flatMap((requirement) => requirementFindings(content, requirement, tier));
}
