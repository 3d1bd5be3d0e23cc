import { configurationOf, rulingConfiguration } from '../../catalogue/catalogue.queries.js';
import type { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { EffectTools, SteppedHandler } from '../../core/outbox/handler.js';
import { type Query, selectRequired, type Statement, update } from '../../core/statement.js';
import { handoffUrl } from '../../handoff/handoff.link.js';
import { MemberState, Person } from '../../identity/person.entity.js';
import { issueNoticeLink } from '../../notice/notice.commands.js';
import { Notice, NoticeState } from '../../notice/notice.entity.js';
import { type SubjectFacts, subjectFacts } from '../../notice/notice.facts.js';
import { type NoticeWords, wordsOf } from '../../notice/notice.words.js';
import { Vendor } from '../connection/connection.entity.js';
import type { Connections } from '../connection/connection.secret.js';
import { telling } from '../microsoft/telling.js';
import { contentOf, mailTexts, type Told } from './mail.content.js';
import { connectedMail, noticesOfMail } from './mail.plan.js';
import { checkedRecipient, type MailKind, type MailWay } from './mail.way.js';

/** The ways by which mails go out, by the `kind` of the connection. */
export type MailWays = Readonly<Record<MailKind, MailWay>>;

/** A notice that is still to be told. */
interface Pending {
  readonly notice: Notice;
  readonly facts: SubjectFacts;
  readonly words: NoticeWords;
}

/**
 * Sends one mail. Names, addresses and words are read now and kept nowhere; what is over by now is not sent. Neither way
 * can be asked whether it took a mail whose answer was lost (class CONFIRM): a person looks, and no mail goes twice.
 */
export function mailHandler(connections: Connections, ways: MailWays, publicUrl: string): SteppedHandler {
  const perform = telling(connectedMail, async (effect, tools) => {
    const { notices } = await tools.read({ notices: noticesOfMail(effect.effectKey) });
    const { person, pending } = await pendingOf(notices, tools);
    if (person === null || pending.length === 0) return notNeeded(notices, tools.now);
    const to = checkedRecipient({ name: person.name, address: person.email });
    const connection = await connections.of(tools, Vendor.MAIL);
    // Last before the send: a link lives for a working day, and each attempt has its own.
    const linked = await linkedOf(pending, { effect, tools, publicUrl });
    if (linked.length === 0) return notNeeded(notices, tools.now);
    const texts = mailTexts(contentOf(linked));
    const way = ways[connection.settings.kind as MailKind];
    const receipt = await way.send(connection, { id: effect.id, to, ...texts }, tools.signal);
    const told = new Set(linked.map(({ notice }) => notice.id));
    const writes = [
      ...settled(
        notices.filter(({ id }) => told.has(id)),
        NoticeState.MAILED,
        tools.now,
      ),
      ...settled(
        notices.filter(({ id }) => !told.has(id)),
        NoticeState.NOT_NEEDED,
        tools.now,
      ),
    ];
    return { receipt, writes };
  });
  const adopt: SteppedHandler['adopt'] = async ({ effectKey }, receipt, { read, now }) => {
    const { notices } = await read({ notices: noticesOfMail(effectKey) });
    return { receipt, writes: settled(notices, NoticeState.MAILED, now) };
  };
  return { perform, adopt };
}

const notNeeded = (notices: readonly Notice[], now: Date) => ({
  receipt: 'NOT_NEEDED',
  writes: settled(notices, NoticeState.NOT_NEEDED, now),
});

function settled(notices: readonly Notice[], state: NoticeState, now: Date): Statement[] {
  if (notices.length === 0) return [];
  const id = notices.map((notice) => notice.id);
  return [update(Notice, { id, state: NoticeState.ASKED }, { state, settledAt: now })];
}

/** Whom the mail is for, null once they have left, and what of it is not over. */
async function pendingOf(
  notices: readonly Notice[],
  { read, now }: EffectTools,
): Promise<{ readonly person: Person | null; readonly pending: readonly Pending[] }> {
  const [first] = notices;
  if (!first) return { person: null, pending: [] };
  const about = Object.fromEntries(
    notices.map((notice): [string, Query<SubjectFacts | null>] => [notice.id, subjectFacts(notice)]),
  );
  const { person, ruling } = await read({
    person: selectRequired(Person, first.personId),
    ruling: rulingConfiguration(),
  });
  if (person.state !== MemberState.ACTIVE) return { person: null, pending: [] };
  const found = await read(about);
  const { timeZone } = configurationOf(ruling).tenant;
  const pending = notices.flatMap((notice) => {
    const facts = found[notice.id] ?? null;
    const words = wordsOf(facts, { notice, timeZone, now });
    return facts && words ? [{ notice, facts, words }] : [];
  });
  return { person, pending };
}

interface LinkContext {
  readonly effect: OutboxEffect;
  readonly tools: EffectTools;
  readonly publicUrl: string;
}

/** What is told with where it leads; a request that takes no votes any more falls out. */
async function linkedOf(
  pending: readonly Pending[],
  context: LinkContext,
): Promise<(Told & { readonly notice: Notice })[]> {
  const linked: (Told & { readonly notice: Notice })[] = [];
  for (const { notice, facts, words } of pending) {
    const link = await linkOf(notice, facts, words, context);
    if (link !== 'OVER') linked.push({ notice, words, link });
  }
  return linked;
}

async function linkOf(
  { personId }: Notice,
  facts: SubjectFacts,
  { handoffId }: NoticeWords,
  { effect, tools, publicUrl }: LinkContext,
): Promise<Told['link'] | 'OVER'> {
  if (facts.type === 'ApprovalRequest') {
    const { requestId } = facts;
    // By its token, which only grows: a person's decision counts attempts anew.
    const issued = await tools.run(issueNoticeLink, { requestId, personId, attempt: effect.fencingToken });
    if (issued.kind === 'refused') return 'OVER';
    if (issued.secret !== undefined) return { label: 'Open the request', url: `${publicUrl}${issued.secret}` };
  }
  return handoffId === null ? null : { label: 'Open the handoff', url: handoffUrl(publicUrl, handoffId) };
}
