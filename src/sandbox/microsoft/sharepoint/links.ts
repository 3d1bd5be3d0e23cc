import { accessDenied, invalidRequest } from '../exchange.js';
import type { ItemCall, Route } from '../graph-call.js';
import type { Link } from '../records.js';
import { exactly } from '../request-schema.js';
import { itemOf } from './item-call.js';

const LINK_BODY = exactly({
  type: { enum: ['view', 'edit', 'embed'] },
  scope: { enum: ['anonymous', 'organization', 'users'] },
  expirationDateTime: { type: 'string' },
  retainInheritedPermissions: { type: 'boolean' },
});

/** Sharing links (learn.microsoft.com/graph/api/driveitem-createlink). */
export const LINK_ROUTES: readonly Route<ItemCall>[] = [
  { operation: 'link.create', method: 'POST', path: '/createLink', units: 5, schema: LINK_BODY, run: createLink },
];

/** 201 for a new link, 200 for one of the same type and scope that this app made before. 403 by the sharing policy. */
function createLink(call: ItemCall) {
  const item = itemOf(call, 'write');
  const { type = 'view', scope = 'organization' } = call.body as { type?: string; scope?: string };
  if (type === 'embed') throw invalidRequest('Embed links are only supported for OneDrive personal.');
  const policy = call.world.settings.linkPolicy;
  if (policy === 'none' || (policy === 'organization' && scope === 'anonymous')) {
    throw accessDenied('The sharing link is blocked by the policy of the organization.');
  }
  const appId = call.caller.appId;
  const known = item.links.find((link) => link.type === type && link.scope === scope && link.appId === appId);
  const link: Link = known ?? { id: call.world.newGuid(), type, scope, appId };
  if (!known) {
    call.tree.put({ ...item, links: [...item.links, link] });
    call.world.did('link.created', link.id);
  }
  const host = call.tree.site(call.library).host;
  const body = {
    id: link.id,
    roles: [type === 'edit' ? 'write' : 'read'],
    link: {
      type,
      scope,
      webUrl: `${call.world.webOrigin(host)}/:u:/s/${link.id}`,
      preventsDownload: false,
      application: { id: appId },
    },
    hasPassword: false,
  };
  return { status: known ? 200 : 201, body };
}
