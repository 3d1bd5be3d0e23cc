import { IsIn, IsUUID, Min } from 'class-validator';
import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';

/** Why data is erased: a code, since the ledger keeps it and may hold nothing personal. */
export enum ErasureReason {
  REQUESTED = 'REQUESTED',
  NO_LONGER_NEEDED = 'NO_LONGER_NEEDED',
  ENTERED_IN_ERROR = 'ENTERED_IN_ERROR',
}
registerEnumType(ErasureReason, {
  name: 'ErasureReason',
  description: 'Why personal data is erased (GDPR article 17).',
  valuesConfig: {
    REQUESTED: { description: 'The person asked for it.' },
    NO_LONGER_NEEDED: { description: 'It is kept for no purpose any more: they left, or the deal is long over.' },
    ENTERED_IN_ERROR: { description: 'It should never have been entered.' },
  },
});

@InputType({ description: 'A member whose data is to be erased for good.' })
export class ErasePersonInput {
  @IsUUID()
  @Field(() => ID, { description: 'The person; every record of the same human goes along.' })
  personId: string;

  @IsIn(Object.values(ErasureReason))
  @Field(() => ErasureReason, { description: 'Why; the ledger keeps the code.' })
  reason: ErasureReason;

  @Min(1)
  @Field(() => Int, { description: 'The revision of the person that you saw.' })
  expectedRevision: number;
}

@InputType({ description: 'A person of the client whose data is to be erased for good.' })
export class EraseClientContactInput {
  @IsUUID()
  @Field(() => ID, { description: 'The handoff.' })
  handoffId: string;

  @IsUUID()
  @Field(() => ID, { description: 'The stakeholder; the same name or mail address with the same client goes along.' })
  stakeholderId: string;

  @IsIn(Object.values(ErasureReason))
  @Field(() => ErasureReason, { description: 'Why; the ledger keeps the code.' })
  reason: ErasureReason;

  @Min(1)
  @Field(() => Int, { description: 'The revision of the handoff that you saw.' })
  expectedRevision: number;
}

@InputType({ description: "A deal whose client's people are to be erased for good." })
export class EraseDealContactsInput {
  @IsUUID()
  @Field(() => ID, { description: 'The deal.' })
  dealId: string;

  @IsIn(Object.values(ErasureReason))
  @Field(() => ErasureReason, { description: 'Why; the ledger keeps the code.' })
  reason: ErasureReason;

  @Min(1)
  @Field(() => Int, { description: 'The revision of the deal that you saw.' })
  expectedRevision: number;
}
