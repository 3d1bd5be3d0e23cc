import type { IssuedLink } from '../../../approval/vote-link.effects.js';
import { sendVoteLinks } from '../../../approval/vote-link.commands.js';
import { configurationOf, rulingConfiguration } from '../../../catalogue/catalogue.queries.js';
import type { OutboxEffect } from '../../../core/outbox/effect.entity.js';
import type { EffectTools } from '../../../core/outbox/handler.js';
import { select } from '../../../core/statement.js';
import { approvalFacts } from './approval-card.queries.js';
import { approvalCard, type Voter } from './approval-card.rules.js';
import type { CardContent } from './card.js';
import { alertCard, decisionCard, digestCard, signOffCard } from './cards.rules.js';
import { handoffDigestQueries } from './handoff-digest.queries.js';
import { handoffDigestCard } from './handoff-digest.rules.js';
import { CardEvent, TeamsCard } from './teams-card.entity.js';
import { alertFacts, decisionFacts, peopleToMention, signOffFacts } from './teams.queries.js';

/** What a card is filled from. */
export interface Filling extends Pick<EffectTools, 'read' | 'run' | 'now'> {
  /** Where people reach this server. */
  readonly publicUrl: string;
  /** Names the attempt that posts it; null for a line of a digest, which no link for one person goes into. */
  readonly attempt: string | null;
}

/** The attempt that an effect is in, as a name: by its token, which only grows; a person's decision counts attempts anew. */
export const attemptOf = ({ id, fencingToken }: OutboxEffect): string => `${id}/${fencingToken}`;

/** What a card says now; null when it is not needed any more. Names and texts are read at this moment and kept nowhere. */
export async function contentOf(card: TeamsCard, filling: Filling): Promise<CardContent | null> {
  const { event, mark, subjectId: id } = card;
  const { read, publicUrl } = filling;
  switch (card.subjectType) {
    case 'Decision': {
      const { facts } = await read({ facts: decisionFacts(id) });
      return facts && decisionCard(event, mark, facts, publicUrl);
    }
    case 'ApprovalRequest':
      return approvalContent(card, filling);
    case 'Handoff': {
      if (event === CardEvent.SIGNED_OFF) return handoffDigest(card, filling);
      const { facts } = await read({ facts: signOffFacts(id) });
      return facts && signOffCard(facts, publicUrl);
    }
    default: {
      const { facts } = await read({ facts: alertFacts(id) });
      return facts && alertCard(facts, publicUrl);
    }
  }
}

/** A digest: which of its cards are needed still, and what it says of them. */
export async function digestContent(
  digest: TeamsCard,
  filling: Filling,
): Promise<{ readonly content: CardContent | null; readonly needless: readonly string[] }> {
  const { members } = await filling.read({ members: select(TeamsCard, { digestId: digest.id }, { orderBy: ['id'] }) });
  const lines: CardContent[] = [];
  const needless: string[] = [];
  for (const member of members) {
    const content = await contentOf(member, { ...filling, attempt: null });
    if (content) lines.push(content);
    else needless.push(member.id);
  }
  return { content: digestCard(lines, filling.publicUrl), needless };
}

async function approvalContent({ event, mark, subjectId }: TeamsCard, filling: Filling): Promise<CardContent | null> {
  const { read, publicUrl, now } = filling;
  const { facts, version } = await read({ facts: approvalFacts(subjectId), version: rulingConfiguration() });
  if (!facts) return null;
  const { timeZone } = configurationOf(version).tenant;
  const card = (voters: readonly Voter[]): CardContent | null =>
    approvalCard(event, mark, facts, voters, { publicUrl, timeZone, now });
  // Whether it is needed at all, before any link is made.
  const plain = card([]);
  if (plain === null || event !== CardEvent.REQUESTED || filling.attempt === null) return plain;
  return card(await votersOf(subjectId, filling.attempt, filling));
}

async function votersOf(requestId: string, attempt: string, { run, read, publicUrl }: Filling): Promise<Voter[]> {
  const sent = await run(sendVoteLinks, { requestId, attempt });
  const links = sent.kind === 'done' && sent.secret !== undefined ? (JSON.parse(sent.secret) as IssuedLink[]) : [];
  const { people } = await read({ people: peopleToMention(links.map(({ personId }) => personId)) });
  return links.flatMap(({ personId, path }) => {
    const person = people.get(personId);
    return person ? [{ person, url: `${publicUrl}${path}` }] : [];
  });
}

async function handoffDigest(
  { subjectId, mark }: TeamsCard,
  { read, publicUrl }: Filling,
): Promise<CardContent | null> {
  const { version, facts, ...lists } = await read({
    version: rulingConfiguration(),
    ...handoffDigestQueries(subjectId, mark.replace(/^signed\//, '')),
  });
  if (!facts) return null;
  const { people, escalationContacts } = configurationOf(version);
  const { named } = await read({ named: peopleToMention(people.map(({ id }) => id)) });
  const nameOf = (key: string): string | null => {
    const person = people.find((one) => one.key === key);
    return (person && named.get(person.id)?.name) ?? null;
  };
  return handoffDigestCard(
    { handoffId: subjectId, facts, ...lists, escalation: escalationContacts, nameOf },
    publicUrl,
  );
}
