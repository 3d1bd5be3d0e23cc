import { ERASED_PERSON } from '../catalogue/stored-configuration.js';
import { command, done, refused } from '../core/command.js';
import { notFound, staleRevision } from '../core/error.js';
import { selectRequired } from '../core/statement.js';
import { Deal } from '../deal/deal.entity.js';
import { Side, type Stakeholder } from '../handoff/content.entity.js';
import { checkRevision, handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { lastAdministrator } from '../identity/identity.rules.js';
import { MemberState } from '../identity/person.entity.js';
import { eraseMember, eraseTraces } from './erasure.effects.js';
import type { EraseClientContactInput, EraseDealContactsInput, ErasePersonInput } from './erasure.input.js';
import {
  lockHandoffsAbout,
  lockHandoffsOfContact,
  lockHandoffsOfDealId,
  lockRecordsOf,
  namedInDeal,
  openDutiesOf,
  stakeholdersLike,
  stakeholdersOfClient,
  stakeholdersOfDeal,
} from './erasure.queries.js';
import { dutyFindings, erasedAlready, selfErasure } from './erasure.rules.js';

/**
 * Erases a member for good (GDPR article 17): what may change is written over, and of what may not the key is destroyed,
 * so that every digest, chain and proof still holds. Refused while somebody relies on the person.
 */
export const erasePerson = command({
  name: 'erasePerson',
  action: 'erase',
  subject: 'Person',
  services: false,
  facts: ({ personId }: ErasePersonInput) => ({
    records: lockRecordsOf(personId),
    handoffs: lockHandoffsAbout(personId),
    stakeholders: stakeholdersLike(personId),
    duties: openDutiesOf(personId),
    people: eligiblePeople(),
  }),
  decide: ({ records, handoffs, stakeholders, duties, people }, { personId, reason, expectedRevision }, moment) => {
    const person = records.find(({ id }) => id === personId)!;
    if (person.revision !== expectedRevision)
      throw staleRevision('Person', personId, expectedRevision, person.revision);
    const subject = { type: 'Person', id: personId };
    const ids = records.map(({ id }) => id);
    const findings = [
      ...erasedAlready(person.state === MemberState.ERASED, 'personId'),
      ...selfErasure(moment.actor.id, ids),
      ...ids.flatMap((id) => lastAdministrator(people, id)),
      ...dutyFindings(duties),
    ];
    if (findings.length > 0) return refused(findings, { subject });
    const names = records.flatMap(({ name, email }) => [name, email]);
    const traces = eraseTraces({ handoffs, stakeholders, names }, moment);
    return done({
      id: personId,
      subject,
      body: { reason, records: ids, handoffs: handoffs.map(({ id }) => id) },
      messages: traces.messages,
      writes: [...eraseMember(records, moment), ...traces.writes],
    });
  },
});

/** Erases one person of the client wherever the client's handoffs tell of them, by name and mail address. */
export const eraseClientContact = command({
  name: 'eraseClientContact',
  action: 'erase',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId, stakeholderId }: EraseClientContactInput) => ({
    handoffs: lockHandoffsOfContact(handoffId, stakeholderId),
    stakeholders: stakeholdersOfClient(handoffId),
  }),
  decide: ({ handoffs, stakeholders }, { handoffId, stakeholderId, reason, expectedRevision }, moment) => {
    const handoff = handoffs.find(({ id }) => id === handoffId);
    if (!handoff) throw notFound('Handoff', handoffId);
    const contact = stakeholders.find((one) => one.id === stakeholderId && one.handoffId === handoffId);
    if (!contact) throw notFound('Stakeholder', stakeholderId);
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoffId);
    const findings = erasedAlready(isErased(contact), 'stakeholderId');
    if (findings.length > 0) return refused(findings, { subject });
    const same = stakeholders.filter((one) => isSame(one, contact));
    const names = same.flatMap(({ name, email, phone }) => [name, email, phone]);
    const traces = eraseTraces({ handoffs, stakeholders: same, names }, moment);
    return done({
      id: handoffId,
      subject,
      body: { reason, stakeholders: same.map(({ id }) => id), handoffs: handoffs.map(({ id }) => id) },
      messages: traces.messages,
      writes: traces.writes,
    });
  },
});

/** Erases everybody on the client's side of a deal: stakeholders, signers, those to whom something was promised. */
export const eraseDealContacts = command({
  name: 'eraseDealContacts',
  action: 'erase',
  subject: 'Deal',
  services: false,
  facts: ({ dealId }: EraseDealContactsInput) => ({
    deal: selectRequired(Deal, dealId, { lock: 'UPDATE' }),
    handoffs: lockHandoffsOfDealId(dealId),
    stakeholders: stakeholdersOfDeal(dealId),
    named: namedInDeal(dealId),
  }),
  decide: ({ deal, handoffs, stakeholders, named }, { reason, expectedRevision }, moment) => {
    if (deal.currentRevision !== expectedRevision)
      throw staleRevision('Deal', deal.id, expectedRevision, deal.currentRevision);
    const theirs = stakeholders.filter((one) => one.side === Side.CLIENT && !isErased(one));
    const names = [...theirs.flatMap(({ name, email, phone }) => [name, email, phone]), ...named];
    const traces = eraseTraces(
      { handoffs, stakeholders: theirs, names: names.filter((name) => name !== ERASED_PERSON) },
      moment,
    );
    return done({
      id: deal.id,
      subject: { type: 'Deal', id: deal.id },
      body: { reason, stakeholders: theirs.map(({ id }) => id), handoffs: handoffs.map(({ id }) => id) },
      messages: traces.messages,
      writes: traces.writes,
    });
  },
});

const isErased = ({ name, email }: Stakeholder): boolean => name === ERASED_PERSON && email === null;

/** The same human, as far as the records can tell. */
function isSame(one: Stakeholder, contact: Stakeholder): boolean {
  const alike = (a: string | null, b: string | null): boolean => a !== null && a.toLowerCase() === b?.toLowerCase();
  return alike(one.name, contact.name) || alike(one.email, contact.email);
}
