import { useGrant } from '../approval/vote.effects.js';
import { draftBrief } from '../brief/brief.effects.js';
import { draftFactsOf } from '../brief/brief.view.js';
import { command, done, type Moment, refused } from '../core/command.js';
import { blocks } from '../core/finding.js';
import type { Statement } from '../core/statement.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, handoffSubject } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { statusMessage } from '../handoff/status.message.js';
import { exceptionRows } from '../margin/exception.effects.js';
import { createProject, type ProjectEffects, replanProject } from '../project/project.effects.js';
import { provisionMessage } from '../project/provision.message.js';
import { Gate } from './gate.entity.js';
import { logMatters, recordEvaluation } from './gate.effects.js';
import { judgeSubmit, type SubmitJudgement } from './gates.js';
import { lockedPassageFacts, type PassageGround } from './passage.facts.js';
import { endPreClose } from './pre-close.effects.js';
import type { HandoffChangeInput } from '../handoff/handoff.input.js';

/**
 * Closed-won, through the gate: project, milestones, task pack and budget baseline are made or made anew, what is
 * still assumed and what contradicts itself goes into the decision log, and the brief is drafted. Before the signature
 * it passes only into a review that delivery has allowed. A refusal keeps its evaluation and changes nothing else.
 */
export const submitHandoff = command({
  name: 'submitHandoff',
  action: 'submit',
  subject: 'Handoff',
  services: false,
  facts: (input: HandoffChangeInput) => ({
    handoff: lockHandoff(input.handoffId),
    ...lockedPassageFacts(input.handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, { expectedRevision }, moment) => {
    const { handoff } = facts;
    checkRevision(handoff, expectedRevision);
    const judged = judgeSubmit(facts, moment.now);
    const gate = judged.isPending ? Gate.PRE_CLOSE : Gate.SUBMIT;
    const evaluation = recordEvaluation({ ...judged, gate, handoff }, moment);
    const subject = handoffSubject(handoff.id);
    if (blocks(judged.findings))
      return refused(judged.findings, { subject, writes: evaluation, sources: judged.sources });
    return passed(facts, judged, evaluation, moment);
  },
});

function passed(
  facts: PassageGround,
  judged: SubmitJudgement,
  evaluation: ReturnType<typeof recordEvaluation>,
  moment: Moment,
) {
  const { handoff } = facts;
  const { isPending } = judged;
  const changes = {
    stage: Stage.IN_REVIEW,
    submittedAt: moment.now,
    submittedBy: moment.actor.id,
    correctionDueAt: null,
    pendingContract: isPending,
  };
  const project = projectOf(facts, judged, moment);
  const { project: container, milestones, tasks } = project;
  const planned = { ...facts, project: container, milestones, tasks, handoff: { ...handoff, ...changes } };
  const opened = logMatters(planned, judged, moment);
  const baseline = project.baseline?.baseline ?? facts.baseline!;
  const submitted: Handoff = { ...handoff, ...changes };
  const brief = draftBrief(
    draftFactsOf(
      {
        ...facts,
        handoff: submitted,
        decisions: [...facts.decisions, ...opened.opened],
        project: project.project,
        milestones: project.milestones,
        tasks: project.tasks,
        baseline,
        baselineLines: project.baseline?.lines ?? facts.baselineLines,
      },
      moment.now,
    ),
    moment,
  );
  return done({
    id: handoff.id,
    subject: handoffSubject(handoff.id),
    sources: judged.sources,
    body: {
      termsDigest: handoff.termsDigest,
      termsRevision: handoff.termsRevision,
      projectId: project.projectId,
      baselineVersion: baseline.version,
      baselineDigest: baseline.contentDigest,
      baselineCreated: project.baseline !== null,
      briefVersion: brief.brief.version,
      briefHash: brief.brief.markdownHash,
      grantId: judged.margin.cover?.grant.id ?? null,
      decisionsOpened: opened.opened.map(({ number }) => number),
      pendingContract: isPending,
    },
    // Nothing is made in the PSA for a deal that nobody has signed.
    messages: [
      ...brief.messages,
      ...(isPending ? [] : [provisionMessage(handoff.id, moment.newId())]),
      statusMessage(handoff),
    ],
    writes: [
      ...evaluation,
      ...project.statements,
      ...opened.statements,
      ...brief.statements,
      ...exceptionUsed(handoff, judged, moment),
      ...(isPending ? [] : endPreClose(facts.preClose, moment.now)),
      changeHandoff(handoff, changes),
    ],
  });
}

/** The exception's one effect, with the figures that passed by it; nothing when it was used for these terms before. */
function exceptionUsed(handoff: Handoff, { margin }: SubmitJudgement, moment: Moment): Statement[] {
  const { cover, verdict } = margin;
  if (!cover || cover.used) return [];
  const about = { id: cover.request.id, handoffId: handoff.id, contentRevision: handoff.termsRevision };
  return [
    ...useGrant(cover.grant, cover.request, submitHandoff.name, moment),
    exceptionRows(verdict, about, moment.newId),
  ];
}

function projectOf(facts: PassageGround, { plan }: SubmitJudgement, moment: Moment): ProjectEffects {
  const { handoff, client, deal, snapshot, version, people, project, milestones, tasks, baseline, baselineLines } =
    facts;
  const made = { handoff, clientName: client.name, dealTitle: deal.title, plan, snapshot, version, people };
  return project && baseline
    ? replanProject({ project, milestones, tasks, baseline, baselineLines }, made, moment)
    : createProject(made, moment);
}
