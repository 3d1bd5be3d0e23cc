import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Runs } from '../core/graphql/rights.js';
import type { RefusedType } from '../core/graphql/types.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { Person } from '../identity/person.entity.js';
import { acceptCheckpoint, returnCheckpoint } from './checkpoint.commands.js';
import { Checkpoint, CheckpointReturn } from './checkpoint.entity.js';
import { CheckpointInput, ReturnCheckpointInput } from './checkpoint.input.js';

@Resolver(() => Handoff)
export class HandoffPhaseResolver {
  @FieldResolver(() => [Checkpoint], {
    description: 'The handoff points of a handoff in phases, in order; from the sign-off on.',
  })
  checkpoints(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<Checkpoint[]> {
    return reader.many(Checkpoint, 'handoffId', handoff.id, ['position']);
  }

  @Runs(acceptCheckpoint)
  @Mutation(() => HandoffResult, { description: 'Accepts a checkpoint: what it asks for is there.' })
  acceptCheckpoint(
    @Arg('input') input: CheckpointInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(acceptCheckpoint, input, info, Handoff);
  }

  @Runs(returnCheckpoint)
  @Mutation(() => HandoffResult, { description: 'Does not accept a checkpoint, naming the gaps.' })
  returnCheckpoint(
    @Arg('input') input: ReturnCheckpointInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(returnCheckpoint, input, info, Handoff);
  }
}

@Resolver(() => Checkpoint)
export class CheckpointResolver {
  @FieldResolver(() => [CheckpointReturn], { description: 'Every return with its gaps, newest first.' })
  returns(@Root() checkpoint: Checkpoint, @Ctx() { reader }: RequestContext): Promise<CheckpointReturn[]> {
    return reader.many(CheckpointReturn, 'checkpointId', checkpoint.id, ['-id']);
  }

  @FieldResolver(() => Person, { nullable: true, description: 'Who accepted it.' })
  accepter(@Root() checkpoint: Checkpoint, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, checkpoint.acceptedBy);
  }
}

@Resolver(() => CheckpointReturn)
export class CheckpointReturnResolver {
  @FieldResolver(() => Person, { nullable: true, description: 'Who returned it.' })
  returner(@Root() { returnedBy }: CheckpointReturn, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, returnedBy);
  }
}
