import type { StoreOf } from '../../../brief/brief.handler.js';
import type { OutboxEffect } from '../../../core/outbox/effect.entity.js';
import { type EffectHandler, type EffectTools, type PerformEffect, steps } from '../../../core/outbox/handler.js';
import type { OutboxMessage } from '../../../core/outbox/message.js';
import { type Query, sql } from '../../../core/statement.js';
import { Vendor } from '../../connection/connection.entity.js';
import type { Connections, OpenConnection } from '../../connection/connection.secret.js';
import type { VendorHttp } from '../../http/client.js';
import { EntraTokens } from '../entra.tokens.js';
import { GraphClient } from '../graph.client.js';
import { type ConnectionReference, telling } from '../telling.js';
import { Places } from './place.js';
import { briefPlace, documentPlace, filesOfBrief, filesOfDocument } from './sharepoint.queries.js';
import { SharePointStore, type StoredRecord } from './sharepoint.store.js';
import { nextSweep } from './sweep.message.js';
import type { UploadLimits } from './upload.js';

/** The kind of the effect that stores a brief's files in SharePoint. */
export const STORE_IN_SHAREPOINT = 'sharepoint.store';

/** The kind of the effect that writes a handoff's files in SharePoint again, without who was erased. */
export const ERASE_IN_SHAREPOINT = 'sharepoint.erase';

/** The kind of the effect that stores the files of an issued document in SharePoint. */
export const STORE_DOCUMENT_IN_SHAREPOINT = 'sharepoint.store-document';

/** The kind of the effect that writes the files of a handoff's documents in SharePoint again. */
export const ERASE_DOCUMENTS_IN_SHAREPOINT = 'sharepoint.erase-documents';

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
    const { place } = await tools.read({ place: briefPlace(briefId) });
    const of = { briefId, documentId: null, handoffId: null, documentKind: null };
    return this.storeFor({ place, files: () => filesOfBrief(briefId), of }, tools);
  };

  /** The same for one issue of a document: the issues share a file. */
  readonly documentStoreOf: StoreOf = async (documentId, tools) => {
    const { place } = await tools.read({ place: documentPlace(documentId) });
    const { handoffId, kind } = place;
    const of = { briefId: null, documentId, handoffId, documentKind: kind };
    return this.storeFor({ place, files: () => filesOfDocument(handoffId, kind), of }, tools);
  };

  private async storeFor(record: StoredRecord, tools: EffectTools): Promise<SharePointStore> {
    const { limits, places } = this;
    return new SharePointStore({ graph: await this.of(tools), places, record, tools, ...(limits ? { limits } : {}) });
  }

  /** A handler that stores files: they are compared from the next day on. */
  storing(handler: PerformEffect): PerformEffect {
    return this.telling(async (effect, tools) => {
      const result = await handler(effect, tools);
      const { found } = await tools.read({ found: connectedSharePoint() });
      return found ? { ...result, messages: [...(result.messages ?? []), nextSweep(found.id, tools.now)] } : result;
    });
  }

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
export function handedToSharePoint(kind: string, here: EffectHandler): EffectHandler {
  return async (effect, tools) => {
    const { found } = await tools.read({ found: connectedSharePoint() });
    if (!found) return steps(here).perform(effect, tools);
    return { receipt: Vendor.SHAREPOINT, writes: [], messages: [forSharePoint(kind, effect)] };
  };
}

/** Does an effect here, and has it done in SharePoint as well where the tenant has connected it. */
export function alsoInSharePoint(kind: string, here: EffectHandler): EffectHandler {
  return async (effect, tools) => {
    const { found } = await tools.read({ found: connectedSharePoint() });
    const result = await steps(here).perform(effect, tools);
    return found ? { ...result, messages: [...(result.messages ?? []), forSharePoint(kind, effect)] } : result;
  };
}

/** Whether a brief's location is an address in SharePoint, and no path below the local folder. */
export const isInSharePoint = (location: string): boolean => location.startsWith('https://');

/**
 * Erases here, and in SharePoint where files of the handoff lie there: also while it is disconnected, so that the effect
 * waits and is seen instead of being forgotten.
 */
export function erasedInSharePoint(here: EffectHandler, kind = ERASE_IN_SHAREPOINT): EffectHandler {
  return async (effect, tools) => {
    const { isThere } = await tools.read({ isThere: hasFilesInSharePoint(effect.aggregateId) });
    const result = await steps(here).perform(effect, tools);
    return isThere ? { ...result, messages: [forSharePoint(kind, effect)] } : result;
  };
}

const hasFilesInSharePoint = (handoffId: string): Query<boolean> =>
  sql(
    `select 1 from stored_file f left join brief b on b.tenant_id = $1 and b.id = f.brief_id
     where f.tenant_id = $1 and coalesce(f.handoff_id, b.handoff_id) = $2 limit 1`,
    [handoffId],
    (rows) => rows.length > 0,
  );

function forSharePoint(kind: string, effect: OutboxEffect): OutboxMessage {
  const { aggregateType: type, aggregateId: id, effectKey, payload } = effect;
  return { kind, aggregate: { type, id }, effectKey: `${kind}/${effectKey}`, payload, vendor: Vendor.SHAREPOINT };
}
