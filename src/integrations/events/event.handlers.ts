import type { EffectHandlers } from '../../core/outbox/handler.js';
import type { Vault } from '../../core/vault.js';
import type { VendorHttp } from '../http/client.js';
import { DELIVER_EVENT } from './delivery.plan.js';
import { deliverHandler } from './deliver.handler.js';
import { replayHandler } from './replay.handler.js';
import { REPLAY_EVENTS } from './replay.plan.js';
import { Slots } from './slots.js';

/** What the worker does for outbound events; `http` is the way out to any public address. */
export function eventHandlers(http: VendorHttp, vault: Vault): EffectHandlers {
  return {
    [DELIVER_EVENT]: deliverHandler({ http, vault, slots: new Slots() }),
    [REPLAY_EVENTS]: replayHandler,
  };
}
