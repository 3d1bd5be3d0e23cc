import type { TenantConfiguration } from '../../catalogue/configuration.js';
import { HOOK_USER } from '../../integrations/halopsa/webhook.secret.js';
import { noNotes, personActor } from '../halopsa/actor.js';
import type { HaloInstance } from '../halopsa/instance.js';
import { SANDBOX_HALOPSA_PATH } from '../halopsa/mount.js';
import { SAMPLE_APPLICATION } from '../halopsa/settings.js';
import { saveWebhook } from '../halopsa/webhooks.js';
import type { SampleConnection } from './sample-connection.js';

/** Budget types of the instance (halopsa/seed.ts), and the one that is made for the tenants' managed services. */
const [LABOUR, EQUIPMENT, SERVICE] = [1, 3, 4];
const GOODS = ['HARDWARE', 'SOFTWARE', 'LICENCE'];

/** The first number of agents that are made for the tenant's people; those of the samples are below. */
const FIRST_AGENT = 101;

/** Whoever sets the instance up. */
const ADMINISTRATOR = personActor(0);

const WEBHOOK_NAME = 'Countersign';
/** New tickets are left out: an opportunity that was only made is no news, and our own tasks would be echoed. */
const EVENTS = ['Status Changed', 'Ticket Updated', 'Ticket Deleted'];

/** What an administrator types in to connect the tenant's simulated HaloPSA; `origin` is the listener's address. */
export function haloConnection(configuration: TenantConfiguration, origin: string): SampleConnection {
  const { slug } = configuration.tenant;
  const { clientId, clientSecret } = SAMPLE_APPLICATION;
  return {
    baseUrl: `${origin}${SANDBOX_HALOPSA_PATH}/${slug}`,
    settings: {
      mode: 'FLAG',
      tenant: slug,
      opportunityTypeIds: '30',
      wonStatusIds: '9',
      projectTypeId: '5',
      taskTypeId: '6',
      budgetTypeIds: budgetTypeIds(configuration),
      projectStatusIds: 'AWAITING_SIGN_OFF=21,ACTIVE=22,CANCELLED=24',
      taskOwners: 'BY_EMAIL',
      taskDependencies: 'DATES',
    },
    credentials: { clientId, clientSecret },
  };
}

/** The instance's budget type for each of the tenant's: by the kinds of lines that it takes. */
function budgetTypeIds({ serviceTemplates }: TenantConfiguration): string {
  const types = Object.values(serviceTemplates).flatMap(({ budgetTypes }) => budgetTypes);
  const pairs = types.map(({ key, lineKinds }) => {
    if (lineKinds.includes('LABOUR')) return `${key}=${LABOUR}`;
    return `${key}=${lineKinds.some((kind) => GOODS.includes(kind)) ? EQUIPMENT : SERVICE}`;
  });
  return [...new Set(pairs)].join(',');
}

/** What the MSP has made in its HaloPSA before it connects: an agent for each of its people, a budget type. */
export function furnishHalo({ store }: HaloInstance, { people }: TenantConfiguration): void {
  if (!store.get('budgetType', SERVICE))
    store.put('budgetType', { id: SERVICE, name: 'Managed service', defaultrate: 0 });
  const agents = store.all('agent');
  const known = new Set(agents.map(({ email }) => email));
  const first = agents.reduce((next, { id }) => Math.max(next, Number(id) + 1), FIRST_AGENT);
  people
    .filter(({ email }) => !known.has(email))
    .forEach(({ name, email }, index) => store.put('agent', { id: first + index, name, email, isapiagent: false }));
}

/** The webhook that was registered for us; null when there is none. */
export function registeredWebhook({ store }: HaloInstance): { readonly id: string; readonly url: URL } | null {
  const found = store.all('webhook').find(({ name }) => name === WEBHOOK_NAME);
  return found ? { id: found.id as string, url: new URL(found.url as string) } : null;
}

/** Registers our webhook, or gives the one that is there another address; a password that is left out stays. */
export function registerWebhook(halo: HaloInstance, url: string, password?: string): void {
  const known = registeredWebhook(halo);
  const credentials = { authentication_type: 1, basic_username: HOOK_USER, basic_password: password };
  const webhook = {
    ...(known ? { id: known.id } : {}),
    name: WEBHOOK_NAME,
    url,
    events: EVENTS.map((name) => ({ name })),
    ...(password === undefined ? {} : credentials),
  };
  saveWebhook(halo, webhook, ADMINISTRATOR, noNotes());
}
