import { mergedPeople } from '../approval/approval.queries.js';
import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { command, done, refused } from '../core/command.js';
import { notFound } from '../core/error.js';
import { finding } from '../core/finding.js';
import type { LedgerSubject } from '../core/ledger/entry.js';
import { insert, mapQuery, type Query, select, selectRequired, update } from '../core/statement.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { lockHandoff, visibleHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, editFindings, handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople, lockPeople } from '../identity/identity.queries.js';
import { MemberState, Person } from '../identity/person.entity.js';
import { Certification, CertificationState, HandoffBuddy, TrainingRecord } from './training.entity.js';
import type {
  CertifyMemberInput,
  NameBuddyInput,
  RecordTrainingInput,
  RevokeCertificationInput,
} from './training.input.js';
import { certifiedMembers, lockOpenCertification, trainingOf } from './training.queries.js';
import { buddyFindings, certifyFindings, recordFindings, selfFindings, stateOf } from './training.rules.js';

const DAY = 86_400_000;

/** The member, locked, or NOT_FOUND: of two who certify at once the second finds them certified. */
const lockTrained = (id: string): Query<Person> =>
  mapQuery(lockPeople([id]), ([person]) => {
    if (!person) throw notFound('Person', id);
    return person;
  });

/** The handoff that a record names, or NOT_FOUND; nothing when it names none. */
const namedHandoff = (id: string | null): Query<unknown> =>
  id === null ? select(Handoff, { id: [] }) : visibleHandoff(id);

/** Records what somebody else learned by (document 004: course, shadowing, observed handoff). */
export const recordTraining = command({
  name: 'recordTraining',
  action: 'record',
  subject: 'TrainingRecord',
  services: false,
  facts: ({ personId, handoffId }: RecordTrainingInput) => ({
    person: selectRequired(Person, personId),
    handoff: namedHandoff(handoffId ?? null),
    ruling: rulingConfiguration(),
  }),
  decide: ({ person, ruling }, input, { actor, now, newId }) => {
    const { kind, course = null, handoffId = null, completedOn } = input;
    const configuration = configurationOf(ruling);
    const personId = person.mergedInto ?? person.id;
    const record = { kind, course, handoffId, completedOn };
    const findings = [
      ...selfFindings(personId, actor.id),
      ...recordFindings(configuration.training, record, dateOf(configuration.calendar, now)),
    ];
    if (findings.length > 0) return refused(findings);
    const id = newId();
    return done({
      id,
      subject: { type: 'TrainingRecord', id },
      body: { personId, ...record },
      sources: [configurationSource(ruling)],
      writes: [insert(TrainingRecord, { id, personId, ...record, recordedBy: actor.id, recordedAt: now })],
    });
  },
});

/** Certifies somebody else, once everything is recorded that their roles ask for; an expired one makes room for it. */
export const certifyMember = command({
  name: 'certifyMember',
  action: 'certify',
  subject: 'Certification',
  services: false,
  facts: ({ personId }: CertifyMemberInput) => ({
    person: lockTrained(personId),
    open: lockOpenCertification(personId),
    records: trainingOf(personId),
    people: eligiblePeople(),
    ruling: rulingConfiguration(),
  }),
  decide: ({ person, open, records, people, ruling }, _input, { actor, now, newId }) => {
    const { training } = configurationOf(ruling);
    const personId = person.mergedInto ?? person.id;
    const roles = people.filter((held) => held.personId === personId).map(({ role }) => role);
    const findings = [...selfFindings(personId, actor.id), ...certifyFindings(training, roles, records, open, now)];
    if (findings.length > 0) return refused(findings);
    const id = newId();
    const days = training?.validDays;
    const expiresAt = days === undefined ? null : new Date(now.getTime() + days * DAY);
    const ended = open
      ? [update(Certification, { id: open.id }, { endedBy: actor.id, endedAt: now, endReason: 'RENEWED' })]
      : [];
    return done({
      id,
      subject: certificationSubject(id),
      body: {
        personId,
        records: records.map((record) => record.id),
        expiresAt: expiresAt?.toISOString() ?? null,
        renews: open?.id ?? null,
      },
      sources: [configurationSource(ruling)],
      writes: [...ended, insert(Certification, { id, personId, certifiedBy: actor.id, certifiedAt: now, expiresAt })],
    });
  },
});

/** Ends a certification; handoffs that were submitted under it stay. */
export const revokeCertification = command({
  name: 'revokeCertification',
  action: 'certify',
  subject: 'Certification',
  services: false,
  facts: ({ certificationId }: RevokeCertificationInput) => ({
    certification: selectRequired(Certification, certificationId, { lock: 'UPDATE' }),
  }),
  decide: ({ certification }, { reason }, { actor, now }) => {
    const { id, personId } = certification;
    const subject = certificationSubject(id);
    if (stateOf(certification, now) === CertificationState.ENDED) {
      const over = finding({
        code: 'NOT_OPEN',
        path: 'certificationId',
        message: 'The certification was ended.',
        facts: { endedAt: certification.endedAt!.toISOString() },
        remedy: 'There is nothing to do.',
      });
      return refused([over], { subject });
    }
    return done({
      id,
      subject,
      body: { personId },
      writes: [update(Certification, { id }, { endedBy: actor.id, endedAt: now, endReason: reason })],
    });
  },
});

/** Names who stands by the rep of a handoff (document 001, buddy for the first five handoffs). */
export const nameBuddy = command({
  name: 'nameBuddy',
  action: 'nameBuddy',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId, buddyId }: NameBuddyInput) => ({
    handoff: lockHandoff(handoffId),
    buddy: selectRequired(Person, buddyId),
    merged: mergedPeople(),
    certified: certifiedMembers(),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, buddy, merged, certified }, input, { actor, now, newId }) => {
    checkRevision(handoff, input.expectedRevision);
    const human = (id: string): string => merged.get(id) ?? id;
    const buddyId = human(buddy.id);
    const standing = {
      isActive: buddy.state === MemberState.ACTIVE || buddy.mergedInto !== null,
      isCertified: certified.has(buddyId),
    };
    const findings = [...editFindings(handoff), ...buddyFindings(buddyId, human(handoff.ownerId), standing)];
    const subject = handoffSubject(handoff.id);
    if (findings.length > 0) return refused(findings, { subject });
    const row = { id: newId(), handoffId: handoff.id, repId: handoff.ownerId, buddyId };
    return done({
      id: handoff.id,
      subject,
      body: { repId: row.repId, buddyId },
      writes: [insert(HandoffBuddy, { ...row, namedBy: actor.id, namedAt: now }), changeHandoff(handoff)],
    });
  },
});

const certificationSubject = (id: string): LedgerSubject => ({ type: 'Certification', id });
