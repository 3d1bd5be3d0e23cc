import type { StoreOf } from '../../../brief/brief.handler.js';
import type { OutboxEffect } from '../../../core/outbox/effect.entity.js';
import type { EffectHandler, EffectTools, PerformEffect } from '../../../core/outbox/handler.js';
import { type Query, sql } from '../../../core/statement.js';
import { Vendor } from '../../connection/connection.entity.js';
import type { Connections, OpenConnection } from '../../connection/connection.secret.js';
import type { VendorHttp } from '../../http/client.js';
import { EntraTokens } from '../entra.tokens.js';
import { GraphClient } from '../graph.client.js';
import { type ConnectionReference, telling } from '../telling.js';
import { Places } from './place.js';
import { SharePointStore } from './sharepoint.store.js';
import type { UploadLimits } from './upload.js';

/** The kind of the effect that stores a brief's files in SharePoint. */
export const STORE_IN_SHAREPOINT = 'sharepoint.store';

/** The kind of the effect that writes a handoff's files in SharePoint again, without who was erased. */
export const ERASE_IN_SHAREPOINT = 'sharepoint.erase';

/** The tenants' SharePoint libraries: one way out, one cache of tokens and places a process. */
export class SharePoint {
  private readonly tokens: EntraTokens;
  readonly places = new Places();

  constructor(
    private readonly http: VendorHttp,
    private readonly connections: Connections,
    private readonly limits?: UploadLimits,
  ) {
    this.tokens = new EntraTokens(http);
  }

  /** Microsoft Graph for an open connection. */
  client(connection: OpenConnection, signal: AbortSignal): GraphClient {
    return new GraphClient({ http: this.http, tokens: this.tokens }, connection, signal);
  }

  /** Microsoft Graph for the tenant's connection; VendorError DISCONNECTED when there is none. */
  async of(tools: EffectTools): Promise<GraphClient> {
    return this.client(await this.connections.of(tools, Vendor.SHAREPOINT), tools.signal);
  }

  /** The brief's port: a store for one brief and one attempt. */
  readonly storeOf: StoreOf = async (briefId, tools) => {
    const { limits, places } = this;
    return new SharePointStore({ graph: await this.of(tools), places, briefId, tools, ...(limits ? { limits } : {}) });
  };

  /** See telling. */
  telling(handler: PerformEffect): PerformEffect {
    return telling(connectedSharePoint, handler);
  }
}

/** The tenant's connection as a reference; null when it keeps its files in the local folder. */
export const connectedSharePoint = (): Query<ConnectionReference | null> =>
  sql(
    `select id, secret_version from integration
     where tenant_id = $1 and vendor = 'SHAREPOINT' and state <> 'DISCONNECTED' order by id limit 1`,
    [],
    ([row]) => (row ? { id: row.id as string, secretVersion: row.secret_version as number } : null),
  );

/**
 * Does an effect here, or hands it on where the tenant has connected SharePoint: there it is an effect of that vendor, so
 * that it waits with the vendor, is shown under it and is done in the order of its handoff.
 */
export function handedToSharePoint(kind: string, here: PerformEffect): EffectHandler {
  return async (effect: OutboxEffect, tools) => {
    const { found } = await tools.read({ found: connectedSharePoint() });
    if (!found) return here(effect, tools);
    const { aggregateType: type, aggregateId: id, effectKey, payload } = effect;
    const message = { kind, aggregate: { type, id }, effectKey: `${kind}/${effectKey}`, payload };
    return { receipt: Vendor.SHAREPOINT, writes: [], messages: [{ ...message, vendor: Vendor.SHAREPOINT }] };
  };
}
