import type { ConnectionSettings } from '../../connection/connection.entity.js';

/** How much a channel takes, and when. */
export interface FloodSettings {
  /** Cards that are not urgent wait for the tenant's working hours. */
  readonly quietHours: boolean;
  /** Local time (HH:MM) of the one digest a business day; null where cards come by themselves. */
  readonly digestAt: string | null;
  /** Cards of their own within the window; more become one digest. */
  readonly burst: number;
  readonly windowMs: number;
}

const DIGEST_AT = '09:00';
const BURST = 10;
const BURST_MINUTES = 10;

/** What the settings of a connection to Teams say of quiet hours, digest and burst. */
export function floodSettings(settings: ConnectionSettings): FloodSettings {
  return {
    quietHours: settings.quietHours === 'ON',
    digestAt: settings.digest === 'DAILY' ? (settings.digestAt ?? DIGEST_AT) : null,
    burst: Number(settings.burst ?? BURST),
    windowMs: Number(settings.burstMinutes ?? BURST_MINUTES) * 60_000,
  };
}

/** A channel in which people post in their own name while they are present. */
export interface DelegatedChannel {
  readonly teamId: string;
  readonly channelId: string;
}

/** The channel of a connection that asks for delegated posts; null for one that has the webhook alone. */
export function delegatedChannel({ delegated, teamId, channelId }: ConnectionSettings): DelegatedChannel | null {
  return delegated === 'ON' && teamId !== undefined && channelId !== undefined ? { teamId, channelId } : null;
}

/** Whether people post in their own name in this channel. */
export const isDelegated = (settings: ConnectionSettings): boolean => delegatedChannel(settings) !== null;
