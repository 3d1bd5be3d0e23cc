import type { OutboxMessage } from '../core/outbox/message.js';
import { HALOPSA } from '../deal/deal.queries.js';

/** The kind of the effect that looks in the connected HaloPSA for the last won deals. It only reads. */
export const BACKTEST_READ = 'backtest.read';

/** Asks for the last won deals of a back-test. */
export const backtestReadMessage = (backtestId: string): OutboxMessage => ({
  kind: BACKTEST_READ,
  aggregate: { type: 'Backtest', id: backtestId },
  effectKey: `${BACKTEST_READ}:${backtestId}`,
  payload: {},
  vendor: HALOPSA,
});
