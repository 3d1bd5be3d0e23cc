import { ArrayMaxSize, IsOptional, IsUUID, Length, Matches, Min } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { DateTimeScalar } from '../../core/graphql/scalars.js';
import { EventType } from './event-type.js';

const MOST_TYPES = 100;

@InputType({ description: 'An address that is to get outbound events.' })
export class CreateEventEndpointInput {
  @Length(1, 500)
  @Field(() => String, { description: 'The public https address. Events are signed: put no secret into it.' })
  url: string;

  @ArrayMaxSize(MOST_TYPES)
  @Field(() => [EventType], { defaultValue: [], description: 'The types that it gets; none: all, also ones to come.' })
  eventTypes: EventType[];

  @IsOptional()
  @Length(1, 200)
  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description?: string | null;
}

@InputType({ description: 'An endpoint of outbound events.' })
export class EndpointInput {
  @IsUUID()
  @Field(() => ID, { description: 'The endpoint.' })
  endpointId: string;
}

@InputType({ description: 'An endpoint of outbound events, as you saw it.' })
export class EndpointChangeInput extends EndpointInput {
  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
}

@InputType({ description: 'What is to change of an endpoint; what is left out stays.' })
export class UpdateEventEndpointInput extends EndpointChangeInput {
  @IsOptional()
  @Length(1, 500)
  @Field(() => String, { nullable: true, description: 'The public https address.' })
  url?: string | null;

  @IsOptional()
  @ArrayMaxSize(MOST_TYPES)
  @Field(() => [EventType], { nullable: true, description: 'The types that it gets; an empty list: all.' })
  eventTypes?: EventType[] | null;

  @IsOptional()
  @Length(1, 200)
  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description?: string | null;
}

@InputType({ description: 'Events that an endpoint is to get again: one by its id, or all that it wants of a time.' })
export class ReplayEventsInput extends EndpointInput {
  @IsOptional()
  @Matches(/^evt_[0-9a-f]{32}$/)
  @Field(() => String, { nullable: true, description: 'One event, by its id: the webhook-id.' })
  eventId?: string | null;

  @IsOptional()
  @Field(() => DateTimeScalar, { nullable: true, description: 'What happened at this time or later; 30 days back.' })
  since?: Date | null;

  @IsOptional()
  @Field(() => DateTimeScalar, { nullable: true, description: 'What happened before this time; now when left out.' })
  until?: Date | null;
}
