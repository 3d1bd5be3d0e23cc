import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../../core/column.js';
import { DateTimeScalar } from '../../../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../../../core/table.js';

export enum FileFormat {
  MARKDOWN = 'MARKDOWN',
  DOCX = 'DOCX',
}
registerEnumType(FileFormat, {
  name: 'FileFormat',
  description: 'The format of a file.',
  valuesConfig: {
    MARKDOWN: { description: 'Markdown text.' },
    DOCX: { description: 'A Word document.' },
  },
});

export enum FileState {
  SOUND = 'SOUND',
  CHANGED = 'CHANGED',
  MISSING = 'MISSING',
}
registerEnumType(FileState, {
  name: 'FileState',
  description: 'Whether a file still holds what was stored.',
  valuesConfig: {
    SOUND: { description: 'It holds what was stored; it may have been renamed or moved.' },
    CHANGED: { description: 'Somebody has changed its content. What was stored is an earlier version of it.' },
    MISSING: { description: 'Somebody has deleted it, or moved it out of the library.' },
  },
});

/**
 * A file of a brief or of an issued document in the tenant's SharePoint: found by its ids, whatever people call it or
 * where they move it. The issues of a document share one file, of which each is a version.
 */
@Entity()
@ObjectType({ description: "A file of a brief or issued document in the tenant's SharePoint library." })
export class StoredFile extends TenantOwned {
  /** Null for an issued document. */
  @Column('uuid', { nullable: true })
  briefId: string | null;

  /** The issue that it holds, with handoff and kind, which name the file; null for a brief. */
  @Column('uuid', { nullable: true })
  documentId: string | null;

  @Column('uuid', { nullable: true })
  handoffId: string | null;

  @Column('text', { nullable: true })
  documentKind: string | null;

  @Column('text')
  @Field(() => FileFormat, { description: 'Its format.' })
  format: FileFormat;

  @Column('uuid')
  integrationId: string;

  @Column('text')
  driveId: string;

  @Column('text')
  itemId: string;

  @Column('text')
  @Field(() => String, { description: 'Its name, as people call it by now.' })
  name: string;

  @Column('text')
  @Field(() => String, { description: 'The address for a browser; who may open it is decided by SharePoint.' })
  webUrl: string;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description:
      "A link that works for everybody in the organisation; null when the connection's setting `links` does not ask for one, or SharePoint's sharing policy forbids it.",
  })
  shareUrl: string | null;

  @Column('text')
  @Field(() => String, { description: "SharePoint's own number of the version that was stored, such as 1.0." })
  version: string;

  @Column('text')
  cTag: string;

  @Column('text', { nullable: true })
  quickXorHash: string | null;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of what was sent; SharePoint rewrites Office files as it stores them.' })
  sha256: string;

  @Column('text')
  @Field(() => FileState, { description: 'Whether it still holds what was stored, at checkedAt.' })
  state: FileState;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was stored.' })
  storedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was last compared with what was stored.' })
  checkedAt: Date;
}

/** The folder of a handoff in the tenant's SharePoint: kept by its id, since people rename folders. */
@Entity()
export class StoredFolder extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  driveId: string;

  @Column('text')
  itemId: string;
}
