import { seal, unseal } from '../../core/keys.js';
import type { EffectTools } from '../../core/outbox/handler.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { selectFirst, selectRequired } from '../../core/statement.js';
import type { SealedPlace } from '../../core/keys.js';
import type { Vault } from '../../core/vault.js';
import {
  type ConnectionSettings,
  ConnectionState,
  Integration,
  IntegrationSecret,
  type Vendor,
} from './connection.entity.js';
import { VENDOR_FORMS } from './connection.forms.js';

/** Credentials by their names, as the vendor's form has them. */
export type Credentials = Readonly<Record<string, string>>;

/** A connection ready to be used; holds the credentials in clear, so it is never stored, logged or answered. */
export interface OpenConnection {
  readonly id: string;
  readonly tenantId: string;
  readonly vendor: Vendor;
  readonly baseUrl: string;
  readonly settings: ConnectionSettings;
  readonly credentials: Credentials;
  /** Changes with every rotation: whatever is cached for the credentials is keyed by it. */
  readonly secretVersion: number;
}

const placeOf = (tenantId: string, integrationId: string, version: number): SealedPlace => ({
  tenantId,
  subject: integrationId,
  field: `credentials/${version}`,
});

/** The row that keeps credentials, sealed under a data key of their own. */
export function sealedSecret(
  vault: Vault,
  of: { readonly tenantId: string; readonly integrationId: string; readonly version: number },
  credentials: Credentials,
  { id, now }: { readonly id: string; readonly now: Date },
): Partial<IntegrationSecret> {
  const { tenantId, integrationId, version } = of;
  const { key, wrapped, kekId } = vault.mint(id);
  const sealed = seal(key, placeOf(tenantId, integrationId, version), JSON.stringify(credentials));
  return { id, integrationId, version, wrapped, kekId, sealed, createdAt: now };
}

/** The credentials in clear; KeyError when the KEK is not here or the row was moved. */
export function openSecret(vault: Vault, secret: IntegrationSecret): Credentials {
  const key = vault.open(secret)!;
  const text = unseal(key, placeOf(secret.tenantId, secret.integrationId, secret.version), secret.sealed);
  return JSON.parse(text) as Credentials;
}

/** Opens connections for the worker's handlers. */
export class Connections {
  constructor(private readonly vault: Vault) {}

  /** The connection with this id; VendorError DISCONNECTED when it has no credentials (any more). */
  async byId({ read }: Pick<EffectTools, 'read'>, id: string): Promise<OpenConnection> {
    const { integration, secret } = await read({
      integration: selectRequired(Integration, id),
      secret: selectFirst(IntegrationSecret, { integrationId: id }, { orderBy: ['-version'] }),
    });
    return this.opened(integration.vendor, integration, secret);
  }

  /** The tenant's connection to a vendor: the oldest that is connected. */
  async of({ read }: Pick<EffectTools, 'read'>, vendor: Vendor): Promise<OpenConnection> {
    const { integration } = await read({
      integration: selectFirst(
        Integration,
        { vendor, state: [ConnectionState.CONNECTED, ConnectionState.ERROR] },
        { orderBy: ['id'] },
      ),
    });
    return integration ? this.byId({ read }, integration.id) : this.opened(vendor, null, null);
  }

  private opened(vendor: Vendor, integration: Integration | null, secret: IntegrationSecret | null): OpenConnection {
    if (!integration || !secret) {
      const { label } = VENDOR_FORMS[vendor];
      throw new VendorError('DISCONNECTED', {
        code: 'NOT_CONNECTED',
        message: `${label} is not connected.`,
        remedy: `Connect ${label} with connectIntegration; what waits goes on by itself.`,
      });
    }
    const { id, tenantId, baseUrl, settings, secretVersion } = integration;
    const credentials = openSecret(this.vault, secret);
    return { id, tenantId, vendor, baseUrl, settings, credentials, secretVersion };
  }
}
