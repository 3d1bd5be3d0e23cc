import { createHash } from 'node:crypto';
import { SANDBOX_APP } from './constants.js';
import { type SampleWorkspace, seedPowerBi } from '../powerbi/seed.js';
import type { By } from './records.js';
import { workflowAddress } from './teams/workflow.js';
import type { MicrosoftWorld } from './world.js';

/** A customer's directory to make. */
export interface DirectorySeed {
  /** The Entra tenant id. */
  readonly tid: string;
  /** Becomes `<slug>.sharepoint.com` and `<slug>.onmicrosoft.com`. */
  readonly slug: string;
  readonly people?: readonly { readonly oid: string; readonly name: string; readonly handle: string }[];
}

/** What an administrator would type into the product to connect a directory of the sandbox. */
export interface SampleConnection {
  readonly tid: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `{host}:/{path}` as Graph takes it. */
  readonly siteHost: string;
  readonly sitePath: string;
  readonly teamId: string;
  readonly channelId: string;
  readonly workflowUrl: string;
  /** The one mailbox that mail may be sent from. */
  readonly mailbox: string;
  /** Its Power BI. */
  readonly powerBi: SampleWorkspace;
}

const SYSTEM: By = { kind: 'user', id: '00000000-0000-0000-0000-000000000000', name: 'System Account' };

/** What the administrators of the sample tenants have consented to: what the product needs, and nothing else. */
export const SAMPLE_CONSENT = {
  roles: ['Sites.Selected', 'Mail.Send'],
  scopes: ['ChannelMessage.Send', 'ChannelMessage.ReadWrite'],
} as const;

/** Makes a directory once; ids follow from the tenant id, so that they outlive a restart. Answers how to connect. */
export function seedDirectory(world: MicrosoftWorld, seed: DirectorySeed): SampleConnection {
  const { tid, slug } = seed;
  const host = `${slug}.sharepoint.com`;
  const domain = `${slug}.onmicrosoft.com`;
  const mailbox = `countersign@${domain}`;
  const [teamId, channelId] = [guid(tid, 'team'), `19:${hash(tid, 'channel').slice(0, 32)}@thread.tacv2`];
  if (!world.store.get('app', SANDBOX_APP.clientId)) seedApp(world);
  if (!world.store.get('directory', tid)) {
    seedSite(world, tid, host);
    world.store.put('channel', { id: channelId, tid, teamId, teamName: 'Delivery', name: 'Handoffs and decisions' });
    world.store.put('workflow', {
      id: hash(tid, 'workflow').slice(0, 32),
      tid,
      channelId,
      host: environmentHost(tid),
      signature: Buffer.from(hash(tid, 'signature'), 'hex').toString('base64url'),
      state: 'on',
    });
    world.store.put('principal', {
      id: `${tid}/${SANDBOX_APP.clientId}`,
      objectId: guid(tid, 'principal'),
      ...SAMPLE_CONSENT,
      from: world.stamp(),
      mailboxes: [mailbox],
    });
    world.store.put('user', {
      id: `${tid}/${guid(tid, 'mailbox')}`,
      tid,
      oid: guid(tid, 'mailbox'),
      name: 'Countersign',
      upn: mailbox,
    });
    world.store.put('directory', { id: tid, slug, host, domain });
  }
  for (const { oid, name, handle } of seed.people ?? []) {
    const known = world.store.get('user', `${tid}/${oid}`);
    if (known?.name !== name)
      world.store.put('user', { id: `${tid}/${oid}`, tid, oid, name, upn: `${handle}@${domain}` });
  }
  const workflow = world.store.all('workflow').find((one) => one.tid === tid)!;
  return {
    tid,
    clientId: SANDBOX_APP.clientId,
    clientSecret: SANDBOX_APP.clientSecret,
    siteHost: host,
    sitePath: 'sites/delivery',
    teamId,
    channelId,
    workflowUrl: workflowAddress(workflow),
    mailbox,
    powerBi: seedPowerBi(world, tid, SANDBOX_APP.clientId),
  };
}

function seedApp(world: MicrosoftWorld): void {
  world.store.put('app', {
    id: SANDBOX_APP.clientId,
    displayName: SANDBOX_APP.displayName,
    secrets: [{ value: SANDBOX_APP.clientSecret, expiresAt: null }],
    certificates: [],
    audiences: [`api://${SANDBOX_APP.clientId}`, 'countersign-api'],
  });
}

function seedSite(world: MicrosoftWorld, tid: string, host: string): void {
  const at = world.stamp();
  const siteId = `${host},${guid(tid, 'site collection')},${guid(tid, 'web')}`;
  const driveId = `b!${Buffer.from(hash(tid, 'drive'), 'hex').toString('base64url')}`;
  const rootId = `01${hash(tid, 'root').slice(0, 32).toUpperCase()}`;
  world.store.put('site', { id: siteId, tid, host, path: 'sites/delivery', name: 'Delivery', createdAt: at });
  world.store.put('library', {
    id: driveId,
    siteId,
    listId: guid(tid, 'list'),
    name: 'Documents',
    folder: 'Shared Documents',
    rootId,
    createdAt: at,
  });
  world.store.put('item', {
    id: rootId,
    driveId,
    parentId: null,
    guid: guid(tid, 'root'),
    name: 'root',
    kind: 'folder',
    createdAt: at,
    createdBy: SYSTEM,
    modifiedAt: at,
    modifiedBy: SYSTEM,
    eTag: 1,
    cTag: 0,
    versions: [],
    fields: {},
    links: [],
    checkedOutBy: null,
    openBy: null,
    deleted: false,
    shownFrom: at,
    change: 0,
    number: 0,
  });
  world.store.put('grant', {
    id: guid(tid, 'grant'),
    siteId,
    listId: null,
    appId: SANDBOX_APP.clientId,
    roles: ['write'],
    from: at,
  });
}

/** `default<tenant id without dashes, the last two after a dot>.environment.api.powerplatform.com`. */
function environmentHost(tid: string): string {
  const plain = tid.replaceAll('-', '');
  return `default${plain.slice(0, -2)}.${plain.slice(-2)}.environment.api.powerplatform.com`;
}

function hash(tid: string, what: string): string {
  return createHash('sha256').update(`${tid}/${what}`).digest('hex');
}

function guid(tid: string, what: string): string {
  const text = hash(tid, what);
  return [
    text.slice(0, 8),
    text.slice(8, 12),
    `4${text.slice(13, 16)}`,
    `a${text.slice(17, 20)}`,
    text.slice(20, 32),
  ].join('-');
}
