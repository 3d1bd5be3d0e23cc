import { invalidRequest, itemNotFound, Refusal } from '../exchange.js';
import type { GraphCall, Route } from '../graph-call.js';
import type { Library, Subscription } from '../records.js';
import { exactly, text } from '../request-schema.js';
import type { MicrosoftWorld } from '../world.js';
import { requireAccess } from './access.js';

const LONGEST_MINUTES = 42_300;
const HANDSHAKE_MS = 10_000;
const SUBSCRIPTION_BODY = exactly(
  {
    changeType: text(50, 1),
    notificationUrl: text(2000, 1),
    lifecycleNotificationUrl: text(2000, 1),
    resource: text(500, 1),
    expirationDateTime: text(40, 1),
    clientState: text(128),
    latestSupportedTlsVersion: text(10),
  },
  ['changeType', 'notificationUrl', 'resource', 'expirationDateTime'],
);
const RENEWAL_BODY = exactly({ expirationDateTime: text(40, 1), notificationUrl: text(2000, 1) });

/** Change notifications of a library's root (learn.microsoft.com/graph/api/resources/subscription). */
export const SUBSCRIPTION_ROUTES: readonly Route[] = [
  {
    operation: 'subscription.create',
    method: 'POST',
    path: '/subscriptions',
    units: 1,
    schema: SUBSCRIPTION_BODY,
    run: create,
  },
  { operation: 'subscription.get', method: 'GET', path: '/subscriptions/:subscription', units: 1, run: get },
  {
    operation: 'subscription.renew',
    method: 'PATCH',
    path: '/subscriptions/:subscription',
    units: 1,
    schema: RENEWAL_BODY,
    run: renew,
  },
  { operation: 'subscription.delete', method: 'DELETE', path: '/subscriptions/:subscription', units: 1, run: remove },
];

/** A drive's root takes `updated` alone, for under 30 days, at an address that echoes the validation token within 10 s. */
async function create(call: GraphCall) {
  const { world, caller, tree } = call;
  const body = call.body as {
    changeType: string;
    notificationUrl: string;
    lifecycleNotificationUrl?: string;
    resource: string;
    expirationDateTime: string;
    clientState?: string;
  };
  const driveId = /^\/?drives\/([^/]+)\/root$/.exec(body.resource)?.[1];
  if (driveId === undefined) throw invalidRequest('Only drives/{id}/root is simulated as a resource.');
  const library = tree.library(driveId, caller.tid);
  requireAccess(call, tree.site(library), 'read', library);
  if (body.changeType !== 'updated')
    throw invalidRequest("The root of a drive supports the changeType 'updated' only.");
  const addresses = [body.notificationUrl, body.lifecycleNotificationUrl].filter((one) => one !== undefined);
  for (const address of addresses) await shakeHands(world, address);
  const subscription: Subscription = {
    id: world.newGuid(),
    tid: caller.tid,
    appId: caller.appId,
    driveId,
    resource: body.resource,
    changeType: body.changeType,
    notificationUrl: body.notificationUrl,
    lifecycleNotificationUrl: body.lifecycleNotificationUrl ?? null,
    clientState: body.clientState ?? null,
    expiresAt: expiryOf(world, body.expirationDateTime),
  };
  world.store.put('subscription', subscription);
  world.did('subscription.created', subscription.id);
  return { status: 201, body: view(subscription) };
}

function own(call: GraphCall): Subscription {
  const subscription = call.world.store.get('subscription', call.params.subscription ?? '');
  const isOwn = subscription?.tid === call.caller.tid && subscription.appId === call.caller.appId;
  if (!subscription || !isOwn || new Date(subscription.expiresAt) <= call.world.now()) {
    throw new Refusal(404, 'ResourceNotFound', 'The object was not found.');
  }
  return subscription;
}

function get(call: GraphCall) {
  return { status: 200, body: view(own(call)) };
}

async function renew(call: GraphCall) {
  const subscription = own(call);
  const { expirationDateTime, notificationUrl } = call.body as {
    expirationDateTime?: string;
    notificationUrl?: string;
  };
  if (notificationUrl !== undefined) await shakeHands(call.world, notificationUrl);
  const renewed: Subscription = {
    ...subscription,
    ...(notificationUrl === undefined ? {} : { notificationUrl }),
    ...(expirationDateTime === undefined ? {} : { expiresAt: expiryOf(call.world, expirationDateTime) }),
  };
  call.world.store.put('subscription', renewed);
  call.world.did('subscription.renewed', renewed.id);
  return { status: 200, body: view(renewed) };
}

function remove(call: GraphCall) {
  const subscription = own(call);
  call.world.store.drop('subscription', subscription.id);
  call.world.did('subscription.deleted', subscription.id);
  return { status: 204 };
}

/** Tells everybody who wants to know that a library has changed; what cannot be delivered is lost, as after Graph's retries. */
export async function notifyChange(world: MicrosoftWorld, library: Library): Promise<void> {
  const live = world.store
    .all('subscription')
    .filter((one) => one.driveId === library.id && new Date(one.expiresAt) > world.now());
  await Promise.all(
    live.map((one) =>
      send(world, one.notificationUrl, {
        subscriptionId: one.id,
        clientState: one.clientState,
        changeType: one.changeType,
        resource: one.resource,
        subscriptionExpirationDateTime: one.expiresAt,
        tenantId: one.tid,
        resourceData: { '@odata.type': '#microsoft.graph.driveItem' },
      }),
    ),
  );
}

/** Sends a lifecycle event, such as `reauthorizationRequired`, `subscriptionRemoved` (and drops it) or `missed`. */
export async function lifecycle(world: MicrosoftWorld, id: string, lifecycleEvent: string): Promise<void> {
  const subscription = world.store.get('subscription', id);
  if (!subscription) throw itemNotFound('There is no such subscription.');
  if (lifecycleEvent === 'subscriptionRemoved') world.store.drop('subscription', id);
  if (subscription.lifecycleNotificationUrl === null) return;
  await send(world, subscription.lifecycleNotificationUrl, {
    lifecycleEvent,
    subscriptionId: id,
    subscriptionExpirationDateTime: subscription.expiresAt,
    clientState: subscription.clientState,
    tenantId: subscription.tid,
    resource: subscription.resource,
  });
}

async function send(world: MicrosoftWorld, address: string, notification: Record<string, unknown>): Promise<void> {
  let status: number | null = null;
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ value: [notification] }),
      signal: AbortSignal.timeout(HANDSHAKE_MS),
    });
    status = answer.status;
    await answer.arrayBuffer();
  } catch {
    // Nobody is there: the status stays null in the log.
  }
  const { host, pathname } = new URL(address);
  world.log.add({
    at: world.now().toISOString(),
    operation: 'notification.sent',
    tid: String(notification.tenantId),
    method: 'POST',
    host,
    path: pathname,
    headers: {},
    request: { value: [notification] },
    status,
    response: null,
    effects: [],
    fault: null,
  });
}

async function shakeHands(world: MicrosoftWorld, address: string): Promise<void> {
  const schemes = world.settings.httpNotifications ? ['https:', 'http:'] : ['https:'];
  if (!URL.canParse(address) || !schemes.includes(new URL(address).protocol)) {
    throw new Refusal(400, 'InvalidRequest', 'The notification address must be an https address.');
  }
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${world.newGuid()}`;
  const target = new URL(address);
  target.searchParams.set('validationToken', token);
  let echoed: string | null = null;
  try {
    const answer = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      signal: AbortSignal.timeout(HANDSHAKE_MS),
    });
    const isText = answer.headers.get('content-type')?.startsWith('text/plain') ?? false;
    const said = await answer.text();
    if (answer.status === 200 && isText) echoed = said;
  } catch {
    // Told apart no further: the answer below is the one of a wrong echo, too.
  }
  if (echoed === token) return;
  throw new Refusal(
    400,
    'ValidationError',
    'Subscription validation request failed. Response must exactly match validationToken query parameter.',
  );
}

function expiryOf(world: MicrosoftWorld, wanted: string): string {
  const at = new Date(wanted);
  const latest = new Date(world.now().getTime() + LONGEST_MINUTES * 60_000);
  if (Number.isNaN(at.getTime()) || at <= world.now() || at > latest) {
    throw new Refusal(
      400,
      'ExtensionError',
      `Subscription expiration can only be ${LONGEST_MINUTES} minutes in the future.`,
    );
  }
  return at.toISOString();
}

function view(subscription: Subscription): Record<string, unknown> {
  return {
    id: subscription.id,
    resource: subscription.resource,
    applicationId: subscription.appId,
    changeType: subscription.changeType,
    clientState: subscription.clientState,
    notificationUrl: subscription.notificationUrl,
    lifecycleNotificationUrl: subscription.lifecycleNotificationUrl,
    expirationDateTime: subscription.expiresAt,
  };
}
