import { Field, ID, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Acceptance, GapType } from '../passage/gate.entity.js';

@ObjectType({ description: 'What delivery said of a handoff that was submitted (document 004, handoff record).' })
export class HandoffAcceptance {
  @Field(() => ID, { description: 'The id of the sign-off or return that it is.' })
  id: string;

  @Field(() => Acceptance, { description: 'What it said.' })
  state: Acceptance;

  @Field(() => DateTimeScalar, { description: 'When.' })
  decidedAt: Date;

  personId: string;

  @Field(() => [GapType], { description: 'The gaps that it named; none of an acceptance.' })
  gaps: GapType[];

  @Field(() => String, { nullable: true, description: 'Why it was refused outright; null otherwise.' })
  reason: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when sales answers a return; null otherwise.' })
  correctionDueAt: Date | null;

  @Field(() => Boolean, {
    description: 'Whether it still holds: a live sign-off, or a return that sales has not answered.',
  })
  stands: boolean;

  @Field(() => String, { nullable: true, description: 'Why an acceptance holds no more, as a code; null otherwise.' })
  endCode: string | null;
}
