import { type CardContent, type CardLine, titled } from './card.js';
import { backLink, briefLinks } from './links.rules.js';
import { CardEvent } from './teams-card.entity.js';
import type { AlertFacts, DecisionFacts, SignOffFacts } from './teams.queries.js';

/**
 * The card about an entry of the decision log; null when what it was asked for is not so any more, such as a due date that
 * was moved or kept. A webhook's cards cannot be changed: a later one names the entry, and so the card before it.
 */
export function decisionCard(
  event: CardEvent,
  mark: string,
  facts: DecisionFacts,
  publicUrl: string,
): CardContent | null {
  const { number, handoff, client, question, state, outcome, owner, contact, dueOn, blocksKickoff } = facts;
  const about = `${number} of ${handoff}`;
  const links = [backLink(publicUrl, facts.handoffId), ...briefLinks(facts.briefUrl)];
  const base = { ...titled(''), text: question, links };
  const parties = [
    ['Client', client],
    ['Owner', owner.name],
  ] as const;
  const people = [...parties, ['Due', dueOn] as const, ['Escalates to', contact.name] as const];
  if (event === CardEvent.DECIDED) {
    const word = state === 'OBSOLETE' ? 'is obsolete' : 'is decided';
    const told = outcome === null ? parties : [...parties, ['Outcome', outcome] as const];
    return { ...base, title: `Decision ${about} ${word}`, facts: told };
  }
  if (state !== 'OPEN') return null;
  if (event === CardEvent.OVERDUE) {
    if (mark !== `due/${dueOn}`) return null;
    const calls = { people: [contact], to: 'nobody has decided it by its due date; please see to it.' };
    return { ...base, title: `Decision ${about} is overdue`, facts: people, calls };
  }
  if (mark !== `open/${facts.assigned}`) return null;
  const isChange = event === CardEvent.REASSIGNED;
  const title = isChange ? `Decision ${about} has changed hands or date` : `Decision ${about} is open`;
  const to = blocksKickoff ? 'please decide it; no kickoff is scheduled before.' : 'please decide it.';
  return { ...base, title, facts: people, calls: { people: [owner], to } };
}

/** The card about a handoff that awaits its sign-off; null when it does not any more. */
export function signOffCard(facts: SignOffFacts, publicUrl: string): CardContent | null {
  const { handoffId, handoff, client, stage, deliveryManager, briefUrl } = facts;
  if (stage !== 'IN_REVIEW') return null;
  return {
    ...titled(`Handoff ${handoff} awaits the sign-off of delivery`),
    facts: [['Client', client]],
    calls: deliveryManager && {
      people: [deliveryManager],
      to: 'please sign it off, or return it with what is missing.',
    },
    links: [backLink(publicUrl, handoffId), ...briefLinks(briefUrl)],
  };
}

/** The card about an alert; null when somebody has acknowledged it already. */
export function alertCard(
  { code, subjectType, subjectId, acknowledged }: AlertFacts,
  publicUrl: string,
): CardContent | null {
  if (acknowledged) return null;
  return {
    ...titled(`Alert: ${code}`),
    text: 'It stays open until somebody acknowledges it in Countersign.',
    facts: [
      ['About', subjectType],
      ['Id', subjectId],
    ],
    links: [backLink(publicUrl, subjectType === 'Handoff' ? subjectId : null)],
  };
}

/** One card for several; null when nothing of it is needed any more. */
export function digestCard(members: readonly CardContent[], publicUrl: string): CardContent | null {
  if (members.length === 0) return null;
  const lines = members.map(({ title, links }): CardLine => ({ text: title, url: links[0]?.url ?? null }));
  return {
    ...titled(members.length === 1 ? '1 update' : `${members.length} updates`),
    lists: [{ title: 'Since the last cards', lines }],
    links: [backLink(publicUrl, null)],
  };
}

/** A card that stands for a change of what an earlier message told, and cannot be put below it: it leads there. */
export function withFirst(content: CardContent, firstUrl: string | null): CardContent {
  if (firstUrl === null) return content;
  return { ...content, links: [...content.links, { title: 'The first message', url: firstUrl }] };
}
