import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../core/column.js';
import { DateTimeScalar } from '../../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../../core/table.js';

/** The systems outside that a tenant can connect. */
export enum Vendor {
  HALOPSA = 'HALOPSA',
  SHAREPOINT = 'SHAREPOINT',
  TEAMS = 'TEAMS',
  POWERBI = 'POWERBI',
  MAIL = 'MAIL',
}
registerEnumType(Vendor, {
  name: 'Vendor',
  description: 'A system outside that a tenant can connect.',
  valuesConfig: {
    HALOPSA: { description: 'HaloPSA: opportunities in, projects out.' },
    SHAREPOINT: { description: 'SharePoint by Microsoft Graph: the handoff folder and its documents.' },
    TEAMS: { description: 'Microsoft Teams: cards to a channel by a Workflows webhook.' },
    POWERBI: { description: 'Power BI: rows pushed, models refreshed, reports embedded.' },
    MAIL: { description: 'Mail to people: from one mailbox by Microsoft Graph, or by SMTP.' },
  },
});

/** Whether a connection can be used. */
export enum ConnectionState {
  CONNECTED = 'CONNECTED',
  DISCONNECTED = 'DISCONNECTED',
  ERROR = 'ERROR',
}
registerEnumType(ConnectionState, {
  name: 'ConnectionState',
  description: 'Whether a connection can be used.',
  valuesConfig: {
    CONNECTED: { description: 'Its credentials are kept; the last check, if any, was sound.' },
    DISCONNECTED: { description: 'Its credentials are destroyed.' },
    ERROR: { description: 'The last check failed; the reason and the remedy say why.' },
  },
});

/** Settings of a connection by name: plain, never a secret. */
export type ConnectionSettings = Readonly<Record<string, string>>;

/** What one thing that was checked turned out to be. */
export enum CheckState {
  OK = 'OK',
  MISSING = 'MISSING',
  EXCESS = 'EXCESS',
  RETIRING = 'RETIRING',
  FAILED = 'FAILED',
}
registerEnumType(CheckState, {
  name: 'CheckState',
  description: 'What one thing that was checked turned out to be.',
  valuesConfig: {
    OK: { description: 'As it should be.' },
    MISSING: { description: 'A permission that is needed and not given.' },
    EXCESS: { description: 'A permission that is given and not needed: take it back.' },
    RETIRING: { description: 'It works, and the vendor ends it on a day: the remedy says when, and what comes after.' },
    FAILED: { description: 'It could not be reached or did not answer as it should.' },
  },
});

/** One thing that a test of a connection checked. */
@ObjectType({ description: 'One thing that the last test of a connection checked.' })
export class ConnectionCheck {
  @Field(() => String, {
    description: 'What was checked: SIGN_IN, ADDRESS, or a permission by its name at the vendor.',
  })
  name: string;

  @Field(() => CheckState, { description: 'What it turned out to be.' })
  state: CheckState;

  @Field(() => String, { nullable: true, description: 'What to do about it; null when it is as it should be.' })
  remedy: string | null;
}

/** A tenant's connection to a vendor. Its secret stands apart, sealed, and is never readable again. */
@Entity()
@ObjectType({ description: "The tenant's connection to a system outside. Its credentials are never readable." })
export class Integration extends TenantOwned {
  @Column('text')
  @Field(() => Vendor, { description: 'Which system.' })
  vendor: Vendor;

  @Column('text')
  @Field(() => String, { description: 'What you call it; unique for the vendor.' })
  name: string;

  @Column('text')
  @Field(() => String, { description: 'The address of the instance, https and without a path that is secret.' })
  baseUrl: string;

  @JsonText()
  settings: ConnectionSettings;

  @Column('text')
  @Field(() => ConnectionState, { description: 'Whether it can be used.' })
  state: ConnectionState;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it is in ERROR, as a code; null when it is not.' })
  reason: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What to do about the error; null without one.' })
  remedy: string | null;

  @JsonText()
  @Field(() => [ConnectionCheck], { description: 'What the last test checked; empty before the first.' })
  checks: ConnectionCheck[];

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was checked last; null before the first check.',
  })
  checkedAt: Date | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was connected, or given new credentials.' })
  connectedAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was disconnected; null while it is not.' })
  disconnectedAt: Date | null;

  /** Raised with every new secret; effects and caches of tokens name it. */
  @Column('int')
  @Field(() => Int, { description: 'Which credentials it has: raised by every rotation.' })
  secretVersion: number;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}

/** The credentials of a connection: JSON text sealed under a data key of its own, which is wrapped under the KEK. */
@Entity()
export class IntegrationSecret extends TenantOwned {
  @Column('uuid')
  integrationId: string;

  @Column('int')
  version: number;

  /** Base64url of the wrapped data key. */
  @Column('text')
  wrapped: string;

  /** Which KEK wraps it. */
  @Column('text')
  kekId: string;

  @Column('text')
  sealed: string;

  @Instant()
  createdAt: Date;
}
