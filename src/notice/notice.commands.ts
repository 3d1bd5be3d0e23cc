import type { Actor } from '../core/actor.js';
import { lockRequest } from '../approval/approval.queries.js';
import { isOpen } from '../approval/deadline.rules.js';
import { ApprovalState } from '../approval/request.entity.js';
import { newVoteLink } from '../approval/vote-link.effects.js';
import { command, done, refused } from '../core/command.js';
import { finding } from '../core/finding.js';
import { insert, selectFirst, update } from '../core/statement.js';
import { NoticePreference } from './notice.entity.js';
import type { SetNoticePreferenceInput } from './notice.input.js';

/** Sets how the person who asks wants to be told; nobody sets it for somebody else. */
export const setNoticePreference = command({
  name: 'setNoticePreference',
  action: 'set',
  subject: 'NoticePreference',
  services: false,
  facts: (_input: SetNoticePreferenceInput, actor: Actor) => ({
    existing: selectFirst(NoticePreference, { personId: actor.id }, { lock: 'UPDATE' }),
  }),
  target: ({ existing }) => existing,
  decide: ({ existing }, { delivery, quietHours, dailyMails }, { actor, now, newId }) => {
    const id = existing?.id ?? newId();
    const wish = { delivery, quietHours, dailyMails };
    return done({
      id,
      subject: { type: 'NoticePreference', id },
      body: wish,
      writes: [
        existing
          ? update(NoticePreference, { id }, { ...wish, setAt: now })
          : insert(NoticePreference, { id, personId: actor.id, ...wish, setAt: now }),
      ],
    });
  },
});

/** A link for one attempt to send one notice. */
export interface IssueNoticeLinkInput {
  readonly requestId: string;
  readonly personId: string;
  /** Each attempt to send has a link of its own: the text of an earlier one is kept nowhere. */
  readonly attempt: number;
}

/** Makes the vote link that one message carries (approvals rule 15); refused when the request takes no votes any more. */
export const issueNoticeLink = command({
  name: 'issueNoticeLink',
  action: 'notify',
  subject: 'ApprovalRequest',
  facts: ({ requestId }: IssueNoticeLinkInput) => ({ request: lockRequest(requestId) }),
  decide: ({ request }, { personId }, moment) => {
    const subject = { type: 'ApprovalRequest', id: request.id };
    if (request.state !== ApprovalState.PENDING || !isOpen(request, moment.now)) {
      const closed = finding({
        code: 'NOT_PENDING',
        path: 'request.state',
        message: 'The request takes no votes any more.',
        facts: { state: request.state },
        remedy: 'There is nothing to tell.',
      });
      return refused([closed], { subject });
    }
    const { link, statement } = newVoteLink(request, personId, moment);
    const body = { linkId: link.id, personId, round: request.round };
    return done({ id: link.id, subject, body, writes: [statement], secret: link.path });
  },
});
