import { EffectClass } from '../../core/outbox/effect.entity.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { Vendor } from '../connection/connection.entity.js';

/** Makes or changes the push dataset. */
export const MAKE_DATASET = 'powerbi.dataset';
/** Adds the rows of one batch. */
export const ADD_ROWS = 'powerbi.rows';
/** Replaces a small table whole. */
export const REPLACE_TABLE = 'powerbi.table';
/** Starts a refresh of the import model. */
export const START_REFRESH = 'powerbi.refresh';
/** Looks how a refresh is doing. */
export const LOOK_AT_REFRESH = 'powerbi.refresh-state';

/** Each connection waits for itself. */
const vendorOf = (integrationId: string): string => `${Vendor.POWERBI}/${integrationId}`;
const connection = (id: string): OutboxMessage['aggregate'] => ({ type: 'Integration', id });

/** Two datasets of one name would be the price of a blind repetition: it is looked for by its name first. */
export const makeDataset = (integrationId: string, generation: number, digest: string): OutboxMessage => ({
  kind: MAKE_DATASET,
  aggregate: connection(integrationId),
  effectKey: `${MAKE_DATASET}/${integrationId}/${generation}`,
  payload: { integrationId, generation: String(generation), digest },
  vendor: vendorOf(integrationId),
  effectClass: EffectClass.LOOKUP,
});

/** A post that was lost is looked for by its BatchId before anything is sent again. */
export const addRows = (integrationId: string, batchId: string): OutboxMessage => ({
  kind: ADD_ROWS,
  aggregate: connection(integrationId),
  effectKey: `${ADD_ROWS}/${batchId}`,
  payload: { integrationId, batchId },
  vendor: vendorOf(integrationId),
  effectClass: EffectClass.LOOKUP,
});

/** Emptied and filled: done twice it is done once. */
export const replaceTable = (integrationId: string, batchId: string): OutboxMessage => ({
  kind: REPLACE_TABLE,
  aggregate: connection(integrationId),
  effectKey: `${REPLACE_TABLE}/${batchId}`,
  payload: { integrationId, batchId },
  vendor: vendorOf(integrationId),
});

/** A refresh costs one of a few a day, so that a lost answer is looked up in the model's history. */
export const startRefresh = (integrationId: string, refreshId: string): OutboxMessage => ({
  kind: START_REFRESH,
  aggregate: { type: 'PowerBiRefresh', id: refreshId },
  effectKey: `${START_REFRESH}/${refreshId}`,
  payload: { integrationId, refreshId },
  vendor: vendorOf(integrationId),
  effectClass: EffectClass.LOOKUP,
});

/** The next look at a refresh. */
export const lookAtRefresh = (
  integrationId: string,
  refreshId: string,
  look: number,
  notBefore: Date,
): OutboxMessage => ({
  kind: LOOK_AT_REFRESH,
  aggregate: { type: 'PowerBiRefresh', id: refreshId },
  effectKey: `${LOOK_AT_REFRESH}/${refreshId}/${look}`,
  payload: { integrationId, refreshId, look: String(look) },
  vendor: vendorOf(integrationId),
  notBefore,
});
