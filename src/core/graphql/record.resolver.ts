import { Args, ArgsType, Ctx, Field, Query, Resolver } from 'type-graphql';
import { IsOptional, Length } from 'class-validator';
import { LedgerEntry, LedgerOutcome } from '../ledger/entry.js';
import type { Page } from '../page.js';
import type { Where } from '../statement.js';
import { RequestContext } from './context.js';
import { PageArgs } from './page-args.js';
import { Allow } from './rights.js';
import { connectionOf } from './shapes.js';

const LedgerEntryConnection = connectionOf(LedgerEntry, 'LedgerEntry');

@ArgsType()
class LedgerArgs extends PageArgs {
  @IsOptional()
  @Length(1, 100)
  @Field(() => String, { nullable: true, description: 'Only entries about the record with this id.' })
  subjectId: string | null;

  @Field(() => LedgerOutcome, { nullable: true, description: 'Only entries with this outcome.' })
  outcome: LedgerOutcome | null;
}

/** The record of every change, for whoever may read it; others see their own entries. */
@Resolver(() => LedgerEntry)
export class RecordResolver {
  @Allow('read', 'LedgerEntry')
  @Query(() => LedgerEntryConnection, {
    description: 'The ledger, newest first; whoever is no auditor or administrator sees their own entries.',
  })
  ledger(@Args() args: LedgerArgs, @Ctx() { reader }: RequestContext): Promise<Page<LedgerEntry>> {
    const where: Where<LedgerEntry> = {
      ...(args.subjectId ? { subjectId: args.subjectId } : {}),
      ...(args.outcome ? { outcome: args.outcome } : {}),
    };
    return reader.page(LedgerEntry, where, args.checked());
  }
}
