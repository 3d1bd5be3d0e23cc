import { command, done } from '../core/command.js';
import { READ_ON_RECORD } from '../core/graphql/read-record.js';

/** One question to the feed as the ledger keeps it: never what was answered. */
export interface FeedRead {
  /** The entity set. */
  readonly set: string;
  /** SHA-256 of the address as it was asked. */
  readonly addressHash: string;
}

/**
 * Writes that somebody who reads on record read the feed, before the answer leaves (decision 0023). The pages that follow
 * belong to the question that began them.
 */
export const readFeed = command({
  name: 'readFeed',
  ...READ_ON_RECORD,
  services: false,
  facts: (_input: FeedRead) => ({}),
  decide: (_facts, { set, addressHash }, { newId }) =>
    done({ id: newId(), subject: { type: 'Dataset', id: set }, body: { set, addressHash } }),
});
