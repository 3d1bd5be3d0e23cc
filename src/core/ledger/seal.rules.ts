import { type Checkpoint, signCheckpoint } from './checkpoint.js';
import type { SigningKey } from './note.js';
import type { LedgerCheckpoint, LedgerHead, LedgerSeal } from './seal.entity.js';
import { appendLeaf, CHAIN_START, linkOf, rootOf } from './tree.js';

/** How long a new entry waits for a checkpoint, in seconds, while there is a worker. */
export const CHECKPOINT_SECONDS = 10;

/** How seldom checkpoints are sent to where they are kept outside of the database, in seconds. */
export const SHIP_SECONDS = 60;

/** Where a ledger ends; what LedgerHead holds of it. */
export type Head = Omit<LedgerHead, 'tenantId'>;

/** The head of a ledger without entries. */
export const EMPTY_HEAD: Head = {
  seq: 0,
  chainHash: CHAIN_START.toString('hex'),
  frontier: [],
  checkpointSize: 0,
  checkpointAt: null,
  shippedSize: 0,
  shippedAt: null,
};

/** An entry that waits for its number. */
export interface Waiting {
  readonly id: string;
  readonly leafHash: string;
}

/** Gives the next numbers, links and subtrees to entries in the order given; the head moves on. */
export function seal(
  head: Head,
  entries: readonly Waiting[],
  now: Date,
): { readonly head: Head; readonly seals: Omit<LedgerSeal, 'tenantId'>[] } {
  let { seq } = head;
  let chain: Buffer = Buffer.from(head.chainHash, 'hex');
  let frontier: Buffer[] = head.frontier.map((hash) => Buffer.from(hash, 'hex'));
  const seals = entries.map(({ id, leafHash }) => {
    const leaf = Buffer.from(leafHash, 'hex');
    frontier = appendLeaf(frontier, seq, leaf);
    chain = linkOf(chain, leaf);
    seq += 1;
    const treeHash = frontier.at(-1)!.toString('hex');
    return { seq, entryId: id, leafHash, chainHash: chain.toString('hex'), treeHash, sealedAt: now };
  });
  return {
    head: { ...head, seq, chainHash: chain.toString('hex'), frontier: frontier.map((hash) => hash.toString('hex')) },
    seals,
  };
}

/** Whether something is sealed that no checkpoint covers, for long enough. */
export function isCheckpointDue(head: Head, now: Date): boolean {
  return head.seq > head.checkpointSize && isOver(head.checkpointAt, CHECKPOINT_SECONDS, now);
}

/** Whether a checkpoint waits to be sent away, for long enough. */
export function isShippingDue(head: Head, now: Date): boolean {
  return head.checkpointSize > head.shippedSize && isOver(head.shippedAt, SHIP_SECONDS, now);
}

/** A clock that was set back must not hold anything up: the time between counts either way. */
function isOver(since: Date | null, seconds: number, now: Date): boolean {
  return since === null || Math.abs(now.getTime() - since.getTime()) >= seconds * 1000;
}

/** The checkpoint of a head, signed. */
export function checkpointOf(
  tenantId: string,
  head: Head,
  now: Date,
  key: SigningKey,
): { readonly head: Head; readonly checkpoint: Omit<LedgerCheckpoint, 'tenantId'> } {
  const root = rootOf(head.frontier.map((hash) => Buffer.from(hash, 'hex')));
  const said: Checkpoint = { tenantId, size: head.seq, root, chain: Buffer.from(head.chainHash, 'hex'), at: now };
  return {
    head: { ...head, checkpointSize: head.seq, checkpointAt: now },
    checkpoint: {
      size: head.seq,
      rootHash: root.toString('hex'),
      chainHash: head.chainHash,
      at: now,
      keyId: key.id,
      note: signCheckpoint(said, key),
    },
  };
}
