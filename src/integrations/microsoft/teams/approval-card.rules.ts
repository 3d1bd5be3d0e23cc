import { DateTime } from 'luxon';
import type { ApprovalFacts } from './approval-card.queries.js';
import { type CardContent, type Mentioned, titled } from './card.js';
import { backLink } from './links.rules.js';
import { CardEvent } from './teams-card.entity.js';

/** Somebody who may vote, with the address that opens the request for them alone; null where none was made. */
export interface Voter {
  readonly person: Mentioned;
  readonly url: string | null;
}

/** Where a card speaks of times. */
export interface Spoken {
  readonly publicUrl: string;
  /** The tenant's IANA time zone. */
  readonly timeZone: string;
  readonly now: Date;
}

/** As many buttons as a card shows beside the way back. */
const MOST_BUTTONS = 5;
const MOST_CALLED = 8;

/**
 * The card about an approval request; null when it takes no votes any more, or a new round has come. It says what is
 * asked, by whom and until when: no amount, no percentage and no reason, which a channel may not see. Each button opens
 * the request for the one whom it names, once, signed in; the card itself is no authority (approvals rule 15).
 */
export function approvalCard(
  event: CardEvent,
  mark: string,
  facts: ApprovalFacts,
  voters: readonly Voter[],
  { publicUrl, timeZone, now }: Spoken,
): CardContent | null {
  const { kind, state, round, expiresAt, requester, handoff } = facts;
  const subject = handoff === null ? words(kind) : `${words(kind)} of ${handoff.number}`;
  const client = handoff === null ? [] : [['Client', handoff.client] as const];
  const back = backLink(publicUrl, handoff?.id ?? null);
  if (event === CardEvent.ANSWERED) {
    if (state === 'PENDING' || mark !== `answered/${round}`) return null;
    return { ...titled(`Approval ${ANSWERS[state] ?? 'ended'}: ${subject}`), facts: client, links: [back] };
  }
  if (state !== 'PENDING' || expiresAt <= now || mark !== `asked/${round}`) return null;
  const until = DateTime.fromJSDate(expiresAt, { zone: timeZone }).toFormat("yyyy-MM-dd HH:mm 'UTC'Z");
  const people = voters.slice(0, MOST_CALLED).map(({ person }) => person);
  const buttons = voters.flatMap(({ person, url }) => (url === null ? [] : [{ title: `Open as ${person.name}`, url }]));
  return {
    ...titled(round === 1 ? `Approval asked: ${subject}` : `Approval asked anew: ${subject}`),
    facts: [...client, ['Asked by', requester.name], ['Until', until]],
    calls:
      people.length === 0
        ? null
        : { people, to: 'your vote is asked for. A button opens it for the one it names, once.' },
    links: [...buttons.slice(0, MOST_BUTTONS), back],
  };
}

const ANSWERS: Readonly<Record<string, string>> = {
  APPROVED: 'given',
  USED: 'given',
  REJECTED: 'refused',
  WITHDRAWN: 'withdrawn',
};

/** A code in words: MARGIN_EXCEPTION is "margin exception". */
const words = (code: string): string => code.toLowerCase().replaceAll('_', ' ');
