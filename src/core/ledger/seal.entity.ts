import { Field, Int, ObjectType } from 'type-graphql';
import { Column, type ColumnOptions, Entity } from '../column.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../table.js';

/** A count or position: bigint in the database, a number here; a ledger stays far below 2^53 entries. */
function Count(options: ColumnOptions = {}): PropertyDecorator {
  const from = (value: unknown): unknown => (value === null ? null : Number(value));
  return Column('bigint', { ...options, transformer: { to: (value: unknown) => value, from } });
}

/**
 * An entry that waits for its seal; `id` is the entry's. Written by the statement that writes the entry and deleted by
 * the sealer, so that however late a transaction commits, its entry is found.
 */
@Entity()
export class LedgerPending extends TenantOwned {}

/** The place of one entry: its number without gaps, its link of the chain, its part of the tree. Never changed. */
@Entity()
export class LedgerSeal {
  @Column('uuid', { primary: true })
  tenantId: string;

  /** From 1, without gaps, per tenant. */
  @Count({ primary: true })
  seq: number;

  @Column('uuid')
  entryId: string;

  /** The entry's own leaf hash, as it was when it was sealed. */
  @Column('text')
  leafHash: string;

  /** SHA-256 over 0x02, the link before (32 zero bytes at first) and the leaf. */
  @Column('text')
  chainHash: string;

  /** Root of the largest complete subtree of the RFC 6962 tree that ends here: proofs are made of these alone. */
  @Column('text')
  treeHash: string;

  @Instant()
  sealedAt: Date;
}

/** Where a tenant's ledger ends; locked by whoever seals. */
@Entity()
export class LedgerHead {
  @Column('uuid', { primary: true })
  tenantId: string;

  @Count()
  seq: number;

  @Column('text')
  chainHash: string;

  /** The frontier of the tree of `seq` leaves, from left to right, hex. */
  @JsonText()
  frontier: string[];

  /** The size of the last checkpoint; 0 before the first. */
  @Count()
  checkpointSize: number;

  @Instant({ nullable: true })
  checkpointAt: Date | null;

  /** The size of the last checkpoint that was given to the outbox to be kept elsewhere; 0 before the first. */
  @Count()
  shippedSize: number;

  @Instant({ nullable: true })
  shippedAt: Date | null;
}

/** A signed checkpoint. Never changed. */
@Entity()
@ObjectType({ description: 'A signed statement of how many entries the ledger has and which.' })
export class LedgerCheckpoint {
  @Column('uuid', { primary: true })
  tenantId: string;

  @Count({ primary: true })
  @Field(() => Int, { description: 'How many entries it covers: those numbered 1 to this.' })
  size: number;

  @Column('text')
  @Field(() => String, { description: 'Root of the RFC 6962 tree over their leaves, lower-case hex.' })
  rootHash: string;

  @Column('text')
  @Field(() => String, { description: 'The link of the chain at its last entry, lower-case hex.' })
  chainHash: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was signed.' })
  at: Date;

  @Column('text')
  @Field(() => String, { description: 'Which key signed it: eight hex digits of the verifier key.' })
  keyId: string;

  @Column('text')
  @Field(() => String, { description: 'The signed note (C2SP tlog-checkpoint), to be kept where we do not reach.' })
  note: string;
}
