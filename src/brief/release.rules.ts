import { type Finding, finding } from '../core/finding.js';
import type { Actor } from '../core/actor.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { Stage } from '../handoff/stage.rules.js';
import { Role } from '../identity/roles.js';
import { type Brief, BriefState } from './brief.entity.js';

/** What a release is judged by. */
export interface ReleaseFacts {
  readonly handoff: Pick<Handoff, 'id' | 'stage' | 'ownerId' | 'dealSnapshotId'>;
  readonly brief: Brief;
  /** The version of the handoff's latest brief. */
  readonly latestVersion: number;
  /** The current baseline, if it budgets the terms that stand now; null for none. */
  readonly baselineId: string | null;
}

/** A brief is made while there is a project to speak of, and the handoff still runs. */
export function draftFindings({ stage }: Pick<Handoff, 'stage'>, hasProject: boolean): Finding[] {
  if (hasProject && stage !== Stage.WITHDRAWN && stage !== Stage.CLOSED) return [];
  return [
    finding({
      code: 'NO_BRIEF_NOW',
      path: 'handoff.stage',
      message: hasProject
        ? `A handoff in ${stage} gets no new brief.`
        : 'The first brief is made when the handoff passes the submit gate.',
      facts: { stage },
      remedy: hasProject ? 'Read the latest brief.' : 'Submit the handoff.',
    }),
  ];
}

/**
 * Nothing generated counts as final before a named person releases it, and only what still holds can be released: the
 * latest version, of the terms and the baseline that stand now (requirement 002, failure mode "unreviewed
 * auto-generated outputs"). A delivery manager releases any, a sales manager the briefs of the handoffs they own.
 */
export function releaseFindings({ handoff, brief, latestVersion, baselineId }: ReleaseFacts, actor: Actor): Finding[] {
  const findings: Finding[] = [];
  const say = (code: string, path: string, message: string, remedy: string): void => {
    findings.push(finding({ code, path, message, facts: { brief: brief.id, version: brief.version }, remedy }));
  };
  if (brief.state === BriefState.RELEASED) {
    say('ALREADY_RELEASED', 'brief.state', `Version ${brief.version} is released.`, 'Nothing is left to do.');
  }
  if (brief.version !== latestVersion) {
    say(
      'NOT_LATEST',
      'brief.version',
      `Version ${latestVersion} follows version ${brief.version}.`,
      'Read and release the latest version.',
    );
  }
  if (brief.dealSnapshotId !== handoff.dealSnapshotId || brief.baselineId !== baselineId) {
    say(
      'BRIEF_OUTDATED',
      'brief.sources',
      'The terms or the budget baseline have changed since it was generated.',
      'Submit the handoff, which generates a new version; in review, generate it with draftBrief.',
    );
  }
  if (handoff.stage === Stage.WITHDRAWN) {
    say('HANDOFF_WITHDRAWN', 'handoff.stage', 'The handoff was withdrawn.', 'Nothing of it goes to a client any more.');
  }
  if (!actor.roles.includes(Role.DELIVERY_MANAGER) && actor.id !== handoff.ownerId) {
    say(
      'NOT_YOUR_HANDOFF',
      'handoff.owner',
      'A sales manager releases the briefs of their own handoffs.',
      'Ask the sales owner or a delivery manager.',
    );
  }
  return findings;
}
