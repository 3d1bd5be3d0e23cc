import { grantQueries, holdDelegations, holdVotersAbout, lockRequestsOf } from '../approval/approval.queries.js';
import { type Cover, coveringGrant } from '../approval/grant.rules.js';
import { standingOf } from '../approval/standing.rules.js';
import { useGrant } from '../approval/vote.effects.js';
import { dateOf } from '../catalogue/calendar.rules.js';
import {
  configurationOf,
  configurationOfHandoff,
  holdVersions,
  rulingConfiguration,
} from '../catalogue/catalogue.queries.js';
import { command, done, type Moment, refused } from '../core/command.js';
import { notFound } from '../core/error.js';
import type { SourceReference } from '../core/source.js';
import { type Answers, type Statement, update } from '../core/statement.js';
import { SignOffState } from '../feasibility/feasibility.entity.js';
import { latestSignOff } from '../feasibility/feasibility.queries.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, handoffSubject } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { statusMessage } from '../handoff/status.message.js';
import { peopleByHandle } from '../identity/identity.queries.js';
import { endSignOff } from '../passage/sign-off.effects.js';
import { breakGlassOf } from '../margin/materiality.rules.js';
import { type BaselineEffects, nextBaseline, SCOPE_CHANGE_SOURCE } from '../project/baseline.effects.js';
import { BaselineReason, type BudgetBaseline } from '../project/baseline.entity.js';
import { changeProjectState } from '../project/project.effects.js';
import { ProjectState } from '../project/project.entity.js';
import { currentBaseline, lockProjectOfHandoff, milestonesOf, tasksOf } from '../project/project.queries.js';
import { provisionMessage } from '../project/provision.message.js';
import { movePlan } from '../project/shift.effects.js';
import { movedPlanDigest, shifted, type StandingPlan } from '../project/shift.rules.js';
import { projectFindings } from '../project/task.rules.js';
import { withChanges } from './budget-lines.rules.js';
import { REBASELINE, scopeChangeSubject } from './content.rules.js';
import { judgeChange } from './judgement.rules.js';
import { ScopeChange } from './scope-change.entity.js';
import type { RebaselineInput } from './scope-change.input.js';
import {
  baselineLinesOf,
  changeOrderOf,
  lockScopeChange,
  priorLosses,
  scopeChangeLines,
} from './scope-change.queries.js';
import { phaseFindings, rebaselineFindings } from './state.rules.js';

/** The command's name, and the effect that its grant is used for. */
const EFFECT = 'rebaseline';

function rebaselineFacts({ handoffId, scopeChangeId }: RebaselineInput) {
  const subject = scopeChangeSubject(scopeChangeId);
  // Nobody loses a role, and no policy comes to rule, between the count of the votes and its effect (attacks A4 and A8).
  const locks = {
    handoff: lockHandoff(handoffId),
    policy: holdVersions(),
    change: lockScopeChange(handoffId, scopeChangeId),
    requests: lockRequestsOf(subject),
    held: holdVotersAbout(subject),
    delegations: holdDelegations(),
  };
  return {
    ...locks,
    ...grantQueries(subject),
    ...locks,
    version: configurationOfHandoff(handoffId),
    ruling: rulingConfiguration(),
    project: lockProjectOfHandoff(handoffId),
    milestones: milestonesOf(handoffId),
    tasks: tasksOf(handoffId),
    baseline: currentBaseline(handoffId),
    baselineLines: baselineLinesOf(scopeChangeId),
    changed: scopeChangeLines(scopeChangeId),
    order: changeOrderOf(scopeChangeId),
    signOff: latestSignOff(handoffId),
    priors: priorLosses(handoffId),
    handleIds: peopleByHandle(),
  };
}

type RebaselineFacts = Answers<ReturnType<typeof rebaselineFacts>>;

/**
 * Moves the budget baseline by an approved scope change: the only way in which it moves after the sign-off. Under a live
 * grant for exactly this content the next version is made, every version stays, and the plan's days move. The sign-off was
 * given for the former version and ends, with the date that the client has under it; the PSA follows. Two at once: the
 * handoff's lock lets one through, and the other finds BASELINE_MOVED. After the kickoff the stage stays: delivery, which
 * runs this itself, accepts the new version with it.
 */
export const rebaseline = command({
  name: EFFECT,
  action: 'rebaseline',
  subject: 'Handoff',
  services: false,
  facts: rebaselineFacts,
  target: ({ handoff }) => handoff,
  decide: (facts, _input, moment) => {
    const { handoff, change, requests, project, baseline, order, signOff } = facts;
    const subject = handoffSubject(handoff.id);
    const [request] = requests;
    if (!request || !project || !baseline) throw notFound('ScopeChange', change.id);
    const cover = coverOf(facts, moment.now);
    const findings = [
      ...phaseFindings(handoff, signOff),
      ...projectFindings(project),
      ...rebaselineFindings({ change, request, isCovered: cover !== null, baseline, order }, moment.now),
    ];
    if (findings.length > 0 || !cover) return refused(findings, { subject });
    const next = nextVersion(facts, { ...cover, current: baseline }, moment);
    const { id, version, contentDigest } = next.baseline.baseline;
    const stage = handoff.stage === Stage.KICKED_OFF ? Stage.KICKED_OFF : Stage.IN_REVIEW;
    const lapsed = signOff?.state === SignOffState.LIVE ? signOff.id : null;
    return done({
      id: change.id,
      subject,
      body: {
        scopeChangeId: change.id,
        number: change.number,
        requestId: request.id,
        grantId: cover.grant.id,
        baselineId: id,
        baselineVersion: version,
        baselineDigest: contentDigest,
        supersedes: baseline.version,
        dateEffectDays: change.dateEffectDays,
        lapsed,
        from: handoff.stage,
        stage,
      },
      sources: next.sources,
      messages: [provisionMessage(handoff.id, moment.newId()), statusMessage(handoff)],
      writes: [
        ...next.baseline.statements,
        ...next.planned,
        update(
          ScopeChange,
          { id: change.id },
          { newBaselineId: id, rebaselinedBy: moment.actor.id, rebaselinedAt: moment.now },
        ),
        ...useGrant(cover.grant, cover.request, EFFECT, moment),
        ...lapse(facts, baseline, version, moment),
        ...(stage === Stage.KICKED_OFF ? [] : [changeProjectState(project, ProjectState.AWAITING_SIGN_OFF)]),
        changeHandoff(handoff, stage === handoff.stage ? {} : { stage }),
      ],
    });
  },
});

/** The grant that covers exactly this change now and was not used, by what both policies ask for its loss today. */
function coverOf(facts: RebaselineFacts, now: Date): Cover | null {
  const { change, version, ruling, requests, priors, people, merged } = facts;
  const openedAt = requests[0]!.openedAt;
  const policies = { configuration: configurationOf(version), ruling: configurationOf(ruling) };
  const { need } = judgeChange({
    ...facts,
    ...policies,
    currency: change.currency,
    // What was asked for later counts this one, not the other way round.
    priors: priors.filter((prior) => prior.openedAt < openedAt),
    now,
  });
  const cover = coveringGrant(
    { ...facts, standing: standingOf(people, merged) },
    {
      kind: REBASELINE,
      digest: change.contentDigest,
      contentRevision: change.baselineVersion,
      need,
      breakGlass: breakGlassOf(policies.configuration, policies.ruling, facts.handleIds),
    },
    now,
  );
  return cover?.used ? null : cover;
}

interface NextVersion {
  readonly baseline: BaselineEffects;
  readonly planned: readonly Statement[];
  readonly sources: readonly SourceReference[];
}

/** The next version of the baseline with its sources, and the days of the plan that move with it. */
function nextVersion(
  facts: RebaselineFacts,
  { grant, current }: Pick<Cover, 'grant'> & { readonly current: BudgetBaseline },
  moment: Moment,
): NextVersion {
  const { change, baselineLines, changed, version, milestones, tasks } = facts;
  const project = facts.project!;
  const { calendar } = configurationOf(version);
  const plan: StandingPlan = { project, milestones, tasks };
  const today = dateOf(calendar, moment.now);
  const moved = shifted(plan, { days: change.dateEffectDays, today, calendar });
  const sources: SourceReference[] = [
    { type: 'BASELINE', id: current.id, version: String(current.version), hash: current.contentDigest },
    { type: SCOPE_CHANGE_SOURCE, id: change.id, version: String(change.baselineVersion), hash: change.contentDigest },
    { type: 'APPROVAL_GRANT', id: grant.id, version: String(grant.round), hash: grant.digest },
  ];
  const { projectId, handoffId, dealSnapshotId, termsDigest, termsRevision, currency } = current;
  const baseline = nextBaseline(
    current,
    {
      projectId,
      handoffId,
      dealSnapshotId,
      termsDigest,
      termsRevision,
      currency,
      lines: withChanges(baselineLines, changed),
      planDigest: change.dateEffectDays === 0 ? current.planDigest : movedPlanDigest(current.planDigest, moved),
      sources,
      reason: BaselineReason.REBASELINE,
    },
    moment,
  );
  return { baseline, planned: movePlan(project.id, plan, moved), sources };
}

/** The sign-off was given for the former version: it says so, and which one follows. */
function lapse(
  { signOff, change }: RebaselineFacts,
  former: BudgetBaseline,
  version: number,
  { now }: Moment,
): Statement[] {
  const reason = `scope change ${change.number} moved the budget baseline from version ${former.version} to version ${version}`;
  return endSignOff(signOff, SignOffState.LAPSED, reason, now, {
    code: 'BASELINE_CHANGED',
    facts: { signedVersion: signOff?.baselineVersion ?? null, version, scopeChangeId: change.id },
  });
}
