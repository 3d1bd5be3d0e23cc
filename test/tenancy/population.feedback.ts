import { newId } from '../../src/core/id.js';
import { insert, select } from '../../src/core/statement.js';
import { ClockSettlement } from '../../src/escalation/escalation.entity.js';
import { recordClientSurvey, recordRepeatAsk } from '../../src/feedback/feedback.commands.js';
import { FollowUp, FollowUpKind, FollowUpState } from '../../src/feedback/follow-up.entity.js';
import { AskedOf } from '../../src/feedback/observation.entity.js';
import { InformationCategory } from '../../src/kickoff/kickoff.entity.js';
import { HandoffReturn } from '../../src/passage/gate.entity.js';
import type { Persona, World } from '../kit/world.js';

/**
 * What delivery asked again, what the client said, and what a return of the story called for; its deadlines are settled,
 * as they would be with its first deliverable.
 */
export async function populateFeedback(world: World, delivery: Persona, handoffId: string): Promise<void> {
  const { suite, tenantId } = world;
  const { at } = suite.clock;
  const day = at.toISOString().slice(0, 10);
  const asked = {
    category: InformationCategory.TECHNICAL,
    itemPath: 'checklist.DEPENDENCIES',
    askedOf: AskedOf.CLIENT,
  };
  await delivery.done(recordRepeatAsk, { handoffId, ...asked, askedOn: day });
  const said = { score: 8, answeredOn: day, evidenceUrl: 'https://surveys.example.com/1' };
  await delivery.done(recordClientSurvey, { handoffId, ...said });
  const { returns } = await world.read({ returns: select(HandoffReturn, { handoffId }, { orderBy: ['id'] }) });
  const [first] = returns;
  if (!first) throw new Error('The story returns its handoff');
  const row = {
    id: newId(),
    kind: FollowUpKind.REPEATED_RETURN,
    returnId: first.id,
    handoffId,
    repId: first.ownerId,
    ownerId: await world.idOf('REVOPS_ADMIN'),
    returnIds: [first.id],
    state: FollowUpState.OPEN,
    calledForAt: first.returnedAt,
    openedAt: at,
    outcome: null,
    settledBy: null,
    settledAt: null,
    revision: 1,
  };
  const settled = { id: newId(), handoffId, settledAt: at };
  await suite.gateway.transaction(tenantId, (tx) =>
    tx.commit([
      insert(FollowUp, row),
      insert(ClockSettlement, settled, 'on conflict (tenant_id, handoff_id) do nothing'),
    ]),
  );
}
