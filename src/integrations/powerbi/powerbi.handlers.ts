import type { EffectHandler, EffectHandlers, PerformEffect } from '../../core/outbox/handler.js';
import { steps } from '../../core/outbox/handler.js';
import type { Connections } from '../connection/connection.secret.js';
import { telling } from '../microsoft/telling.js';
import { makeDatasetHandler } from './dataset.handler.js';
import type { PowerBi } from './powerbi.client.js';
import { ADD_ROWS, LOOK_AT_REFRESH, MAKE_DATASET, REPLACE_TABLE, START_REFRESH } from './powerbi.messages.js';
import { connectionOfEffect } from './powerbi.queries.js';
import { addRowsHandler, replaceTableHandler } from './push.handlers.js';
import { lookAtRefreshHandler, startRefreshHandler } from './refresh.handlers.js';

/** Everything that the worker does at Power BI, by the kind of effect. What an administrator must mend becomes the connection's state. */
export function powerBiHandlers(powerBi: PowerBi, connections: Connections): EffectHandlers {
  const ways = { powerBi, connections };
  return {
    [MAKE_DATASET]: told(makeDatasetHandler(ways)),
    [ADD_ROWS]: told(addRowsHandler(ways)),
    [REPLACE_TABLE]: told(replaceTableHandler(ways)),
    [START_REFRESH]: told(startRefreshHandler(ways)),
    [LOOK_AT_REFRESH]: told(lookAtRefreshHandler(ways)),
  };
}

function told(handler: EffectHandler): EffectHandler {
  const { perform, lookup, adopt } = steps(handler);
  const wrapped: PerformEffect = telling(connectionOfEffect, perform);
  if (!lookup) return wrapped;
  return { perform: wrapped, lookup, ...(adopt ? { adopt } : {}) };
}
