import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../core/column.js';
import { DateTimeScalar } from '../../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../../core/table.js';

/** Classes of column that a feed key may be given beside what everybody sees. */
export enum FeedClass {
  MARGIN = 'MARGIN',
  PERSONAL = 'PERSONAL',
}
registerEnumType(FeedClass, {
  name: 'FeedClass',
  description: 'A class of columns that a feed key may see beside what everybody sees.',
  valuesConfig: {
    MARGIN: { description: 'Revenue, cost, margin and what is missing to the floor.' },
    PERSONAL: { description: 'Names of people.' },
  },
});

/**
 * A key by which Power BI and its like read the OData feed, and nothing else. Only the SHA-256 of its 256-bit random secret
 * is kept. It never sees more than the person who vouches for it.
 */
@Entity()
@ObjectType({ description: 'A key by which Power BI reads the OData feed, and which does nothing else.' })
export class FeedKey extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'What it is for.' })
  name: string;

  @Column('text')
  secretHash: string;

  @JsonText()
  @Field(() => [FeedClass], { description: 'The classes of columns that it sees beside what everybody sees.' })
  sees: FeedClass[];

  @Column('uuid')
  createdBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt: Date;

  /** Who made the secret that works now. */
  @Column('uuid')
  vouchedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it ends by itself.' })
  expiresAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was revoked; null while it works.' })
  revokedAt: Date | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'When the last session of reading with it began, each of which is in the ledger; null before the first.',
  })
  sessionAt: Date | null;
}

/** The secret by which a tenant's $skiptokens are signed, made when the first one is; its id is the tenant's. */
@Entity()
export class FeedSigning extends TenantOwned {
  /** 32 random bytes in base64url. */
  @Column('text')
  secret: string;
}
