import { type Notice, NoticeTemplate } from './notice.entity.js';
import type { SubjectFacts } from './notice.facts.js';
import { feedbackWords, followUpWords } from './feedback.words.js';
import { actionWords, meetingWords } from './meeting.words.js';
import { qualityWords } from './quality.words.js';
import { timeOf } from './time.words.js';

/** What each notice tells, in a few words: the list's titles. */
export const TITLES: Readonly<Record<NoticeTemplate, string>> = {
  HANDOFF_ASSIGNED: 'A handoff in preparation was given to you',
  HANDOFF_SUBMITTED: 'A deal is closed: its handoff awaits your sign-off',
  PRE_CLOSE_REQUESTED: 'Sales asks for a review before the signature',
  SIGN_OFF_LAPSED: 'A sign-off lapsed and is asked for anew',
  HANDOFF_RETURNED: 'Delivery returned a handoff to you',
  APPROVAL_ASKED: 'An approval request awaits your vote',
  DECISION_OPENED: 'A decision was given to you',
  DECISION_OVERDUE: 'A decision is overdue',
  KICKOFF_SCHEDULED: 'A kickoff has a date',
  KICKOFF_VOIDED: 'A kickoff date does not hold any more',
  DEADLINE_NEAR: 'A deadline of yours is near',
  DEADLINE_PASSED: 'A deadline has passed and comes to you',
  MEETING_SCHEDULED: 'A handoff meeting has a date',
  MEETING_AGENDA: 'The agenda of a handoff meeting',
  MEETING_CANCELLED: 'A handoff meeting does not take place then',
  ACTION_ASSIGNED: 'An action was given to you',
  ACTION_OVERDUE: 'An action of yours is overdue',
  FEEDBACK_ASKED: 'Your feedback on a handoff is asked for',
  FOLLOW_UP_OPENED: 'A returned handoff asks something of you',
  QUALITY_TASK_GIVEN: 'Something of the quality of handoffs was given to you',
  QUALITY_TASK_OVERDUE: 'Something of the quality of handoffs is overdue',
  SALES_TOLD_OF_CHANGE: 'A handoff of yours changed after its sign-off',
  ALERT_RAISED: 'An alert was raised',
  BREAK_GLASS: 'A gate was passed in an emergency',
};

/** The words of one notice. The lines hold what people typed, as it is: whoever renders them escapes. */
export interface NoticeWords {
  readonly subject: string;
  readonly lines: readonly string[];
  /** The handoff whose page it leads to; null when there is none. */
  readonly handoffId: string | null;
}

/** Whose notice it is, and how the tenant writes times. */
export interface WordsContext {
  readonly notice: Pick<Notice, 'template' | 'personId' | 'eventKey'>;
  readonly timeZone: string;
  readonly now: Date;
}

/**
 * The words of a notice, or null when what it tells is over: nobody is called to what is done. No figure of the deal and
 * no name of a person is in them, since a mail passes through others' hands.
 */
export function wordsOf(facts: SubjectFacts | null, context: WordsContext): NoticeWords | null {
  if (facts === null) return null;
  switch (facts.type) {
    case 'Handoff':
      return handoffWords(facts, context);
    case 'Decision':
      return decisionWords(facts, context);
    case 'Kickoff':
      return kickoffWords(facts, context);
    case 'HandoffMeeting':
      return meetingWords(facts, context);
    case 'ActionItem':
      return actionWords(facts, context);
    case 'FollowUp':
      return followUpWords(facts);
    case 'Escalation':
      return context.notice.template === NoticeTemplate.FEEDBACK_ASKED
        ? feedbackWords(facts)
        : deadlineWords(facts, context);
    case 'QualityStep':
      return qualityWords(facts, context);
    case 'ApprovalRequest':
      return approvalWords(facts, context);
    default:
      return alertWords(facts, context);
  }
}

/** What changed, by the mark of the event. */
const CHANGES: Readonly<Record<string, string>> = {
  lapsed: 'Scope, dates, plan or baseline changed, so that the sign-off lapsed.',
  decided: 'A decision was made. Look at the decision log.',
  reissued: 'A document was issued anew with another content. Look at what it says now.',
};

type FactsOf<T extends SubjectFacts['type']> = Extract<SubjectFacts, { readonly type: T }>;

function handoffWords(facts: FactsOf<'Handoff'>, { notice, timeZone }: WordsContext): NoticeWords | null {
  const { handoff, client, handoffId, stage, deliveryManagerId, correctionDueAt } = facts;
  const about = `Client: ${client}`;
  const isTheirs = deliveryManagerId === null || deliveryManagerId === notice.personId;
  switch (notice.template) {
    case NoticeTemplate.HANDOFF_ASSIGNED:
      if (!['DRAFT', 'RETURNED'].includes(stage) || deliveryManagerId !== notice.personId) return null;
      return {
        subject: `Handoff ${handoff} is being prepared for you`,
        lines: [
          about,
          'You answer for its delivery. It is filled in by sales and comes to you for sign-off at the close.',
        ],
        handoffId,
      };
    case NoticeTemplate.PRE_CLOSE_REQUESTED:
      if (!['DRAFT', 'RETURNED'].includes(stage)) return null;
      return {
        subject: `Handoff ${handoff}: a review before the signature is asked for`,
        lines: [about, 'Somebody in delivery allows it or waits for the signature.'],
        handoffId,
      };
    case NoticeTemplate.HANDOFF_RETURNED:
      if (stage !== 'RETURNED') return null;
      return {
        subject: `Handoff ${handoff} was returned by delivery`,
        lines: [
          about,
          'Delivery named what is missing or wrong.',
          ...(correctionDueAt ? [`To be corrected by ${timeOf(correctionDueAt, timeZone)}`] : []),
        ],
        handoffId,
      };
    case NoticeTemplate.SALES_TOLD_OF_CHANGE:
      if (['CLOSED', 'WITHDRAWN'].includes(stage)) return null;
      return {
        subject: `Handoff ${handoff} changed after its sign-off`,
        lines: [about, CHANGES[notice.eventKey.split('/')[2] ?? ''] ?? 'Look at the handoff to see what changed.'],
        handoffId,
      };
    case NoticeTemplate.SIGN_OFF_LAPSED:
      if (stage !== 'IN_REVIEW' || !isTheirs) return null;
      return {
        subject: `Handoff ${handoff} needs your sign-off again`,
        lines: [about, 'What the sign-off was given for has changed, so that it lapsed.'],
        handoffId,
      };
    default:
      if (stage !== 'IN_REVIEW' || !isTheirs) return null;
      if (facts.pendingContract)
        return {
          subject: `Handoff ${handoff} is there to be reviewed before the signature`,
          lines: [
            about,
            'The contract is not signed yet. Review it or return it; the sign-off waits for the signature.',
          ],
          handoffId,
        };
      return {
        subject: `Handoff ${handoff} awaits your sign-off`,
        lines: [
          about,
          'The deal is closed. Sign off feasibility and resource plan, or return it with what is missing.',
        ],
        handoffId,
      };
  }
}

function decisionWords(facts: FactsOf<'Decision'>, { notice }: WordsContext): NoticeWords | null {
  const { handoff, client, handoffId, number, question, dueOn, state, hasEnded, ownerId, assigned } = facts;
  const isOverdue = notice.template === NoticeTemplate.DECISION_OVERDUE;
  const isTheirs = isOverdue || ownerId === notice.personId;
  // Another owner, or a due date that was moved, has a notice of its own.
  const isLatest = notice.eventKey.endsWith(`/${isOverdue ? dueOn : assigned}`);
  if (state !== 'OPEN' || hasEnded || !isTheirs || !isLatest) return null;
  const lines = [`Client: ${client}`, `Question: ${question}`, `Due: ${dueOn}`];
  return isOverdue
    ? { subject: `Decision ${number} of ${handoff} is overdue`, lines, handoffId }
    : { subject: `Decision ${number} of ${handoff} is yours`, lines, handoffId };
}

function kickoffWords(facts: FactsOf<'Kickoff'>, { notice, timeZone, now }: WordsContext): NoticeWords | null {
  const { handoff, client, handoffId, startsAt, state } = facts;
  const lines = [`Client: ${client}`, `Kickoff: ${timeOf(startsAt, timeZone)}`];
  if (notice.template === NoticeTemplate.KICKOFF_VOIDED)
    return {
      subject: `The kickoff of ${handoff} does not hold any more`,
      lines: [...lines, 'It was moved, or the sign-off under it ended. Tell the client.'],
      handoffId,
    };
  if (state !== 'SCHEDULED' || startsAt <= now) return null;
  return { subject: `The kickoff of ${handoff} is scheduled`, lines, handoffId };
}

function deadlineWords(facts: FactsOf<'Escalation'>, { notice, timeZone }: WordsContext): NoticeWords | null {
  const { handoff, client, handoffId, of, dueAt, isOver } = facts;
  if (isOver) return null;
  const what = of.toLowerCase().replaceAll('_', ' ');
  const lines = [`Client: ${client}`, `Deadline: ${what}${dueAt === null ? '' : `, ${timeOf(dueAt, timeZone)}`}`];
  return notice.template === NoticeTemplate.DEADLINE_NEAR
    ? { subject: `A deadline of ${handoff} is near: ${what}`, lines, handoffId }
    : {
        subject: `A deadline of ${handoff} has passed: ${what}`,
        lines: [...lines, 'Nobody before you on the ladder has settled it.'],
        handoffId,
      };
}

function approvalWords(facts: FactsOf<'ApprovalRequest'>, { notice, timeZone, now }: WordsContext): NoticeWords | null {
  const { kind, state, round, expiresAt, handoff, handoffId } = facts;
  if (state !== 'PENDING' || expiresAt <= now || !notice.eventKey.endsWith(`/round/${round}`)) return null;
  const what = kind.toLowerCase().replaceAll('_', ' ');
  return {
    subject: `Your vote is asked for: ${what}${handoff === null ? '' : ` of ${handoff}`}`,
    lines: [
      `Votes count until ${timeOf(expiresAt, timeZone)}; afterwards the request counts as denied.`,
      'A mail gives nobody the right to vote: you sign in, and see what is asked before you answer.',
    ],
    handoffId,
  };
}

function alertWords(facts: FactsOf<'Alert'>, { notice }: WordsContext): NoticeWords | null {
  const { code, subjectType, acknowledged } = facts;
  if (acknowledged) return null;
  const stays = 'It stays open until somebody acknowledges it in Countersign (alerts).';
  return notice.template === NoticeTemplate.BREAK_GLASS
    ? {
        subject: 'A gate was passed in an emergency (break-glass)',
        lines: ['Somebody whom the policy names declared an emergency. It is to be reviewed afterwards.', stays],
        handoffId: null,
      }
    : { subject: `Alert: ${code}`, lines: [`About: ${subjectType}`, stays], handoffId: null };
}
