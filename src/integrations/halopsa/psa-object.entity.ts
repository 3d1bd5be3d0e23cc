import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../core/column.js';
import { DateTimeScalar } from '../../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../../core/table.js';

/** What of a project has a counterpart in the PSA. */
export enum PsaObjectKind {
  PROJECT = 'PROJECT',
  MILESTONE = 'MILESTONE',
  TASK = 'TASK',
}
registerEnumType(PsaObjectKind, {
  name: 'PsaObjectKind',
  description: 'What of a project has a counterpart in the PSA.',
  valuesConfig: {
    PROJECT: { description: 'The project itself, with its budgets.' },
    MILESTONE: { description: 'A milestone of the project.' },
    TASK: { description: 'A task of the project.' },
  },
});

/**
 * The counterpart of a record in the PSA. The row is made before anything is sent, so that the label by which the
 * counterpart is searched stays the same however the plan changes; the remote id is the receipt of its creation.
 */
@Entity()
@ObjectType({ description: 'The counterpart of a project, milestone or task in the PSA.' })
export class PsaObject extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => PsaObjectKind, { description: 'What it is the counterpart of.' })
  kind: PsaObjectKind;

  /** The project, milestone or task. */
  @Column('uuid')
  ownId: string;

  @Column('text')
  @Field(() => String, {
    description: 'What it is called there, such as P-2205 or P-2205/T-03: its title begins with this in brackets.',
  })
  label: string;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Its id in the PSA; null until it is there.' })
  remoteId: string | null;

  /** SHA-256 of the content that was written and read back. */
  @Column('text', { nullable: true })
  digest: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was last written and read back field by field; null until it is there.',
  })
  writtenAt: Date | null;

  /** The PSA's own time of its last change when it was read back: as long as it stands, nobody has touched it since. */
  @Column('text', { nullable: true })
  changedThere: string | null;
}
