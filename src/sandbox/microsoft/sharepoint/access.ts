import { accessDenied } from '../exchange.js';
import type { GraphCall } from '../graph-call.js';
import type { Library, Site } from '../records.js';

const READERS = ['Sites.Read.All', 'Sites.ReadWrite.All', 'Sites.Manage.All', 'Sites.FullControl.All'];
const WRITERS = ['Sites.ReadWrite.All', 'Sites.Manage.All', 'Sites.FullControl.All'];
const MANAGERS = ['Sites.Manage.All', 'Sites.FullControl.All'];

/** What a call needs on a site: reading, writing items, or changing a library's columns. */
export type Need = 'read' | 'write' | 'columns';

/**
 * Throws 403 unless the caller may. Three things are needed under `Sites.Selected`: consent, the grant on the site for
 * our *client id*, and a token with the role; the answer never says which one is missing
 * (learn.microsoft.com/graph/permissions-selected-overview). `Lists.SelectedOperations.Selected` takes grants on one library.
 */
export function requireAccess(call: GraphCall, site: Site, need: Need, library?: Library): void {
  const { caller, world } = call;
  if (site.tid !== caller.tid) throw accessDenied();
  const held = caller.user ? caller.scopes : caller.roles;
  const broad = { read: READERS, write: WRITERS, columns: MANAGERS }[need];
  if (broad.some((name) => held.includes(name))) return;
  const roles = world.store
    .all('grant')
    .filter((grant) => grant.siteId === site.id && grant.appId === caller.appId)
    .filter((grant) => new Date(grant.from).getTime() + world.settings.grantDelayMs <= world.now().getTime())
    .filter((grant) =>
      grant.listId === null
        ? held.includes('Sites.Selected')
        : grant.listId === library?.listId && held.includes('Lists.SelectedOperations.Selected'),
    )
    .flatMap((grant) => grant.roles);
  if (!roles.some((role) => suffices(role, need, world.settings.writeGrantMakesColumns))) throw accessDenied();
}

function suffices(role: string, need: Need, writeMakesColumns: boolean): boolean {
  if (role === 'owner' || role === 'fullcontrol') return true;
  if (need === 'read') return true;
  return role === 'write' && (need === 'write' || writeMakesColumns);
}
