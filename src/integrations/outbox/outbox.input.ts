import { IsUUID, Length } from 'class-validator';
import { Field, ID, InputType, registerEnumType } from 'type-graphql';

/** Why a side effect is not wanted any more. */
export enum CancelReason {
  DONE_BY_HAND = 'DONE_BY_HAND',
  WRONG_TARGET = 'WRONG_TARGET',
  NOT_WANTED = 'NOT_WANTED',
}
registerEnumType(CancelReason, {
  name: 'CancelReason',
  description: 'Why a side effect is not wanted any more.',
  valuesConfig: {
    DONE_BY_HAND: { description: 'Somebody has done it at the vendor.' },
    WRONG_TARGET: { description: 'It would go to the wrong place.' },
    NOT_WANTED: { description: 'Nobody needs it.' },
  },
});

@InputType({ description: 'A side effect.' })
export class EffectInput {
  @IsUUID()
  @Field(() => ID, { description: 'The side effect.' })
  effectId: string;
}

@InputType({ description: 'A side effect that the vendor has already.' })
export class AdoptEffectInput extends EffectInput {
  @Length(1, 500)
  @Field(() => String, { description: "What is there: the vendor's id of the project, file or message." })
  receipt: string;
}

@InputType({ description: 'A side effect that is not wanted any more.' })
export class CancelEffectInput extends EffectInput {
  @Field(() => CancelReason, { description: 'Why.' })
  reason: CancelReason;
}
