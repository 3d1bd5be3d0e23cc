import { pino } from 'pino';
import { newId } from '../../src/core/id.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { EffectClass } from '../../src/core/outbox/effect.entity.js';
import { enqueue } from '../../src/core/outbox/message.js';
import { VendorError } from '../../src/core/outbox/vendor-error.js';
import { connectIntegration, disconnectIntegration } from '../../src/integrations/connection/connection.commands.js';
import { Vendor } from '../../src/integrations/connection/connection.entity.js';
import { issueWebhook } from '../../src/integrations/halopsa/psa.commands.js';
import { PsaDeal, PsaDealState, PsaSweep } from '../../src/integrations/halopsa/psa-sync.entity.js';
import { insert } from '../../src/core/statement.js';
import { provisionHandler, statusHandler } from '../../src/integrations/halopsa/provision.plan.js';
import { HANDOFF_STATUS } from '../../src/handoff/status.message.js';
import { PROVISION_PROJECT } from '../../src/project/provision.message.js';
import { Role } from '../../src/identity/roles.js';
import { sql } from '../../src/core/statement.js';
import {
  FileFormat,
  FileState,
  StoredFile,
  StoredFolder,
} from '../../src/integrations/microsoft/sharepoint/stored-file.entity.js';
import { CardEvent, CardState, TeamsCard } from '../../src/integrations/microsoft/teams/teams-card.entity.js';
import type { World } from '../kit/world.js';
import { populatePowerBi } from './population.power-bi.js';
import { populateActuals } from './population.actuals.js';
import { populateEvents } from './population.events.js';
import { populateNotices } from './population.notices.js';
import { populateReviews } from './population.reviews.js';

/** Connects HaloPSA with the story's project planned for it, and leaves a card in doubt: an attempt, and a pause of that one channel. */
export async function populateIntegrations(world: World): Promise<void> {
  const { suite, tenantId } = world;
  const admin = await world.as(Role.REVOPS_ADMIN);
  const integrationId = await admin.done(connectIntegration, {
    vendor: Vendor.HALOPSA,
    name: `PSA ${newId().slice(-12)}`,
    baseUrl: 'https://population.halopsa.com',
    settings: [{ name: 'mode', value: 'FLAG' }],
    credentials: [
      { name: 'clientId', value: newId() },
      { name: 'clientSecret', value: newId() },
    ],
  });
  await admin.done(issueWebhook, { integrationId });
  const { at } = suite.clock;
  const read = { state: PsaDealState.OPEN, lastUpdate: at.toISOString(), handoffId: null, problem: null, remedy: null };
  const told = { integrationId, watermark: at.toISOString(), since: null, sweptAt: at, problem: null, remedy: null };
  await suite.gateway.transaction(tenantId, (tx) =>
    tx.commit([
      insert(PsaDeal, { id: newId(), integrationId, externalId: newId().slice(-12), ...read, checkedAt: at }),
      insert(PsaSweep, { id: newId(), ...told }),
    ]),
  );
  await populateSharePoint(world);
  await populateTeams(world);
  await populatePowerBi(world);
  const message = {
    kind: 'test.effect',
    aggregate: { type: 'Handoff', id: newId() },
    effectKey: newId(),
    payload: {},
    vendor: `${Vendor.TEAMS}/${newId()}`,
    effectClass: EffectClass.CONFIRM,
  };
  await suite.gateway.transaction(tenantId, (tx) => tx.commit(enqueue([message], suite.clock.at, newId)));
  const dispatcher = new Dispatcher({
    gateway: suite.gateway,
    clock: suite.clock,
    pipeline: suite.pipeline,
    handlers: {
      [PROVISION_PROJECT]: provisionHandler,
      [HANDOFF_STATUS]: statusHandler,
      // Before it in the order of the handoff.
      'brief.store': () => Promise.resolve({ receipt: 'stored', writes: [] }),
      'test.effect': () =>
        Promise.reject(new VendorError('UNKNOWN_OUTCOME', { code: 'NO_ANSWER', message: 'none', remedy: 'look' })),
    },
    tenants: async () => [tenantId],
    log: pino({ level: 'silent' }),
  });
  while ((await dispatcher.pass()) > 0);
  await populateActuals(world, integrationId);
  await populateNotices(world);
  await populateReviews(world, integrationId);
  await populateEvents(world);
}

/** A channel that is not connected any more, so that nothing of the story is told there, with a digest and a card in it. */
async function populateTeams(world: World): Promise<void> {
  const admin = await world.as(Role.REVOPS_ADMIN);
  const integrationId = await admin.done(connectIntegration, {
    vendor: Vendor.TEAMS,
    name: `Channel ${newId().slice(-12)}`,
    baseUrl: 'https://teams.microsoft.com',
    settings: [],
    credentials: [{ name: 'webhookUrl', value: 'https://population.api.powerplatform.com/x' }],
  });
  await admin.done(disconnectIntegration, { integrationId, expectedRevision: 1 });
  const at = world.suite.clock.at;
  const digestId = newId();
  const row = { integrationId, state: CardState.POSTED, waitsFor: null, way: null, messageId: null, threadId: null };
  const people = { actorId: admin.actor.id, senderId: admin.actor.id, webUrl: null };
  const times = { wantedAt: at, askedAt: at, settledAt: at };
  const digest = { id: digestId, subjectType: 'Integration', subjectId: integrationId, event: CardEvent.DIGEST };
  const card = { id: newId(), subjectType: 'Decision', subjectId: newId(), event: CardEvent.OPENED, digestId };
  await world.suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      insert(TeamsCard, { ...digest, mark: `digest/${digestId}`, digestId: null, ...row, ...people, ...times }),
      insert(TeamsCard, { ...card, mark: 'decided', ...row, ...people, ...times }),
    ]),
  );
}

/** A SharePoint that is not connected any more, so that nothing of the story waits for it, with a file of a brief. */
async function populateSharePoint(world: World): Promise<void> {
  const admin = await world.as(Role.REVOPS_ADMIN);
  const integrationId = await admin.done(connectIntegration, {
    vendor: Vendor.SHAREPOINT,
    name: `Site ${newId().slice(-12)}`,
    baseUrl: 'https://population.sharepoint.com/sites/delivery',
    settings: [{ name: 'directoryId', value: newId() }],
    credentials: [
      { name: 'clientId', value: newId() },
      { name: 'clientSecret', value: newId() },
    ],
  });
  await admin.done(disconnectIntegration, { integrationId, expectedRevision: 1 });
  const { brief } = await world.read({
    brief: sql('select id, handoff_id from brief where tenant_id = $1 order by id limit 1', [], (rows) => rows[0]!),
  });
  const at = world.suite.clock.at;
  const place = { driveId: `b!${newId()}`, itemId: newId() };
  const told = { name: 'brief-v1.md', webUrl: 'https://population.sharepoint.com/x', shareUrl: null, version: '1.0' };
  const hashes = { cTag: newId(), quickXorHash: null, sha256: 'a'.repeat(64) };
  const stored = { state: FileState.SOUND, storedAt: at, checkedAt: at };
  const of = { briefId: brief.id as string, format: FileFormat.MARKDOWN, integrationId };
  await world.suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      insert(StoredFolder, { id: newId(), handoffId: brief.handoff_id as string, ...place }),
      insert(StoredFile, { id: newId(), ...of, ...place, ...told, ...hashes, ...stored }),
    ]),
  );
}
