import type { TenantConfiguration } from '../../catalogue/configuration.js';
import type { Actor } from '../../core/actor.js';
import type { Command, CommandResult } from '../../core/command.js';
import type { Gateway } from '../../core/gateway.js';
import type { Pipeline } from '../../core/pipeline.js';
import { type Queries, type Query, select, selectFirst, sql } from '../../core/statement.js';
import { actorByHandle } from '../../identity/actor.queries.js';
import { Role } from '../../identity/roles.js';
import { connectIntegration, updateIntegrationSettings } from '../../integrations/connection/connection.commands.js';
import { Integration, Vendor } from '../../integrations/connection/connection.entity.js';
import { issueWebhook } from '../../integrations/halopsa/psa.commands.js';
import { PsaWebhook } from '../../integrations/halopsa/psa-sync.entity.js';
import { hashOf } from '../../integrations/halopsa/webhook.secret.js';
import type { HaloInstance } from '../halopsa/instance.js';
import type { HaloInstances } from '../halopsa/instances.js';
import type { MicrosoftSimulator } from '../microsoft/simulator.js';
import { furnishHalo, haloConnection, registeredWebhook, registerWebhook } from './halopsa-setup.js';
import { microsoftConnections } from './microsoft-setup.js';
import { SAMPLE_NAME, type SampleConnection, type SampleState } from './sample-connection.js';

/** What connects the sample tenants. */
export interface SampleWorld {
  readonly gateway: Gateway;
  readonly pipeline: Pipeline;
  readonly halopsa: HaloInstances;
  readonly microsoft: MicrosoftSimulator;
  /** The address of the listener in which the simulators stand, such as `http://127.0.0.1:4000`. */
  readonly origin: string;
}

/**
 * Connects tenants to their simulated HaloPSA, SharePoint, Teams, mailbox and Power BI, by the ordinary commands and in the name of a RevOps
 * administrator of theirs, as that person would on a first day. At a later start it leaves what stands: only an address
 * that has moved with the listener's port is set anew. A connection of another name is the tenant's own and keeps ours
 * away; one of ours that somebody has ended stays ended.
 */
export async function connectSamples(
  world: SampleWorld,
  configurations: readonly TenantConfiguration[],
): Promise<SampleState[]> {
  const states: SampleState[] = [];
  for (const configuration of configurations) {
    const tenantId = configuration.tenant.id;
    const { handle } = await world.gateway.read(tenantId, { handle: anAdministrator() });
    const { actor } = await world.gateway.read(tenantId, { actor: actorByHandle(tenantId, handle ?? '') });
    // Nobody acts for a tenant that is suspended, closed or erased.
    if (actor) states.push(...(await connectTenant(world, actor, configuration)));
  }
  return states;
}

async function connectTenant(
  world: SampleWorld,
  actor: Actor,
  configuration: TenantConfiguration,
): Promise<SampleState[]> {
  const { slug } = configuration.tenant;
  const { sharepoint, teams, mail, powerbi } = microsoftConnections(world.microsoft, configuration);
  const samples: readonly (readonly [Vendor, SampleConnection])[] = [
    [Vendor.HALOPSA, haloConnection(configuration, world.origin)],
    [Vendor.SHAREPOINT, sharepoint],
    [Vendor.TEAMS, teams],
    [Vendor.MAIL, mail],
    [Vendor.POWERBI, powerbi],
  ];
  const states: SampleState[] = [];
  for (const [vendor, sample] of samples) {
    const state = await connect(world, actor, vendor, sample);
    if (state) states.push({ ...state, tenant: slug, tenantId: actor.tenantId, vendor });
  }
  const psa = states.find(({ vendor }) => vendor === Vendor.HALOPSA);
  const halo = psa ? world.halopsa.of(slug) : null;
  if (psa && halo) {
    furnishHalo(halo, configuration);
    await hearFrom(world, actor, psa.integrationId, halo);
  }
  return states;
}

/** The sandbox's connection to a vendor, made or found; null where the tenant has its own or wants none. */
async function connect(
  { gateway, pipeline }: SampleWorld,
  actor: Actor,
  vendor: Vendor,
  { baseUrl, settings, credentials }: SampleConnection,
): Promise<Pick<SampleState, 'integrationId' | 'testedBefore'> | null> {
  const { known } = await gateway.read(actor.tenantId, { known: select(Integration, { vendor }) });
  const own = known.find(({ name }) => name === SAMPLE_NAME);
  if (own?.disconnectedAt != null || (!own && known.length > 0)) return null;
  if (!own) {
    const input = { vendor, name: SAMPLE_NAME, baseUrl, settings: named(settings), credentials: named(credentials) };
    return { integrationId: await done(pipeline, actor, connectIntegration, input), testedBefore: null };
  }
  const { id: integrationId, revision: expectedRevision, checkedAt } = own;
  if (own.baseUrl === baseUrl) return { integrationId, testedBefore: undefined };
  const moved = { integrationId, expectedRevision, baseUrl, settings: named(own.settings) };
  await done(pipeline, actor, updateIntegrationSettings, moved);
  return { integrationId, testedBefore: checkedAt };
}

/** Registers our webhook in the instance, as its administrator would; one that is there keeps its secret path. */
async function hearFrom(
  { gateway, pipeline, origin }: SampleWorld,
  actor: Actor,
  integrationId: string,
  halo: HaloInstance,
): Promise<void> {
  const { issued } = await gateway.read(actor.tenantId, { issued: selectFirst(PsaWebhook, { integrationId }) });
  const there = registeredWebhook(halo);
  if (there && issued && hashOf(there.url.pathname.split('/').at(-1) ?? '') === issued.pathHash) {
    if (there.url.origin !== origin) registerWebhook(halo, `${origin}${there.url.pathname}`);
    return;
  }
  const result = await pipeline.run(actor, issueWebhook, { integrationId }, REQUEST);
  if (result.kind === 'refused' || result.secret === undefined) throw refusal(issueWebhook.name, result);
  const [path = '', password = ''] = result.secret.split(' ');
  registerWebhook(halo, `${origin}${path}`, password);
}

const REQUEST = { idempotencyKey: null, path: 'sandbox' } as const;

async function done<I, F extends Queries>(
  pipeline: Pipeline,
  actor: Actor,
  command: Command<I, F>,
  input: I,
): Promise<string> {
  const result = await pipeline.run(actor, command, input, REQUEST);
  if (result.kind === 'refused') throw refusal(command.name, result);
  return result.id;
}

function refusal(command: string, result: CommandResult): Error {
  const findings = result.kind === 'refused' ? result.findings : [];
  return new Error(`${command} was refused. ${findings.map(({ path, message }) => `${path}: ${message}`).join(' ')}`);
}

const named = (values: Readonly<Record<string, string>>): { name: string; value: string }[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** The short name of the tenant's first administrator of RevOps; null when there is none. */
function anAdministrator(): Query<string | null> {
  return sql(
    `select p.handle from person p join role_grant r on r.tenant_id = $1 and r.person_id = p.id
      where p.tenant_id = $1 and p.state = 'ACTIVE' and p.merged_into is null
        and r.role = $2 and r.revoked_at is null order by p.handle limit 1`,
    [Role.REVOPS_ADMIN],
    (rows) => (rows[0]?.handle as string | undefined) ?? null,
  );
}
