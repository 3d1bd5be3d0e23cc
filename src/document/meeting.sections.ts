import type { BriefSection, BriefSource, BriefStatement } from '../brief/brief.document.js';
import { handoffSource, sectionOf, statement, words } from '../brief/brief.sources.js';
import type { DocumentFacts, MeetingFact, MeetingPartFact } from './document.facts.js';

const NOT_HELD = 'No handoff meeting was held yet.';

/** The sections that the brief does not have: the handoff meeting with its actions, and the introduction. */
export function meetingSections(facts: DocumentFacts): BriefSection[] {
  const { meeting } = facts;
  return [
    sectionOf('meeting', 'The handoff meeting', NOT_HELD, meeting ? heldStatements(meeting) : []),
    sectionOf('agenda', 'What was gone through', NOT_HELD, meeting ? partStatements(meeting, meeting.segments) : []),
    sectionOf(
      'checklist',
      'Checklist of the meeting',
      NOT_HELD,
      meeting ? partStatements(meeting, meeting.checks) : [],
    ),
    actions(facts),
    introduction(facts),
  ];
}

const meetingSource = ({ heldOn, recordedBy, digest }: MeetingFact): BriefSource => ({
  label: `handoff meeting of ${heldOn}, recorded by ${recordedBy}`,
  url: null,
  hash: digest,
});

function heldStatements(meeting: MeetingFact): BriefStatement[] {
  const { heldOn, present, absent, notes, recordingUrl } = meeting;
  const source = meetingSource(meeting);
  return [
    statement(`Held on ${heldOn}.`, source),
    statement(`Present: ${listed(present)}. Invited and absent: ${listed(absent)}.`, source),
    notes === null ? statement('Notes: N/A.', source) : { ...statement('Notes', source), personal: notes },
    recordingUrl === null
      ? statement('Recording: N/A.', source)
      : { ...statement('Recording', source), personal: recordingUrl },
  ];
}

function partStatements(meeting: MeetingFact, parts: readonly MeetingPartFact[]): BriefStatement[] {
  return parts.map(({ label, found, remark }) => ({
    ...statement(`${label}: ${found}.`, meetingSource(meeting)),
    personal: remark,
  }));
}

function actions({ actions: agreed, brief: { handoff } }: DocumentFacts): BriefSection {
  return sectionOf(
    'actions',
    'Actions with owners',
    'No action was agreed.',
    agreed.map(({ number, text, owner, dueOn, state }) =>
      statement(`${number}: ${text} Owner ${owner}, due ${dueOn}, ${words(state)}.`, handoffSource(handoff)),
    ),
  );
}

function introduction({ introduction: draft, brief: { handoff } }: DocumentFacts): BriefSection {
  const { state, templateVersion, textSha256, approvedBy, threadUrl, gaps } = draft;
  const source: BriefSource = {
    label: `introduction of handoff ${handoff.number}, template ${templateVersion}`,
    url: null,
    hash: textSha256,
  };
  return sectionOf('introduction', 'Introduction of the client to delivery', 'There is no introduction yet.', [
    statement(`State: ${words(state)}. Approved by: ${approvedBy ?? 'N/A'}.`, source),
    statement(`Thread: ${threadUrl ?? 'N/A'}.`, source),
    ...gaps.map((gap) => statement(`Missing: ${gap}`, source)),
  ]);
}

const listed = (names: readonly string[]): string => (names.length === 0 ? 'nobody' : names.join(', '));
