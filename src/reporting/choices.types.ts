import { Field, ObjectType } from 'type-graphql';
import { LocalDateScalar } from '../core/graphql/scalars.js';

@ObjectType({ description: 'One thing that figures can be narrowed to.' })
export class ReportingChoice {
  @Field(() => String, { description: 'What the slice names it by: an id or a key.' })
  key: string;

  @Field(() => String, { description: 'What people call it.' })
  name: string;
}

@ObjectType({ description: 'What a page of figures begins with: today, the currency, and what can be narrowed to.' })
export class ReportingChoices {
  @Field(() => LocalDateScalar, { description: "Today by the tenant's calendar." })
  today: string;

  @Field(() => String, { description: "ISO 4217 code of the tenant's currency, in which MONEY_MINOR is counted." })
  currency: string;

  @Field(() => Boolean, { description: 'Whether you see the KPIs that tell of margin.' })
  seesMargin: boolean;

  @Field(() => [ReportingChoice], { description: 'The clients that have handoffs, by name; the first 1,000.' })
  clients: ReportingChoice[];

  @Field(() => [ReportingChoice], { description: 'The service templates, by name.' })
  serviceTemplates: ReportingChoice[];

  @Field(() => [ReportingChoice], { description: 'The deal types.' })
  dealTypes: ReportingChoice[];

  @Field(() => [ReportingChoice], { description: 'The tiers.' })
  tiers: ReportingChoice[];

  @Field(() => [ReportingChoice], { description: 'Who owns handoffs, by handle; the first 1,000.' })
  owners: ReportingChoice[];

  @Field(() => [ReportingChoice], { description: 'Who answers for delivery, by handle; the first 1,000.' })
  deliveryManagers: ReportingChoice[];
}
