import type { EscalationContact } from '../../../catalogue/configuration.js';
import { type CardContent, type CardLine, type Mentioned, titled } from './card.js';
import type { DigestFacts, MilestoneFact, OpenDecisionFact, RiskFact } from './handoff-digest.queries.js';
import { backLink, briefLinks } from './links.rules.js';

/** What the digest of a handoff is made of. */
export interface DigestParts {
  readonly handoffId: string;
  readonly facts: DigestFacts;
  readonly milestones: readonly MilestoneFact[];
  readonly risks: readonly RiskFact[];
  readonly decisions: readonly OpenDecisionFact[];
  readonly escalation: readonly EscalationContact[];
  /** Names by the keys by which the configuration refers to people. */
  readonly nameOf: (key: string) => string | null;
}

const MOST_LINES = 8;
const MOST_CONTACTS = 2;
const TOPICS: Readonly<Record<EscalationContact['topic'], string>> = {
  DECISION: 'Decisions',
  SLA: 'Deadlines',
  FEASIBILITY: 'Feasibility',
  COMMERCIAL: 'Commercial terms',
  INTEGRATION: 'Integrations',
  RETURNS: 'Returned handoffs',
  DELIVERY: 'Late deliverables, feedback',
};

/**
 * The digest of a handoff that delivery has accepted: accountable owner, milestones of the first 30 days, open risks,
 * escalation contacts (requirement 000), open decisions and the brief. It says no money. Null when the sign-off that it
 * was made for does not hold any more.
 */
export function handoffDigestCard(parts: DigestParts, publicUrl: string): CardContent | null {
  const { facts, milestones, risks, decisions } = parts;
  if (!facts.isLive) return null;
  const accountable: Mentioned = facts.deliveryManager ?? facts.projectLead ?? facts.sales;
  const lead = facts.projectLead === null ? [] : [['Project lead', facts.projectLead.name] as const];
  return {
    ...titled(`Handoff ${facts.handoff} is signed off`),
    facts: [
      ['Client', facts.client],
      ['Accountable owner', accountable.name],
      ...lead,
      ['Sold by', facts.sales.name],
      ['Start', facts.startOn ?? 'not set'],
    ],
    lists: [
      list(
        'First 30 days',
        milestones.map(({ name, targetOn }) => `${targetOn}: ${name}`),
        'No milestone is planned.',
      ),
      list(
        'Open risks',
        risks.map(({ level, text }) => `${level}: ${text}`),
        'None is named.',
      ),
      list(
        'Open decisions',
        decisions.map(({ number, question, owner, dueOn }) => `${number}: ${question} (${owner}, by ${dueOn})`),
        'None.',
      ),
      list('Escalation', contactsOf(parts), 'Nobody is named in the configuration.'),
    ],
    calls: { people: [accountable], to: 'you answer for this delivery from now on.' },
    links: [backLink(publicUrl, parts.handoffId), ...briefLinks(facts.briefUrl)],
  };
}

function contactsOf({ escalation, nameOf }: DigestParts): string[] {
  return escalation.flatMap(({ topic, ladder }) => {
    const names = ladder.flatMap((key) => nameOf(key) ?? []).slice(0, MOST_CONTACTS);
    return names.length === 0 ? [] : [`${TOPICS[topic]}: ${names.join(', then ')}`];
  });
}

function list(title: string, lines: readonly string[], none: string): CardContent['lists'][number] {
  const shown = lines.slice(0, MOST_LINES);
  const rest = lines.length - shown.length;
  const all = lines.length === 0 ? [none] : [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])];
  return { title, lines: all.map((text): CardLine => ({ text, url: null })) };
}
