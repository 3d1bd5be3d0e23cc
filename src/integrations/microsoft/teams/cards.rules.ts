import type { CardContent } from './card.js';
import type { CardEvent } from './teams.plan.js';
import type { AlertFacts, DecisionFacts, SignOffFacts } from './teams.queries.js';

const briefLink = (url: string | null): CardContent['link'] => (url === null ? null : { title: 'Open the brief', url });

/**
 * The card about an entry of the decision log; null when what it was asked for is not so any more, such as a due date that
 * was moved or kept. A webhook's cards cannot be changed: a later one names the entry, and so the card before it.
 */
export function decisionCard(event: CardEvent, mark: string, facts: DecisionFacts): CardContent | null {
  const { number, handoff, client, question, state, outcome, owner, contact, dueOn, blocksKickoff, briefUrl } = facts;
  const isOpen = state === 'OPEN';
  const about = `${number} of ${handoff}`;
  const base = { text: question, link: briefLink(briefUrl) };
  const people = [
    ['Client', client],
    ['Owner', owner.name],
    ['Due', dueOn],
    ['Escalates to', contact.name],
  ] as const;
  if (event === 'DECIDED') {
    const word = state === 'OBSOLETE' ? 'is obsolete' : 'is decided';
    const parties = [
      ['Client', client],
      ['Owner', owner.name],
    ] as const;
    const told = outcome === null ? parties : [...parties, ['Outcome', outcome] as const];
    return { ...base, title: `Decision ${about} ${word}`, facts: told, calls: null };
  }
  if (!isOpen) return null;
  if (event === 'OVERDUE') {
    if (mark !== `due/${dueOn}`) return null;
    const calls = { person: contact, to: 'nobody has decided it by its due date; please see to it.' };
    return { ...base, title: `Decision ${about} is overdue`, facts: people, calls };
  }
  if (mark !== `open/${facts.ownerId}/${dueOn}`) return null;
  const title = event === 'REASSIGNED' ? `Decision ${about} has changed hands or date` : `Decision ${about} is open`;
  const to = blocksKickoff ? 'please decide it; no kickoff is scheduled before.' : 'please decide it.';
  return { ...base, title, facts: people, calls: { person: owner, to } };
}

/** The card about a handoff that awaits its sign-off; null when it does not any more. */
export function signOffCard({ handoff, client, stage, deliveryManager, briefUrl }: SignOffFacts): CardContent | null {
  if (stage !== 'IN_REVIEW') return null;
  return {
    title: `Handoff ${handoff} awaits the sign-off of delivery`,
    text: null,
    facts: [['Client', client]],
    calls: deliveryManager && { person: deliveryManager, to: 'please sign it off, or return it with what is missing.' },
    link: briefLink(briefUrl),
  };
}

/** The card about an alert; null when somebody has acknowledged it already. */
export function alertCard({ code, subjectType, subjectId, acknowledged }: AlertFacts): CardContent | null {
  if (acknowledged) return null;
  return {
    title: `Alert: ${code}`,
    text: 'It stays open until somebody acknowledges it in Countersign.',
    facts: [
      ['About', subjectType],
      ['Id', subjectId],
    ],
    calls: null,
    link: null,
  };
}
