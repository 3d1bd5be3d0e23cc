import { Field, ObjectType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

/** What an API key may be given. */
export const API_SCOPES = ['handoffs:read', 'deals:import', 'documents:free', 'events:manage'] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** A program's key. Only the SHA-256 of its 256-bit random secret is kept; it never approves anything. */
@Entity()
@ObjectType({ description: 'A key by which a program acts as an integrator.' })
export class ApiKey extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'What it is for.' })
  name: string;

  @Column('text')
  secretHash: string;

  @JsonText()
  @Sensitive('CREDENTIAL')
  @Field(() => [String], { description: 'What it may do: handoffs:read, deals:import, documents:free, events:manage.' })
  scopes: string[];

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt: Date;

  @Instant()
  @Sensitive('CREDENTIAL')
  @Field(() => DateTimeScalar, { description: 'When it ends by itself.' })
  expiresAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was revoked; null while it works.' })
  revokedAt: Date | null;
}
