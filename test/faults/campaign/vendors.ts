import type { AskedCard, Expected, Found, HaloTicket, StoredFile } from './count.js';
import type { Ground } from './ground.js';

/** A card in a channel, as a person who looks there sees it. */
export interface Card {
  readonly id: string;
  readonly tenant: string;
  readonly title: string;
}

/** What stands in the simulated vendors. */
export async function found(ground: Ground): Promise<Found> {
  const tickets = new Map<string, readonly HaloTicket[]>();
  for (const { slug } of ground.tenants)
    tickets.set(slug, await ground.halopsa.ask<HaloTicket[]>('records', { slug, table: 'ticket' }));
  const posted = await cards(ground);
  const titles = new Map(
    ground.tenants.map(({ slug }) => [slug, posted.filter(({ tenant }) => tenant === slug).map(({ title }) => title)]),
  );
  return { tickets, files: await files(ground), cards: titles };
}

/** The cards of all channels. */
export async function cards({ microsoft, tenants }: Ground): Promise<Card[]> {
  const messages = await microsoft.ask<{ id: string; channelId: string; attachments: { content: string }[] }[]>(
    'records',
    { table: 'message' },
  );
  const slugs = new Map(tenants.map(({ slug, microsoft: { channelId } }) => [channelId, slug]));
  return messages.map(({ id, channelId, attachments }) => {
    const { body } = JSON.parse(attachments[0]!.content) as { body: { text: string }[] };
    return { id, tenant: slugs.get(channelId)!, title: body[0]!.text.replaceAll('\\', '') };
  });
}

async function files({ microsoft, tenants }: Ground): Promise<StoredFile[]> {
  const libraries = await microsoft.ask<{ id: string; siteId: string }[]>('records', { table: 'library' });
  const slugs = new Map(
    libraries.map(({ id, siteId }) => [id, tenants.find(({ microsoft: { siteHost } }) => siteId.startsWith(siteHost))]),
  );
  const stored = await microsoft.ask<{ drive: string; path: string; versions: number }[]>('files');
  return stored.map(({ drive, path, versions }) => ({ tenant: slugs.get(drive)!.slug, path, versions }));
}

/** What our own records say must stand there. */
export async function expectedOf(ground: Ground): Promise<Expected[]> {
  const rows = await ground.rows<Omit<Expected, 'tenant'> & { tenantId: string }>(
    `select h.tenant_id as "tenantId", h.number as handoff, d.external_id::int as opportunity, h.stage,
       (select coalesce(json_agg(o.label order by o.label), '[]') from psa_object o
         where o.tenant_id = h.tenant_id and o.handoff_id = h.id and o.kind = 'TASK') as tasks,
       (select count(*)::int from project_milestone m where m.tenant_id = h.tenant_id and m.handoff_id = h.id) as milestones,
       (select count(*)::int from budget_baseline b join budget_baseline_line l on l.tenant_id = b.tenant_id
         and l.baseline_id = b.id where b.tenant_id = h.tenant_id and b.handoff_id = h.id) as budgets,
       (select json_agg(b.version order by b.version) from brief b
         where b.tenant_id = h.tenant_id and b.handoff_id = h.id) as briefs
     from handoff h join deal d on d.tenant_id = h.tenant_id and d.id = h.deal_id order by h.id`,
  );
  return rows.map(({ tenantId, ...row }) => ({ ...row, tenant: slugOf(ground, tenantId) }));
}

/** The cards that were asked for, by the titles that people look for; none that is scheduled for later. */
export async function askedCards(ground: Ground): Promise<(AskedCard & { effectId: string })[]> {
  const rows = await ground.rows<{ tenantId: string; effectId: string; state: string; receipt: string; title: string }>(
    `select e.tenant_id as "tenantId", e.id as "effectId", e.state, e.receipt,
       case e.aggregate_type
         when 'Handoff' then 'Handoff ' || h.number || ' awaits the sign-off of delivery'
         else 'Decision ' || d.number || ' of ' || h.number || case e.payload::json ->> 'event'
           when 'DECIDED' then ' is decided' else ' is open' end end as title
     from outbox_effect e
     left join decision d on d.tenant_id = e.tenant_id and d.id = e.aggregate_id
     join handoff h on h.tenant_id = e.tenant_id and h.id = coalesce(d.handoff_id, e.aggregate_id)
     where e.kind = 'teams.card' and e.not_before is null order by e.id`,
  );
  return rows.map(({ tenantId, receipt, ...row }) => ({
    ...row,
    tenant: slugOf(ground, tenantId),
    isNeeded: receipt !== 'NOT_NEEDED',
  }));
}

const slugOf = ({ tenants }: Ground, tenantId: string): string =>
  tenants.find(({ world }) => world.tenantId === tenantId)!.slug;
