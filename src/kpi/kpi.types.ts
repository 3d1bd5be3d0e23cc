import { Field, Int, ObjectType } from 'type-graphql';
import { KpiDirection, KpiForm, type KpiDefinition, KpiTargetKind, KpiUnit } from './kpi.words.js';

@ObjectType('KpiTarget', { description: 'A target as the documents state it.' })
export class KpiTargetType {
  @Field(() => KpiTargetKind, { description: 'What it is measured against.' })
  kind: KpiTargetKind;

  @Field(() => Int, {
    description: "In basis points of the baseline (IMPROVE_BY), basis points (of a PERCENT), else in the KPI's unit.",
  })
  from: number;

  @Field(() => Int, { nullable: true, description: 'Where a range is stated, its other end.' })
  to: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Days within which it is to be reached, from the freeze of the baseline.',
  })
  withinDays: number | null;
}

/** A definition as the API shows it. */
@ObjectType('KpiDefinition', { description: 'One KPI: what it is, so that two people mean the same by it.' })
export class KpiDefinitionType implements KpiDefinition {
  @Field(() => String, { description: 'Its key, such as COMPLETION_RATE.' })
  key: string;

  @Field(() => Int, { description: 'The version of this definition.' })
  version: number;

  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => String, { description: 'The formula in words.' })
  formula: string;

  @Field(() => String, { description: 'What the numerator counts.' })
  numerator: string;

  @Field(() => String, { description: 'What the denominator counts.' })
  denominator: string;

  @Field(() => String, { description: 'Which cases count.' })
  cohort: string;

  @Field(() => KpiForm, { description: 'How numerator and denominator make the value.' })
  form: KpiForm;

  @Field(() => Int, {
    nullable: true,
    description: 'Of a PERCENTILE: which, in percent, by nearest rank; null of the others.',
  })
  percentile: number | null;

  @Field(() => KpiUnit, { description: 'What the value counts.' })
  unit: KpiUnit;

  @Field(() => KpiDirection, { description: 'Whether less or more is better.' })
  direction: KpiDirection;

  @Field(() => String, { description: 'Where the definition and its target come from.' })
  source: string;

  @Field(() => KpiTargetType, { nullable: true, description: 'The target; null where the documents state none.' })
  target: KpiTargetType | null;

  @Field(() => Boolean, { description: 'Whether its figures tell of margin, which not every role sees.' })
  isMargin: boolean;
}

/** The definitions in force, as one thing that is signed. */
@ObjectType({ description: 'The KPI definitions in force, as one thing that both sides sign.' })
export class KpiDefinitionSet {
  @Field(() => Int, { description: 'The version of the set.' })
  version: number;

  @Field(() => String, { description: 'SHA-256 of the definitions, lower-case hex: what is signed.' })
  digest: string;

  @Field(() => [KpiDefinitionType], { description: 'Every definition.' })
  definitions: KpiDefinitionType[];
}
