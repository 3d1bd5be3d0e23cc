import { newId } from '../../src/core/id.js';
import { systemActor } from '../../src/core/actor.js';
import { insert, sql } from '../../src/core/statement.js';
import { VendorBudget } from '../../src/integrations/http/vendor-budget.entity.js';
import { DocumentState, EvidenceDocument } from '../../src/integrations/microsoft/evidence/evidence-document.entity.js';
import { openIntegrationReview, REVIEW_EFFECT } from '../../src/integrations/review/review.commands.js';
import type { World } from '../kit/world.js';

/** A review of a connection, the document behind evidence, and what is left of a vendor's budget. */
export async function populateReviews(world: World, integrationId: string): Promise<void> {
  const { suite, tenantId } = world;
  const { at } = suite.clock;
  const found = { period: '2026-Q4', secretVersion: 1, checks: [], reason: null, checkedAt: at };
  await world.acting(systemActor(tenantId, REVIEW_EFFECT)).done(openIntegrationReview, { integrationId, ...found });
  const { evidence } = await world.read({
    evidence: sql('select id from evidence where tenant_id = $1 order by id limit 1', [], (rows) => rows[0]!),
  });
  const place = { driveId: `b!${newId()}`, itemId: newId(), cTag: newId(), quickXorHash: null };
  const told = {
    state: DocumentState.SOUND,
    reason: null,
    webUrl: 'https://population.sharepoint.com/x',
    movedAt: null,
  };
  const of = { evidenceId: evidence.id as string, integrationId };
  await suite.gateway.transaction(tenantId, (tx) =>
    tx.commit([
      insert(EvidenceDocument, { id: newId(), ...of, ...place, ...told, checkedAt: at }),
      insert(VendorBudget, {
        id: newId(),
        instance: `population.halopsa.com/${newId()}`,
        tokens: 3,
        filledAt: at,
        closedUntil: null,
      }),
    ]),
  );
}
