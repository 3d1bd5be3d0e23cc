import { IsIn, IsOptional } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { DATASETS } from '../reporting/datasets.js';
import { ArtefactKind, DatasetFormat, ReportDataset } from './report-file.entity.js';

@InputType({ description: 'Which dataset is exported, how, and of which days.' })
export class ExportDatasetInput {
  @IsIn(DATASETS.map(({ name }) => name))
  @Field(() => ReportDataset, { description: 'Which dataset.' })
  dataset: string;

  @IsIn(Object.values(DatasetFormat))
  @Field(() => DatasetFormat, { description: 'How it is written.' })
  format: DatasetFormat;

  @IsOptional()
  @Field(() => LocalDateScalar, {
    nullable: true,
    description:
      "The first day, by the tenant's calendar, on which what a row tells of happened; all of it when left out.",
  })
  from?: string | null;

  @IsOptional()
  @Field(() => LocalDateScalar, { nullable: true, description: 'The last such day; until now when left out.' })
  to?: string | null;
}

@InputType({ description: 'Which artefact of document 002 is issued.' })
export class IssueArtefactInput {
  @IsIn(Object.values(ArtefactKind))
  @Field(() => ArtefactKind, { description: 'Which artefact.' })
  kind: ArtefactKind;
}
