import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../../core/column.js';
import { DateTimeScalar } from '../../../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../../../core/table.js';

export enum DocumentState {
  UNCHECKED = 'UNCHECKED',
  SOUND = 'SOUND',
  CHANGED = 'CHANGED',
  DELETED = 'DELETED',
}
registerEnumType(DocumentState, {
  name: 'EvidenceDocumentState',
  description: 'Whether the document behind a piece of evidence is still what it was.',
  valuesConfig: {
    UNCHECKED: { description: 'It cannot be read by the application; the reason says why. It counts as before.' },
    SOUND: { description: 'Its content is what it was when it was first looked at.' },
    CHANGED: { description: 'Its content was replaced: the evidence proves nothing any more.' },
    DELETED: { description: 'It was deleted: the evidence proves nothing any more.' },
  },
});

/** A document of the tenant's SharePoint behind a piece of evidence: found by its ids, whatever people call or move it. */
@Entity()
@ObjectType({ description: 'The document in SharePoint behind a piece of evidence, as it was last looked at.' })
export class EvidenceDocument extends TenantOwned {
  @Column('uuid')
  evidenceId: string;

  @Column('uuid')
  integrationId: string;

  @Column('text')
  @Field(() => DocumentState, { description: 'Whether it is still what it was, at checkedAt.' })
  state: DocumentState;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Why it is UNCHECKED: NOT_GRANTED, NOT_FOUND or NOT_A_FILE; null otherwise.',
  })
  reason: string | null;

  /** Null until it could be read once; then never another's. */
  @Column('text', { nullable: true })
  driveId: string | null;

  @Column('text', { nullable: true })
  itemId: string | null;

  /** Of the content when it was first read: changes with the content alone (learn.microsoft.com/graph/api/resources/driveitem). */
  @Column('text', { nullable: true })
  cTag: string | null;

  @Column('text', { nullable: true })
  quickXorHash: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Where it lies now, for a browser; null until it could be read.',
  })
  webUrl: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was last found at another place than before; null when it never moved.',
  })
  movedAt: Date | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was last looked at.' })
  checkedAt: Date;
}
