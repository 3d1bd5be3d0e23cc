import { type Finding, finding } from '../core/finding.js';
import { notActive } from './cast.rules.js';
import { CheckAnswer, type HandoffMeeting } from './meeting.entity.js';

/** Whether somebody was there. */
export interface AskedAttendance {
  readonly personId: string;
  readonly attended: boolean;
}

/** What became of a segment. */
export interface AskedSegment {
  readonly key: string;
  readonly covered: boolean;
  readonly answered: readonly string[];
  readonly remark?: string | null;
}

/** What the meeting found about an item. */
export interface AskedCheck {
  readonly key: string;
  readonly answer: CheckAnswer;
  readonly remark?: string | null;
}

/** What somebody records of a meeting. */
export interface AskedRecord {
  readonly heldAt: Date;
  readonly notes?: string | null;
  readonly recordingUrl?: string | null;
  readonly attendance: readonly AskedAttendance[];
  readonly segments: readonly AskedSegment[];
  readonly checklist: readonly AskedCheck[];
}

/** What the record is checked against. */
export interface RecordGround {
  readonly meeting: Pick<HandoffMeeting, 'plan'>;
  readonly invitedIds: readonly string[];
  readonly activeIds: ReadonlySet<string>;
  /** Before it nothing can have been held: when the handoff was opened. */
  readonly openedAt: Date;
  readonly now: Date;
}

/**
 * What a record lacks (document 004: "recorded or noted", "checklist completed in meeting", no blanks): notes or a
 * recording, everybody's attendance, every item of the checklist and every segment of the agenda, each exactly once.
 */
export function recordFindings(asked: AskedRecord, ground: RecordGround): Finding[] {
  const { segments, checklist } = ground.meeting.plan;
  const questions = new Map(segments.map(({ key, questions: bank }) => [key, new Set(bank.map((one) => one.key))]));
  return [
    ...timeFindings(asked.heldAt, ground),
    ...proofFindings(asked),
    ...attendanceFindings(asked.attendance, ground),
    ...completeFindings(
      'checklist',
      checklist.map(({ key }) => key),
      asked.checklist.map(({ key }) => key),
    ),
    ...remarkFindings(asked.checklist),
    ...completeFindings(
      'segments',
      segments.map(({ key }) => key),
      asked.segments.map(({ key }) => key),
    ),
    ...asked.segments.flatMap(({ key, answered }) => questionFindings(key, answered, questions.get(key))),
  ];
}

function timeFindings(heldAt: Date, { openedAt, now }: RecordGround): Finding[] {
  if (heldAt <= now && heldAt >= openedAt) return [];
  return [
    finding({
      code: 'IMPOSSIBLE_TIME',
      path: 'heldAt',
      message: 'It was not held before the handoff was opened, nor will it be in the future.',
      facts: { heldAt: heldAt.toISOString(), openedAt: openedAt.toISOString(), now: now.toISOString() },
      remedy: 'Give the instant at which it began.',
    }),
  ];
}

function proofFindings({ notes, recordingUrl }: AskedRecord): Finding[] {
  if (notes || recordingUrl) return [];
  return [
    finding({
      code: 'NOTES_OR_RECORDING_MISSING',
      path: 'notes',
      message: 'A meeting is recorded with its notes or with the link of its recording.',
      facts: {},
      remedy: 'Give notes or recordingUrl.',
    }),
  ];
}

function attendanceFindings(
  attendance: readonly AskedAttendance[],
  { invitedIds, activeIds }: RecordGround,
): Finding[] {
  const named = attendance.map(({ personId }) => personId);
  const unsaid = invitedIds.filter((id) => !named.includes(id));
  const strangers = named.filter((id) => !invitedIds.includes(id) && !activeIds.has(id));
  const findings = strangers.map((id) => ({ ...notActive(id), path: 'attendance' }));
  if (unsaid.length > 0)
    findings.push(
      finding({
        code: 'ATTENDANCE_MISSING',
        path: 'attendance',
        message: 'Of some who were invited it is not said whether they came.',
        facts: { personIds: unsaid },
        remedy: 'Say it of everybody who was invited.',
      }),
    );
  if (attendance.every(({ attended }) => !attended))
    findings.push(
      finding({
        code: 'NOBODY_ATTENDED',
        path: 'attendance',
        message: 'Nobody was there, so no meeting was held.',
        facts: {},
        remedy: 'Move the meeting with moveHandoffMeeting, or cancel it.',
      }),
    );
  return findings;
}

/** Each key of the plan once, and no other. */
function completeFindings(
  what: 'checklist' | 'segments',
  planned: readonly string[],
  given: readonly string[],
): Finding[] {
  const missing = planned.filter((key) => !given.includes(key));
  const unknown = given.filter((key) => !planned.includes(key));
  const findings: Finding[] = [];
  if (missing.length > 0)
    findings.push(
      finding({
        code: 'RECORD_INCOMPLETE',
        path: what,
        message: `Nothing is said about: ${missing.join(', ')}.`,
        facts: { missing },
        remedy:
          what === 'checklist'
            ? 'Answer every item: YES, NO or NOT_APPLICABLE.'
            : 'Say of every segment whether it was gone through.',
      }),
    );
  if (unknown.length > 0)
    findings.push(
      finding({
        code: 'NOT_IN_THE_AGENDA',
        path: what,
        message: `The agenda of this meeting has no: ${unknown.join(', ')}.`,
        facts: { unknown, known: [...planned] },
        remedy: 'Use the keys of handoff.meetingAgenda.',
      }),
    );
  return findings;
}

/** "N/A" is explicit, and a NO says what is missing (document 004 "Quality"). */
function remarkFindings(checklist: readonly AskedCheck[]): Finding[] {
  return checklist
    .filter(({ answer, remark }) => answer !== CheckAnswer.YES && !remark)
    .map(({ key, answer }) =>
      finding({
        code: 'REMARK_MISSING',
        path: `checklist.${key}`,
        message: `${answer} needs a remark.`,
        facts: { item: key, answer },
        remedy: answer === CheckAnswer.NO ? 'Say what is missing.' : 'Say why it does not arise.',
      }),
    );
}

function questionFindings(key: string, answered: readonly string[], bank: ReadonlySet<string> | undefined): Finding[] {
  const unknown = bank === undefined ? [] : answered.filter((question) => !bank.has(question));
  if (unknown.length === 0) return [];
  return [
    finding({
      code: 'NOT_IN_THE_AGENDA',
      path: `segments.${key}.answered`,
      message: `The segment has no question: ${unknown.join(', ')}.`,
      facts: { unknown, known: [...bank!] },
      remedy: 'Use the keys of handoff.meetingAgenda.',
    }),
  ];
}
