import { newId } from '../../src/core/id.js';
import { Role } from '../../src/identity/roles.js';
import { freshDelivery, kept } from '../../src/integrations/events/delivery.plan.js';
import { createEventEndpoint } from '../../src/integrations/events/endpoint.commands.js';
import { EventType } from '../../src/integrations/events/event-type.js';
import type { World } from '../kit/world.js';

/** An endpoint of outbound events with its secret, and a delivery that waits for its first attempt. */
export async function populateEvents(world: World): Promise<void> {
  const admin = await world.as(Role.REVOPS_ADMIN);
  const url = 'https://hooks.example.com/population';
  const endpointId = await admin.done(createEventEndpoint, { url, eventTypes: [], description: 'Population' });
  const making = { now: world.suite.clock.at, newId };
  const subject = { subjectType: 'Handoff', subjectId: newId() };
  const id = `evt_${newId().replaceAll('-', '')}`;
  const event = { id, type: EventType.HANDOFF_CLOSED, occurredAt: making.now, ...subject, data: { stage: 'CLOSED' } };
  await world.suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit(kept([freshDelivery(event, endpointId, null, making)], making)),
  );
}
