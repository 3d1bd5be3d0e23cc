import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../core/column.js';
import { DateTimeScalar } from '../../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../../core/table.js';

/** Where an opportunity stands in the PSA. */
export enum PsaDealState {
  OPEN = 'OPEN',
  WON = 'WON',
  LOST = 'LOST',
  GONE = 'GONE',
}
registerEnumType(PsaDealState, {
  name: 'PsaDealState',
  description: 'Where an opportunity stands in the PSA.',
  valuesConfig: {
    OPEN: { description: 'Neither won nor lost; perhaps opened again.' },
    WON: { description: 'Won, by what the connection maps to it.' },
    LOST: { description: 'Closed and not won, also after it was won.' },
    GONE: { description: 'The PSA does not have it any more.' },
  },
});

/** An opportunity as the PSA said it last; the PSA's state of now decides, whatever came in which order. */
@Entity()
@ObjectType({ description: 'An opportunity of the PSA as it was read last.' })
export class PsaDeal extends TenantOwned {
  @Column('uuid')
  integrationId: string;

  @Column('text')
  @Field(() => String, { description: 'Its id in the PSA.' })
  externalId: string;

  @Column('text')
  @Field(() => PsaDealState, { description: 'Where it stands there.' })
  state: PsaDealState;

  /** As the PSA writes it, without a zone: compared with itself alone. */
  @Column('text')
  lastUpdate: string;

  @Column('uuid', { nullable: true })
  handoffId: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Why it could not be taken over, as a code, such as QUOTATION_MISSING; null when it could.',
  })
  problem: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What to do about it.' })
  remedy: string | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was read last.' })
  checkedAt: Date;
}

/** How far a sweep has come that looks for what changed in the PSA. */
@ObjectType()
abstract class ChangeSweep extends TenantOwned {
  @Column('uuid')
  integrationId: string;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: "The last change that was seen, by the PSA's own clock and without a zone; null before the first.",
  })
  watermark: string | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it last looked.' })
  sweptAt: Date;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why the last look failed, as a code; null when it did not.' })
  problem: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What to do about it.' })
  remedy: string | null;
}

/** How far the sweep of a connection has come. */
@Entity()
@ObjectType({ description: 'How far the sweep of a connection has come: what no webhook told is found by it.' })
export class PsaSweep extends ChangeSweep {
  /** The first watermark: what was won until then is history, and not handed over by the connection. */
  @Column('text', { nullable: true })
  since: string | null;
}

/** How far the sweep of the projects of a connection has come. */
@Entity()
@ObjectType({ description: 'How far the sweep of the projects of a connection has come: actuals and drift.' })
export class PsaProjectSweep extends ChangeSweep {}

/** What a webhook of a connection must know; hashes alone are kept. */
@Entity()
export class PsaWebhook extends TenantOwned {
  @Column('uuid')
  integrationId: string;

  /** SHA-256 of the part of the path that nobody can guess. */
  @Column('text')
  pathHash: string;

  /** SHA-256 of the password of its Basic credentials. */
  @Column('text')
  passwordHash: string;

  @Instant()
  issuedAt: Date;
}
