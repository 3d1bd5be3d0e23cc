import { Arg, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { LedgerEntry } from '../ledger/entry.js';
import { lineText } from '../ledger/lines.js';
import { lastCheckpoint, proveEntry } from '../ledger/proof.js';
import { LedgerCheckpoint } from '../ledger/seal.entity.js';
import { CHECKPOINT_SECONDS } from '../ledger/seal.rules.js';
import { UNSEALED_WINDOW_SECONDS } from '../ledger/sealer.js';
import { sql } from '../statement.js';
import { RequestContext } from './context.js';
import { Allow } from './rights.js';

@ObjectType('LedgerStatus', { description: "How far the tenant's ledger is sealed and signed." })
export class LedgerStatusType {
  @Field(() => Int, { description: 'Entries that were written.' })
  entries: number;

  @Field(() => Int, { description: 'Entries that have their place in the sequence, chain and tree.' })
  sealed: number;

  @Field(() => Int, { description: 'Entries that wait to be sealed.' })
  pending: number;

  @Field(() => Int, {
    nullable: true,
    description: 'How many seconds ago the oldest waiting entry was written; null when none waits.',
  })
  oldestPendingSeconds: number | null;

  @Field(() => Int, {
    description:
      'Within how many seconds an entry is sealed while a worker runs: more waiting is a fault to look into.',
  })
  windowSeconds: number;

  @Field(() => Int, { description: 'How many seconds lie between two signed checkpoints while there are new entries.' })
  checkpointSeconds: number;

  @Field(() => LedgerCheckpoint, { nullable: true, description: 'The newest checkpoint; null before the first.' })
  lastCheckpoint: LedgerCheckpoint | null;
}

@ObjectType('LedgerProof', {
  description: 'That an entry stands in the ledger which a checkpoint signs (RFC 6962, audit path).',
})
export class LedgerProofType {
  @Field(() => ID, { description: 'The entry.' })
  entryId: string;

  @Field(() => Int, { description: 'Its number in the ledger, from 1 without gaps.' })
  seq: number;

  @Field(() => String, { description: 'SHA-256 over 0x00 and its content, lower-case hex.' })
  leaf: string;

  @Field(() => [String], { description: 'The sibling hashes from the leaf to the root, lower-case hex.' })
  path: string[];

  @Field(() => String, { description: 'The signed note of the checkpoint (C2SP tlog-checkpoint).' })
  checkpoint: string;

  @Field(() => String, { description: 'All of it as the file that `countersign ledger check-proof` reads.' })
  file: string;
}

/** What the sealer made of the ledger, for whoever audits it. */
@Resolver()
export class LedgerResolver {
  @Allow('read', 'LedgerCheckpoint')
  @Query(() => LedgerStatusType, {
    description: 'How far the ledger is sealed and signed; what is sealed cannot be changed unseen.',
  })
  async ledgerStatus(@Ctx() { reader }: RequestContext): Promise<LedgerStatusType> {
    const [{ counts, checkpoint }, now] = await Promise.all([
      reader.askAll({
        counts: sql(
          `select (select count(*) from ledger_entry where tenant_id = $1) as entries,
          (select seq from ledger_head where tenant_id = $1) as sealed,
          (select count(*) from ledger_pending where tenant_id = $1) as pending,
          (select min(e.at) from ledger_pending p join ledger_entry e on e.tenant_id = $1 and e.id = p.id
            where p.tenant_id = $1) as oldest`,
          [],
          (rows) => rows[0]!,
        ),
        checkpoint: lastCheckpoint(),
      }),
      reader.now(),
    ]);
    const oldest = counts.oldest as Date | null;
    return {
      entries: Number(counts.entries),
      sealed: Number(counts.sealed ?? 0),
      pending: Number(counts.pending),
      oldestPendingSeconds: oldest ? Math.max(0, Math.trunc((now.getTime() - oldest.getTime()) / 1000)) : null,
      windowSeconds: UNSEALED_WINDOW_SECONDS,
      checkpointSeconds: CHECKPOINT_SECONDS,
      lastCheckpoint: checkpoint,
    };
  }

  @Allow('read', 'LedgerSeal')
  @Query(() => LedgerProofType, {
    nullable: true,
    description:
      'Proves that an entry stands in the ledger, for checking without us; null while no checkpoint covers it yet.',
  })
  async ledgerProof(
    @Arg('entryId', () => ID, { description: 'The id of a ledger entry.' }) entryId: string,
    @Ctx() { reader, actor }: RequestContext,
  ): Promise<LedgerProofType | null> {
    await reader.required(LedgerEntry, entryId);
    const line = await proveEntry(actor.tenantId, (queries) => reader.askAll(queries), entryId);
    if (!line) return null;
    const { seq, leaf, path, checkpoint } = line;
    return { entryId, seq, leaf, path: [...path], checkpoint, file: lineText(line) };
  }
}
