import { command, done, refused } from '../core/command.js';
import { update } from '../core/statement.js';
import type { HandoffChangeInput } from '../handoff/handoff.input.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, handoffSubject } from '../handoff/handoff.rules.js';
import { currentBaseline } from '../project/project.queries.js';
import { draftBrief } from './brief.effects.js';
import { Brief, BriefState } from './brief.entity.js';
import type { ReleaseBriefInput } from './brief.input.js';
import { briefFacts, latestBriefVersion, lockBrief } from './brief.queries.js';
import { draftFactsOf } from './brief.view.js';
import { draftFindings, releaseFindings } from './release.rules.js';

/** Generates the next version of the brief from the data as it stands; it is a DRAFT again. */
export const draftBriefCommand = command({
  name: 'draftBrief',
  action: 'draft',
  subject: 'Brief',
  services: false,
  facts: (input: HandoffChangeInput) => ({ handoff: lockHandoff(input.handoffId), ...briefFacts(input.handoffId) }),
  decide: (facts, { expectedRevision }, moment) => {
    const { handoff, project } = facts;
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const findings = draftFindings(handoff, project !== null);
    if (findings.length > 0) return refused(findings, { subject });
    const { briefId, brief, statements, messages } = draftBrief(draftFactsOf(facts, moment.now), moment);
    const { version, markdownHash, sources } = brief;
    return done({
      id: briefId,
      subject,
      body: { briefId, version, markdownHash },
      sources,
      messages,
      writes: [...statements, changeHandoff(handoff)],
    });
  },
});

/** A named person stands behind the latest version of the brief. */
export const releaseBrief = command({
  name: 'releaseBrief',
  action: 'release',
  subject: 'Brief',
  services: false,
  facts: (input: ReleaseBriefInput) => ({
    handoff: lockHandoff(input.handoffId),
    brief: lockBrief(input.handoffId, input.briefId),
    latestVersion: latestBriefVersion(input.handoffId),
    baseline: currentBaseline(input.handoffId),
  }),
  target: ({ brief }) => brief,
  decide: ({ handoff, brief, latestVersion, baseline }, { expectedRevision }, { now, actor }) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    // A budget of other terms than those that stand now budgets nothing.
    const baselineId = baseline?.termsRevision === handoff.termsRevision ? baseline.id : null;
    const findings = releaseFindings({ handoff, brief, latestVersion, baselineId }, actor);
    if (findings.length > 0) return refused(findings, { subject });
    const { id, version, markdownHash, sources } = brief;
    const released = { state: BriefState.RELEASED, releasedBy: actor.id, releasedAt: now };
    return done({
      id,
      subject,
      body: { briefId: id, version, markdownHash },
      sources,
      writes: [update(Brief, { id }, released), changeHandoff(handoff)],
    });
  },
});
