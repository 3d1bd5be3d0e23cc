import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../core/column.js';
import { DateTimeScalar } from '../../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../../core/table.js';

/** What of the datasets not everybody may see and a connection may be granted. */
export enum GrantedClass {
  MARGIN = 'MARGIN',
  PERSONAL = 'PERSONAL',
}
registerEnumType(GrantedClass, {
  name: 'GrantedClass',
  description: 'What of the datasets not everybody may see, and a connection to Power BI may be granted.',
  valuesConfig: {
    MARGIN: { description: 'Margins, and the KPIs that tell of them.' },
    PERSONAL: { description: 'Names of people.' },
  },
});

/** A class that somebody who sees it has let leave for one workspace. */
@Entity()
@ObjectType({ description: 'A class of fields that may leave for one workspace of Power BI.' })
export class PowerBiClass extends TenantOwned {
  @Column('uuid')
  @Field(() => ID, { description: 'The connection.' })
  integrationId: string;

  /** A grant counts for this workspace alone: a connection that is moved to another takes nothing along. */
  @Column('uuid')
  @Field(() => ID, {
    description: 'The workspace that it is granted to; another one of the same connection has nothing.',
  })
  workspaceId: string;

  @Column('text')
  @Field(() => GrantedClass, { description: 'The class.' })
  fieldClass: GrantedClass;

  @Column('uuid')
  @Field(() => ID, { description: 'The person who granted it; they see the class themselves.' })
  grantedById: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When.' })
  grantedAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was taken back; null while it counts.' })
  revokedAt: Date | null;
}

/** What is known of the push dataset of one connection. */
@Entity()
export class PowerBiPush extends TenantOwned {
  @Column('uuid')
  integrationId: string;

  /** The dataset in Power BI; null before it is made and after it was found gone. */
  @Column('uuid', { nullable: true })
  datasetId: string | null;

  /** The workspace in which it stands. */
  @Column('uuid', { nullable: true })
  workspaceId: string | null;

  /** SHA-256 of workspace and schema, as the dataset has been asked for. */
  @Column('text', { nullable: true })
  askedDigest: string | null;

  /** The same, as the dataset stands; pushes begin when both are equal. */
  @Column('text', { nullable: true })
  schemaDigest: string | null;

  /** Raised whenever the tables begin anew: batches of an older one are void. */
  @Column('int')
  generation: number;

  /** The number of the last batch. */
  @Column('int')
  batchSeq: number;

  /** How far the reporting model was at the last look for changes: its projected_seq as text. */
  @Column('text', { nullable: true })
  modelState: string | null;

  /** That look found more than it planned. */
  @Column('bool')
  hasMore: boolean;

  @Instant({ nullable: true })
  plannedAt: Date | null;
}

/** How a batch of rows goes out. */
export enum BatchForm {
  ROWS = 'ROWS',
  WHOLE = 'WHOLE',
}
registerEnumType(BatchForm, {
  name: 'PowerBiBatchForm',
  description: 'How rows go out to Power BI.',
  valuesConfig: {
    ROWS: { description: 'Added to what is there: the newest row of each RowKey counts.' },
    WHOLE: { description: 'The whole table is replaced.' },
  },
});

/** Where a batch of rows stands. */
export enum BatchState {
  PLANNED = 'PLANNED',
  SENT = 'SENT',
  FOUND = 'FOUND',
  VOID = 'VOID',
}
registerEnumType(BatchState, {
  name: 'PowerBiBatchState',
  description: 'Where a batch of rows stands.',
  valuesConfig: {
    PLANNED: { description: 'Not known to be there yet; its effect says why.' },
    SENT: { description: 'Power BI has accepted it.' },
    FOUND: { description: 'Its answer was lost, and Power BI was asked: it is there.' },
    VOID: { description: 'The tables began anew before it went out: its rows go out with another.' },
  },
});

/** Rows of one table that go out in one post. */
@Entity()
@ObjectType({ description: 'Rows that go out to Power BI together; the id is their BatchId there.' })
export class PowerBiBatch extends TenantOwned {
  @Column('uuid')
  @Field(() => ID, { description: 'The connection.' })
  integrationId: string;

  @Column('int')
  @Field(() => Int, { description: 'Its number: their BatchSeq there. The highest of a RowKey counts.' })
  seq: number;

  @Column('int')
  generation: number;

  @Column('text')
  @Field(() => String, { description: 'The table.' })
  tableName: string;

  @Column('text')
  @Field(() => BatchForm, { description: 'How it goes out.' })
  form: BatchForm;

  @Column('int')
  @Field(() => Int, { description: 'How many rows.' })
  rowCount: number;

  @Column('text')
  @Field(() => BatchState, { description: 'Where it stands.' })
  state: BatchState;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was planned.' })
  plannedAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it went out, or was found there.' })
  sentAt: Date | null;
}

/** The last state of a row that was handed to a batch. */
@Entity()
export class PowerBiRow {
  @Column('uuid', { primary: true })
  tenantId: string;

  @Column('uuid', { primary: true })
  integrationId: string;

  @Column('text', { primary: true })
  tableName: string;

  @Column('text', { primary: true })
  rowKey: string;

  /** MD5 of the row's columns: what is compared, no secret. */
  @Column('text')
  digest: string;

  @Column('uuid')
  batchId: string;

  /** The row is no more, and the batch says so. */
  @Column('bool')
  gone: boolean;
}

/** Who wanted a refresh. */
export enum RefreshCause {
  MODEL = 'MODEL',
  PERSON = 'PERSON',
}
registerEnumType(RefreshCause, {
  name: 'PowerBiRefreshCause',
  description: 'Why a semantic model is refreshed.',
  valuesConfig: {
    MODEL: { description: 'The reporting model has changed.' },
    PERSON: { description: 'Somebody asked for it.' },
  },
});

/** Where a refresh stands. */
export enum RefreshStatus {
  ASKED = 'ASKED',
  RUNNING = 'RUNNING',
  COMPLETED = 'COMPLETED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
  DISABLED = 'DISABLED',
  REFUSED = 'REFUSED',
}
registerEnumType(RefreshStatus, {
  name: 'PowerBiRefreshStatus',
  description: 'Where a refresh of a semantic model stands.',
  valuesConfig: {
    ASKED: { description: 'The worker is to start it.' },
    RUNNING: { description: 'Power BI has accepted it.' },
    COMPLETED: { description: 'Done.' },
    FAILED: { description: 'It failed there; the remedy says where to look.' },
    CANCELLED: { description: 'Somebody ended it there.' },
    DISABLED: { description: 'Power BI has switched the refresh of this model off.' },
    REFUSED: { description: 'Power BI did not start it, such as after the last one of the day.' },
  },
});

/** One refresh of the import model. */
@Entity()
@ObjectType({ description: 'One refresh of a semantic model in Power BI.' })
export class PowerBiRefresh extends TenantOwned {
  @Column('uuid')
  @Field(() => ID, { description: 'The connection.' })
  integrationId: string;

  @Column('uuid')
  @Field(() => ID, { description: 'The semantic model.' })
  datasetId: string;

  @Column('text')
  @Field(() => RefreshCause, { description: 'Why.' })
  cause: RefreshCause;

  @Column('uuid', { nullable: true })
  @Field(() => ID, { nullable: true, description: 'The person who asked for it; null when the model has changed.' })
  askedById: string | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  askedAt: Date;

  /** How far the reporting model was: its projected_seq as text. */
  @Column('text', { nullable: true })
  modelState: string | null;

  @Column('text')
  @Field(() => RefreshStatus, { description: 'Where it stands.' })
  status: RefreshStatus;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: "Power BI's id of it; null before it is started." })
  requestId: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was started.' })
  startedAt: Date | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended.' })
  endedAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it is not done, as a code; null when nothing is wrong.' })
  reason: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What to do about it; null when nothing is wrong.' })
  remedy: string | null;
}
