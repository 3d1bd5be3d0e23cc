import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';
import { DATASETS } from '../reporting/datasets.js';

export enum ReportFileKind {
  DATASET_CSV = 'DATASET_CSV',
  DATASET_XLSX = 'DATASET_XLSX',
  RUNBOOK = 'RUNBOOK',
  REGISTER = 'REGISTER',
  EXEC_BRIEF = 'EXEC_BRIEF',
  PROOF_BRIEF = 'PROOF_BRIEF',
}
registerEnumType(ReportFileKind, {
  name: 'ReportFileKind',
  description: 'What kind of file it is.',
  valuesConfig: {
    DATASET_CSV: { description: 'A dataset of the reporting model as CSV (RFC 4180).' },
    DATASET_XLSX: { description: 'A dataset of the reporting model as a workbook.' },
    RUNBOOK: { description: 'implementation-runbook.docx: roles, triggers, clocks, ladders and rollback steps.' },
    REGISTER: { description: 'kpi-and-risk-register.xlsx: KPIs against baseline and target, risks, controls.' },
    EXEC_BRIEF: { description: 'exec-brief.pptx: the slides for the board.' },
    PROOF_BRIEF: { description: 'proof-brief.pdf: a signed checkpoint and approvals with proofs to check.' },
  },
});

/** The artefacts of document 002, as the API asks for them. */
export enum ArtefactKind {
  RUNBOOK = 'RUNBOOK',
  REGISTER = 'REGISTER',
  EXEC_BRIEF = 'EXEC_BRIEF',
  PROOF_BRIEF = 'PROOF_BRIEF',
}
registerEnumType(ArtefactKind, {
  name: 'ArtefactKind',
  description: 'An artefact that is generated from live data (document 002, "Artefacts").',
  valuesConfig: {
    RUNBOOK: { description: 'implementation-runbook.docx.' },
    REGISTER: { description: 'kpi-and-risk-register.xlsx.' },
    EXEC_BRIEF: { description: 'exec-brief.pptx.' },
    PROOF_BRIEF: { description: 'proof-brief.pdf.' },
  },
});

export enum DatasetFormat {
  CSV = 'CSV',
  XLSX = 'XLSX',
}
registerEnumType(DatasetFormat, {
  name: 'DatasetFormat',
  description: 'How a dataset is written.',
  valuesConfig: {
    CSV: { description: 'Text (RFC 4180), streamed: of any size.' },
    XLSX: { description: 'A workbook with typed cells; of limited size.' },
  },
});

/** The datasets by their names: an enum, so that the API's description is the list. */
export const ReportDataset = Object.fromEntries(DATASETS.map(({ name }) => [name, name]));
registerEnumType(ReportDataset, {
  name: 'ReportDataset',
  description: 'A dataset of the reporting model; the OData feed has the same ones by the same names.',
  valuesConfig: Object.fromEntries(DATASETS.map(({ name, description }) => [name, { description }])),
});

/**
 * A file of figures that somebody may fetch once, within minutes. The file itself is kept nowhere: it is made when it is
 * fetched, and its digest stays here and in the ledger.
 */
@Entity()
@ObjectType({ description: 'A file of figures that may be fetched once, by who asked for it, within minutes.' })
export class ReportFile extends TenantOwned {
  @Column('text')
  @Field(() => ReportFileKind, { description: 'What kind of file it is.' })
  kind: ReportFileKind;

  @Column('text', { nullable: true })
  @Field(() => ReportDataset, { nullable: true, description: 'The dataset; null for an artefact.' })
  dataset: string | null;

  @Column('date', { nullable: true })
  @Field(() => LocalDateScalar, {
    nullable: true,
    description: 'The first day of the period; null where none was given.',
  })
  fromOn: string | null;

  @Column('date', { nullable: true })
  @Field(() => LocalDateScalar, {
    nullable: true,
    description: 'The last day of the period; null where none was given.',
  })
  toOn: string | null;

  @Column('text')
  secretHash: string;

  @Column('uuid')
  requestedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  requestedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Until when it can be fetched.' })
  expiresAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was fetched; null while nobody has.' })
  takenAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the file that was fetched, lower-case hex; null when it was not fetched to its end.',
  })
  sha256: string | null;

  @Column('bigint', { nullable: true })
  bytes: bigint | null;

  @Column('int', { nullable: true })
  @Field(() => Int, { nullable: true, description: 'How many rows of the dataset it has; null for an artefact.' })
  rows: number | null;
}
