import { addBusinessDays, dateOf } from '../catalogue/calendar.rules.js';
import type { RuledConfiguration } from '../catalogue/configuration.js';
import { escalationLadder } from '../catalogue/selection.rules.js';
import { conflictDueDays } from '../catalogue/variant.rules.js';
import { OWNERS, type Responsibility } from '../decision/decision.rules.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import type { RoleHolder } from '../identity/identity.queries.js';
import type { Conflict } from './conflict.rules.js';

/** Who there is to decide a conflict. */
export interface Parties {
  readonly handoff: Pick<Handoff, 'ownerId' | 'deliveryManagerId'>;
  /** The configuration that the handoff was opened under: its calendar and days. */
  readonly configuration: Pick<RuledConfiguration, 'calendar' | 'variants'>;
  /** The configuration that rules now: its ladder. */
  readonly ruling: Pick<RuledConfiguration, 'escalationContacts'>;
  /** Active members with their roles (eligiblePeople). */
  readonly people: readonly RoleHolder[];
  /** Members by the key that the configuration calls them by (peopleByHandle). */
  readonly idByKey: ReadonlyMap<string, string>;
}

/**
 * Who decides a conflict: sales what it promised, the delivery manager what can be delivered; whoever of the two is
 * there, then the DECISION ladder. The next of the ladder is told when the owner does not decide. Null when fewer than
 * two members are there to own and to be told.
 */
export function dutyOf(conflict: Pick<Conflict, 'side'>, parties: Parties, now: Date): Responsibility | null {
  const { handoff, configuration, ruling, people, idByKey } = parties;
  const active = new Set(people.map(({ personId }) => personId));
  const able = new Set(people.filter(({ role }) => OWNERS.includes(role)).map(({ personId }) => personId));
  const { ownerId: sales, deliveryManagerId: delivery } = handoff;
  const obvious = conflict.side === 'SALES' ? [sales, delivery] : [delivery, sales];
  const ladder = escalationLadder(ruling as RuledConfiguration, 'DECISION').flatMap((key) => idByKey.get(key) ?? []);
  const anybody = people.map(({ personId }) => personId);
  const ownerId = [...obvious, ...ladder, ...anybody].find((id) => id !== null && able.has(id));
  const contact = [...ladder, ...obvious, ...anybody].find((id) => id !== null && id !== ownerId && active.has(id));
  if (!ownerId || !contact) return null;
  const { calendar } = configuration;
  const dueOn = addBusinessDays(calendar, dateOf(calendar, now), conflictDueDays(configuration));
  return { ownerId, escalationContactId: contact, dueOn };
}
