// Everything that a run of the benchmark stands on: the data, the people who ask, and the handoffs that are changed.
import { openHouse } from './house.mjs';
import { prepareTenant } from './units.mjs';

/** Roles whose rights to read carry no condition: every server can answer them the same rows. */
const READERS = ['SALES_MANAGER', 'SERVICE_DELIVERY_LEAD', 'FINANCE_APPROVER'];

/** Tenants that are written to; the others are read, so that no answer changes while it is compared. */
const MOST_WRITTEN = 4;

/** Requests that wait in a tenant's inbox. */
const WAITING = 60;

/**
 * Opens the stage. `ours(variant)` starts our server; `readers` are people with tokens; `units` are, for each change, what was
 * prepared in each writing tenant; `asSuperuser(work)` sees all tenants.
 */
export async function openStage({ handoffs, tenants, changes, log }) {
  const house = await openHouse({ handoffs, tenants, log });
  const ours = (variant = '') => house.api(variant || 'ours', variant);
  try {
    const written = house.tenants.slice(-Math.max(1, Math.min(MOST_WRITTEN, Math.floor(tenants / 2))));
    const read = house.tenants.slice(0, tenants - written.length);
    await house.asSuperuser((client) => fillInboxes(client, read));
    const readers = await readersOf(read, house.token);
    const units = await prepare({ ours, written, house, changes, log });
    return { ...house, ours, readers, units };
  } catch (error) {
    await house.close();
    throw error;
  }
}

/** People of each role of each tenant, role by role: the first ones are of different tenants. */
async function readersOf(tenants, token) {
  const readers = [];
  for (const role of READERS)
    for (const tenant of tenants) {
      const person = tenant.people.find(({ roles }) => roles.includes(role));
      readers.push({ tenant, person, token: await token(tenant, person) });
    }
  return readers;
}

/** The newest requests of the seeded year are still to be decided, whatever the calendar says today. */
async function fillInboxes(client, tenants) {
  for (const { id } of tenants)
    await client.query(
      `update approval_request r set expires_at = w.at, decide_by = w.at
        from (select id, date_trunc('milliseconds', greatest(now(), opened_at)) + place * interval '1 hour' as at from
          (select id, opened_at, row_number() over (order by id desc) as place from approval_request
            where tenant_id = $1 and state = 'PENDING') newest where place <= ${WAITING}) w
        where r.tenant_id = $1 and r.id = w.id`,
      [id],
    );
}

async function prepare({ ours, written, house, changes, log }) {
  const units = Object.fromEntries(changes.map((name) => [name, []]));
  if (changes.length === 0) return units;
  const server = await ours();
  try {
    for (const [index, tenant] of written.entries()) {
      const { asSuperuser, token } = house;
      const made = await prepareTenant({ url: server.url, tenant, index, token, asSuperuser, changes });
      for (const name of changes) units[name].push(made[name]);
      log(`prepared ${changes.join(', ')} in tenant ${index + 1} of ${written.length}`);
    }
  } finally {
    await server.stop();
  }
  return units;
}
