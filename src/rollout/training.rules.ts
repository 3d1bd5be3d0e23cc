import type { TrainingPolicy } from '../catalogue/configuration.rollout.js';
import { coursesFor, needsCertification } from '../catalogue/rollout.rules.js';
import { type Finding, finding } from '../core/finding.js';
import { Certification, CertificationState, TrainingKind, type TrainingRecord } from './training.entity.js';

/** Whether a certification holds at an instant. */
export function stateOf(
  { endedAt, expiresAt }: Pick<Certification, 'endedAt' | 'expiresAt'>,
  at: Date,
): CertificationState {
  if (endedAt !== null && endedAt <= at) return CertificationState.ENDED;
  return expiresAt !== null && expiresAt <= at ? CertificationState.EXPIRED : CertificationState.VALID;
}

/** Findings when the tenant has no training policy, or the course is none of it. */
export function recordFindings(
  training: TrainingPolicy | undefined,
  record: Pick<TrainingRecord, 'kind' | 'course' | 'handoffId' | 'completedOn'>,
  today: string,
): Finding[] {
  if (!training) return [noPolicy()];
  const { kind, course, handoffId, completedOn } = record;
  const findings: Finding[] = [];
  const isCourse = kind === TrainingKind.COURSE;
  if (isCourse && !training.courses.some(({ key }) => key === course)) {
    findings.push(
      finding({
        code: 'COURSE_UNKNOWN',
        path: 'course',
        message: 'The training policy has no such course.',
        facts: { known: training.courses.map(({ key }) => key) },
        remedy: 'Give the key of a course, such as one of those.',
      }),
    );
  }
  if (isCourse !== (handoffId === null) || isCourse !== (course !== null)) {
    findings.push(
      finding({
        code: 'RECORD_INCOMPLETE',
        path: isCourse ? 'handoffId' : 'course',
        message: 'A COURSE names a course and no handoff; anything else names a handoff and no course.',
        facts: { kind },
        remedy: isCourse ? 'Give course, and leave handoffId out.' : 'Give handoffId, and leave course out.',
      }),
    );
  }
  if (completedOn > today) {
    findings.push(
      finding({
        code: 'DATE_IN_THE_FUTURE',
        path: 'completedOn',
        message: 'It has not happened yet.',
        facts: { completedOn, today },
        remedy: 'Record it once it has.',
      }),
    );
  }
  return findings;
}

/** What keeps a member from being certified: every course of their roles, shadowing, and an observed handoff (document 004). */
export function certifyFindings(
  training: TrainingPolicy | undefined,
  roles: readonly string[],
  records: readonly Pick<TrainingRecord, 'kind' | 'course'>[],
  live: Pick<Certification, 'endedAt' | 'expiresAt'> | null,
  now: Date,
): Finding[] {
  if (!training) return [noPolicy()];
  const findings: Finding[] = [];
  if (!needsCertification(training, roles)) {
    findings.push(
      finding({
        code: 'NOT_ELIGIBLE',
        path: 'personId',
        message: 'The member holds no role that is certified.',
        facts: { certify: training.certify },
        remedy: 'Give them the role first (grantRole), or put it into the training policy.',
      }),
    );
  }
  if (live && stateOf(live, now) === CertificationState.VALID) {
    findings.push(
      finding({
        code: 'ALREADY_CERTIFIED',
        path: 'personId',
        message: 'The member has a certification that holds.',
        facts: { expiresAt: live.expiresAt?.toISOString() ?? null },
        remedy: 'There is nothing to do until it has expired.',
      }),
    );
  }
  const missing = [
    ...coursesFor(training, roles)
      .filter(({ key }) => !records.some(({ course }) => course === key))
      .map(({ key }) => ({ what: `COURSE ${key}`, path: `training.courses.${key}` })),
    ...[TrainingKind.SHADOWING, TrainingKind.OBSERVED_HANDOFF]
      .filter((kind) => !records.some((record) => record.kind === kind))
      .map((kind) => ({ what: kind as string, path: `training.${kind}` })),
  ];
  return [
    ...findings,
    ...missing.map(({ what, path }) =>
      finding({
        code: 'TRAINING_MISSING',
        path,
        message: `${what} is not recorded.`,
        facts: { missing: what },
        remedy: 'Record it with recordTraining once it is done.',
      }),
    ),
  ];
}

/** A finding when the record is about oneself: training and certification are said by somebody else. */
export function selfFindings(personId: string, actorId: string): Finding[] {
  if (personId !== actorId) return [];
  return [
    finding({
      code: 'SELF_CERTIFICATION',
      path: 'personId',
      message: 'Nobody records or certifies their own training.',
      facts: {},
      remedy: 'Ask somebody else who may.',
    }),
  ];
}

/** What keeps a member from standing by a rep: being the rep, not being active, or not being certified. */
export function buddyFindings(
  buddyId: string,
  repId: string,
  { isActive, isCertified }: { readonly isActive: boolean; readonly isCertified: boolean },
): Finding[] {
  const about = { path: 'buddyId', facts: { buddyId } };
  if (buddyId === repId) {
    const message = 'Nobody is their own buddy.';
    return [finding({ code: 'BUDDY_IS_REP', message, remedy: 'Name somebody else.', ...about })];
  }
  const findings: Finding[] = [];
  if (!isActive) {
    const message = 'The buddy is no active member.';
    findings.push(finding({ code: 'BUDDY_INACTIVE', message, remedy: 'Name an active member.', ...about }));
  }
  if (!isCertified) {
    const message = 'The buddy is not certified.';
    findings.push(finding({ code: 'BUDDY_NOT_CERTIFIED', message, remedy: 'Name a certified member.', ...about }));
  }
  return findings;
}

/** The finding of a tenant without a training policy. */
export const noPolicy = (): Finding =>
  finding({
    code: 'NO_TRAINING_POLICY',
    path: 'configuration.training',
    message: 'The tenant has no training policy.',
    facts: {},
    remedy: 'RevOps proposes one with courses and roles (proposeConfiguration).',
  });
